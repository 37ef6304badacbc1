#include <fmt/format.h>

#include <string_view>

#include "review/fixes.h"
#include "review/sequences.h"

namespace architrave::review::rules {

namespace {

int bytes_of_type(std::string_view type) {
  return type == "smallint" || type == "int2"  ? 2
         : type == "integer" || type == "int4" ? 4
         : type == "bigint" || type == "int8"  ? 8
                                               : 0;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Column& column : table->columns) {
      const Sequence* sequence = fed_by(look.catalog, *table, column);
      if (sequence == nullptr || !column.identity.empty() || sequence->cycle ||
          sequence->increment < 0)
        continue;
      const int bytes = bytes_of_type(sequence->data_type);
      if (bytes == 0 || bytes >= bytes_of_type(column.type_name)) continue;
      // An end that somebody chose is meant.
      if (sequence->maximum != (std::int64_t{1} << (8 * bytes - 1)) - 1) continue;
      const std::string name = catalog::qualified(sequence->schema, sequence->name);
      Proposal fix;
      fix.kind = "alter_sequence";
      fix.title = fmt::format("Make sequence {} {}", name, column.type);
      fix.why = "The sequence then lasts as long as its column.";
      fix.up = {fmt::format("ALTER SEQUENCE {} AS {}", name, column.type)};
      fix.down = {fmt::format("ALTER SEQUENCE {} AS {}", name, sequence->data_type)};
      fix.impact.lock = Lock::share_row_exclusive;
      verdict.find(subject(catalog::object_of(*sequence)),
                   fmt::format("{} feeds {}.{}, which is {}, and ends at {}.", name,
                               name_of(*table), catalog::quote_identifier(column.name), column.type,
                               human_count(sequence->maximum)),
                   {{"sequence", sequence->data_type}, {"column", column.type}}, std::move(fix));
    }
}

}  // namespace

extern const Rule sequence_type_mismatch;
const Rule sequence_type_mismatch = {
    .name = "sequence-type-mismatch",
    .severity = Severity::warning,
    .area = Area::keys,
    .summary = "A sequence that ends long before the column it feeds is full",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
