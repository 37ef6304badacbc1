#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

constexpr std::size_t many = 12;
constexpr std::size_t far_too_many = 20;

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    const std::size_t count = table->indexes.size();
    if (count < many) continue;
    Evidence evidence = {{"indexes", static_cast<std::int64_t>(count)}};
    if (table->stats && table->stats->inserted)
      evidence.push_back({"inserted", *table->stats->inserted});
    Finding& finding = verdict.find(
        subject_of(*table),
        fmt::format("{} has {} indexes: each insert writes all of them, and so does each update "
                    "that changes an indexed column.",
                    name_of(*table), count),
        std::move(evidence));
    if (count >= far_too_many) finding.severity = Severity::warning;
  }
}

}  // namespace

extern const Rule too_many_indexes;
const Rule too_many_indexes = {
    .name = "too-many-indexes",
    .severity = Severity::info,
    .area = Area::indexes,
    .summary = "A table with more indexes than its writes should have to carry",
    .engines = Engines::postgresql,
    .serves = {"DB-2"},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
