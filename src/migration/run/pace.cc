#include "migration/run/pace.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace architrave::migration {

namespace {

constexpr double shortest = 0.001;  // seconds that anything takes
constexpr double felt = 0.05;       // of the time

std::string rate(double rows) { return human_count(std::llround(rows)); }

}  // namespace

double Pace::while_working() const {
  return static_cast<double>(rows) / std::max(seconds - rested, shortest);
}

double Pace::by_the_clock() const {
  return static_cast<double>(rows) / std::max(seconds, shortest);
}

std::string describe(const Pace& pace) {
  std::string text = rate(pace.while_working()) + " rows/s";
  if (pace.rested > felt * pace.seconds) text += " (" + rate(pace.by_the_clock()) + " with rests)";
  return text;
}

double seconds_left(const Pace& pace, std::int64_t rows) {
  return static_cast<double>(rows) / pace.by_the_clock();
}

}  // namespace architrave::migration
