#include "base/clock.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace architrave {
namespace {

class Clock : public testing::Test {
 protected:
  void SetUp() override { ::unsetenv("SOURCE_DATE_EPOCH"); }
  void TearDown() override { ::unsetenv("SOURCE_DATE_EPOCH"); }
};

TEST_F(Clock, TakesTheTimeFromTheEnvironment) {
  ::setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
  EXPECT_EQ(report_time(), 1700000000);
}

TEST_F(Clock, IsNowWhereTheEnvironmentSaysNothing) {
  const auto before = static_cast<double>(std::time(nullptr));
  EXPECT_GE(report_time(), before - 1);
  for (const char* nonsense : {"", "yesterday", "17x"}) {
    ::setenv("SOURCE_DATE_EPOCH", nonsense, 1);
    EXPECT_GE(report_time(), before - 1) << nonsense;
  }
}

TEST_F(Clock, WritesTimesInUtc) {
  ::setenv("TZ", "Pacific/Auckland", 1);
  ::tzset();
  EXPECT_EQ(human_time(1700000000), "2023-11-14 22:13 UTC");
  EXPECT_EQ(iso_time(1700000000), "2023-11-14T22:13:20Z");
  EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00Z");
  ::unsetenv("TZ");
  ::tzset();
}

TEST_F(Clock, MeasuresForward) {
  const double first = monotonic_seconds();
  EXPECT_LE(first, monotonic_seconds());
}

}  // namespace
}  // namespace architrave
