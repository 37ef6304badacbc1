// A tuning for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "base/terminal.h"
#include "base/text.h"
#include "report/selection.h"
#include "report/tuning.h"

namespace architrave::report {

namespace {

constexpr std::size_t queries_shown = 15;

std::string cost_text(double cost) {
  if (cost >= 1e6) return fmt::format("{:.2f} M", cost / 1e6);
  if (cost >= 1e4) return fmt::format("{:.1f} k", cost / 1e3);
  return fmt::format("{:.0f}", cost);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

// "12.3 k → 410 (30 times cheaper)"
std::string change(double before, double after) {
  std::string text = cost_text(before) + " → " + cost_text(after);
  if (after > 0 && before >= 2 * after)
    text += fmt::format(" ({:.0f} times cheaper)", before / after);
  else if (before > after)
    text += " (" + percent((before - after) / before) + " less)";
  return text;
}

std::string one_line(std::string_view text, int width) {
  std::string out;
  for (const char c : text) {
    const bool space = static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (display_width(out) <= width) return out;
  while (!out.empty() && display_width(out) > width - 1) {
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
    if (!out.empty()) out.pop_back();
  }
  return out + "…";
}

class Writer {
 public:
  Writer(const TuningReport& report, const TextOptions& options)
      : report_(report), tuning_(report.tuning), width_(std::max(40, options.width)) {}

  std::string write() {
    head();
    indexes();
    drops();
    rewrites();
    repetitions();
    settings();
    views();
    advice();
    queries();
    rest();
    return std::move(out_);
  }

 private:
  void line(std::string_view text = {}) {
    out_ += text;
    out_ += '\n';
  }
  void heading(std::string_view text) {
    line();
    line(styled(text, Style::bold));
  }
  void paragraph(const std::string& text, std::string_view indent = "") {
    line(wrap(std::string(indent) + text, width_, indent));
  }
  void dim(const std::string& text, std::string_view indent) {
    for (const std::string& each : split(wrap(std::string(indent) + text, width_, indent), '\n'))
      line(styled(each, Style::dim));
  }
  int room(int used) const { return std::max(20, width_ - used); }

  void head() {
    paragraph(fmt::format("{} ({}, {} {}), {} of {}", report_.source.name, report_.source.kind,
                          engine_name(report_.source.engine), report_.source.server_version,
                          plural(std::ssize(tuning_.queries), "query", "queries"),
                          report_.workload));
    line();
    if (tuning_.before > 0)
      paragraph(
          styled(fmt::format("Cost of the workload: {}", change(tuning_.before, tuning_.after)),
                 Style::bold));
    std::int64_t bytes = 0;
    for (const TunedIndex& each : tuning_.indexes) bytes += each.bytes;
    paragraph(
        fmt::format("{} of {} in a budget of {}; no set of the {} looked at is more than {} "
                    "better",
                    plural(std::ssize(tuning_.indexes), "index", "indexes"), human_bytes(bytes),
                    human_bytes(tuning_.budget), plural(tuning_.candidates, "candidate"),
                    percent(tuning_.gap())));
    dim(fmt::format("asked {}: {}, {:.2f} CPU s", tuning_.planner,
                    plural(tuning_.whatif_calls, "what-if plan"), tuning_.cpu_seconds),
        "");
    if (!report_.proof_note.empty()) dim(report_.proof_note, "");
  }

  const Proposal* proposal(const std::string& id) const {
    const auto found = std::ranges::find(tuning_.proposals, id, &Proposal::id);
    return found != tuning_.proposals.end() ? &*found : nullptr;
  }

  void proof(const Proposal* proposal, std::string_view indent) {
    if (proposal == nullptr) return;
    const ProofStatus status = proposal->proof.status();
    const Style style = status == ProofStatus::proved    ? Style::green
                        : status == ProofStatus::refuted ? Style::red
                                                         : Style::dim;
    line(std::string(indent) + styled(words(status), style));
  }

  void indexes() {
    if (tuning_.indexes.empty()) return;
    heading("Indexes to make");
    for (const TunedIndex& index : tuning_.indexes) {
      const Proposal* made = proposal(index.proposal);
      if (made != nullptr && made->proof.status() == ProofStatus::refuted) continue;
      line();
      if (made != nullptr)
        for (const std::string& each : made->up) paragraph(styled(each + ";", Style::cyan), "  ");
      if (made != nullptr) paragraph(made->why + ".", "    ");
      std::string facts = human_bytes(index.bytes);
      if (index.maintenance > 0) facts += ", writes cost " + cost_text(index.maintenance) + " more";
      if (made != nullptr && made->impact.seconds_estimate)
        facts += ", about " + human_seconds(*made->impact.seconds_estimate) + " to build";
      if (made != nullptr) facts += "; undo: " + join(made->down, "; ");
      dim(facts, "    ");
      for (std::size_t i = 0; i < index.queries.size() && i < 3; ++i)
        dim(index.queries[i].fingerprint + "  " +
                change(index.queries[i].before, index.queries[i].after),
            "    ");
      proof(made, "    ");
    }
  }

  void drops() {
    if (tuning_.drops.empty()) return;
    heading("Indexes to drop");
    for (const TunedDrop& drop : tuning_.drops) {
      const Proposal* made = proposal(drop.proposal);
      if (made != nullptr && made->proof.status() == ProofStatus::refuted) continue;
      paragraph(styled((made != nullptr ? made->up.front() : drop.index) + ";", Style::cyan), "  ");
      paragraph(fmt::format("{}: {}", human_bytes(drop.bytes), drop.why), "    ");
      proof(made, "    ");
    }
  }

  void rewrites() {
    if (tuning_.rewrites.empty()) return;
    heading("Queries to write otherwise");
    for (const Rewrite& rewrite : tuning_.rewrites) {
      line();
      paragraph(styled(rewrite.rule, Style::bold) + " " + styled(rewrite.query, Style::dim), "  ");
      for (const std::string& each : split(rewrite.after_sql, '\n')) line("    " + each);
      paragraph("right because " + rewrite.precondition, "    ");
      if (rewrite.seconds_before && rewrite.seconds_after)
        dim(fmt::format("{} → {} over the source's rows", human_seconds(*rewrite.seconds_before),
                        human_seconds(*rewrite.seconds_after)),
            "    ");
      else if (rewrite.cost_before && rewrite.cost_after)
        dim(change(*rewrite.cost_before, *rewrite.cost_after), "    ");
      for (const Claim& claim : rewrite.proof.claims)
        dim(fmt::format("{}: {}", to_string(claim.kind), claim.seen), "    ");
    }
  }

  void repetitions() {
    if (tuning_.n_plus_one.empty()) return;
    heading("Sent once for each row (N+1)");
    for (const NPlusOne& each : tuning_.n_plus_one) {
      paragraph(one_line(each.text, room(4)), "  ");
      paragraph(
          fmt::format("{} in {}, by {}: {} can be spared", plural(each.round_trips, "round trip"),
                      plural(each.bursts, "burst"), each.key, plural(each.saved, "round trip")),
          "    ");
      if (!each.batched.empty()) paragraph(styled(each.batched, Style::cyan), "    ");
      if (!each.joined.empty()) paragraph("or " + styled(each.joined, Style::cyan), "    ");
    }
  }

  void settings() {
    if (tuning_.settings.empty()) return;
    heading("Settings");
    for (const TunedSetting& each : tuning_.settings) {
      const std::string name = each.table.empty() ? each.name : each.table + ": " + each.name;
      paragraph(fmt::format("{}  {} → {}", styled(name, Style::cyan), each.current, each.proposed),
                "  ");
      dim(fmt::format("{} ({}); {}", each.formula, each.source, each.computed_from), "    ");
    }
  }

  // Proposals of other kinds than the sections above.
  void views() {
    bool first = true;
    for (const Proposal* each : offered(tuning_)) {
      if (each->kind != "materialized_view") continue;
      if (first) heading("Materialized views");
      first = false;
      for (const std::string& statement : each->up)
        paragraph(styled(statement + ";", Style::cyan), "  ");
      paragraph(each->why, "    ");
      proof(each, "    ");
    }
  }

  void advice() {
    if (tuning_.advice.empty()) return;
    heading("Worth a look");
    for (const QueryAdvice& each : tuning_.advice) {
      paragraph(fmt::format("{} {}: {}", styled(each.rule, Style::bold),
                            styled(each.query, Style::dim), each.message),
                "  ");
      if (!each.suggestion.empty()) paragraph(each.suggestion, "    ");
    }
  }

  void queries() {
    if (tuning_.queries.empty()) return;
    heading("Queries, the dearest first");
    const std::size_t shown = std::min(queries_shown, tuning_.queries.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const TunedQuery& query = tuning_.queries[i];
      line("  " + styled(query.fingerprint, Style::dim) + " " + one_line(query.text, room(20)));
      std::string facts = fmt::format("{:.0f} × ", query.calls);
      if (query.before && query.after)
        facts +=
            query.indexes.empty() ? cost_text(*query.before) : change(*query.before, *query.after);
      if (query.seconds_before && query.seconds_after)
        facts += fmt::format("; ran {} → {}", human_seconds(*query.seconds_before),
                             human_seconds(*query.seconds_after));
      if (!query.indexes.empty()) facts += "; uses " + join(query.indexes, ", ");
      if (!query.why_not.empty()) facts += "; " + query.why_not;
      dim(facts, "    ");
    }
    if (shown < tuning_.queries.size())
      dim(fmt::format("and {} more: --format json", tuning_.queries.size() - shown), "  ");
  }

  void rest() {
    if (!tuning_.missing.empty()) {
      heading("Missing");
      paragraph("queries name what this schema has not: " + join(tuning_.missing, ", ") +
                    ". Is it the workload of another database?",
                "  ");
    }
    if (!report_.notes.empty()) {
      heading("Notes");
      for (const std::string& each : report_.notes) paragraph("- " + each, "  ");
    }
    for (const Problem& each : report_.problems)
      paragraph(fmt::format("not loaded: {}:{}: {}", each.file, each.line, each.message), "  ");
  }

  const TuningReport& report_;
  const Tuning& tuning_;
  const int width_;
  std::string out_;
};

}  // namespace

std::vector<const Proposal*> offered(const Tuning& tuning) {
  std::vector<const Proposal*> list;
  for (const Proposal& each : tuning.proposals)
    if (each.proof.status() != ProofStatus::refuted) list.push_back(&each);
  return list;
}

std::string to_text(const TuningReport& report, const TextOptions& options) {
  return Writer(report, options).write();
}

}  // namespace architrave::report
