#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

constexpr double many_rows = 10'000;

}  // namespace

extern const AdviceRule limit_missing;
const AdviceRule limit_missing = {
    .name = "limit-missing",
    .summary = "all rows of a big table, without WHERE or LIMIT",
    .look = [](Level& level) -> std::optional<Hint> {
      if (!level.is_statement() || !is_plain(level.query, level.select) ||
          !level.select["where_clause"].empty() || level.select["from_clause"].empty())
        return {};
      for (const Source& each : level.scope.sources) {
        if (each.relation == nullptr || !each.relation->stats ||
            each.relation->stats->rows < many_rows)
          continue;
        return Hint{
            "it fetches all of " + catalog::qualified(each.relation->schema, each.relation->name) +
                ", " + plural(static_cast<std::int64_t>(each.relation->stats->rows), "row") +
                ", into the memory of whoever asks",
            "say LIMIT, with an ORDER BY that ends with a key; for all of it, COPY or a cursor"};
      }
      return {};
    }};

}  // namespace architrave::advisor::rewrites::rules
