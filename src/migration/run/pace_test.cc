#include "migration/run/pace.h"

#include <gtest/gtest.h>

namespace architrave::migration {
namespace {

TEST(Pace, RestsAreNoWorkAndTakeTime) {
  EXPECT_EQ(describe(Pace{.rows = 480'000, .seconds = 10, .rested = 0}), "48,000 rows/s");
  EXPECT_EQ(describe(Pace{.rows = 480'000, .seconds = 10.2, .rested = 0.2}), "48,000 rows/s");
  const Pace slow{.rows = 480'000, .seconds = 40, .rested = 30};
  EXPECT_EQ(describe(slow), "48,000 rows/s (12,000 with rests)");
  EXPECT_EQ(seconds_left(slow, 120'000), 10);
  EXPECT_EQ(describe(Pace{}), "0 rows/s");
}

}  // namespace
}  // namespace architrave::migration
