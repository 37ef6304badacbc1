#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

std::optional<NewType> better(const Relation&, const Column& column) {
  if (!is_builtin(column, "money")) return std::nullopt;
  return cast_to(column, "numeric(19,2)", "numeric");
}

void check(const Look& look, Verdict& verdict) {
  check_types(look, verdict,
              {.better = better,
               .one = "is money: its currency and its digits follow a setting of the server",
               .many = "are money: their currency and their digits follow a setting of the server",
               .title = "Store amounts as numeric in {}",
               .why = "The same stored money value reads as dollars or as yen after lc_monetary "
                      "changes, and a dump restores wrongly elsewhere. numeric is exact and says "
                      "what it holds; keep the currency in a column of its own."});
}

}  // namespace

extern const Rule money_type;
const Rule money_type = {.name = "money-type",
                         .area = Area::types,
                         .summary = "The money type depends on the server's locale",
                         .serves = {},
                         .check = check};

}  // namespace architrave::review::rules
