#include "migration/run/throttle.h"

#include <gtest/gtest.h>

namespace architrave::migration {
namespace {

TEST(Lag, IsSinceWhenTheServerWroteWhatIsNotReplayed) {
  Lag lag;
  EXPECT_EQ(lag.behind(1, 0), 0);
  lag.written(1, 100);
  lag.written(2, 200);
  lag.written(3, 200);  // nothing was written
  lag.written(4, 300);
  EXPECT_EQ(lag.behind(5, 300), 0);
  EXPECT_EQ(lag.behind(5, 299), 1);
  EXPECT_EQ(lag.behind(5, 150), 3);
  EXPECT_EQ(lag.behind(5, 0), 4);
  // It has stopped: what is not replayed grows older, though nothing comes to it.
  EXPECT_EQ(lag.behind(50, 150), 48);
  lag.forget(150);
  EXPECT_EQ(lag.behind(50, 150), 48);
  lag.forget(300);
  EXPECT_EQ(lag.behind(50, 300), 0);
}

}  // namespace
}  // namespace architrave::migration
