// How all writers say a plan's figures.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/compare.h"
#include "plan/measure.h"

namespace architrave::report {

std::string milliseconds(double value);   // "12.3 ms", "1.5 s"
std::string whole_percent(double share);  // "45 %"
// "×120 more", "×30 fewer"; "" where the estimate was right within a factor of 2.
std::string error_words(const plan::Measured& measured);
bool has_times(const plan::Plan& plan);
// What to say where there is no remark: that nothing was found, or that nothing could be.
std::string_view nothing_found(const plan::Plan& plan);

// What a node said that helps to understand it, in a fixed order: ("Filter", "(a = 1)").
std::vector<std::pair<std::string, std::string>> telling_details(const plan::Node& node);

// The totals of two plans as lines of a table: what, before, after, change.
struct TotalsLine {
  std::string what;
  std::string before;
  std::string after;
  std::string change;  // "−98 %"; "" where nothing changed
  bool better = false;
  bool worse = false;
};
std::vector<TotalsLine> compare_totals(const plan::Plan& before, const plan::Plan& after);
// "Seq Scan on orders → Index Scan …", "Sort: gone", "Hash: new".
std::string words(const plan::Change& change);

}  // namespace architrave::report
