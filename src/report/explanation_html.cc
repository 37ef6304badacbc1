// One page of plain HTML: no script, nothing loaded.
#include <fmt/format.h>

#include "base/text.h"
#include "report/explanation.h"
#include "report/markup.h"
#include "report/plain_page.h"
#include "report/plan_svg.h"
#include "report/plan_words.h"
#include "report/selection.h"

namespace architrave::report {

namespace {

using plan::Measured;

class Page {
 public:
  explicit Page(const Explanation& explanation) : explanation_(explanation) {}

  std::string write() {
    out_ = "<h1>Query plans</h1>\n<p class=\"how\">";
    const Source& source = explanation_.source;
    if (!source.name.empty()) out_ += escaped(source.name) + ": ";
    out_ += escaped(explanation_.how) + "</p>\n";
    notes(explanation_.notes);
    if (!explanation_.problems.empty()) {
      out_ += "<ul class=\"notes\">";
      for (const Problem& each : explanation_.problems)
        out_ += fmt::format("<li>did not load: {}:{}: {}</li>", escaped(each.file), each.line,
                            escaped(each.message));
      out_ += "</ul>\n";
    }
    for (std::size_t i = 0; i < explanation_.queries.size(); ++i)
      query(explanation_.queries[i], "q" + std::to_string(i));
    return plain_page("Query plans", out_);
  }

 private:
  void notes(const std::vector<std::string>& list) {
    if (list.empty()) return;
    out_ += "<ul class=\"notes\">";
    for (const std::string& each : list) out_ += "<li>" + escaped(each) + "</li>";
    out_ += "</ul>\n";
  }

  void query(const ExplainedQuery& query, const std::string& id) {
    out_ += "<section><h2>" + escaped(query.name) + "</h2>\n";
    if (!query.query.empty()) out_ += "<pre>" + escaped(query.query) + "</pre>\n";
    notes(query.notes);
    if (query.other && query.plan.plan && query.other->plan)
      comparison(*query.plan.plan, *query.other->plan);
    out_ += query.other ? "<div class=\"sides two\">" : "<div class=\"sides\">";
    side(query.plan, id + "a");
    if (query.other) side(*query.other, id + "b");
    out_ += "</div></section>\n";
  }

  void comparison(const plan::Plan& before, const plan::Plan& after) {
    out_ +=
        "<div class=\"wide\"><table><thead><tr><th></th><th>before</th><th>after</th>"
        "<th>change</th></tr></thead><tbody>";
    for (const TotalsLine& each : compare_totals(before, after))
      out_ += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"{}\">{}</td></tr>",
                          each.what, each.before, each.after,
                          each.better  ? "good"
                          : each.worse ? "bad"
                                       : "",
                          each.change);
    out_ += "</tbody></table></div>\n";
    std::vector<std::string> lines;
    for (const plan::Change& each : plan::changes(before, after)) lines.push_back(words(each));
    if (lines.empty()) lines.emplace_back("the plan is the same");
    notes(lines);
  }

  void side(const ExplainedPlan& explained, const std::string& id) {
    out_ += "<div>";
    if (!explained.title.empty()) out_ += "<h3>" + escaped(explained.title) + "</h3>";
    if (!explained.plan) {
      out_ += "<p class=\"error\">" + escaped(explained.error) + "</p></div>";
      return;
    }
    const plan::Plan& plan = *explained.plan;
    out_ +=
        "<div class=\"wide tree\" tabindex=\"0\" role=\"region\" aria-label=\"The plan, drawn\">" +
        to_svg(plan, id) + "</div>\n";
    std::vector<std::string> times;
    if (plan.execution_ms) times.push_back("execution " + milliseconds(*plan.execution_ms));
    if (plan.planning_ms) times.push_back("planning " + milliseconds(*plan.planning_ms));
    if (plan.jit_ms) times.push_back("JIT " + milliseconds(*plan.jit_ms));
    if (!times.empty()) out_ += "<p class=\"times\">" + join(times, " · ") + "</p>\n";
    remarks(explained, id);
    table(plan, id);
    out_ += "</div>\n";
  }

  void remarks(const ExplainedPlan& explained, const std::string& id) {
    if (explained.remarks.empty()) {
      out_ += "<p class=\"how\">" + capitalized(nothing_found(*explained.plan)) + ".</p>\n";
      return;
    }
    const std::vector<Measured> all = plan::measure(*explained.plan);
    out_ += "<ol class=\"remarks\">";
    for (const plan::Remark& each : explained.remarks) {
      const std::string_view severity = plan::to_string(each.severity);
      out_ += fmt::format(
          "<li><span class=\"kind {0}\">{0}</span><b><a href=\"#{1}-{2}\">{3}</a></b> {4}. {5}",
          severity, id, each.node,
          escaped(plan::title(*all[static_cast<std::size_t>(each.node)].node)),
          escaped(each.message), escaped(capitalized(each.advice)));
      if (!each.sql.empty()) out_ += "<pre>" + escaped(each.sql) + "</pre>";
      out_ += "</li>";
    }
    out_ += "</ol>\n";
  }

  void table(const plan::Plan& plan, const std::string& id) {
    const bool timed = has_times(plan);
    const bool run = plan.root.actual.has_value();
    const bool buffers = plan.root.buffers.has_value();
    out_ += fmt::format(
        "<h3>Nodes</h3><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Nodes\">"
        "<table><thead><tr><th>node</th><th>{}</th><th>share</th><th>rows</th>{}{}</tr></"
        "thead><tbody>",
        timed ? "own time" : "cost", run ? "<th>estimate</th><th>loops</th>" : "",
        buffers ? "<th>blocks</th>" : "");
    const std::vector<Measured> all = plan::measure(plan);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Measured& m = all[i];
      out_ += fmt::format("<tr id=\"{}-{}\"><td class=\"node\" style=\"--depth:{}\">{}", id, i,
                          m.depth, escaped(plan::title(*m.node)));
      if (!m.node->subplan.empty()) out_ += "<small>" + escaped(m.node->subplan) + "</small>";
      for (const auto& [what, text] : telling_details(*m.node))
        out_ += "<small>" + escaped(lower(what) + ": " + text) + "</small>";
      out_ += fmt::format(
          "</td><td>{}</td><td>{}</td><td>{}</td>",
          timed ? milliseconds(m.own_ms)
                : human_count(static_cast<std::int64_t>(m.node->total_cost)),
          whole_percent(m.share),
          human_count(static_cast<std::int64_t>(m.node->actual ? m.rows : m.node->rows)));
      if (run)
        out_ += fmt::format("<td>{}</td><td>{}</td>", error_words(m),
                            human_count(static_cast<std::int64_t>(m.loops)));
      if (buffers)
        out_ += fmt::format("<td>{}</td>",
                            human_count(m.own_buffers.shared_hit + m.own_buffers.shared_read));
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table></div>\n";
  }

  const Explanation& explanation_;
  std::string out_;
};

}  // namespace

std::string to_html(const Explanation& explanation) { return Page(explanation).write(); }

}  // namespace architrave::report
