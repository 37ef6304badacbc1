#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    std::vector<std::string> personal;
    std::set<std::string> kinds;
    for (const Column& column : table->columns) {
      const Sensitive* what = is_own(look, *table, column) ? sensitive(column) : nullptr;
      if (what == nullptr || is_password_name(column.name)) continue;
      if (what->critical) {
        verdict.find(about(*table, column),
                     fmt::format("{} looks like {} data in plain text: whoever reads a backup, a "
                                 "replica or a log has it",
                                 column.name, what->kind),
                     {{"kind", std::string(what->kind)}, {"type", column.type}});
        continue;
      }
      personal.push_back(column.name);
      kinds.emplace(what->kind);
    }
    if (personal.empty()) continue;
    Finding& finding = verdict.find(
        about(*table),
        fmt::format("{} keeps personal data in {}: know who may read it and when it is deleted",
                    table->name, some_of(personal)),
        {{"columns", join(personal, ", ")}, {"kinds", fmt::format("{}", fmt::join(kinds, ", "))}});
    finding.severity = Severity::info;
  }
}

}  // namespace

extern const Rule sensitive_column;
const Rule sensitive_column = {.name = "sensitive-column",
                               .area = Area::security,
                               .summary = "Personal data or secrets are stored as plain text",
                               .serves = {"SEC-3"},
                               .check = check};

}  // namespace architrave::review::rules
