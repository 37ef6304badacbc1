#include <fmt/format.h>

#include <string>
#include <vector>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

// "user_ids", "email_list", "tags": more than one, in one text.
bool sounds_like_list(const std::string& name) {
  const std::vector<std::string> words = name_words(name);
  if (words.empty()) return false;
  const std::string& last = words.back();
  return last == "tags" || last == "csv" || last == "ids" || (last == "list" && words.size() > 1);
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Column& column : table->columns) {
      const bool is_text = is_builtin(column, "text") || is_builtin(column, "varchar");
      if (!is_text || !is_own(look, *table, column) || !sounds_like_list(column.name)) continue;
      verdict.find(about(*table, column),
                   fmt::format("{} seems to hold a list as text: its parts can't be checked, "
                               "joined or searched with an index; use a table of its own or an "
                               "array",
                               column.name),
                   {{"type", column.type}});
    }
}

}  // namespace

extern const Rule csv_column;
const Rule csv_column = {.name = "csv-column",
                         .severity = Severity::info,
                         .area = Area::model,
                         .summary = "A text column seems to hold a list",
                         .serves = {},
                         .check = check};

}  // namespace architrave::review::rules
