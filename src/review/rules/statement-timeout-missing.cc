#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  const std::optional<std::int64_t> value = number_setting(look.catalog, "statement_timeout");
  if (!value || !(*value == 0)) return;
  verdict.find(
      about_setting("statement_timeout"),
      "no statement_timeout: a runaway query holds its locks and its connection until somebody "
      "ends it; set one for the application's role (ALTER ROLE … SET), not for backups",
      {{"statement_timeout", shown_setting(look.catalog, "statement_timeout")}});
}

}  // namespace

extern const Rule statement_timeout_missing;
const Rule statement_timeout_missing = {.name = "statement-timeout-missing",
                                        .severity = Severity::info,
                                        .area = Area::settings,
                                        .summary = "A query may run for ever",
                                        .serves = {},
                                        .check = check};

}  // namespace architrave::review::rules
