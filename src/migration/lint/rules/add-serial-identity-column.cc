#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

extern const Rule add_serial_identity_column;
const Rule add_serial_identity_column = {
    .is = {.name = "add-serial-identity-column",
           .severity = Severity::error,
           .summary = "A serial or identity column rewrites the table when it is added"},
    .actions = {Do::add_column_sequence},
    .message =
        "each row gets a number of its own: all of {table} is written anew under ACCESS "
        "EXCLUSIVE",
    .instead =
        "add {column} as a plain bigint, give it a sequence as its default, fill old rows "
        "in batches, and make it NOT NULL and an identity afterwards"};

}  // namespace architrave::migration::lint::rules
