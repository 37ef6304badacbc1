#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

bool of_more_than_three_columns(const Action& action, const Statement&) {
  return !action.node["unique"].flag() && action.node["indexParams"].size() > 3;
}

}  // namespace

extern const Rule non_unique_index_over_3_columns;
const Rule non_unique_index_over_3_columns = {
    .is = {.name = "non-unique-index-over-3-columns",
           .severity = Severity::info,
           .summary = "An index of more than three columns rarely pays unless it is unique"},
    .actions = {Do::create_index, Do::create_index_concurrently},
    .in_use = false,
    .when = of_more_than_three_columns,
    .message =
        "index {column} of {table} has more than three columns: it is large, each write pays "
        "for it, and the later columns seldom narrow a search",
    .instead =
        "keep the columns that are compared with =, and one that is compared by range or "
        "sorted by; architrave optimize says what a workload needs"};

}  // namespace architrave::migration::lint::rules
