#include <utility>

#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  if (!is_set_to(look.catalog, "wal_level", "minimal")) return;
  Proposal fix = set_setting("wal_level", "replica",
                             "The log then holds what base backups, archives and replicas need, "
                             "for a few percent more of it.",
                             true);
  verdict.find(about_setting("wal_level"),
               "wal_level is minimal: neither a base backup, nor point-in-time recovery, nor a "
               "replica can be made",
               {{"wal_level", shown_setting(look.catalog, "wal_level")}}, std::move(fix));
}

}  // namespace

extern const Rule wal_level_minimal;
const Rule wal_level_minimal = {.name = "wal-level-minimal",
                                .area = Area::backup,
                                .summary = "The log holds too little for a backup while running",
                                .serves = {"BCK-1"},
                                .check = check};

}  // namespace architrave::review::rules
