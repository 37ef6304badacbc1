#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    if (table->kind != RelationKind::table) continue;
    std::vector<std::string> children;
    for (const Relation* child : look.lookup.children(*table))
      if (!child->is_partition()) children.push_back(name_of(*child));
    if (children.empty()) continue;
    verdict.find(
        subject_of(*table),
        fmt::format(
            "{} {} from {}: keys, foreign keys and unique constraints of {} do not "
            "hold across them.",
            children.size() == 1 ? children.front()
                                 : plural(static_cast<std::int64_t>(children.size()), "table"),
            children.size() == 1 ? "inherits" : "inherit", name_of(*table), name_of(*table)),
        {{"children", join(children, ", ")}});
  }
}

}  // namespace

extern const Rule table_inheritance;
const Rule table_inheritance = {.name = "table-inheritance",
                                .severity = Severity::info,
                                .area = Area::model,
                                .summary = "A table from which others inherit",
                                .engines = Engines::postgresql,
                                .serves = {},
                                .needs_workload = false,
                                .check = check};

}  // namespace architrave::review::rules
