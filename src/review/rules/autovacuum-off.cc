#include <utility>

#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  if (!is_set_to(look.catalog, "autovacuum", "off")) return;
  Proposal fix =
      set_setting("autovacuum", "on",
                  "Tables that it disturbs are better tuned one by one than left to nobody.");
  verdict.find(about_setting("autovacuum"),
               "autovacuum is off: dead rows stay, statistics age, and the server runs towards the "
               "wraparound of transaction numbers",
               {{"autovacuum", shown_setting(look.catalog, "autovacuum")}}, std::move(fix));
}

}  // namespace

extern const Rule autovacuum_off;
const Rule autovacuum_off = {
    .name = "autovacuum-off",
    .severity = Severity::error,
    .area = Area::maintenance,
    .summary = "Nothing removes dead rows and nothing keeps the statistics fresh",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules
