#include "engine/sqlite/explain.h"

#include <cstdint>
#include <map>

namespace architrave::sqlite {

namespace {

struct Line {
  std::int64_t id = 0;
  std::string detail;
};

// "SEARCH orders USING COVERING INDEX orders_day (day>?)".
plan::Node read(const std::string& detail) {
  plan::Node node{.type = detail};
  if (const std::size_t at = detail.find(" INDEX "); at != std::string::npos) {
    const std::size_t begin = at + 7;
    node.index = detail.substr(begin, detail.find(' ', begin) - begin);
  }
  return node;
}

void add_children(const std::multimap<std::int64_t, Line>& lines, std::int64_t parent,
                  plan::Node& node) {
  const auto [begin, end] = lines.equal_range(parent);
  for (auto line = begin; line != end; ++line) {
    node.children.push_back(read(line->second.detail));
    // A line is below an earlier one, so that this ends.
    if (line->second.id > parent) add_children(lines, line->second.id, node.children.back());
  }
}

}  // namespace

Result<plan::Plan> explain(Connection& connection, const std::string& query) {
  std::multimap<std::int64_t, Line> lines;  // by parent, in the order in which they came
  Status asked = connection.query("EXPLAIN QUERY PLAN " + query, {}, [&](const Row& row) {
    lines.emplace(row.integer(1), Line{row.integer(0), row.text(3)});
  });
  if (!asked) return fail(asked);
  plan::Plan plan;
  plan.root.type = "QUERY PLAN";
  add_children(lines, 0, plan.root);
  if (plan.root.children.size() == 1) {
    plan::Node only = std::move(plan.root.children.front());
    plan.root = std::move(only);
  }
  return plan;
}

}  // namespace architrave::sqlite
