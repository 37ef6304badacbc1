#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule drop_column;
const Rule drop_column = {
    .is = {.name = "drop-column",
           .severity = Severity::error,
           .summary = "A dropped column breaks applications that still name it, and its data are "
                      "gone"},
    .actions = {Do::drop_column},
    .message =
        "queries that name {column} of {table} fail from this moment on, and its values "
        "are gone",
    .instead =
        "first release code that does not read or write it; keep the values aside (rename "
        "it, drop it a release later)"};

}  // namespace architrave::migration::lint::rules
