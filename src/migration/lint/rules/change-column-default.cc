#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule change_column_default;
const Rule change_column_default = {
    .is = {.name = "change-column-default",
           .severity = Severity::info,
           .summary = "A changed default is not what running applications expect of new rows"},
    .actions = {Do::set_default, Do::drop_default},
    .message =
        "rows that running applications insert without {column} get another value from now "
        "on, and sessions that have the old one in their plans until they plan again",
    .instead = "have the application give the value itself before the default changes"};

}  // namespace architrave::migration::lint::rules
