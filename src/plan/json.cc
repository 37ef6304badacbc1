// EXPLAIN's JSON, read into values.
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "plan/plan.h"

namespace architrave::plan {
namespace {

using Json = nlohmann::json;

// Deeper than any planner goes (from_collapse, thousands of UNION arms are broad, not deep), and
// shallow enough for the stack.
constexpr int max_depth = 2000;

double number(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::optional<double> optional_number(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return {};
  return found->get<double>();
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::vector<std::string> parts;
  for (const auto& part : value) parts.push_back(text_of(part));
  return join(parts, ", ");
}

// Takes a field out of the object, so that what is left are the details.
std::string take(Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  std::string text = text_of(*found);
  object.erase(found);
  return text;
}

std::int64_t take_blocks(Json& object, const char* name) {
  const auto blocks = static_cast<std::int64_t>(number(object, name));
  object.erase(name);
  return blocks;
}

// A worker's own share of a sort or hash: "Worker 0: Sort Method" and so on.
void add_workers(const Json& workers, Node& node) {
  for (const auto& worker : workers) {
    if (!worker.is_object()) continue;
    const std::string prefix = "Worker " + text_of(worker.value("Worker Number", Json(0))) + ": ";
    for (const auto& [name, value] : worker.items())
      if (name.starts_with("Sort ") || name.starts_with("Peak ") || name.starts_with("HashAgg ") ||
          name.starts_with("Disk ") || name.starts_with("Cache "))
        node.details[prefix + name] = text_of(value);
  }
}

Status read_node(Json object, Node& node, int depth) {
  if (!object.is_object() || !object.contains("Node Type"))
    return fail("plan.format", "a node of the plan has no \"Node Type\"");
  if (depth > max_depth) return fail("plan.format", "the plan is nested too deeply to be one");
  node.type = take(object, "Node Type");
  node.schema = take(object, "Schema");
  node.relation = take(object, "Relation Name");
  node.alias = take(object, "Alias");
  node.index = take(object, "Index Name");
  node.subplan = take(object, "Subplan Name");
  node.relationship = take(object, "Parent Relationship");
  node.startup_cost = number(object, "Startup Cost");
  node.total_cost = number(object, "Total Cost");
  node.rows = number(object, "Plan Rows");
  node.width = static_cast<int>(number(object, "Plan Width"));
  if (object.contains("Actual Loops"))
    node.actual = Actual{.startup_ms = number(object, "Actual Startup Time"),
                         .total_ms = number(object, "Actual Total Time"),
                         .rows = number(object, "Actual Rows"),
                         .loops = number(object, "Actual Loops")};
  for (const char* read :
       {"Startup Cost", "Total Cost", "Plan Rows", "Plan Width", "Actual Startup Time",
        "Actual Total Time", "Actual Rows", "Actual Loops"})
    object.erase(read);
  if (object.contains("Shared Hit Blocks"))
    node.buffers = Buffers{.shared_hit = take_blocks(object, "Shared Hit Blocks"),
                           .shared_read = take_blocks(object, "Shared Read Blocks"),
                           .shared_written = take_blocks(object, "Shared Written Blocks"),
                           .temp_read = take_blocks(object, "Temp Read Blocks"),
                           .temp_written = take_blocks(object, "Temp Written Blocks")};
  if (const auto workers = object.find("Workers"); workers != object.end()) {
    add_workers(*workers, node);
    object.erase(workers);
  }
  if (const auto plans = object.find("Plans"); plans != object.end()) {
    for (auto& plan : *plans) {
      Node& child = node.children.emplace_back();
      if (auto read = read_node(std::move(plan), child, depth + 1); !read) return read;
    }
    object.erase(plans);
  }
  for (const auto& [name, value] : object.items()) {
    // Blocks of temporary tables and of dirtied pages are said of every node, mostly as 0.
    if (name.ends_with(" Blocks") && (name.starts_with("Local ") || name.starts_with("Shared ")) &&
        value == 0)
      continue;
    node.details[name] = text_of(value);
  }
  return {};
}

void collect_indexes(const Node& node, std::set<std::string>& names) {
  if (!node.index.empty()) names.insert(node.index);
  for (const auto& child : node.children) collect_indexes(child, names);
}

}  // namespace

std::string_view Node::detail(std::string_view name) const {
  const auto found = details.find(name);
  return found == details.end() ? std::string_view{} : std::string_view{found->second};
}

Result<Plan> read_json(std::string_view text) {
  Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return fail("plan.format", "the plan is not JSON");
  if (document.is_array() && !document.empty()) document = Json(std::move(document.front()));
  if (!document.is_object() || !document.contains("Plan"))
    return fail("plan.format", "the JSON holds no \"Plan\"", {},
                "give what EXPLAIN (FORMAT JSON) or auto_explain printed");
  Plan plan;
  if (auto read = read_node(std::move(document["Plan"]), plan.root, 0); !read) return fail(read);
  plan.planning_ms = optional_number(document, "Planning Time");
  plan.execution_ms = optional_number(document, "Execution Time");
  if (const auto jit = document.find("JIT"); jit != document.end() && jit->is_object())
    if (const auto timing = jit->find("Timing"); timing != jit->end() && timing->is_object())
      plan.jit_ms = optional_number(*timing, "Total");
  if (const auto query = document.find("Query Text"); query != document.end())
    plan.query = text_of(*query);
  if (const auto settings = document.find("Settings");
      settings != document.end() && settings->is_object())
    for (const auto& [name, value] : settings->items()) plan.settings[name] = text_of(value);
  return plan;
}

std::vector<std::string> used_indexes(const Plan& plan) {
  std::set<std::string> names;
  collect_indexes(plan.root, names);
  return {names.begin(), names.end()};
}

}  // namespace architrave::plan
