// The pages of rules (docs/rules, docs/lint), which the build puts into the program.
#pragma once

#include <string_view>

namespace architrave::report {

// In Markdown; empty if there is none of that name.
std::string_view review_page(std::string_view rule);
std::string_view lint_page(std::string_view rule);

}  // namespace architrave::report
