#include <utility>

#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  const std::optional<std::int64_t> value =
      number_setting(look.catalog, "log_min_duration_statement");
  if (!value || !(*value < 0)) return;
  Proposal fix =
      set_setting("log_min_duration_statement", "1s",
                  "Each statement that takes a second or more is logged with its text and time.");
  verdict.find(
      about_setting("log_min_duration_statement"),
      "log_min_duration_statement is off: what was slow last night is not written anywhere",
      {{"log_min_duration_statement", shown_setting(look.catalog, "log_min_duration_statement")}},
      std::move(fix));
}

}  // namespace

extern const Rule slow_query_log_off;
const Rule slow_query_log_off = {.name = "slow-query-log-off",
                                 .severity = Severity::info,
                                 .area = Area::settings,
                                 .summary = "Slow queries leave no trace",
                                 .serves = {"PERF-4"},
                                 .check = check};

}  // namespace architrave::review::rules
