#include "report/plan_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/terminal.h"
#include "base/text.h"
#include "plan/measure.h"
#include "report/markup.h"
#include "report/plan_words.h"

namespace architrave::report {

namespace {

using plan::Measured;

constexpr double box_width = 184;
constexpr double box_height = 68;
constexpr double gap_x = 16;
constexpr double gap_y = 44;
constexpr double margin = 6;
constexpr int letters = 27;  // of 11.5 px in a box

// Cut to what a box has room for.
std::string fit(const std::string& text, int room) {
  if (display_width(text) <= room) return text;
  std::string out = text;
  while (!out.empty() && display_width(out) > room - 1) {
    while (!out.empty() && (out.back() & 0xC0) == 0x80) out.pop_back();
    if (!out.empty()) out.pop_back();
  }
  return out + "…";
}

// Leaves beside each other, a parent over its first child: so the root stands at the left, where a
// page begins to show a wide tree.
std::vector<double> places(const std::vector<Measured>& all) {
  std::vector<double> x(all.size(), 0);
  double next = 0;
  for (std::size_t i = all.size(); i-- > 0;) {
    // From the last to the first, so that places are given from the right. A first child follows
    // its parent at once.
    const bool is_leaf = i + 1 == all.size() || all[i + 1].parent != static_cast<int>(i);
    x[i] = is_leaf ? next : x[i + 1];
    if (is_leaf) next -= box_width + gap_x;
  }
  const double least = *std::ranges::min_element(x);
  for (double& each : x) each += margin - least;
  return x;
}

const char* heat(double share) {
  if (share >= 0.5) return "hot";
  if (share >= 0.1) return "warm";
  return "cool";
}

// The name in two lines: what it does, and to what.
std::pair<std::string, std::string> name_of(const plan::Node& node) {
  const std::string whole = plan::title(node);
  std::size_t at = whole.find(" using ");
  if (at == std::string::npos) at = whole.find(" on ");
  if (at != std::string::npos) return {whole.substr(0, at), whole.substr(at + 1)};
  for (const char* detail : {"Hash Cond", "Merge Cond", "Sort Key", "Group Key", "Cache Key"})
    if (const std::string_view text = node.detail(detail); !text.empty())
      return {whole, std::string(text)};
  return {whole, node.subplan};
}

constexpr std::string_view style =
    "<style>.plan-tree{font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,\"Liberation Mono\","
    "\"DejaVu Sans Mono\",monospace}"
    ".plan-tree text{fill:var(--ink,#1d1c1a)}"
    ".plan-tree .soft{fill:var(--soft,#5c5953);font-size:10.5px}"
    ".plan-tree .name{font-weight:600}"
    ".plan-tree .end{text-anchor:end}"
    ".plan-tree .flow{fill:none;stroke:var(--edge,#8b877e)}"
    ".plan-tree .box{fill:var(--paper,#fff);stroke:var(--edge,#8b877e)}"
    ".plan-tree .warm .box{stroke:var(--warning,#835300)}"
    ".plan-tree .hot .box{stroke:var(--error,#a5231c);stroke-width:2}"
    ".plan-tree .never .box{stroke-dasharray:4 3}"
    ".plan-tree .track{fill:var(--sheet,#f5f4ef)}"
    ".plan-tree .bar{fill:var(--edge,#8b877e)}"
    ".plan-tree .warm .bar{fill:var(--warning,#835300)}"
    ".plan-tree .hot .bar{fill:var(--error,#a5231c)}"
    ".plan-tree a:focus-visible{outline:none}"
    ".plan-tree a:focus-visible .box{stroke:var(--link,#1c4f82);stroke-width:3}</style>";

}  // namespace

std::string to_svg(const plan::Plan& plan, const std::string& id) {
  const std::vector<Measured> all = plan::measure(plan);
  const std::vector<double> x = places(all);
  int deepest = 0;
  for (const Measured& each : all) deepest = std::max(deepest, each.depth);
  const double width = *std::ranges::max_element(x) + box_width + margin;
  const double height = (deepest + 1) * (box_height + gap_y) - gap_y + 2 * margin;
  const bool timed = has_times(plan);
  const auto top = [](const Measured& m) { return margin + m.depth * (box_height + gap_y); };
  std::string out = fmt::format(
      "<svg class=\"plan-tree\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} "
      "{1:.0f}\" "
      "width=\"{0:.0f}\" height=\"{1:.0f}\" role=\"group\" aria-label=\"The plan as a tree of "
      "{2}\">",
      width, height, plural(std::ssize(all), "node"));
  out += style;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Measured& m = all[i];
    if (m.parent < 0) continue;
    const auto parent = static_cast<std::size_t>(m.parent);
    const double rows = m.node->actual ? m.rows : m.node->rows;
    const double from_x = x[i] + box_width / 2;
    const double to_x = x[parent] + box_width / 2;
    const double from_y = top(m);
    const double to_y = top(all[parent]) + box_height;
    out += fmt::format(
        "<path class=\"flow\" stroke-width=\"{:.1f}\" d=\"M{:.0f} {:.0f}C{:.0f} {:.0f} {:.0f} "
        "{:.0f} "
        "{:.0f} {:.0f}\"/>",
        1 + std::min(7.0, std::log10(1 + rows)), from_x, from_y, from_x, from_y - gap_y / 2, to_x,
        to_y + gap_y / 2, to_x, to_y);
    if (rows > 0 || m.node->actual)
      out += fmt::format("<text class=\"soft{}\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>",
                         from_x < to_x ? " end" : "", from_x + (from_x < to_x ? -8 : 8), from_y - 7,
                         plural(std::llround(rows), "row"));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Measured& m = all[i];
    const auto [what, of] = name_of(*m.node);
    const bool never = m.node->actual && !m.ran;
    const std::string figure = never   ? "never run"
                               : timed ? milliseconds(m.own_ms)
                               : m.node->total_cost > 0
                                   ? "cost " + human_count(std::llround(m.node->total_cost))
                                   : std::string();
    const std::string share = m.node->total_cost > 0 && !never ? whole_percent(m.share) : "";
    const double y = top(m);
    out += fmt::format("<a href=\"#{}-{}\" class=\"{}{}\"><title>{}</title>", escaped(id), i,
                       heat(m.share), never ? " never" : "",
                       escaped(plan::title(*m.node) + (figure.empty() ? "" : ", " + figure) +
                               (share.empty() ? "" : ", " + share)));
    out += fmt::format(
        "<rect class=\"box\" x=\"{:.0f}\" y=\"{:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" "
        "rx=\"2\"/>",
        x[i], y, box_width, box_height);
    const auto text = [&](const char* kind, double dx, double dy, const std::string& words) {
      out += fmt::format("<text class=\"{}\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>", kind, x[i] + dx,
                         y + dy, escaped(words));
    };
    text("name", 9, 18, fit(what, letters - 4));
    text("soft", 9, 33, fit(of, letters));
    text("", 9, 50, figure);
    text("end", box_width - 9, 50, share);
    out += fmt::format(
        "<rect class=\"track\" x=\"{0:.0f}\" y=\"{1:.0f}\" width=\"{2:.0f}\" height=\"4\"/>"
        "<rect class=\"bar\" x=\"{0:.0f}\" y=\"{1:.0f}\" width=\"{3:.1f}\" height=\"4\"/></a>",
        x[i] + 9, y + 57, box_width - 18, (box_width - 18) * std::clamp(m.share, 0.0, 1.0));
  }
  return out + "</svg>";
}

}  // namespace architrave::report
