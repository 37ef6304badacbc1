#include <fmt/format.h>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  const catalog::Server& server = look.catalog.server;
  const double failed = server.last_archive_failure_at.value_or(0);
  // Failures before the last success are over.
  if (failed <= 0 || failed < server.last_archived_at.value_or(0)) return;
  verdict.find(about_setting("archive_command"),
               fmt::format("the log archive fails since {}: recovery ends there, and the server "
                           "keeps every segment until its disk is full",
                           human_time(server.last_archived_at.value_or(failed))),
               {{"failures", server.archive_failed_count.value_or(0)},
                {"last failure", human_time(failed)}});
}

}  // namespace

extern const Rule archiver_failing;
const Rule archiver_failing = {.name = "archiver-failing",
                               .severity = Severity::error,
                               .area = Area::backup,
                               .summary = "The log is not being archived",
                               .serves = {"BCK-1"},
                               .check = check};

}  // namespace architrave::review::rules
