// The report for a terminal.
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/terminal.h"
#include "report/report.h"
#include "report/selection.h"

namespace architrave::report {

namespace {

constexpr std::size_t shown_at_once = 5;  // findings of one rule; of more, the first three
constexpr std::size_t shown_of_many = 3;
constexpr std::size_t actions_shown = 5;

Style style_of(Severity severity) {
  if (severity == Severity::error) return Style::red;
  return severity == Severity::warning ? Style::yellow : Style::blue;
}
Style style_of(ProofStatus status) {
  if (status == ProofStatus::proved) return Style::green;
  return status == ProofStatus::refuted ? Style::red : Style::dim;
}
Style style_of_score(int score) {
  if (score >= 80) return Style::green;
  return score >= 50 ? Style::yellow : Style::red;
}

// Control characters of a database's names must not reach the terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return out;
}

std::string padded(std::string_view text, int width) {
  const int missing = std::max(0, width - display_width(text));
  return std::string(text) + std::string(static_cast<std::size_t>(missing), ' ');
}

// The first line, cut to `width` columns.
std::string shortened(const std::string& text, int width) {
  const std::size_t line_end = text.find('\n');
  std::string out = printable(text.substr(0, line_end));
  const bool cut = line_end != std::string::npos || display_width(out) > width;
  while (!out.empty() && display_width(out) > width - (cut ? 2 : 0)) {
    while (!out.empty() && (out.back() & 0xC0) == 0x80) out.pop_back();
    if (!out.empty()) out.pop_back();
  }
  return cut ? std::string(trim(out)) + " …" : out;
}

class Writer {
 public:
  Writer(const Report& report, const TextOptions& options)
      : report_(report), selection_(report), width_(std::max(40, options.width)) {}

  std::string assess() {
    header();
    verdict();
    areas();
    actions();
    findings(/*fold=*/true);
    rest();
    wrapped(styled(summary_line(report_, selection_), Style::bold));
    return std::move(out_);
  }
  std::string review() {
    findings(/*fold=*/false);
    problems();
    gone();
    wrapped(styled(summary_line(report_, selection_), Style::bold));
    return std::move(out_);
  }

 private:
  void line(std::string_view text = {}) {
    out_ += text;
    out_ += '\n';
  }
  // A line that is broken if it is too long; it may hold styles.
  void wrapped(const std::string& text, std::string_view indent = {}) {
    line(wrap(text, width_, indent));
  }
  void heading(std::string_view text) { line(styled(text, Style::bold)); }
  // A paragraph of which every line is indented.
  void paragraph(std::string_view text, std::string_view indent) {
    line(wrap(std::string(indent) + printable(text), width_, indent));
  }
  // After a mark of its own, such as "✗ " or "1. ".
  void item(std::string_view mark, Style style, std::string_view text, std::string_view indent) {
    const std::string hang =
        std::string(indent) + std::string(static_cast<std::size_t>(display_width(mark)), ' ');
    const std::string body = wrap(hang + printable(text), width_, hang);
    line(std::string(indent) + styled(mark, style) +
         body.substr(std::min(hang.size(), body.size())));
  }

  void header() {
    const Source& source = report_.source;
    const catalog::Counts& counts = report_.counts;
    std::string engine(engine_name(source.engine));
    if (!source.server_version.empty()) engine += ' ' + source.server_version;
    wrapped(styled(printable(source.name), Style::bold) + ' ' +
            styled(fmt::format("({}, {})", source.kind, engine), Style::dim));
    std::vector<std::string> parts = {
        plural(counts.tables, "table"), plural(counts.columns, "column"),
        plural(counts.indexes, "index", "indexes"), plural(counts.foreign_keys, "foreign key")};
    if (counts.views > 0) parts.push_back(plural(counts.views, "view"));
    if (counts.functions > 0) parts.push_back(plural(counts.functions, "function"));
    parts.push_back("in " + plural(counts.schemas, "schema"));
    paragraph(join(std::vector(parts.begin(), parts.end() - 1), ", ") + ' ' + parts.back(), "");
    line();
  }

  void verdict() {
    if (!report_.verdict.empty()) paragraph(report_.verdict, "");
    line(fmt::format("Score {} of 100",
                     styled(std::to_string(report_.score), style_of_score(report_.score))));
    if (!report_.proof_note.empty()) wrapped(styled(printable(report_.proof_note), Style::dim));
    line();
  }

  void areas() {
    if (report_.scores.empty()) return;
    heading("Areas");
    int name_width = 0;
    for (const AreaScore& each : report_.scores)
      name_width = std::max(name_width, display_width(each.area));
    for (const AreaScore& each : report_.scores) {
      const std::string name = padded(capitalized(each.area), name_width);
      const int room = width_ - name_width - 22;
      if (!each.judged) {
        line(fmt::format("  {}  {}  {}", name, styled("not judged     ", Style::dim),
                         styled(shortened(each.why, room), Style::dim)));
        continue;
      }
      std::string bar;
      const int full = (std::clamp(each.score, 0, 100) + 5) / 10;
      for (int i = 0; i < 10; ++i) bar += i < full ? "█" : "░";
      const std::string why = each.why.empty() ? std::string() : "  " + shortened(each.why, room);
      line(fmt::format("  {}  {} {:>3}{}", name, styled(bar, style_of_score(each.score)),
                       each.score, why));
    }
    line();
  }

