#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule RULE_SYMBOL;
const Rule RULE_SYMBOL = {
    .is = {.name = "RULE_NAME",
           .severity = Severity::warning,
           .summary = "What is wrong, in one sentence"},
    .actions = {Do::drop_table},
    .message = "what happens to {table} and to those who use it",
    .instead = "what to write in its place",
};

}  // namespace architrave::migration::lint::rules
