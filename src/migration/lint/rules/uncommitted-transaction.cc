#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void uncommitted(const State& state, Finder& finder) {
  if (state.transaction == Transaction::begun)
    finder.find_at(
        "BEGIN has no COMMIT: the file's changes are rolled back when the session ends, "
        "and its locks are held until then",
        "COMMIT at the end of the file", {}, {.file = {}, .line = state.begun_at});
}

}  // namespace

extern const Rule uncommitted_transaction;
const Rule uncommitted_transaction = {
    .is = {.name = "uncommitted-transaction",
           .severity = Severity::error,
           .summary = "A BEGIN without COMMIT: nothing of it stays"},
    .at_end = uncommitted};

}  // namespace architrave::migration::lint::rules
