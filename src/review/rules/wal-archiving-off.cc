#include "catalog/catalog.h"
#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  // A replica leaves archiving to its primary.
  if (look.catalog.server.in_recovery.value_or(false)) return;
  if (!is_set_to(look.catalog, "archive_mode", "off")) return;
  verdict.find(about_setting("archive_mode"),
               "archive_mode is off: after a disaster or a wrong DELETE there is nothing between "
               "the last backup and now to restore from",
               {{"archive_mode", shown_setting(look.catalog, "archive_mode")},
                {"wal_level", shown_setting(look.catalog, "wal_level")}});
}

}  // namespace

extern const Rule wal_archiving_off;
const Rule wal_archiving_off = {.name = "wal-archiving-off",
                                .area = Area::backup,
                                .summary = "No log archive, so no recovery to a point in time",
                                .serves = {"BCK-1"},
                                .check = check};

}  // namespace architrave::review::rules
