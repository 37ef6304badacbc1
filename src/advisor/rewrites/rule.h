// A rule: a name, what it does, and how. One file each in rules/, gathered by the build.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "advisor/rewrites/scope.h"

namespace architrave::advisor::rewrites {

struct RewriteRule {
  std::string_view name;  // "not-in-to-not-exists": also its file's and its page's name
  std::string_view summary;
  // Changes the level's SELECT in place if the rule applies there, and says in words what proves
  // that it means the same; else leaves it as it is and returns nothing. It is called for each
  // level anew until nothing applies.
  std::optional<std::string> (*apply)(Level& level) = nullptr;
};
std::span<const RewriteRule* const> all_rewrite_rules();

struct Hint {
  std::string message;
  std::string suggestion;
};
struct AdviceRule {
  std::string_view name;
  std::string_view summary;
  std::optional<Hint> (*look)(Level& level) = nullptr;
};
std::span<const AdviceRule* const> all_advice_rules();

}  // namespace architrave::advisor::rewrites
