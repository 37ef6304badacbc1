#include "cli/rule_names.h"

#include <algorithm>

#include "cli/nearest.h"
#include "migration/lint/rule.h"
#include "review/rules.h"

namespace architrave::cli {

namespace {

std::vector<std::string> review_names() {
  std::vector<std::string> names;
  for (const Rule* rule : review::all_rules()) names.emplace_back(rule->name);
  return names;
}

std::vector<std::string> lint_names() {
  std::vector<std::string> names;
  for (const migration::lint::Rule* rule : migration::lint::all_rules())
    names.emplace_back(rule->is.name);
  return names;
}

Status check(const std::string& name, const std::vector<std::string>& known,
             const std::string& where) {
  if (std::ranges::find(known, name) != known.end()) return {};
  return std::unexpected(unknown_rule(name, known, where));
}

}  // namespace

Status check_rule_name(const std::string& name, const std::string& where) {
  return check(name, review_names(), where);
}

Status check_lint_rule_name(const std::string& name) { return check(name, lint_names(), {}); }

std::vector<std::string> all_rule_names() {
  std::vector<std::string> names = review_names();
  for (std::string& name : lint_names()) names.push_back(std::move(name));
  return names;
}

Error unknown_rule(const std::string& name, const std::vector<std::string>& known,
                   const std::string& where) {
  return {"rule.unknown", "there is no rule \"" + name + "\"", where,
          did_you_mean(name, known) + "architrave rules lists them"};
}

}  // namespace architrave::cli
