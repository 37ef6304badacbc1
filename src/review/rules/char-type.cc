#include <fmt/format.h>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

std::optional<NewType> better(const Relation&, const Column& column) {
  // A single character is never padded, and text that is a UUID has a better type than this.
  if (!is_builtin(column, "bpchar") || length_limit(column) < 2 || is_uuid_name(column.name))
    return std::nullopt;
  NewType to;
  to.type = fmt::format("character varying({})", length_limit(column));
  // A plain literal, without the cast to the old type.
  constexpr std::string_view cast = "::bpchar";
  if (column.default_value.ends_with(cast))
    to.new_default = column.default_value.substr(0, column.default_value.size() - cast.size());
  return to;
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "is char(n): padded with blanks in storage, which comparisons then ignore",
               .many = "are char(n): padded with blanks in storage, which comparisons then ignore",
               .title = "Use varchar instead of char in {}",
               .why = "char(n) saves nothing in PostgreSQL: values are stored with their padding "
                      "and lose it again in comparisons, casts and LIKE. varchar(n) keeps the "
                      "limit; values come back without trailing blanks.",
               .effort = 2});
}

}  // namespace

extern const Rule char_type;
const Rule char_type = {.name = "char-type",
                        .severity = Severity::info,
                        .area = Area::types,
                        .summary = "char(n) pads values with blanks and saves nothing",
                        .serves = {},
                        .check = check};

}  // namespace architrave::review::rules
