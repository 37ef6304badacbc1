#include "catalog/catalog.h"
#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  const std::optional<bool> checksums = look.catalog.server.data_checksums;
  if (!checksums || *checksums) return;
  verdict.find(about_setting("data_checksums"),
               "data checksums are off: a damaged page is read as if it were sound, and goes into "
               "the backups; pg_checksums --enable switches them on while the server is down",
               {{"data_checksums", false}});
}

}  // namespace

extern const Rule checksums_off;
const Rule checksums_off = {.name = "checksums-off",
                            .area = Area::backup,
                            .summary = "Damaged pages are not noticed",
                            .serves = {"BCK-3"},
                            .check = check};

}  // namespace architrave::review::rules
