// How fast a backfill is: while it works, and by the clock, which its rests belong to.
#pragma once

#include <cstdint>
#include <string>

namespace architrave::migration {

struct Pace {
  std::int64_t rows = 0;  // since it began
  double seconds = 0;     // since then, by the clock
  double rested = 0;      // of them: between batches, and between two attempts at one

  double while_working() const;  // rows a second
  double by_the_clock() const;
};
// "48,000 rows/s", "48,000 rows/s (31,000 with rests)" where those are felt.
std::string describe(const Pace& pace);
// Rests will come as they came so far.
double seconds_left(const Pace& pace, std::int64_t rows);

}  // namespace architrave::migration
