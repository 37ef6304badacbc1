#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/keywords.h"
#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& relation : look.catalog.relations) {
    if (relation.is_partition() || is_machinery(look.catalog, relation)) continue;
    std::vector<std::string> names;
    if (is_reserved_word(relation.name)) names.push_back(relation.name);
    if (relation.is_table())
      for (const Column& column : relation.columns)
        if (is_reserved_word(column.name) && is_own(look, relation, column))
          names.push_back(column.name);
    if (names.empty()) continue;
    verdict.find(about(relation),
                 fmt::format("{} {} of SQL: forgotten quotes are an error, or mean something else "
                             "(user is a function)",
                             some_of(names),
                             names.size() == 1 ? "is a reserved word" : "are reserved words"),
                 {{"names", join(names, ", ")}});
  }
}

}  // namespace

extern const Rule reserved_word_name;
const Rule reserved_word_name = {.name = "reserved-word-name",
                                 .severity = Severity::info,
                                 .area = Area::naming,
                                 .summary = "A name is a reserved word of SQL",
                                 .serves = {},
                                 .check = check};

}  // namespace architrave::review::rules
