// One page of plain HTML: no script, nothing loaded.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "plan/plan.h"
#include "report/markup.h"
#include "report/plain_page.h"
#include "report/plan_svg.h"
#include "report/selection.h"
#include "report/tuning.h"

namespace architrave::report {

namespace {

std::string cost_text(double cost) {
  if (cost >= 1e6) return fmt::format("{:.2f} M", cost / 1e6);
  if (cost >= 1e4) return fmt::format("{:.1f} k", cost / 1e3);
  return fmt::format("{:.0f}", cost);
}

std::string change(double before, double after) {
  std::string text = cost_text(before) + " → " + cost_text(after);
  if (after > 0 && before >= 2 * after) text += fmt::format(" ({:.0f}×)", before / after);
  return text;
}

class Page {
 public:
  explicit Page(const TuningReport& report) : report_(report), tuning_(report.tuning) {}

  std::string write() {
    head();
    proposals();
    rewrites();
    repetitions();
    settings();
    advice();
    queries();
    rest();
    return plain_page("Tuning of " + report_.source.name, out_);
  }

 private:
  template <class... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    out_ += fmt::format(format, std::forward<Parts>(parts)...);
  }
  void pre(std::string_view sql) { out_ += "<pre>" + escaped(sql) + "</pre>"; }
  void figure(std::string_view name, const std::string& value) {
    add("<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(value));
  }

  void head() {
    const Source& source = report_.source;
    add("<h1>What makes {} cheaper</h1><p class=\"how\">{} {} ({}), {} of {}. Asked {}: {}, {:.2f} "
        "CPU s.</p>",
        escaped(source.name), engine_name(source.engine), escaped(source.server_version),
        escaped(source.kind), plural(std::ssize(tuning_.queries), "query", "queries"),
        escaped(report_.workload), escaped(tuning_.planner),
        plural(tuning_.whatif_calls, "what-if plan"), tuning_.cpu_seconds);
    if (!report_.proof_note.empty())
      add("<p class=\"how\">Proposals: {}.</p>", escaped(report_.proof_note));
    std::int64_t bytes = 0;
    for (const TunedIndex& each : tuning_.indexes) bytes += each.bytes;
    out_ += "<dl class=\"figures\">";
    figure("cost of the workload", change(tuning_.before, tuning_.after));
    figure("indexes to make", fmt::format("{}, {} of {}", tuning_.indexes.size(),
                                          human_bytes(bytes), human_bytes(tuning_.budget)));
    figure("from the best possible set, at most", fmt::format("{:.1f} %", 100 * tuning_.gap()));
    if (!tuning_.drops.empty()) figure("indexes to drop", std::to_string(tuning_.drops.size()));
    if (!tuning_.rewrites.empty()) figure("rewrites", std::to_string(tuning_.rewrites.size()));
    out_ += "</dl>\n";
  }

  void proof(const Proof& proof) {
    if (proof.claims.empty()) return;
    out_ +=
        "<details><summary>the proof</summary><div class=\"wide\"><table class=\"text\"><thead>"
        "<tr><th>claim</th><th>ran</th><th>seen</th></tr></thead><tbody>";
    for (const Claim& claim : proof.claims)
      add("<tr><td class=\"{}\">{}</td><td>{}</td><td>{}</td></tr>",
          !claim.holds   ? ""
          : *claim.holds ? "good"
                         : "bad",
          to_string(claim.kind), escaped(claim.ran), escaped(claim.seen));
    out_ += "</tbody></table></div></details>";
  }

  static std::string_view colour(ProofStatus status) {
    return status == ProofStatus::proved ? "good" : status == ProofStatus::refuted ? "bad" : "info";
  }

  void proposals() {
    const auto all = offered(tuning_);
    if (all.empty()) return;
    out_ += "<h2>Proposals</h2>\n";
    for (const Proposal* each : all) {
      const ProofStatus status = each->proof.status();
      add("<article id=\"{}\"><h3>{}<span class=\"label {}\">{}</span></h3><p>{}.</p>",
          escaped(each->id), escaped(each->title), colour(status), words(status),
          escaped(each->why));
      pre(trim(script(each->up)));
      std::string facts;
      if (each->impact.bytes)
        facts = (*each->impact.bytes < 0 ? "frees " : "takes ") +
                human_bytes(std::abs(*each->impact.bytes)) + "; ";
      if (each->impact.seconds_estimate)
        facts += "about " + human_seconds(*each->impact.seconds_estimate) + "; ";
      add("<p class=\"how\">{}lock {}, keeps off {}.</p>", facts,
          escaped(std::string(to_string(each->impact.lock))), blocks(each->impact));
      effects(each->id);
      out_ += "<details><summary>undo</summary>";
      pre(trim(script(each->down)));
      out_ += "</details>";
      proof(each->proof);
      out_ += "</article>\n";
    }
  }

  void effects(const std::string& id) {
    const auto index = std::ranges::find(tuning_.indexes, id, &TunedIndex::proposal);
    if (index == tuning_.indexes.end() || index->queries.empty()) return;
    out_ += "<details><summary>the queries that use it</summary><ul class=\"notes\">";
    for (const QueryEffect& each : index->queries)
      add("<li><a href=\"#q-{0}\">{0}</a> {1}</li>", escaped(each.fingerprint),
          change(each.before, each.after));
    out_ += "</ul></details>";
    if (index->maintenance > 0)
      add("<p class=\"how\">The workload's writes cost {} more with it.</p>",
          cost_text(index->maintenance));
  }

  void rewrites() {
    if (tuning_.rewrites.empty()) return;
    out_ += "<h2>Queries to write otherwise</h2>\n";
    for (const Rewrite& each : tuning_.rewrites) {
      const ProofStatus status = each.proof.status();
      add("<article><h3>{0} <a href=\"#q-{1}\">{1}</a><span class=\"label {2}\">{3}</span></h3>"
          "<p>Right because {4}.</p>",
          escaped(each.rule), escaped(each.query), colour(status), words(status),
          escaped(each.precondition));
      pre(each.after_sql);
      if (each.seconds_before && each.seconds_after)
        add("<p class=\"how\">{} → {} over the source's rows</p>",
            human_seconds(*each.seconds_before), human_seconds(*each.seconds_after));
      else if (each.cost_before && each.cost_after)
        add("<p class=\"how\">cost {}</p>", change(*each.cost_before, *each.cost_after));
      out_ += "<details><summary>as it is</summary>";
      pre(each.before_sql);
      out_ += "</details>";
      proof(each.proof);
      out_ += "</article>\n";
    }
  }

  void repetitions() {
    if (tuning_.n_plus_one.empty()) return;
    out_ += "<h2>Sent once for each row (N+1)</h2>\n";
    for (const NPlusOne& each : tuning_.n_plus_one) {
      add("<article><h3>{}</h3><p>{} in {}; {} can be spared.</p>", escaped(each.key),
          plural(each.round_trips, "round trip"), plural(each.bursts, "burst"), each.saved);
      pre(each.text);
      if (!each.batched.empty()) pre(each.batched);
      if (!each.joined.empty()) pre(each.joined);
      out_ += "</article>\n";
    }
  }

  void settings() {
    if (tuning_.settings.empty()) return;
    out_ +=
        "<h2>Settings</h2><div class=\"wide\"><table class=\"text\"><thead><tr><th>setting</th>"
        "<th>now</th><th>proposed</th><th>formula</th><th>computed from</th></tr></thead><tbody>";
    for (const TunedSetting& each : tuning_.settings)
      add("<tr><td>{}</td><td>{}</td><td>{}</td><td>{} ({})</td><td>{}</td></tr>",
          escaped(each.table.empty() ? each.name : each.table + ": " + each.name),
          escaped(each.current), escaped(each.proposed), escaped(each.formula),
          escaped(each.source), escaped(each.computed_from));
    out_ += "</tbody></table></div>\n";
  }

  void advice() {
    if (tuning_.advice.empty()) return;
    out_ += "<h2>Worth a look</h2><ul class=\"notes\">";
    for (const QueryAdvice& each : tuning_.advice)
      add("<li><b>{0}</b> <a href=\"#q-{1}\">{1}</a>: {2} {3}</li>", escaped(each.rule),
          escaped(each.query), escaped(each.message), escaped(each.suggestion));
    out_ += "</ul>\n";
  }

  void queries() {
    if (tuning_.queries.empty()) return;
    out_ += "<h2>Queries, the dearest first</h2>\n";
    for (std::size_t i = 0; i < tuning_.queries.size(); ++i) query(tuning_.queries[i], i);
  }

  void query(const TunedQuery& query, std::size_t number) {
    add("<article id=\"q-{0}\"><h3>{0}</h3>", escaped(query.fingerprint));
    pre(query.text);
    std::string facts = fmt::format("{:.0f} {}", query.calls, query.calls == 1 ? "call" : "calls");
    if (query.before && query.after) facts += ", cost " + change(*query.before, *query.after);
    if (query.seconds_before && query.seconds_after)
      facts += fmt::format("; ran {} → {}", human_seconds(*query.seconds_before),
                           human_seconds(*query.seconds_after));
    if (!query.indexes.empty()) facts += "; uses " + join(query.indexes, ", ");
    if (!query.why_not.empty()) facts += "; " + query.why_not;
    add("<p class=\"how\">{}</p>", escaped(facts));
    const auto before = plan::read_json(query.plan_before);
    const auto after = plan::read_json(query.plan_after);
    if (!query.plan_before.empty() && before && after) {
      add("<details><summary>the plans, before and after</summary><div class=\"sides two\">");
      for (const auto& [plan, name] : {std::pair{&*before, 'a'}, std::pair{&*after, 'b'}})
        add("<div><h3>{}</h3><div class=\"wide tree\" tabindex=\"0\" role=\"region\" "
            "aria-label=\"The plan {}, drawn\">{}</div></div>",
            name == 'a' ? "as it is" : "with the indexes", name == 'a' ? "before" : "after",
            to_svg(*plan, fmt::format("p{}{}", number, name)));
      out_ += "</div></details>";
    }
    out_ += "</article>\n";
  }

  void rest() {
    std::vector<std::string> notes = report_.notes;
    if (!tuning_.missing.empty())
      notes.push_back("queries name what this schema has not: " + join(tuning_.missing, ", "));
    for (const Problem& each : report_.problems)
      notes.push_back(fmt::format("did not load: {}:{}: {}", each.file, each.line, each.message));
    if (notes.empty()) return;
    out_ += "<h2>Notes</h2><ul class=\"notes\">";
    for (const std::string& each : notes) out_ += "<li>" + escaped(each) + "</li>";
    out_ += "</ul>\n";
  }

  const TuningReport& report_;
  const Tuning& tuning_;
  std::string out_;
};

}  // namespace

std::string to_html(const TuningReport& report) { return Page(report).write(); }

}  // namespace architrave::report
