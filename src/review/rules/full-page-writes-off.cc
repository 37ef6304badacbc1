#include <utility>

#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  if (!is_set_to(look.catalog, "full_page_writes", "off")) return;
  Proposal fix =
      set_setting("full_page_writes", "on",
                  "The first change of a page after a checkpoint then logs the page whole, which "
                  "recovery needs unless the file system writes 8 kB atomically.");
  verdict.find(about_setting("full_page_writes"),
               "full_page_writes is off: a page that was half written in a crash stays damaged",
               {{"full_page_writes", shown_setting(look.catalog, "full_page_writes")}},
               std::move(fix));
}

}  // namespace

extern const Rule full_page_writes_off;
const Rule full_page_writes_off = {.name = "full-page-writes-off",
                                   .severity = Severity::error,
                                   .area = Area::settings,
                                   .summary = "Half-written pages are not repaired after a crash",
                                   .serves = {},
                                   .check = check};

}  // namespace architrave::review::rules
