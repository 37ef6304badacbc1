#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule missing_up_down;
const Rule missing_up_down = {
    .is = {.name = "missing-up-down",
           .severity = Severity::warning,
           .summary = "A migration without a way back, or a way back without a migration"}};

}  // namespace architrave::migration::lint::rules
