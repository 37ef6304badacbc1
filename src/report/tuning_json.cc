#include <cmath>

#include "base/clock.h"
#include "report/tuning.h"
#include "report/value.h"

namespace architrave::report {

namespace {

template <class Range, class Write>
Json list(const Range& range, Write write) {
  Json out = Json::array();
  for (const auto& each : range) out.push_back(write(each));
  return out;
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json write(const TunedIndex& index) {
  return {{"table", index.table},
          {"name", index.name},
          {"ddl", index.ddl},
          {"bytes", index.bytes},
          {"maintenance", index.maintenance},
          {"queries", list(index.queries,
                           [](const QueryEffect& each) {
                             return Json{{"fingerprint", each.fingerprint},
                                         {"before", each.before},
                                         {"after", each.after}};
                           })},
          {"proposal", index.proposal}};
}

Json write(const Rewrite& rewrite) {
  return {{"query", rewrite.query},
          {"rule", rewrite.rule},
          {"before_sql", rewrite.before_sql},
          {"after_sql", rewrite.after_sql},
          {"precondition", rewrite.precondition},
          {"cost_before", or_null(rewrite.cost_before)},
          {"cost_after", or_null(rewrite.cost_after)},
          {"seconds_before", or_null(rewrite.seconds_before)},
          {"seconds_after", or_null(rewrite.seconds_after)},
          {"proof", to_value(rewrite.proof)}};
}

Json write(const TunedQuery& query) {
  return {{"fingerprint", query.fingerprint},
          {"text", query.text},
          {"calls", query.calls},
          {"before", or_null(query.before)},
          {"after", or_null(query.after)},
          {"seconds_before", or_null(query.seconds_before)},
          {"seconds_after", or_null(query.seconds_after)},
          {"indexes", query.indexes},
          {"why_not", query.why_not}};
}

Json write(const TunedSetting& setting) {
  return {{"name", setting.name},
          {"table", setting.table},
          {"current", setting.current},
          {"proposed", setting.proposed},
          {"formula", setting.formula},
          {"source", setting.source},
          {"computed_from", setting.computed_from},
          {"proposal", setting.proposal}};
}

Json write(const NPlusOne& each) {
  return {{"fingerprint", each.fingerprint},
          {"text", each.text},
          {"parent", each.parent},
          {"parent_text", each.parent_text},
          {"round_trips", each.round_trips},
          {"bursts", each.bursts},
          {"key", each.key},
          {"batched", each.batched},
          {"joined", each.joined},
          {"saved", each.saved}};
}

}  // namespace

std::string to_json(const TuningReport& report) {
  const Tuning& tuning = report.tuning;
  Json out = {{"tool", {{"name", "architrave"}, {"version", report.tool_version}}},
              {"source",
               {{"kind", report.source.kind},
                {"engine", report.source.engine},
                {"server_version", report.source.server_version},
                {"name", report.source.name}}},
              {"workload",
               {{"name", report.workload},
                {"statements", report.statements},
                {"unparsed", report.unparsed},
                {"partial", report.partial}}}};
  if (report.generated_at) out["generated_at"] = iso_time(*report.generated_at);
  out["cost"] = {{"before", tuning.before},
                 {"after", tuning.after},
                 {"bound", tuning.bound},
                 {"gap", tuning.gap()}};
  out["budget"] = tuning.budget;
  out["planner"] = tuning.planner;
  out["candidates"] = tuning.candidates;
  out["whatif_calls"] = tuning.whatif_calls;
  out["cpu_seconds"] = tuning.cpu_seconds;
  out["first_seconds"] = tuning.first_seconds;
  const auto each_of = [](const auto& value) { return write(value); };
  out["indexes"] = list(tuning.indexes, each_of);
  out["drops"] = list(tuning.drops, [](const TunedDrop& each) {
    return Json{{"index", each.index},
                {"table", each.table},
                {"why", each.why},
                {"bytes", each.bytes},
                {"proposal", each.proposal}};
  });
  out["rewrites"] = list(tuning.rewrites, each_of);
  out["advice"] = list(tuning.advice, [](const QueryAdvice& each) {
    return Json{{"query", each.query},
                {"rule", each.rule},
                {"message", each.message},
                {"suggestion", each.suggestion}};
  });
  out["queries"] = list(tuning.queries, each_of);
  out["settings"] = list(tuning.settings, each_of);
  out["n_plus_one"] = list(tuning.n_plus_one, each_of);
  out["proposals"] = list(offered(tuning), [](const Proposal* each) { return to_value(*each); });
  out["missing"] = tuning.missing;
  out["proof_note"] = report.proof_note;
  out["problems"] = list(report.problems, [](const Problem& each) {
    return Json{{"file", each.file},
                {"line", each.line},
                {"statement", each.statement},
                {"message", each.message},
                {"hint", each.hint}};
  });
  out["notes"] = report.notes;
  return print(out, 2) + '\n';
}

}  // namespace architrave::report
