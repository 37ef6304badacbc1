#include <fmt/format.h>

#include <algorithm>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/obstacles.h"
#include "review/sequences.h"

namespace architrave::review::rules {

namespace {

constexpr double warn_at = 0.5;
constexpr double error_at = 0.75;

std::int64_t largest(const std::string& type_name) {
  if (type_name == "int2") return 32'767;
  if (type_name == "int4") return 2'147'483'647;
  return 0;
}

// The whole change where nothing else has the column's type.
std::optional<Proposal> widen(const Look& look, const Relation& table, const Column& column,
                              const Sequence& sequence) {
  const Obstacles found = obstacles(look, table, column);
  if (!is_own(look, table, column) || !found.why.empty()) return std::nullopt;
  const std::string name = catalog::quote_identifier(column.name);
  Proposal fix = alter_table(table, "alter_type", fmt::format("ALTER COLUMN {} TYPE bigint", name),
                             fmt::format("ALTER COLUMN {} TYPE {}", name, column.type),
                             Lock::access_exclusive);
  if (column.identity.empty() && sequence.data_type != "bigint") {
    const std::string of = catalog::qualified(sequence.schema, sequence.name);
    fix.up.push_back(fmt::format("ALTER SEQUENCE {} AS bigint", of));
    fix.down.insert(fix.down.begin(),
                    fmt::format("ALTER SEQUENCE {} AS {}", of, sequence.data_type));
  }
  fix.title = fmt::format("Make {}.{} bigint", name_of(table), name);
  fix.why = "The key then lasts for longer than anything else here.";
  fix.impact.rewrites = true;
  fix.impact.seconds_estimate = seconds_for(look, table, Rates::rewrite);
  fix.effort = 3;
  fix.risk = 3;
  put_views_around(look, found.views, fix);
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  bool any = false, any_measured = false;
  for (const Relation* table : own_tables(look.catalog))
    for (const Column& column : table->columns) {
      const std::int64_t limit = largest(column.type_name);
      const Sequence* sequence = limit == 0 ? nullptr : fed_by(look.catalog, *table, column);
      if (sequence == nullptr || sequence->cycle || sequence->increment < 0) continue;
      any = true;
      if (!sequence->last_value) continue;
      any_measured = true;
      const std::int64_t end = std::min(limit, sequence->maximum);
      const double share = static_cast<double>(*sequence->last_value) / static_cast<double>(end);
      if (share < warn_at) continue;
      Finding& finding = verdict.find(
          subject_of(*table, column),
          fmt::format("{}.{} has used {:.0f} % of what {} holds: at {} every insert fails.",
                      name_of(*table), catalog::quote_identifier(column.name), share * 100,
                      column.type, human_count(end)),
          {{"last value", *sequence->last_value}, {"largest", end}, {"used", share}},
          widen(look, *table, column, *sequence));
      if (share >= error_at) finding.severity = Severity::error;
    }
  if (any && !any_measured) verdict.skip("no sequence has been used, or none may be read");
}

}  // namespace

extern const Rule integer_key_overflow;
const Rule integer_key_overflow = {
    .name = "integer-key-overflow",
    .severity = Severity::warning,
    .area = Area::keys,
    .summary = "A sequence that has used up much of what its column can hold",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
