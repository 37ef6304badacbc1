#include <utility>

#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  constexpr std::int64_t large = 1'000'000'000;  // smaller ones are in memory anyway
  if (!is_set_to(look.catalog, "random_page_cost", "4")) return;
  if (look.catalog.server.database_bytes.value_or(0) < large) return;
  Proposal fix = set_setting("random_page_cost", "1.1",
                             "On solid-state disks a random page costs hardly more than the next "
                             "one. Leave it where the data is on rotating disks.");
  fix.risk = 2;
  verdict.find(about_setting("random_page_cost"),
               "random_page_cost is 4, made for rotating disks: the planner avoids indexes that "
               "would be faster",
               {{"random_page_cost", shown_setting(look.catalog, "random_page_cost")}},
               std::move(fix));
}

}  // namespace

extern const Rule random_page_cost_default;
const Rule random_page_cost_default = {.name = "random-page-cost-default",
                                       .severity = Severity::info,
                                       .area = Area::settings,
                                       .summary = "The planner counts with a rotating disk",
                                       .serves = {},
                                       .check = check};

}  // namespace architrave::review::rules
