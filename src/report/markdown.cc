// The report as GitHub-flavoured Markdown: the seven chapters, with diagrams and fixes.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "base/clock.h"
#include "base/text.h"
#include "report/chapters.h"
#include "report/diagram.h"
#include "report/report.h"
#include "report/schema_formats.h"
#include "report/selection.h"

namespace architrave::report {

namespace {

constexpr std::size_t rows_at_once = 12;  // of a table of findings; the others are counted

// Text that shows as itself, on one line; | so that it can stand in a table.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
      continue;
    }
    if (c == '<') {
      out += "&lt;";
      continue;
    }
    if (c == '&') {
      out += "&amp;";
      continue;
    }
    if (std::string_view("\\`*_[]|~#$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// Inside of an HTML element, where Markdown does not reach.
std::string html(std::string_view text) {
  std::string out = replace_all(std::string(text), "&", "&amp;");
  return replace_all(replace_all(std::move(out), "<", "&lt;"), "\n", " ");
}

// As many backticks around it as its longest run of them and one more.
std::string longer_fence(std::string_view text, std::size_t at_least) {
  std::size_t run = 0, longest = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(std::max(longest + 1, at_least), '`');
}

std::string code(std::string_view text, bool in_table = true) {
  std::string line;
  for (const char c : text) {
    if (c == '|' && in_table) line += '\\';  // GitHub wants it within code, too
    line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  if (line.empty()) return line;
  const std::string fence = longer_fence(line, 1);
  const std::string space = line.front() == '`' || line.back() == '`' ? " " : "";
  return fence + space + line + space + fence;
}

std::string block(std::string_view language, std::string_view text) {
  const std::string fence = longer_fence(text, 3);
  std::string out = fence + std::string(language) + '\n' + std::string(text);
  if (!out.ends_with('\n')) out += '\n';
  return out + fence + "\n\n";
}

bool is_number(Unit unit) {
  return unit == Unit::count || unit == Unit::bytes || unit == Unit::percent ||
         unit == Unit::seconds;
}

std::string shown(const Cell& cell, Unit unit) {
  const std::string text = human(cell, unit);
  const bool is_code = unit == Unit::code && !std::holds_alternative<std::monostate>(cell);
  return is_code ? code(text) : escaped(text);
}

class Writer {
 public:
  explicit Writer(const Report& report) : report_(report), selection_(report) {}

  std::string write() {
    title();
    for (const Chapter& chapter : chapters(report_)) {
      out_ += "## " + chapter.title + "\n\n";
      for (const Section& each : chapter.sections) {
        if (each.title != chapter.title && each.draws != Draws::actions)
          out_ += "### " + each.title + "\n\n";
        section(each);
      }
    }
    appendix();
    while (out_.ends_with("\n\n")) out_.pop_back();
    return std::move(out_);
  }

 private:
  void paragraph(const std::string& text) { out_ += text + "\n\n"; }
  void row(const std::vector<std::string>& cells) { out_ += "| " + join(cells, " | ") + " |\n"; }

  void title() {
    paragraph("# Assessment of " + escaped(report_.source.name));
    if (!report_.verdict.empty()) paragraph("**" + escaped(report_.verdict) + "**");
    std::string line = fmt::format("Score {} of 100. ", report_.score);
    line += capitalized(summary_line(report_, selection_)) + '.';
    paragraph(line);
    std::string made = "Made by architrave " + report_.tool_version;
    if (report_.generated_at) made += " at " + human_time(*report_.generated_at);
    if (!report_.proof_note.empty()) made += ". " + capitalized(escaped(report_.proof_note));
    paragraph(made + '.');
    if (report_.scores.empty()) return;
    row({"Area", "Score", "Errors", "Warnings", "Infos", "What weighs most"});
    row({"---", "---:", "---:", "---:", "---:", "---"});
    for (const AreaScore& each : report_.scores)
      row({escaped(capitalized(each.area)), each.judged ? std::to_string(each.score) : "not judged",
           std::to_string(each.errors), std::to_string(each.warnings), std::to_string(each.infos),
           escaped(each.why)});
    out_ += '\n';
  }

  void section(const Section& section) {
    const std::size_t begin = out_.size();
    if (!section.facts.empty()) {
      row({"", ""});
      row({"---", "---"});
      for (const Measure& each : section.facts)
        row({escaped(each.name), shown(each.value, each.unit)});
      out_ += '\n';
    }
    for (const Grid& each : section.grids) grid(each);
    if (section.draws == Draws::diagram) diagram();
    if (section.draws == Draws::actions) roadmap();
    findings(section);
    for (const std::string& each : section.not_known) paragraph("> " + escaped(each));
    if (out_.size() == begin) paragraph("Nothing to report.");
  }

  void grid(const Grid& grid) {
    paragraph("**" + escaped(grid.title) + "**");
    std::vector<std::string> names, rule;
    for (const Grid::Column& each : grid.columns) {
      names.push_back(escaped(each.name));
      rule.emplace_back(is_number(each.unit) ? "---:" : "---");
    }
    row(names);
    row(rule);
    for (const std::vector<Cell>& cells : grid.rows) {
      std::vector<std::string> texts;
      for (std::size_t i = 0; i < cells.size(); ++i)
        texts.push_back(shown(cells[i], grid.columns[i].unit));
      row(texts);
    }
    out_ += '\n';
  }

  void diagram() {
    if (report_.catalog == nullptr) return paragraph("> There is no catalog to draw.");
    const std::vector<Edge> links = edges(*report_.catalog);
    for (const Cluster& cluster : clusters(*report_.catalog)) {
      paragraph(fmt::format("**{}**: {}", escaped(cluster.name),
                            plural(std::ssize(cluster.tables), "table")));
      out_ += block("mermaid", mermaid(cluster.tables, links));
    }
  }

  static std::string place(const Finding& finding) {
    if (finding.file.empty()) return {};
    return finding.line > 0 ? fmt::format("{}:{}", finding.file, finding.line) : finding.file;
  }

  void findings(const Section& section) {
    std::vector<const Finding*> list;
    for (const Finding& each : report_.review.findings)
      if (std::ranges::find(section.areas, each.area) != section.areas.end()) list.push_back(&each);
    if (section.areas.empty()) return;
    if (list.empty()) {
      std::vector<std::string> names, not_judged;
      for (const Area area : section.areas) {
        const auto score = std::ranges::find_if(report_.scores, [&](const AreaScore& each) {
          return lower(each.area) == to_string(area);
        });
        if (score != report_.scores.end() && !score->judged)
          not_judged.push_back(capitalized(to_string(area)) + " was not judged: " + score->why +
                               '.');
        else
          names.emplace_back(to_string(area));
      }
      if (!names.empty()) paragraph("No findings on " + join(names, " and ") + '.');
      for (const std::string& each : not_judged) paragraph("> " + escaped(each));
      return;
    }
    for (std::size_t begin = 0; begin < list.size();) {
      std::size_t end = begin;
      while (end < list.size() && list[end]->rule == list[begin]->rule &&
             list[end]->severity == list[begin]->severity)
        ++end;
      group(std::span(list).subspan(begin, end - begin));
      begin = end;
    }
  }

  // The findings of one rule: a table of them, then their fixes.
  void group(std::span<const Finding* const> group) {
    const Finding& first = *group.front();
    paragraph(fmt::format("#### {} ({}, {})", code(first.rule), to_string(first.severity),
                          human_count(std::ssize(group))));
    const bool places =
        std::ranges::any_of(group, [](const Finding* each) { return !each->file.empty(); });
    std::vector<std::string> names = {"Object", "Finding", "Seen", "Fix"}, rule(4, "---");
    if (places) {
      names.emplace_back("Where");
      rule.emplace_back("---");
    }
    row(names);
    row(rule);
    const std::size_t shown_rows = std::min(group.size(), rows_at_once);
    std::vector<const Proposal*> fixes;
    for (const Finding* each : group.subspan(0, shown_rows)) {
      const Proposal* fix = selection_.proposal(each->proposal);
      std::vector<std::string> seen;
      for (const Fact& fact : each->evidence) seen.push_back(fact.name + ": " + to_text(fact));
      std::vector<std::string> cells = {
          code(each->object.name), escaped(each->message), escaped(join(seen, "; ")),
          fix == nullptr ? "none" : fmt::format("{} {}", fix->id, words(fix->proof.status()))};
      if (places) cells.push_back(place(*each).empty() ? "" : code(place(*each)));
      row(cells);
      if (fix != nullptr && shown_fixes_.insert(fix->id).second) fixes.push_back(fix);
    }
    out_ += '\n';
    if (shown_rows < group.size())
      paragraph(
          fmt::format("And {} more; the JSON report has them all.",
                      human_count(std::ssize(group) - static_cast<std::ptrdiff_t>(shown_rows))));
    for (const Proposal* each : fixes) proposal(*each);
  }

  void proposal(const Proposal& fix) {
    const Impact& impact = fix.impact;
    out_ += fmt::format("<details><summary>{}: {} ({})</summary>\n\n", fix.id, html(fix.title),
                        words(fix.proof.status()));
    if (!fix.why.empty()) paragraph(escaped(fix.why));
    out_ += block("sql", script(fix.up));
    std::string effect = fmt::format("Blocks {}", blocks(impact));
    if (impact.lock != Lock::none) effect += fmt::format(" ({} lock)", to_string(impact.lock));
    if (impact.rewrites) effect += ", rewrites the table";
    if (impact.seconds_estimate)
      effect += ", takes about " + human_seconds(*impact.seconds_estimate);
    if (impact.bytes)
      effect +=
          (*impact.bytes < 0 ? ", frees " : ", takes ") + human_bytes(std::abs(*impact.bytes));
    if (!fix.transactional) effect += ", not in a transaction";
    effect += fmt::format(". Risk {}, effort {}.", level(fix.risk), level(fix.effort));
    paragraph(effect);
    for (const Claim& each : fix.proof.claims) {
      static constexpr std::string_view untried = "not tried: ";
      const char* mark = !each.holds ? "not tried" : *each.holds ? "holds" : "does not hold";
      const bool says_so = !each.holds && each.seen.starts_with(untried);
      out_ += fmt::format("- **{}** {}: {}", to_string(each.kind), mark,
                          escaped(each.seen.substr(says_so ? untried.size() : 0)));
      if (!each.ran.empty()) out_ += fmt::format(" ({})", escaped(each.ran));
      out_ += '\n';
    }
    if (!fix.proof.claims.empty()) out_ += '\n';
    if (!fix.down.empty()) {
      paragraph("To undo it:");
      out_ += block("sql", script(fix.down));
    }
    paragraph("</details>");
  }

  void roadmap() {
    if (report_.actions.empty()) return paragraph("There is nothing to do.");
    row({"", "What", "Why", "Severity", "Risk", "Effort", "Findings", "Fixes"});
    row({"---:", "---", "---", "---", "---", "---", "---:", "---"});
    int number = 0;
    for (const Action& each : report_.actions) {
      std::vector<std::string> fixes;
      const auto offered = selection_.proposals_of(each);
      for (const Proposal* fix :
           std::span(offered).subspan(0, std::min<std::size_t>(3, offered.size())))
        fixes.push_back(fmt::format("{} {}", fix->id, words(fix->proof.status())));
      if (offered.size() > 3) fixes.push_back(fmt::format("and {} more", offered.size() - 3));
      row({std::to_string(++number), escaped(each.title), escaped(each.why),
           std::string(to_string(each.severity)), std::string(level(each.risk)),
           std::string(level(each.effort)), std::to_string(each.findings),
           fixes.empty() ? "none to run" : join(fixes, ", ")});
    }
    out_ += '\n';
  }

  // What belongs to no chapter: only where there is some of it.
  void appendix() {
    const auto list = [&](std::string_view heading, const std::vector<std::string>& items) {
      if (items.empty()) return;
      out_ += fmt::format("---\n\n**{}**\n\n", heading);
      for (const std::string& each : items) out_ += "- " + each + '\n';
      out_ += '\n';
    };
    std::vector<std::string> problems, notes, skipped, gone;
    for (const Problem& each : report_.problems) {
      const std::string where =
          each.line > 0 ? fmt::format("{}:{}", each.file, each.line) : each.file;
      problems.push_back(code(where, false) + ' ' + escaped(each.message) +
                         (each.statement.empty() ? "" : ": " + code(each.statement, false)) +
                         (each.hint.empty() ? "" : ". " + capitalized(escaped(each.hint))));
    }
    for (const std::string& each : report_.notes) notes.push_back(escaped(each));
    for (const Skipped& each : report_.review.skipped)
      skipped.push_back(code(each.rule, false) + ": " + escaped(each.why));
    for (const Finding& each : report_.gone)
      gone.push_back(code(each.rule, false) + ' ' + code(each.object.name, false));
    list("Statements that did not load", problems);
    list("Notes", notes);
    list("Rules that could not be judged", skipped);
    list("Findings of the baseline that are gone", gone);
  }

  const Report& report_;
  const Selection selection_;
  std::set<std::string> shown_fixes_;
  std::string out_;
};

}  // namespace

std::string to_markdown(const Report& report) { return Writer(report).write(); }

}  // namespace architrave::report
