#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

extern const AdviceRule select_star;
const AdviceRule select_star = {
    .name = "select-star",
    .summary = "SELECT * reads what nobody uses, and changes with the table",
    .look = [](Level& level) -> std::optional<Hint> {
      if (!level.is_statement() || !has_star(level.select)) return {};
      std::size_t columns = 0;
      for (const Source& each : level.scope.sources)
        columns += each.columns ? each.columns->size() : 0;
      return Hint{
          "SELECT * fetches every column" +
              (columns == 0 ? std::string() : " (" + std::to_string(columns) + " of them)") +
              ", so that no index can hold all of it, and a new column changes what comes back",
          "name the columns that are used"};
    }};

}  // namespace architrave::advisor::rewrites::rules
