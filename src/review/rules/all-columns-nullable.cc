#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

constexpr std::size_t enough_columns = 5;

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    if (!table->parents.empty() || !table->of_type.empty()) continue;
    const Constraint* key = table->primary_key();
    // A key that nobody has declared is one all the same.
    const Column* id = key == nullptr ? table->column("id") : nullptr;
    if (id != nullptr && !id->not_null) id = nullptr;
    std::size_t nullable = 0;
    const bool all = std::ranges::all_of(table->columns, [&](const Column& column) {
      if (key != nullptr && std::ranges::find(key->columns, column.name) != key->columns.end())
        return true;
      if (&column == id) return true;
      ++nullable;
      return !column.not_null && column.default_value.empty();
    });
    if (!all || nullable < enough_columns) continue;
    verdict.find(
        subject_of(*table),
        fmt::format("All {} columns of {} {}may be null: an empty row is as good as any.", nullable,
                    name_of(*table), key != nullptr || id != nullptr ? "besides the key " : ""),
        {{"nullable columns", static_cast<std::int64_t>(nullable)}});
  }
}

}  // namespace

extern const Rule all_columns_nullable;
const Rule all_columns_nullable = {
    .name = "all-columns-nullable",
    .severity = Severity::info,
    .area = Area::model,
    .summary = "A table in which every column besides its key may be null",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
