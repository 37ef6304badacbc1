// What statements do to the session that runs them: its transaction and its settings.
#pragma once

#include "migration/lint/rule.h"

namespace architrave::migration::lint {

// Nothing is held any more, and what was set for the transaction alone is as before.
void end_transaction(State& state);
// BEGIN, COMMIT and ROLLBACK, in that line.
void end_or_begin(State& state, sql::Node statement, int line);
// SET, RESET and set_config().
void take_setting(State& state, sql::Node statement, int line);

}  // namespace architrave::migration::lint
