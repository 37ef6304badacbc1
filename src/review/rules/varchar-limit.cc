#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

std::optional<NewType> better(const Relation&, const Column& column) {
  if (!is_builtin(column, "varchar")) return std::nullopt;
  // The limits that other systems' habits have left behind; any other may be meant.
  const int limit = length_limit(column);
  if (limit != 255 && limit != 256 && limit != 191) return std::nullopt;
  NewType to;
  to.type = "text";
  return to;
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "has a length limit out of habit, not for a reason: a longer value fails",
               .many = "have a length limit out of habit, not for a reason: a longer value fails",
               .title = "Drop the habitual length limits of {}",
               .why = "text is stored and as fast as varchar(255). Where a limit is meant, a CHECK "
                      "says it with a name and can be changed without touching the type.",
               .rewrites = false,
               .effort = 1,
               .risk = 1});
}

}  // namespace

extern const Rule varchar_limit;
const Rule varchar_limit = {.name = "varchar-limit",
                            .severity = Severity::info,
                            .area = Area::types,
                            .summary = "varchar(255) limits a value out of habit",
                            .serves = {},
                            .check = check};

}  // namespace architrave::review::rules
