// The review's rules: one file each in review/rules, gathered by the build.
#pragma once

#include <span>

#include "proposal/rule.h"

namespace architrave::review {

std::span<const Rule* const> all_rules();

}  // namespace architrave::review
