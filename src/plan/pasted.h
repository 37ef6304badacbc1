// A plan as people hand it over: what psql, a page or a mail put around what EXPLAIN printed.
#pragma once

#include <string_view>

#include "plan/plan.h"

namespace architrave::plan {

// A plan in any form, text or JSON, pasted from wherever: psql's frames (ASCII, Unicode, expanded,
// HTML) and continued lines, "> " before each line, Markdown's fences. Error "plan.format", with a
// hint where it is a form that is not read (XML, YAML).
Result<Plan> read_pasted(std::string_view text);

}  // namespace architrave::plan
