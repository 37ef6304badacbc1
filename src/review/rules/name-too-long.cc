#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

// PostgreSQL keeps 63 bytes of a name and says so in a notice. Names that it makes itself are cut
// in the middle and keep their ending.
bool is_cut(const std::string& name) {
  if (name.size() < 63) return false;
  for (const char* ending :
       {"_pkey", "_key", "_idx", "_fkey", "_check", "_excl", "_seq", "_not_null"})
    if (name.ends_with(ending)) return false;
  return true;
}

void report(Verdict& verdict, const catalog::Object& object, const std::string& name) {
  verdict.find(about(object),
               fmt::format("{} is 63 bytes long, where PostgreSQL cuts names off: two long names "
                           "may become one",
                           name),
               {{"bytes", static_cast<std::int64_t>(name.size())}});
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation& relation : look.catalog.relations) {
    if (is_machinery(look.catalog, relation)) continue;
    if (is_cut(relation.name)) report(verdict, catalog::object_of(relation), relation.name);
    for (const Column& column : relation.columns)
      if (relation.is_table() && is_cut(column.name) && is_own(look, relation, column))
        report(verdict, catalog::object_of(relation, column), column.name);
    for (const Index& index : relation.indexes)
      if (is_cut(index.name) && index.constraint.empty() && !index.inherited)
        report(verdict, catalog::object_of(relation, index), index.name);
    for (const Constraint& constraint : relation.constraints)
      if (is_cut(constraint.name) && !constraint.inherited)
        report(verdict, catalog::object_of(relation, constraint), constraint.name);
  }
}

}  // namespace

extern const Rule name_too_long;
const Rule name_too_long = {.name = "name-too-long",
                            .severity = Severity::info,
                            .area = Area::naming,
                            .summary = "A name was cut off",
                            .serves = {},
                            .check = check};

}  // namespace architrave::review::rules
