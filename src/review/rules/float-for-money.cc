#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

std::optional<NewType> better(const Relation&, const Column& column) {
  if (!is_builtin(column, "float4") && !is_builtin(column, "float8")) return std::nullopt;
  if (!is_money_name(column.name)) return std::nullopt;
  return NewType{.type = "numeric", .forward = {}, .back = {}, .new_default = {}};
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "holds money as a binary fraction, which can't hold 0.10: sums drift",
               .many = "hold money as binary fractions, which can't hold 0.10: sums drift",
               .title = "Store amounts as numeric in {}",
               .why = "numeric is exact in decimal digits. Values become what they print as now; "
                      "add a scale, such as numeric(19,4), once none needs more digits."});
}

}  // namespace

extern const Rule float_for_money;
const Rule float_for_money = {.name = "float-for-money",
                              .area = Area::types,
                              .summary = "Amounts of money are stored as binary fractions",
                              .serves = {},
                              .check = check};

}  // namespace architrave::review::rules
