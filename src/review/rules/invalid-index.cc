#include <fmt/format.h>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    if (table.is_partition()) continue;
    for (const Index& index : table.indexes) {
      if (index.valid) continue;
      const bool partitioned = table.kind == RelationKind::partitioned_table;
      const std::string name = name_of(table, index);
      // No proposal: an unfinished index can't be brought back, so that it could not be undone.
      verdict.find(
          subject_of(table, index),
          partitioned
              ? fmt::format(
                    "{} of {} is not valid: a partition has no index attached to it, and no "
                    "query uses it.",
                    name, name_of(table))
              : fmt::format("{} of {} is not valid: every write maintains it and no query uses it.",
                            name, name_of(table)),
          {{"definition", index.definition},
           {"mend with", partitioned ? fmt::format("ALTER INDEX {} ATTACH PARTITION …", name)
                                     : fmt::format("REINDEX INDEX CONCURRENTLY {}", name)}});
    }
  }
}

}  // namespace

extern const Rule invalid_index;
const Rule invalid_index = {.name = "invalid-index",
                            .severity = Severity::error,
                            .area = Area::indexes,
                            .summary = "An index that was left unfinished",
                            .engines = Engines::postgresql,
                            .serves = {"DB-2"},
                            .needs_workload = false,
                            .check = check};

}  // namespace architrave::review::rules