  // "3 fixes proved", "2 of 3 fixes proved", "no fix".
  std::string proof_state(const Action& action) const {
    const auto fixes = selection_.proposals_of(action);
    if (fixes.empty()) return styled("no fix to run", Style::dim);
    const auto proved = std::ranges::count_if(
        fixes, [](const Proposal* each) { return each->proof.status() == ProofStatus::proved; });
    const std::string all = plural(std::ssize(fixes), "fix", "fixes");
    if (proved == std::ssize(fixes)) return styled(all + " proved", Style::green);
    if (proved == 0) return styled(all + " not tried", Style::dim);
    return styled(fmt::format("{} of {} proved", proved, all), Style::yellow);
  }

  void actions() {
    if (report_.actions.empty()) return;
    heading("Do first");
    const std::size_t shown = std::min(actions_shown, report_.actions.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const Action& each = report_.actions[i];
      item(fmt::format("{}. ", i + 1), style_of(each.severity), each.title, "  ");
      if (!each.why.empty()) paragraph(each.why, "     ");
      wrapped(fmt::format(
                  "     {} · {} · {}",
                  styled(fmt::format("risk {}, effort {}", level(each.risk), level(each.effort)),
                         Style::dim),
                  proof_state(each), styled(each.rule, Style::dim)),
              "     ");
    }
    if (report_.actions.size() > shown)
      wrapped(styled(fmt::format("  and {} more in the roadmap: --format markdown or html",
                                 report_.actions.size() - shown),
                     Style::dim));
    line();
  }

  void finding(const Finding& each) {
    std::string text = each.message;
    if (!each.file.empty())
      text = fmt::format("{}{}: {}", each.file, each.line > 0 ? fmt::format(":{}", each.line) : "",
                         text);
    item("• ", style_of(each.severity), text, "  ");
    const Proposal* fix = selection_.proposal(each.proposal);
    if (fix == nullptr || fix->up.empty()) return;
    const ProofStatus status = fix->proof.status();
    const int used = 4 + 5 + 3 + display_width(words(status));
    std::string statement = shortened(fix->up.front(), width_ - used - 7);
    if (fix->up.size() > 1) statement += fmt::format(" (+{})", fix->up.size() - 1);
    line(fmt::format("    {} {}  {}", styled("fix:", Style::dim), styled(statement, Style::cyan),
                     styled(words(status), style_of(status))));
  }

  void findings(bool fold) {
    const std::span<const Finding> all = report_.review.findings;
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin;
      while (end < all.size() && all[end].rule == all[begin].rule &&
             all[end].severity == all[begin].severity)
        ++end;
      const std::size_t count = end - begin;
      line(fmt::format(
          "{}  {}{}", styled(to_string(all[begin].severity), style_of(all[begin].severity)),
          styled(all[begin].rule, Style::bold),
          count > 1
              ? styled(fmt::format("  ×{}", human_count(std::ssize(all.subspan(begin, count)))),
                       Style::dim)
              : std::string()));
      const std::size_t shown = fold && count > shown_at_once ? shown_of_many : count;
      for (std::size_t i = begin; i < begin + shown; ++i) finding(all[i]);
      if (shown < count) {
        const auto more = static_cast<std::int64_t>(count - shown);
        line(styled("    and " + human_count(more) + " more", Style::dim));
      }
      line();
      begin = end;
    }
  }

  void problems() {
    if (report_.problems.empty()) return;
    heading(plural(std::ssize(report_.problems), "statement") + " did not load");
    for (const Problem& each : report_.problems) {
      item("• ", Style::red,
           fmt::format("{}{}: {}", each.file, each.line > 0 ? fmt::format(":{}", each.line) : "",
                       each.message),
           "  ");
      if (!each.statement.empty()) line("    " + shortened(each.statement, width_ - 4));
      if (!each.hint.empty()) paragraph("hint: " + each.hint, "    ");
    }
    line();
  }

  void gone() {
    if (report_.gone.empty()) return;
    heading(plural(std::ssize(report_.gone), "finding") + " of the baseline gone");
    for (const Finding& each : report_.gone)
      item("✓ ", Style::green, each.rule + "  " + each.object.name, "  ");
    line();
  }

  void rest() {
    problems();
    gone();
    if (!report_.notes.empty()) {
      heading("Notes");
      for (const std::string& each : report_.notes) item("• ", Style::dim, each, "  ");
      line();
    }
    if (!report_.review.skipped.empty()) {
      wrapped(styled(plural(std::ssize(report_.review.skipped), "rule") +
                         " could not be judged; --format json says why",
                     Style::dim));
    }
    if (!report_.show_refuted && selection_.refuted > 0)
      wrapped(styled(plural(selection_.refuted, "fix", "fixes") +
                         " refuted when tried and left out; --show-refuted lists them",
                     Style::dim));
  }

  const Report& report_;
  const Selection selection_;
  const int width_;
  std::string out_;
};

}  // namespace

std::string to_text(const Report& report, const TextOptions& options) {
  Writer writer(report, options);
  return report.command == "review" ? writer.review() : writer.assess();
}

}  // namespace architrave::report
