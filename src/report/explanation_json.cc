#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "report/explanation.h"
#include "report/plan_words.h"
#include "report/value.h"

namespace architrave::report {

namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json write_buffers(const plan::Buffers& buffers) {
  return {{"shared_hit", buffers.shared_hit},
          {"shared_read", buffers.shared_read},
          {"shared_written", buffers.shared_written},
          {"temp_read", buffers.temp_read},
          {"temp_written", buffers.temp_written}};
}

// One node; those below it are in the list too, with it as their parent.
Json write_node(const plan::Measured& measured) {
  const plan::Node& node = *measured.node;
  Json out = {{"title", plan::title(node)},
              {"type", node.type},
              {"parent", measured.parent < 0 ? Json(nullptr) : Json(measured.parent)},
              {"depth", measured.depth},
              {"relation", node.relation},
              {"schema", node.schema},
              {"alias", node.alias},
              {"index", node.index},
              {"subplan", node.subplan},
              {"startup_cost", node.startup_cost},
              {"total_cost", node.total_cost},
              {"estimated_rows", node.rows},
              {"share", measured.share}};
  if (node.actual) {
    out["loops"] = node.actual->loops;
    out["rows"] = node.actual->rows;
    out["processes"] = measured.processes;
    out["total_ms"] = measured.total_ms;
    out["own_ms"] = measured.own_ms;
    out["estimate_error"] = measured.error;
  }
  if (node.buffers) out["own_buffers"] = write_buffers(measured.own_buffers);
  Json details = Json::object();
  for (const auto& [name, text] : node.details) details[name] = text;
  out["details"] = std::move(details);
  return out;
}

Json write_remark(const plan::Remark& remark) {
  Json evidence = Json::object();
  for (const auto& [name, value] : remark.evidence) evidence[name] = value;
  return {{"check", remark.check},     {"severity", plan::to_string(remark.severity)},
          {"node", remark.node},       {"at_stake", remark.at_stake},
          {"message", remark.message}, {"advice", remark.advice},
          {"sql", remark.sql},         {"evidence", std::move(evidence)}};
}

Json write_plan(const ExplainedPlan& explained) {
  Json out = {{"title", explained.title}};
  if (!explained.plan) {
    out["error"] = explained.error;
    return out;
  }
  const plan::Plan& plan = *explained.plan;
  const plan::Totals totals = plan::totals(plan);
  Json nodes = Json::array();
  for (const plan::Measured& each : plan::measure(plan)) nodes.push_back(write_node(each));
  Json remarks = Json::array();
  for (const plan::Remark& each : explained.remarks) remarks.push_back(write_remark(each));
  Json settings = Json::object();
  for (const auto& [name, value] : plan.settings) settings[name] = value;
  out["cost"] = totals.cost;
  out["planning_ms"] = or_null(plan.planning_ms);
  out["execution_ms"] = or_null(plan.execution_ms);
  out["jit_ms"] = or_null(plan.jit_ms);
  out["settings"] = std::move(settings);
  out["indexes"] = plan::used_indexes(plan);
  out["remarks"] = std::move(remarks);
  out["nodes"] = std::move(nodes);
  return out;
}

Json write_query(const ExplainedQuery& query) {
  Json out = {{"name", query.name}, {"query", query.query}, {"notes", query.notes}};
  out["plan"] = write_plan(query.plan);
  if (!query.other) return out;
  out["other"] = write_plan(*query.other);
  Json changes = Json::array();
  if (query.plan.plan && query.other->plan)
    for (const plan::Change& each : plan::changes(*query.plan.plan, *query.other->plan))
      changes.push_back({{"before", each.before}, {"after", each.after}});
  out["changes"] = std::move(changes);
  return out;
}

}  // namespace

std::string to_json(const Explanation& explanation) {
  Json out = {{"tool", {{"name", "architrave"}, {"version", explanation.tool_version}}},
              {"source",
               {{"kind", explanation.source.kind},
                {"engine", explanation.source.engine},
                {"server_version", explanation.source.server_version},
                {"name", explanation.source.name}}}};
  if (explanation.generated_at) out["generated_at"] = iso_time(*explanation.generated_at);
  out["how"] = explanation.how;
  out["queries"] = Json::array();
  for (const ExplainedQuery& each : explanation.queries)
    out["queries"].push_back(write_query(each));
  out["problems"] = Json::array();
  for (const Problem& each : explanation.problems)
    out["problems"].push_back({{"file", each.file},
                               {"line", each.line},
                               {"statement", each.statement},
                               {"message", each.message},
                               {"hint", each.hint}});
  out["notes"] = explanation.notes;
  return print(out, 2) + '\n';
}

}  // namespace architrave::report
