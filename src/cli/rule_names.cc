#include "cli/rule_names.h"

#include <vector>

#include "cli/nearest.h"
#include "review/rules.h"

namespace architrave::cli {

Status check_rule_name(const std::string& name, const std::string& where) {
  std::vector<std::string> names;
  for (const Rule* rule : review::all_rules()) {
    if (rule->name == name) return {};
    names.emplace_back(rule->name);
  }
  return fail("rule.unknown", "there is no rule \"" + name + "\"", where,
              did_you_mean(name, names) + "architrave rules lists them");
}

}  // namespace architrave::cli
