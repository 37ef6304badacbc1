#include "migration/plan/doubts.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace architrave::migration {
namespace {

using catalog::Catalog;

Catalog orders(double null_fraction, double distinct) {
  Catalog made;
  catalog::Relation& table = made.relations.emplace_back();
  table.schema = "app";
  table.name = "orders";
  table.stats.emplace().rows = 100'000;
  catalog::Column& column = table.columns.emplace_back();
  column.name = "code";
  column.stats = {.null_fraction = null_fraction, .distinct = distinct};
  return made;
}

Catalog with_not_null(Catalog made) {
  made.relations.front().columns.front().not_null = true;
  return made;
}

Catalog with_key(Catalog made) {
  catalog::Index& index = made.relations.front().indexes.emplace_back();
  index.unique = true;
  index.keys.emplace_back().column = "code";
  return made;
}

std::string told(const Catalog& from, const Catalog& to,
                 const std::map<std::string, std::string>& fill = {}) {
  return join(doubts_about_rows(from, to, fill), "\n");
}

TEST(Doubts, NullsInWhatTakesNone) {
  const Catalog from = orders(0.12, -1);
  EXPECT_EQ(told(from, with_not_null(from)),
            "app.orders.code was NULL in 12 % of the rows when it was last analyzed, and the "
            "migration stops there: --fill \"app.orders.code=…\" gives them a value");
  EXPECT_EQ(told(from, with_not_null(from), {{"app.orders.code", "0"}}), "");
  EXPECT_EQ(told(from, from), "");
  EXPECT_EQ(told(with_not_null(from), with_not_null(from)), "");
  EXPECT_EQ(told(orders(0, -1), with_not_null(orders(0, -1))), "");
}

TEST(Doubts, ValuesThatOccurTwiceInAKey) {
  for (const double distinct : {-0.5, 50'000.0}) {
    const Catalog from = orders(0, distinct);
    EXPECT_EQ(told(from, with_key(from)),
              "app.orders.code had about 50,000 different values in 100,000 rows when it was last "
              "analyzed, and the migration stops where two are the same");
    EXPECT_EQ(told(with_key(from), with_key(from)), "");
  }
  // All different, and half of them NULL: these may be alike.
  EXPECT_EQ(told(orders(0, -1), with_key(orders(0, -1))), "");
  EXPECT_EQ(told(orders(0.5, -0.5), with_key(orders(0.5, -0.5))), "");
}

}  // namespace
}  // namespace architrave::migration
