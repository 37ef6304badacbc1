#include "migration/rehearse/changes.h"

#include <nlohmann/json.hpp>

#include "base/quoting.h"

namespace architrave::migration {

namespace {

using nlohmann::json;

std::string text_of(const json& node, const char* field) {
  const auto found = node.find(field);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void find_reads(const json& node, std::vector<std::string>& reads) {
  if (!node.is_object()) return;
  if (text_of(node, "Node Type") == "Seq Scan")
    reads.push_back(quote_identifier(text_of(node, "Schema")) + '.' +
                    quote_identifier(text_of(node, "Relation Name")));
  if (const auto parts = node.find("Plans"); parts != node.end())
    for (const json& each : *parts) find_reads(each, reads);
}

}  // namespace

std::optional<RowChange> row_change_of(sql::Node statement, const Schema& schema) {
  RowChange change;
  const bool deletes = statement.is("DeleteStmt");
  if (deletes)
    change.work = WorkKind::delete_rows;
  else if (!statement.is("UpdateStmt"))
    return {};
  const sql::Node relation = statement["relation"];
  change.table = schema.name_of(relation);
  change.only = !relation["inh"].flag();
  change.all = !statement["whereClause"] && !statement[deletes ? "usingClause" : "fromClause"];
  return change;
}

std::string question_of(std::string_view statement) {
  return std::string("EXPLAIN (FORMAT JSON, VERBOSE) ").append(statement);
}

void take_plan(std::string_view text, RowChange& change) {
  const json plans = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!plans.is_array() || plans.empty() || !plans[0].is_object() || !plans[0].contains("Plan"))
    return;
  const json& top = plans[0]["Plan"];
  if (text_of(top, "Node Type") != "ModifyTable" || !top.contains("Plans")) return;
  // Before PostgreSQL 14 a partitioned table has a plan for each partition.
  double rows = 0;
  for (const json& each : top["Plans"]) {
    if (const std::string how = text_of(each, "Parent Relationship");
        how == "InitPlan" || how == "SubPlan")
      continue;
    rows += each.value("Plan Rows", 0.0);
  }
  change.rows = rows;
  find_reads(top, change.reads);
}

}  // namespace architrave::migration
