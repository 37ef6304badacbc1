#include <utility>

#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  if (!is_set_to(look.catalog, "fsync", "off")) return;
  Proposal fix = set_setting("fsync", "on",
                             "A commit then waits until it is on disk. Bulk loads that can be "
                             "repeated gain more from COPY and UNLOGGED than from this.");
  verdict.find(about_setting("fsync"),
               "fsync is off: a crash of the machine leaves a database that can not be repaired",
               {{"fsync", shown_setting(look.catalog, "fsync")}}, std::move(fix));
}

}  // namespace

extern const Rule fsync_off;
const Rule fsync_off = {.name = "fsync-off",
                        .severity = Severity::error,
                        .area = Area::settings,
                        .summary = "The server does not wait for its disk",
                        .serves = {"DB-1"},
                        .check = check};

}  // namespace architrave::review::rules
