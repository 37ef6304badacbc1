#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

bool is_view(const catalog::Object& object) {
  return object.kind == catalog::Kind::view || object.kind == catalog::Kind::materialized_view;
}

using Needs = std::map<catalog::Object, std::vector<catalog::Object>>;

int depth_of(const catalog::Object& view, const Needs& needs,
             std::map<catalog::Object, int>& depths) {
  const auto [known, is_new] = depths.try_emplace(view, 1);
  if (!is_new) return known->second;
  int depth = 1;
  if (const auto below = needs.find(view); below != needs.end())
    for (const catalog::Object& each : below->second)
      depth = std::max(depth, 1 + depth_of(each, needs, depths));
  return depths[view] = depth;
}

void check(const Look& look, Verdict& verdict) {
  std::map<catalog::Object, std::vector<catalog::Object>> needs;
  for (const catalog::Dependency& dependency : look.catalog.dependencies)
    if (is_view(dependency.object) && is_view(dependency.needs))
      needs[dependency.object].push_back(dependency.needs);
  std::map<catalog::Object, int> depths;
  for (const auto& [view, below] : needs) {
    const int depth = depth_of(view, needs, depths);
    if (depth < 4) continue;
    verdict.find(about(view),
                 fmt::format("{} stands on {} layers of views: what a query on it reads is hard to "
                             "see, and changing a view below means making all of them again",
                             view.name, depth - 1),
                 {{"depth", std::int64_t{depth}}});
  }
}

}  // namespace

extern const Rule nested_views;
const Rule nested_views = {.name = "nested-views",
                           .area = Area::model,
                           .summary = "Views on views on views",
                           .serves = {},
                           .check = check};

}  // namespace architrave::review::rules
