#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule non_linear_history;
const Rule non_linear_history = {
    .is = {.name = "non-linear-history",
           .severity = Severity::error,
           .summary = "A new migration comes before others that may have been applied"}};

}  // namespace architrave::migration::lint::rules
