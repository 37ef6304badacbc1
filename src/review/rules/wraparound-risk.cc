#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  // Of 2.1 thousand million: autovacuum forces itself at 200 million, the server stops at the end.
  constexpr std::int64_t behind = 400'000'000;
  constexpr std::int64_t dangerous = 1'000'000'000;
  const catalog::Server& server = look.catalog.server;
  const std::int64_t age =
      std::max(server.frozen_age.value_or(0), server.multixact_age.value_or(0));
  if (age < behind) return;
  const Relation* oldest = nullptr;
  for (const Relation& table : look.catalog.relations)
    if (table.stats && table.stats->frozen_age &&
        (oldest == nullptr || *table.stats->frozen_age > *oldest->stats->frozen_age))
      oldest = &table;
  Evidence evidence{{"oldest transaction's age", age}};
  if (oldest != nullptr) evidence.push_back({"oldest table", name_of(*oldest)});
  Finding& finding = verdict.find(
      {"database", catalog::quote_identifier(server.database)},
      fmt::format("the oldest unfrozen transaction is {} transactions old: vacuum does not keep "
                  "up, and the server refuses writes at 2,100 million",
                  human_count(age)),
      std::move(evidence));
  if (age >= dangerous) finding.severity = Severity::error;
}

}  // namespace

extern const Rule wraparound_risk;
const Rule wraparound_risk = {.name = "wraparound-risk",
                              .area = Area::maintenance,
                              .summary = "Transaction numbers run out",
                              .serves = {},
                              .check = check};

}  // namespace architrave::review::rules
