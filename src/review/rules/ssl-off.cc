#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  if (!is_set_to(look.catalog, "ssl", "off")) return;
  verdict.find(about_setting("ssl"),
               "ssl is off: passwords and rows cross the network in the clear",
               {{"ssl", shown_setting(look.catalog, "ssl")}});
}

}  // namespace

extern const Rule ssl_off;
const Rule ssl_off = {.name = "ssl-off",
                      .area = Area::security,
                      .summary = "Connections are not encrypted",
                      .serves = {"SEC-3"},
                      .check = check};

}  // namespace architrave::review::rules
