#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Column& column : table->columns) {
      if (!is_own(look, *table, column) || !column.generated.empty() ||
          column.type_category != "S" || !lower(column.default_value).starts_with("'null'::"))
        continue;
      const std::string name = catalog::quote_identifier(column.name);
      std::optional<Proposal> fix;
      if (!column.not_null) {
        fix =
            alter_table(*table, "alter_default", fmt::format("ALTER COLUMN {} DROP DEFAULT", name),
                        fmt::format("ALTER COLUMN {} SET DEFAULT {}", name, column.default_value),
                        Lock::access_exclusive);
        fix->title = fmt::format("Let {}.{} be null by default", name_of(*table), name);
        fix->why = "New rows then hold no value instead of a word that looks like none.";
      }
      verdict.find(subject_of(*table, column),
                   fmt::format("The default of {}.{} is a text of four letters, not null: IS NULL "
                               "does not find it.",
                               name_of(*table), name),
                   {{"default", column.default_value}}, std::move(fix));
    }
}

}  // namespace

extern const Rule default_null_text;
const Rule default_null_text = {.name = "default-null-text",
                                .severity = Severity::warning,
                                .area = Area::model,
                                .summary = "A column whose default is the word NULL as text",
                                .engines = Engines::postgresql,
                                .serves = {},
                                .needs_workload = false,
                                .check = check};

}  // namespace architrave::review::rules
