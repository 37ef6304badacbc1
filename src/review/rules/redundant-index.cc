#include <fmt/format.h>

#include "review/fixes.h"
#include "review/index_facts.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const Relation& table : look.catalog.relations) {
    if (table.is_partition()) continue;
    for (const Index& index : table.indexes) {
      const Index* wider = covering(table, index);
      if (wider == nullptr || is_same(*wider, index)) continue;
      std::optional<Proposal> fix;
      if (can_drop(table, index))
        fix = drop_index(look, table, index,
                         fmt::format("{} answers its queries as well; each write gets cheaper.",
                                     catalog::quote_identifier(wider->name)));
      Evidence evidence = {{"covered by", wider->name}, {"definition", wider->definition}};
      if (index.stats) evidence.push_back({"bytes", index.stats->bytes});
      verdict.find(
          subject_of(table, index),
          fmt::format("{} of {} does nothing that {} does not do: that one begins with the "
                      "same keys.",
                      catalog::quote_identifier(index.name), name_of(table),
                      catalog::quote_identifier(wider->name)),
          std::move(evidence), std::move(fix));
    }
  }
}

}  // namespace

extern const Rule redundant_index;
const Rule redundant_index = {.name = "redundant-index",
                              .severity = Severity::warning,
                              .area = Area::indexes,
                              .summary = "An index that a wider index begins with",
                              .engines = Engines::all,
                              .serves = {"DB-2"},
                              .needs_workload = false,
                              .check = check};

}  // namespace architrave::review::rules
