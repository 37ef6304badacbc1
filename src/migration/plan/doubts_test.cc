#include "migration/plan/doubts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace architrave::migration {
namespace {

using catalog::Catalog;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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

TEST(Doubts, NullsInWhatTakesNone) {
  const Catalog from = orders(0.12, -1);
  EXPECT_THAT(doubts_about_rows(from, with_not_null(from), {}),
              ElementsAre(HasSubstr("app.orders.code was NULL in 12 % of the rows")));
  EXPECT_THAT(doubts_about_rows(from, with_not_null(from), {{"app.orders.code", "0"}}), IsEmpty());
  EXPECT_THAT(doubts_about_rows(from, from, {}), IsEmpty());
  EXPECT_THAT(doubts_about_rows(with_not_null(from), with_not_null(from), {}), IsEmpty());
  EXPECT_THAT(doubts_about_rows(orders(0, -1), with_not_null(orders(0, -1)), {}), IsEmpty());
}

TEST(Doubts, ValuesThatOccurTwiceInAKey) {
  for (const double distinct : {-0.5, 50'000.0}) {
    const Catalog from = orders(0, distinct);
    EXPECT_THAT(doubts_about_rows(from, with_key(from), {}),
                ElementsAre(HasSubstr("about 50,000 different values in 100,000 rows")));
    EXPECT_THAT(doubts_about_rows(with_key(from), with_key(from), {}), IsEmpty());
  }
  // All different, and half of them NULL: these may be alike.
  EXPECT_THAT(doubts_about_rows(orders(0, -1), with_key(orders(0, -1)), {}), IsEmpty());
  EXPECT_THAT(doubts_about_rows(orders(0.5, -0.5), with_key(orders(0.5, -0.5)), {}), IsEmpty());
}

}  // namespace
}  // namespace architrave::migration
