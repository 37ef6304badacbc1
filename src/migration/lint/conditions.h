// WHERE that leaves nothing out: what rules about rows share.
#pragma once

#include "migration/lint/rule.h"

namespace architrave::migration::lint {

bool is_always_true(sql::Node condition);  // true, 1 = 1
bool has_no_where(const Action& action, const Statement& statement);

}  // namespace architrave::migration::lint
