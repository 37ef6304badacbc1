#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

// The columns that a select list names as they are.
std::vector<Column> plain_columns(const Tree& select_tree, const Scope& scope) {
  std::vector<Column> columns;
  for (const Tree& each : select_tree["target_list"].list)
    if (const auto column = resolve(each["val"], scope); column && column->scope == &scope)
      columns.push_back(*column);
  return columns;
}

}  // namespace

extern const RewriteRule distinct_on_key;
const RewriteRule distinct_on_key = {
    .name = "distinct-on-key",
    .summary = "DISTINCT over rows that a key already keeps apart",
    .apply = [](Level& level) -> std::optional<std::string> {
      Tree plain = level.select;
      plain.erase("distinct_clause");
      plain.erase("limit_count");
      plain.erase("limit_offset");
      if (level.select["distinct_clause"].empty() || !is_plain(level.query, plain)) return {};
      if (!expand_star(plain, level.scope)) return {};
      std::vector<const Source*> sources;
      for (const Source& each : level.scope.sources) sources.push_back(&each);
      auto words =
          decides_rows(level.query, level.scope, sources, plain_columns(plain, level.scope),
                       inner_conditions(plain), plain["from_clause"]);
      if (!words) return {};
      level.select.erase("distinct_clause");
      return *words + ": no two rows are alike";
    }};

}  // namespace architrave::advisor::rewrites::rules
