// Names of rules that people write: on the command line and in architrave.yaml.
#pragma once

#include <string>

#include "base/result.h"

namespace architrave::cli {

// Error "rule.unknown" for a name that no rule has, with the nearest in the hint.
Status check_rule_name(const std::string& name, const std::string& where = {});

}  // namespace architrave::cli
