// A plan as a tree for a terminal: the figures in columns, the tree at their right.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/terminal.h"
#include "base/text.h"
#include "report/explanation.h"
#include "report/plan_words.h"

namespace architrave::report {

namespace {

using plan::Measured;

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return out;
}

std::string right(const std::string& text, int width) {
  return std::string(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ') +
         text;
}
std::string left(const std::string& text, int width) {
  return text +
         std::string(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
}

std::string shortened(std::string text, int width) {
  if (display_width(text) <= width) return text;
  while (!text.empty() && display_width(text) > width - 1) {
    while (!text.empty() && (text.back() & 0xC0) == 0x80) text.pop_back();
    if (!text.empty()) text.pop_back();
  }
  return text + "…";
}

Style style_of(plan::Severity severity) {
  if (severity == plan::Severity::error) return Style::red;
  return severity == plan::Severity::warning ? Style::yellow : Style::blue;
}
Style style_of_share(double share) {
  if (share >= 0.5) return Style::red;
  return share >= 0.1 ? Style::yellow : Style::plain;
}

// A column of the table at the tree's left.
struct Column {
  const char* name;
  int width;
  std::string (*say)(const Measured&);
};

std::string say_own(const Measured& m) { return m.ran ? milliseconds(m.own_ms) : "not run"; }
std::string say_cost(const Measured& m) { return human_count(std::llround(m.node->total_cost)); }
std::string say_rows(const Measured& m) {
  return human_count(std::llround(m.node->actual ? m.rows : m.node->rows));
}
std::string say_error(const Measured& m) { return error_words(m); }
std::string say_blocks(const Measured& m) {
  return human_count(m.own_buffers.shared_hit + m.own_buffers.shared_read);
}
std::string say_share(const Measured& m) { return whole_percent(m.share); }

std::vector<Column> columns_of(const plan::Plan& plan) {
  std::vector<Column> columns;
  if (has_times(plan))
    columns.push_back({"own time", 9, say_own});
  else if (plan.root.total_cost > 0)
    columns.push_back({"cost", 9, say_cost});
  if (plan.root.total_cost > 0 || has_times(plan)) {
    columns.push_back({"share", 6, say_share});
    columns.push_back({"rows", 11, say_rows});
  }
  if (plan.root.actual) columns.push_back({"estimate", 12, say_error});
  if (plan.root.buffers) columns.push_back({"blocks", 9, say_blocks});
  return columns;
}

class Writer {
 public:
  Writer(const Explanation& explanation, const TextOptions& options)
      : explanation_(explanation), width_(std::max(60, options.width)) {}

  std::string write() {
    header();
    for (const ExplainedQuery& each : explanation_.queries) query(each);
    for (const Problem& each : explanation_.problems)
      paragraph(fmt::format("✗ {}:{}: {}", each.file, each.line, each.message), "  ");
    for (const std::string& each : explanation_.notes) paragraph("• " + each, "  ");
    return std::move(out_);
  }

 private:
  void line(std::string_view text = {}) {
    out_ += text;
    out_ += '\n';
  }
  void paragraph(std::string_view text, std::string_view indent) {
    line(wrap(std::string(indent) + printable(text), width_, std::string(indent) + "  "));
  }

  void header() {
    const Source& source = explanation_.source;
    std::string text = styled(printable(source.name), Style::bold);
    if (!explanation_.how.empty()) text += (source.name.empty() ? "" : ": ") + explanation_.how;
    if (!text.empty()) {
      line(wrap(text, width_));
      line();
    }
  }

  void query(const ExplainedQuery& query) {
    line(styled(printable(query.name), Style::bold));
    for (const std::string& each : split(query.query, '\n'))
      if (!trim(each).empty())
        line("  " + styled(shortened(printable(each), width_ - 2), Style::dim));
    for (const std::string& each : query.notes) paragraph("• " + each, "  ");
    line();
    if (query.other && query.plan.plan && query.other->plan)
      comparison(*query.plan.plan, *query.other->plan, *query.other);
    plan(query.plan);
    if (query.other) plan(*query.other);
  }

  void comparison(const plan::Plan& before, const plan::Plan& after, const ExplainedPlan& other) {
    line(styled(printable(shortened("before and after: " + other.title, width_)), Style::bold));
    for (const TotalsLine& each : compare_totals(before, after)) {
      const Style style = each.better ? Style::green : each.worse ? Style::red : Style::dim;
      line(fmt::format("  {}  {}  {}  {}", left(each.what, 14), right(each.before, 12),
                       right(each.after, 12), styled(each.change, style)));
    }
    const std::vector<plan::Change> changed = plan::changes(before, after);
    if (changed.empty()) line("  " + styled("the plan is the same", Style::dim));
    for (const plan::Change& each : changed) paragraph(words(each), "  ");
    line();
  }

  void plan(const ExplainedPlan& explained) {
    if (!explained.title.empty()) line(styled(printable(explained.title), Style::bold));
    if (!explained.plan) {
      paragraph("✗ " + explained.error, "  ");
      line();
      return;
    }
    tree(explained);
    times(*explained.plan);
    line();
    if (explained.remarks.empty()) line("  " + styled(nothing_found(*explained.plan), Style::dim));
    for (std::size_t i = 0; i < explained.remarks.size(); ++i) remark(explained, i);
    line();
  }

  void tree(const ExplainedPlan& explained) {
    const std::vector<Measured> all = plan::measure(*explained.plan);
    const std::vector<Column> columns = columns_of(*explained.plan);
    std::string head = " ";
    for (const Column& each : columns) head += ' ' + right(each.name, each.width);
    if (!columns.empty()) line(styled(head, Style::dim));
    // Which ancestors have more children to come: their lines go on.
    std::vector<bool> goes_on;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Measured& m = all[i];
      const auto depth = static_cast<std::size_t>(m.depth);
      bool last = true;
      for (std::size_t next = i + 1; next < all.size() && all[next].depth >= m.depth; ++next)
        if (all[next].parent == m.parent) last = false;
      goes_on.resize(depth + 1);
      goes_on[depth] = !last;
      std::string branch;
      for (std::size_t d = 1; d < depth; ++d) branch += goes_on[d] ? "│ " : "  ";
      std::string below = branch;
      if (depth > 0) {
        branch += last ? "└ " : "├ ";
        below += last ? "  " : "│ ";
      }
      below += i + 1 < all.size() && all[i + 1].depth > m.depth ? "│ " : "  ";
      std::string row = " ";
      for (const Column& each : columns) {
        const std::string cell = right(each.say(m), each.width);
        const bool hot = each.say == say_share || each.say == say_own;
        row += ' ' +
               (hot ? styled(cell, style_of_share(m.share))
                : each.say == say_error && !each.say(m).empty() && (m.error >= 10 || m.error <= 0.1)
                    ? styled(cell, Style::yellow)
                    : cell);
      }
      const int used = display_width(row) + 2;
      std::string name = printable(plan::title(*m.node));
      if (!m.node->subplan.empty()) name = printable(m.node->subplan) + ": " + name;
      std::string marks;
      for (std::size_t r = 0; r < explained.remarks.size(); ++r)
        if (explained.remarks[r].node == static_cast<int>(i))
          marks +=
              ' ' + styled(fmt::format("[{}]", r + 1), style_of(explained.remarks[r].severity));
      if (m.loops > 1)
        marks += styled(fmt::format(" ×{}", human_count(std::llround(m.loops))), Style::dim);
      const int room = std::max(16, width_ - used - display_width(branch) - display_width(marks));
      line(row + "  " + branch + styled(shortened(name, room), Style::bold) + marks);
      const std::string margin(static_cast<std::size_t>(used), ' ');
      for (const auto& [what, text] : telling_details(*m.node))
        line(margin + below +
             styled(shortened(printable(lower(what) + ": " + text),
                              std::max(16, width_ - used - display_width(below))),
                    Style::dim));
    }
  }

  void times(const plan::Plan& plan) {
    std::vector<std::string> parts;
    if (plan.execution_ms) parts.push_back("execution " + milliseconds(*plan.execution_ms));
    if (plan.planning_ms) parts.push_back("planning " + milliseconds(*plan.planning_ms));
    if (plan.jit_ms) parts.push_back("JIT " + milliseconds(*plan.jit_ms));
    if (!parts.empty()) line("  " + styled(join(parts, " · "), Style::dim));
  }

  void remark(const ExplainedPlan& explained, std::size_t number) {
    const plan::Remark& remark = explained.remarks[number];
    const std::vector<Measured> all = plan::measure(*explained.plan);
    const Measured& at = all[static_cast<std::size_t>(remark.node)];
    const std::string mark = fmt::format("[{}] ", number + 1);
    const std::string hang = "  " + std::string(mark.size(), ' ');
    const std::string body =
        wrap(hang + printable(plan::title(*at.node) + ": " + remark.message), width_, hang);
    line("  " + styled(mark, style_of(remark.severity)) + body.substr(hang.size()));
    if (!remark.advice.empty()) line(wrap(hang + printable(remark.advice), width_, hang));
    if (!remark.sql.empty()) line(hang + styled(printable(remark.sql), Style::cyan));
  }

  const Explanation& explanation_;
  int width_;
  std::string out_;
};

}  // namespace

std::string to_text(const Explanation& explanation, const TextOptions& options) {
  return Writer(explanation, options).write();
}

}  // namespace architrave::report
