#include "advisor/plan_rows.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "catalog/index_size.h"
#include "plan/condition.h"

namespace architrave::advisor {

namespace {

using catalog::Index;
using catalog::Relation;
using plan::Node;

struct Side {
  std::string alias;
  std::string column;
  auto operator<=>(const Side&) const = default;
};
using Equalities = std::set<std::pair<Side, Side>>;

bool feeds(const Node& node) {
  return node.relationship == "Outer" || node.relationship == "Inner" ||
         node.relationship == "Member";
}

void add(Equalities& all, std::string_view condition, const std::string& own_alias) {
  for (const plan::Compared& each : plan::compared_columns(condition)) {
    const auto dot = each.other.find('.');
    if (!each.equal || dot == std::string::npos) continue;
    all.insert({{each.table.empty() ? own_alias : each.table, each.column},
                {each.other.substr(0, dot), each.other.substr(dot + 1)}});
  }
}

void add_look_ups(Equalities& all, const Node& node) {
  for (const char* name : {"Index Cond", "Recheck Cond", "Filter"})
    if (!node.alias.empty()) add(all, node.detail(name), node.alias);
  for (const Node& each : node.children)
    if (feeds(each)) add_look_ups(all, each);
}

// What is compared between tables at this join.
Equalities equalities(const Node& node) {
  Equalities all;
  for (const char* name : {"Hash Cond", "Merge Cond", "Join Filter"})
    add(all, node.detail(name), {});
  if (node.type == "Nested Loop")
    for (const Node& each : node.children)
      if (each.relationship == "Inner") add_look_ups(all, each);
  return all;
}

double distinct(const Relation& table, const std::string& column) {
  const catalog::Column* found = table.column(column);
  return found != nullptr ? distinct_of(*found, rows_of(table).value_or(1)) : 1;
}

}  // namespace

PlanRows::PlanRows(const catalog::Catalog& catalog) {
  for (const Relation& each : catalog.relations) tables_.emplace(each.name, &each);
}

double PlanRows::of(const Node& node) { return std::max(1.0, node.rows * factor(node)); }

void PlanRows::gather_names(const Node& node, Names& names) const {
  const auto table = tables_.find(node.relation);
  if (!node.alias.empty() && table != tables_.end()) names.emplace(node.alias, table->second);
  for (const Node& each : node.children)
    if (feeds(each)) gather_names(each, names);
}

double PlanRows::own_factor(const Node& node) const {
  if (node.type != "Nested Loop" && !node.type.ends_with("Join")) return 1;
  std::map<std::pair<std::string, std::string>, std::map<std::string, std::string>> joined;
  for (const auto& [a, b] : equalities(node)) {
    joined[{a.alias, b.alias}][a.column] = b.column;
    joined[{b.alias, a.alias}][b.column] = a.column;
  }
  std::erase_if(joined, [](const auto& each) { return each.second.size() < 2; });
  if (joined.empty()) return 1;
  Names names;
  gather_names(node, names);
  double most = 1;
  for (const auto& [aliases, columns] : joined) {
    const auto one = names.find(aliases.first);
    const auto other = names.find(aliases.second);
    if (one == names.end() || other == names.end()) continue;
    for (const Index& index : one->second->indexes) {
      const bool is_key =
          index.unique && index.predicate.empty() && index.keys.size() > 1 &&
          std::ranges::all_of(index.keys, [&, &columns = columns](const catalog::IndexKey& key) {
            return columns.contains(key.column);
          });
      if (!is_key) continue;
      double expected = rows_of(*one->second).value_or(1);  // of pairs, each with one partner
      for (const catalog::IndexKey& key : index.keys)
        expected /= std::max(distinct(*one->second, key.column),
                             distinct(*other->second, columns.at(key.column)));
      most = std::max(most, 1 / std::max(expected, 1e-12));
    }
  }
  return most;
}

double PlanRows::factor(const Node& node) {
  if (const auto known = factors_.find(&node); known != factors_.end()) return known->second;
  double product = own_factor(node);
  for (const Node& each : node.children)
    if (feeds(each)) product *= factor(each);
  // The groups of more rows are the same.
  const bool gathers = node.type == "Aggregate" || node.type == "Group" || node.type == "Unique" ||
                       node.type == "Limit";
  return factors_[&node] = gathers ? 1 : product;
}

}  // namespace architrave::advisor
