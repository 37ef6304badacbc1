#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

constexpr int code_length = 24;       // country codes and the like are fine
constexpr double lookup_rows = 1000;  // and so are small tables of constants

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    const Constraint* key = table->primary_key();
    if (key == nullptr || key->columns.size() != 1) continue;
    const auto referring = look.lookup.referencing(*table).size();
    const Column* column = table->column(key->columns.front());
    if (referring == 0 || column == nullptr || column->type_category != "S" ||
        is_uuid_name(column->name))
      continue;
    const int limit = length_limit(*column);
    if (limit > 0 && limit <= code_length) continue;
    if (column->stats && column->stats->width > 0 && column->stats->width < code_length) continue;
    // An empty table may become anything.
    const double rows = rows_of(*table).value_or(0);
    if (rows > 0 && rows < lookup_rows) continue;
    Evidence evidence = {{"column", column->name},
                         {"type", column->type},
                         {"foreign keys", static_cast<std::int64_t>(referring)}};
    if (column->stats) evidence.push_back({"average bytes", std::int64_t{column->stats->width}});
    verdict.find(
        subject_of(*table, *key),
        fmt::format("{} is identified by {} {}: {} {} it, and a change of it has to change them.",
                    name_of(*table), column->type, catalog::quote_identifier(column->name),
                    plural(static_cast<std::int64_t>(referring), "foreign key"),
                    referring == 1 ? "repeats" : "repeat"),
        std::move(evidence));
  }
}

}  // namespace

extern const Rule primary_key_text;
const Rule primary_key_text = {
    .name = "primary-key-text",
    .severity = Severity::info,
    .area = Area::keys,
    .summary = "A long text as the primary key of a table that others refer to",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
