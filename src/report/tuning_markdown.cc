#include <fmt/format.h>

#include "base/text.h"
#include "report/selection.h"
#include "report/tuning.h"

namespace architrave::report {

namespace {

std::string fenced(const std::string& sql) { return "```sql\n" + sql + "\n```\n"; }

std::string cell(std::string text) {
  return replace_all(replace_all(std::move(text), "|", "\\|"), "\n", " ");
}

std::string change(double before, double after) {
  return fmt::format("{:.0f} → {:.0f}", before, after);
}

}  // namespace

std::string to_markdown(const TuningReport& report) {
  const Tuning& tuning = report.tuning;
  std::string out = fmt::format("# What makes {} cheaper\n\n", report.source.name);
  out += fmt::format("{} {} ({}), {}: {}.\n\n", engine_name(report.source.engine),
                     report.source.server_version, report.source.kind, report.workload,
                     plural(std::ssize(tuning.queries), "query", "queries"));
  out += fmt::format(
      "Cost of the workload **{}**; no set of the {} looked at, within {}, is more than {:.1f} % "
      "better. Asked {}: {}, {:.2f} CPU s.\n",
      change(tuning.before, tuning.after), plural(tuning.candidates, "candidate"),
      human_bytes(tuning.budget), 100 * tuning.gap(), tuning.planner,
      plural(tuning.whatif_calls, "what-if plan"), tuning.cpu_seconds);
  if (!report.proof_note.empty()) out += "\nProposals: " + report.proof_note + ".\n";
  const auto proposals = offered(tuning);
  if (!proposals.empty()) out += "\n## Proposals\n";
  for (const Proposal* each : proposals) {
    out += fmt::format("\n### {}\n\n{} ({}).\n\n", each->title, each->why,
                       words(each->proof.status()));
    out += fenced(std::string(trim(script(each->up)))) + "\nUndo:\n\n" +
           fenced(std::string(trim(script(each->down))));
    if (!each->proof.claims.empty()) out += "\n| claim | ran | seen |\n|---|---|---|\n";
    for (const Claim& claim : each->proof.claims)
      out += fmt::format("| {} | {} | {} |\n", to_string(claim.kind), cell(claim.ran),
                         cell(claim.seen));
  }
  if (!tuning.rewrites.empty()) out += "\n## Queries to write otherwise\n";
  for (const Rewrite& each : tuning.rewrites) {
    out += fmt::format("\n### {} ({})\n\nRight because {}.\n\n", each.rule, each.query,
                       each.precondition);
    out += fenced(each.before_sql) + "\nbecomes\n\n" + fenced(each.after_sql);
    for (const Claim& claim : each.proof.claims)
      out += fmt::format("\n- {}: {}", to_string(claim.kind), claim.seen);
    out += '\n';
  }
  if (!tuning.n_plus_one.empty()) out += "\n## Sent once for each row (N+1)\n";
  for (const NPlusOne& each : tuning.n_plus_one) {
    out += fmt::format("\n{} in {}, by {}; {} can be spared.\n\n",
                       plural(each.round_trips, "round trip"), plural(each.bursts, "burst"),
                       each.key, each.saved);
    out += fenced(each.text);
    if (!each.batched.empty()) out += "\nbecomes\n\n" + fenced(each.batched);
    if (!each.joined.empty()) out += "\nor\n\n" + fenced(each.joined);
  }
  if (!tuning.settings.empty())
    out +=
        "\n## Settings\n\n| setting | now | proposed | formula | computed from |\n"
        "|---|---|---|---|---|\n";
  for (const TunedSetting& each : tuning.settings)
    out += fmt::format("| {} | {} | {} | {} ({}) | {} |\n",
                       cell(each.table.empty() ? each.name : each.table + ": " + each.name),
                       cell(each.current), cell(each.proposed), cell(each.formula),
                       cell(each.source), cell(each.computed_from));
  if (!tuning.advice.empty()) out += "\n## Worth a look\n\n";
  for (const QueryAdvice& each : tuning.advice)
    out +=
        fmt::format("- **{}** ({}): {} {}\n", each.rule, each.query, each.message, each.suggestion);
  if (!tuning.queries.empty())
    out += "\n## Queries\n\n| query | calls | cost | |\n|---|---|---|---|\n";
  for (const TunedQuery& each : tuning.queries)
    out += fmt::format(
        "| `{}` {} | {:.0f} | {} | {} |\n", each.fingerprint,
        cell(each.text.size() > 120 ? each.text.substr(0, each.text.find(' ', 110)) + " …"
                                    : each.text),
        each.calls, each.before && each.after ? change(*each.before, *each.after) : "",
        cell(each.indexes.empty() ? each.why_not : "uses " + join(each.indexes, ", ")));
  if (!tuning.missing.empty())
    out += "\nQueries name what this schema has not: " + join(tuning.missing, ", ") + ".\n";
  if (!report.notes.empty()) out += "\n## Notes\n\n";
  for (const std::string& each : report.notes) out += "- " + each + "\n";
  return out;
}

}  // namespace architrave::report
