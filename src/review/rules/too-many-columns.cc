#include <fmt/format.h>

#include <cstdint>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  constexpr std::size_t most = 50;
  for (const Relation* table : own_tables(look.catalog)) {
    if (table->columns.size() <= most) continue;
    verdict.find(about(*table),
                 fmt::format("{} has {} columns: every update writes them all again; what is "
                             "changed or read apart can be a table of its own",
                             table->name, table->columns.size()),
                 {{"columns", static_cast<std::int64_t>(table->columns.size())}});
  }
}

}  // namespace

extern const Rule too_many_columns;
const Rule too_many_columns = {.name = "too-many-columns",
                               .severity = Severity::info,
                               .area = Area::model,
                               .summary = "A table has so many columns that it is several",
                               .engines = Engines::all,
                               .serves = {},
                               .check = check};

}  // namespace architrave::review::rules
