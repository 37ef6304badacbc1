#include <utility>

#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  const std::optional<std::int64_t> value =
      number_setting(look.catalog, "idle_in_transaction_session_timeout");
  if (!value || !(*value == 0)) return;
  Proposal fix = set_setting("idle_in_transaction_session_timeout", "10min",
                             "A session that has been silent inside a transaction for ten minutes "
                             "is ended; its transaction is rolled back.");
  verdict.find(about_setting("idle_in_transaction_session_timeout"),
               "no idle_in_transaction_session_timeout: a forgotten transaction keeps its locks "
               "and keeps vacuum from removing dead rows",
               {{"idle_in_transaction_session_timeout",
                 shown_setting(look.catalog, "idle_in_transaction_session_timeout")}},
               std::move(fix));
}

}  // namespace

extern const Rule idle_in_transaction_timeout_missing;
const Rule idle_in_transaction_timeout_missing = {
    .name = "idle-in-transaction-timeout-missing",
    .area = Area::settings,
    .summary = "A forgotten transaction may stay open for ever",
    .serves = {"DB-1"},
    .check = check};

}  // namespace architrave::review::rules
