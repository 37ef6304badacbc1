#include "report/plan_words.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/text.h"

namespace architrave::report {

std::string milliseconds(double value) {
  if (value < 10) return fmt::format("{:.2f} ms", value);
  if (value < 1000) return fmt::format("{:.0f} ms", value);
  return fmt::format("{:.2f} s", value / 1000);
}

std::string whole_percent(double share) { return fmt::format("{:.0f} %", share * 100); }

std::string error_words(const plan::Measured& measured) {
  if (measured.error >= 2) return "×" + human_count(std::llround(measured.error)) + " more";
  if (measured.error <= 0.5) return "×" + human_count(std::llround(1 / measured.error)) + " fewer";
  return {};
}

bool has_times(const plan::Plan& plan) {
  return plan.root.actual && plan.root.actual->total_ms > 0;
}

std::string_view nothing_found(const plan::Plan& plan) {
  if (plan.root.actual) return "nothing stands out";
  if (plan.root.total_cost > 0) return "nothing stands out in the estimates; it was not run";
  return "there are no figures to judge it by";
}

std::vector<std::pair<std::string, std::string>> telling_details(const plan::Node& node) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const char* name :
       {"Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter",
        "One-Time Filter", "Sort Key", "Presorted Key", "Group Key", "Cache Key"})
    if (const std::string_view text = node.detail(name); !text.empty())
      lines.emplace_back(name, text);
  for (const char* name : {"Rows Removed by Filter", "Rows Removed by Index Recheck",
                           "Rows Removed by Join Filter", "Heap Fetches", "Lossy Heap Blocks"})
    if (const std::string_view text = node.detail(name); !text.empty() && text != "0")
      lines.emplace_back(name, text);
  if (node.detail("Sort Space Type") == "Disk")
    lines.emplace_back("Sort on disk", std::string(node.detail("Sort Space Used")) + " kB");
  for (const char* name : {"Hash Batches", "HashAgg Batches"})
    if (const std::string_view text = node.detail(name);
        !text.empty() && text != "1" && text != "0")
      lines.emplace_back("Batches", text);
  return lines;
}

namespace {

TotalsLine line(std::string what, double before, double after, std::string before_words,
                std::string after_words) {
  TotalsLine made{std::move(what), std::move(before_words), std::move(after_words), {}};
  if (before > 0 && before != after) {
    const double change = (after - before) / before;
    // More than double is easier told as a factor.
    if (change > 1)
      made.change = fmt::format("×{:.1f}", after / before);
    else
      made.change = (change < 0 ? "−" : "+") + fmt::format("{:.0f} %", std::abs(change) * 100);
    made.better = change <= -0.05;
    made.worse = change >= 0.05;
  }
  return made;
}

}  // namespace

std::vector<TotalsLine> compare_totals(const plan::Plan& before, const plan::Plan& after) {
  const plan::Totals a = plan::totals(before);
  const plan::Totals b = plan::totals(after);
  std::vector<TotalsLine> lines;
  const auto count = [](double value) { return human_count(std::llround(value)); };
  lines.push_back(line("cost", a.cost, b.cost, count(a.cost), count(b.cost)));
  if (a.milliseconds && b.milliseconds)
    lines.push_back(line("time", *a.milliseconds, *b.milliseconds, milliseconds(*a.milliseconds),
                         milliseconds(*b.milliseconds)));
  const auto blocks = [&](const char* what, std::int64_t from, std::int64_t to) {
    lines.push_back(line(what, static_cast<double>(from), static_cast<double>(to),
                         human_count(from), human_count(to)));
  };
  if (a.blocks && b.blocks) blocks("blocks", *a.blocks, *b.blocks);
  if (a.temp_blocks && b.temp_blocks && *a.temp_blocks + *b.temp_blocks > 0)
    blocks("blocks to disk", *a.temp_blocks, *b.temp_blocks);
  // The same plan takes a little more or less each time; that is no merit of a change.
  if (a.cost == b.cost)
    for (TotalsLine& each : lines) each.better = each.worse = false;
  return lines;
}

std::string words(const plan::Change& change) {
  if (change.before.empty()) return "new: " + change.after;
  if (change.after.empty()) return "gone: " + change.before;
  return change.before + " → " + change.after;
}

}  // namespace architrave::report
