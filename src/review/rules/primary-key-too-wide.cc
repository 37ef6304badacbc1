#include <fmt/format.h>

#include <algorithm>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

constexpr std::size_t wide = 4;

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    const Constraint* key = table->primary_key();
    if (key == nullptr || key->columns.size() < wide) continue;
    const auto referring = std::ranges::count_if(
        look.lookup.referencing(*table),
        [&](const auto& each) { return each.constraint->columns.size() == key->columns.size(); });
    if (referring == 0) continue;  // a leaf's key costs nobody else anything
    verdict.find(subject_of(*table, *key),
                 fmt::format("The primary key of {} has {} columns, which {} and every join to it.",
                             name_of(*table), key->columns.size(),
                             referring == 1 ? "another table repeats"
                                            : fmt::format("{} foreign keys repeat", referring)),
                 {{"columns", join(key->columns, ", ")},
                  {"foreign keys", static_cast<std::int64_t>(referring)}});
  }
}

}  // namespace

extern const Rule primary_key_too_wide;
const Rule primary_key_too_wide = {
    .name = "primary-key-too-wide",
    .severity = Severity::info,
    .area = Area::keys,
    .summary = "A primary key of many columns that other tables have to repeat",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
