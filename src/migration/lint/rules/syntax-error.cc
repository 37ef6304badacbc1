#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule syntax_error;
const Rule syntax_error = {.is = {.name = "syntax-error",
                                  .severity = Severity::error,
                                  .summary = "PostgreSQL can't read the statement"}};

}  // namespace architrave::migration::lint::rules
