#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "review/fixes.h"
#include "review/relationships.h"

namespace architrave::review::rules {

namespace {

constexpr std::size_t enough_tables = 5;
constexpr double related_share = 0.6;

void check(const Look& look, Verdict& verdict) {
  std::set<const Relation*> implied;
  for (const Implied& each : implied_references(look)) {
    implied.insert(each.child);
    implied.insert(each.parent);
  }
  struct Tables {
    std::size_t all = 0;
    std::vector<const Relation*> unrelated;
  };
  std::map<std::string, Tables> schemas;
  for (const Relation* table : own_tables(look.catalog)) {
    Tables& tables = schemas[table->schema];
    ++tables.all;
    const bool refers = std::ranges::any_of(table->constraints, [](const Constraint& each) {
      return each.type == ConstraintType::foreign_key;
    });
    if (!refers && look.lookup.referencing(*table).empty()) tables.unrelated.push_back(table);
  }
  for (const auto& [schema, tables] : schemas) {
    const auto related = static_cast<double>(tables.all - tables.unrelated.size());
    if (tables.all < enough_tables || related < related_share * static_cast<double>(tables.all))
      continue;
    for (const Relation* table : tables.unrelated) {
      if (stands_apart(*table) || implied.contains(table) || !table->parents.empty() ||
          !look.lookup.children(*table).empty())
        continue;
      verdict.find(subject_of(*table),
                   fmt::format("{} has no foreign key to or from any table, while {:.0f} of {} "
                               "tables of its schema do.",
                               name_of(*table), related, tables.all),
                   {{"related tables", static_cast<std::int64_t>(related)},
                    {"tables", static_cast<std::int64_t>(tables.all)}});
    }
  }
}

}  // namespace

extern const Rule unrelated_table;
const Rule unrelated_table = {
    .name = "unrelated-table",
    .severity = Severity::info,
    .area = Area::model,
    .summary = "A table without any foreign key, among tables that have them",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
