// Names of rules that people write: on the command line and in architrave.yaml.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace architrave::cli {

// Error "rule.unknown" for a name that no rule of review has, with the nearest in the hint.
Status check_rule_name(const std::string& name, const std::string& where = {});
// The same for migrate lint's.
Status check_lint_rule_name(const std::string& name);

std::vector<std::string> all_rule_names();  // of both
Error unknown_rule(const std::string& name, const std::vector<std::string>& known,
                   const std::string& where = {});

}  // namespace architrave::cli
