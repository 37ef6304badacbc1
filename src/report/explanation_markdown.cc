#include <fmt/format.h>

#include "base/text.h"
#include "report/explanation.h"
#include "report/plan_words.h"
#include "report/selection.h"

namespace architrave::report {

namespace {

// In a table's cell, or in running text.
std::string safe(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';
      continue;
    }
    if (std::string_view("|<>*_`\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// A fence that is longer than any in the text.
std::string fenced(const std::string& text, const char* language) {
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) fence += '`';
  return fence + language + '\n' + text + (text.ends_with('\n') ? "" : "\n") + fence + '\n';
}

void write_plan(const ExplainedPlan& explained, std::string& out) {
  if (!explained.title.empty()) out += "### " + safe(explained.title) + "\n\n";
  if (!explained.plan) {
    out += safe(explained.error) + "\n\n";
    return;
  }
  const bool timed = has_times(*explained.plan);
  out += fmt::format("| node | {} | share | rows | estimate | blocks |\n",
                     timed ? "own time" : "cost");
  out += "|---|--:|--:|--:|--:|--:|\n";
  for (const plan::Measured& each : plan::measure(*explained.plan)) {
    std::string indent;
    for (int i = 0; i < each.depth; ++i) indent += "&nbsp;&nbsp;";
    out += fmt::format(
        "| {}{} | {} | {} | {} | {} | {} |\n", indent, safe(plan::title(*each.node)),
        timed ? milliseconds(each.own_ms)
              : human_count(static_cast<std::int64_t>(each.node->total_cost)),
        whole_percent(each.share),
        human_count(static_cast<std::int64_t>(each.node->actual ? each.rows : each.node->rows)),
        error_words(each),
        each.node->buffers ? human_count(each.own_buffers.shared_hit + each.own_buffers.shared_read)
                           : "");
  }
  out += '\n';
  const auto all = plan::measure(*explained.plan);
  for (const plan::Remark& each : explained.remarks) {
    const auto& node = *all[static_cast<std::size_t>(each.node)].node;
    out += fmt::format("- **{}** ({}): {}. {}.\n", safe(plan::title(node)),
                       plan::to_string(each.severity), safe(each.message),
                       safe(capitalized(each.advice)));
    if (!each.sql.empty()) out += '\n' + fenced(each.sql, "sql") + '\n';
  }
  if (explained.remarks.empty()) out += capitalized(nothing_found(*explained.plan)) + ".\n";
  out += '\n';
}

}  // namespace

std::string to_markdown(const Explanation& explanation) {
  std::string out = "# Query plans\n\n";
  if (!explanation.source.name.empty()) out += safe(explanation.source.name) + ": ";
  if (!explanation.how.empty()) out += safe(explanation.how) + ".\n\n";
  for (const ExplainedQuery& query : explanation.queries) {
    out += "## " + safe(query.name) + "\n\n";
    if (!query.query.empty()) out += fenced(query.query, "sql") + '\n';
    for (const std::string& note : query.notes) out += "- " + safe(note) + "\n";
    if (!query.notes.empty()) out += '\n';
    if (query.other && query.plan.plan && query.other->plan) {
      out += "| | before | after | change |\n|---|--:|--:|--:|\n";
      for (const TotalsLine& each : compare_totals(*query.plan.plan, *query.other->plan))
        out +=
            fmt::format("| {} | {} | {} | {} |\n", each.what, each.before, each.after, each.change);
      out += '\n';
      for (const plan::Change& each : plan::changes(*query.plan.plan, *query.other->plan))
        out += "- " + safe(words(each)) + "\n";
      out += '\n';
    }
    write_plan(query.plan, out);
    if (query.other) write_plan(*query.other, out);
  }
  for (const Problem& each : explanation.problems)
    out +=
        fmt::format("- did not load: {}:{}: {}\n", safe(each.file), each.line, safe(each.message));
  for (const std::string& note : explanation.notes) out += "- " + safe(note) + "\n";
  return out;
}

}  // namespace architrave::report
