#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule unused_ignore;
const Rule unused_ignore = {.is = {.name = "unused-ignore",
                                   .severity = Severity::warning,
                                   .summary = "A comment silences a rule that says nothing here"}};

}  // namespace architrave::migration::lint::rules
