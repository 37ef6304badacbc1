#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"
#include "review/relationships.h"

namespace architrave::review::rules {

namespace {

constexpr double small_table = 1000;  // rows; to read it whole is as good as an index

bool begins_with(const std::vector<std::string>& keys, const std::vector<std::string>& columns) {
  return keys.size() >= columns.size() &&
         std::is_permutation(columns.begin(), columns.end(), keys.begin());
}

NewIndex index_for(Names& names, const Relation& table, const Constraint& key) {
  NewIndex index;
  index.name = names.make(table.schema, {table.name, join(key.columns, "_")}, "idx");
  for (const std::string& column : key.columns)
    index.keys.push_back(catalog::quote_identifier(column));
  index.comment =
      fmt::format("Foreign key {}. Serves joins to {}, look-ups by ({}), and deletes from {}.",
                  key.name, key.references_table, join(key.columns, ", "), key.references_table);
  return index;
}

void check(const Look& look, Verdict& verdict) {
  Names names(look.catalog);
  for (const Relation* table : own_tables(look.catalog)) {
    std::vector<const Constraint*> keys;
    for (const Constraint& key : table->constraints)
      if (key.type == ConstraintType::foreign_key && !key.inherited &&
          !is_served(*table, key.columns))
        keys.push_back(&key);
    // The widest first: its index serves a key on the columns that it begins with.
    std::ranges::stable_sort(keys, std::greater{},
                             [](const Constraint* key) { return key->columns.size(); });
    std::vector<std::pair<std::vector<std::string>, Proposal>> fixes;
    for (const Constraint* key : keys) {
      const std::string parent = catalog::qualified(key->references_schema, key->references_table);
      std::optional<Proposal> fix;
      for (const auto& [columns, proposal] : fixes)
        if (begins_with(columns, key->columns)) fix = proposal;
      const bool broken = std::ranges::any_of(table->indexes, [&](const Index& index) {
        return !index.valid && begins_with(columns_of(index), key->columns);
      });
      // An index that a partition has already would become part of the new one, and go with it.
      std::size_t partitions = 0;
      const std::size_t served = count_served_partitions(look, *table, key->columns, partitions);
      if (served > 0 && served == partitions) continue;
      if (!fix && !broken && served == 0) {
        fix = create_index(
            look, *table, index_for(names, *table, *key),
            fmt::format("Deletes from {} and joins to it find their rows at once instead of "
                        "reading all of {}.",
                        parent, name_of(*table)));
        fixes.emplace_back(key->columns, *fix);
      }
      Evidence evidence = {{"columns", join(key->columns, ", ")},
                           {"references", parent},
                           {"on_delete", key->on_delete}};
      const auto rows = rows_of(*table);
      if (rows) evidence.push_back({"rows", static_cast<std::int64_t>(*rows)});
      Finding& finding = verdict.find(
          subject_of(*table, *key),
          fmt::format(
              "No index begins with ({}): every delete or key change in {} reads all of {}.",
              list_of(key->columns), parent, name_of(*table)),
          std::move(evidence), std::move(fix));
      if (rows && *rows < small_table) finding.severity = Severity::info;
    }
  }
}

}  // namespace

extern const Rule fk_without_index;
const Rule fk_without_index = {.name = "fk-without-index",
                               .severity = Severity::warning,
                               .area = Area::indexes,
                               .summary = "A foreign key whose columns no index begins with",
                               .engines = Engines::all,
                               .serves = {"DB-2"},
                               .needs_workload = false,
                               .check = check};

}  // namespace architrave::review::rules
