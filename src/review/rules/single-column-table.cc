#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    if (table->columns.size() > 1 || !table->parents.empty()) continue;
    // A list of values that others refer to, or that a migration tool keeps.
    const std::string name = lower(table->name);
    if (!look.lookup.referencing(*table).empty() || !look.lookup.children(*table).empty()) continue;
    if (name.find("migration") != std::string::npos || name.find("version") != std::string::npos)
      continue;
    verdict.find(about(*table),
                 fmt::format("{} has {}: an unfinished table, or a value that belongs elsewhere",
                             table->name, table->columns.empty() ? "no column" : "one column"),
                 {{"columns", static_cast<std::int64_t>(table->columns.size())}});
  }
}

}  // namespace

extern const Rule single_column_table;
const Rule single_column_table = {.name = "single-column-table",
                                  .severity = Severity::info,
                                  .area = Area::model,
                                  .summary = "A table of one column says nothing of its rows",
                                  .engines = Engines::all,
                                  .serves = {},
                                  .check = check};

}  // namespace architrave::review::rules
