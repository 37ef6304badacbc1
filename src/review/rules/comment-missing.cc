#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  struct Count {
    std::int64_t all = 0;
    std::int64_t described = 0;
  };
  struct Coverage {
    Count tables;
    Count columns;
  };
  const auto percent = [](const Count& count) {
    return count.all == 0 ? std::int64_t{100} : count.described * 100 / count.all;
  };
  std::map<std::string, Coverage> schemas;
  for (const Relation* table : own_tables(look.catalog)) {
    Coverage& coverage = schemas[table->schema];
    ++coverage.tables.all;
    coverage.tables.described += !table->comment.empty();
    coverage.columns.all += std::ssize(table->columns);
    coverage.columns.described += std::ranges::count_if(
        table->columns, [](const Column& column) { return !column.comment.empty(); });
  }
  for (const auto& [schema, coverage] : schemas) {
    // Columns often speak for themselves; what a table is for seldom does.
    if (percent(coverage.tables) >= 80) continue;
    verdict.find(about_schema(schema),
                 fmt::format("{} of {} of {} say what they are for (COMMENT ON), and {} % of the "
                             "columns",
                             coverage.tables.described, plural(coverage.tables.all, "table"),
                             schema, percent(coverage.columns)),
                 {{"tables described, %", percent(coverage.tables)},
                  {"columns described, %", percent(coverage.columns)}});
  }
}

}  // namespace

extern const Rule comment_missing;
const Rule comment_missing = {.name = "comment-missing",
                              .severity = Severity::info,
                              .area = Area::naming,
                              .summary = "Tables and columns are not documented",
                              .serves = {},
                              .check = check};

}  // namespace architrave::review::rules
