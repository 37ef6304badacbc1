#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

std::optional<NewType> better(const Relation&, const Column& column) {
  const bool text_of_36 =
      (is_builtin(column, "bpchar") || is_builtin(column, "varchar")) && length_limit(column) == 36;
  if (!text_of_36 || !is_uuid_name(column.name)) return std::nullopt;
  const std::string name = catalog::quote_identifier(column.name);
  NewType to;
  to.type = "uuid";
  to.forward = name + "::text::uuid";
  to.back = name + "::text";
  if (!column.default_value.empty()) to.new_default = "(" + column.default_value + ")::text::uuid";
  return to;
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "holds a UUID as text: 37 bytes instead of 16, and anything else fits too",
               .many = "hold UUIDs as text: 37 bytes instead of 16, and anything else fits too",
               .title = "Store UUIDs as uuid in {}",
               .why = "The type takes less than half the room, in indexes too, compares faster and "
                      "refuses what is no UUID. The change fails where such a value is stored.",
               .risk = 3});
}

}  // namespace

extern const Rule uuid_as_text;
const Rule uuid_as_text = {.name = "uuid-as-text",
                           .area = Area::types,
                           .summary = "A UUID is stored as text",
                           .serves = {},
                           .check = check};

}  // namespace architrave::review::rules
