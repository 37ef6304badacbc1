#include <algorithm>
#include <string>

#include "catalog/catalog.h"
#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  const catalog::Catalog& catalog = look.catalog;
  const std::optional<std::string> preloaded =
      raw_setting(look.catalog, "shared_preload_libraries");
  if (!preloaded) return;
  const bool is_loaded = preloaded->find("pg_stat_statements") != std::string::npos;
  const bool is_installed = std::ranges::any_of(
      catalog.extensions,
      [](const catalog::Extension& each) { return each.name == "pg_stat_statements"; });
  if (is_loaded && is_installed) return;
  const bool is_elsewhere = is_loaded && !is_installed;
  verdict.find(about_setting("shared_preload_libraries"),
               is_elsewhere ? "pg_stat_statements is loaded but not created in this database: its "
                              "figures can't be read here"
                            : "pg_stat_statements is not loaded: nobody can tell which queries the "
                              "server spends its time on",
               {{"shared_preload_libraries", *preloaded}, {"extension created", is_installed}});
}

}  // namespace

extern const Rule query_tracking_off;
const Rule query_tracking_off = {.name = "query-tracking-off",
                                 .area = Area::performance,
                                 .summary = "Nobody counts what queries cost",
                                 .serves = {"PERF-4"},
                                 .check = check};

}  // namespace architrave::review::rules
