#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

using Edges = std::map<const Relation*, std::vector<std::pair<const Relation*, const Constraint*>>>;

// Foreign keys that every row has to satisfy at once.
Edges required_edges(const Look& look) {
  Edges edges;
  for (const Relation* table : own_tables(look.catalog))
    for (const Constraint& key : table->constraints) {
      if (key.type != ConstraintType::foreign_key || key.inherited || key.deferrable) continue;
      const bool required = std::ranges::all_of(key.columns, [&](const std::string& name) {
        const Column* column = table->column(name);
        return column != nullptr && column->not_null;
      });
      const Relation* parent = look.catalog.relation(key.references_schema, key.references_table);
      if (required && parent != nullptr && parent != table) edges[table].emplace_back(parent, &key);
    }
  return edges;
}

// The shortest way back to `start`, as tables and the keys between them; empty if there is none.
std::vector<std::pair<const Relation*, const Constraint*>> circle(const Edges& edges,
                                                                  const Relation* start) {
  std::map<const Relation*, std::pair<const Relation*, const Constraint*>> came_from;
  std::vector<const Relation*> open = {start};
  for (std::size_t at = 0; at < open.size(); ++at) {
    const auto found = edges.find(open[at]);
    if (found == edges.end()) continue;
    for (const auto& [parent, key] : found->second) {
      if (came_from.emplace(parent, std::pair(open[at], key)).second) open.push_back(parent);
      if (parent != start) continue;
      std::vector<std::pair<const Relation*, const Constraint*>> way;
      const Relation* table = start;
      do {
        way.push_back(came_from.at(table));
        table = way.back().first;
      } while (table != start);
      std::ranges::reverse(way);
      return way;
    }
  }
  return {};
}

void check(const Look& look, Verdict& verdict) {
  const Edges edges = required_edges(look);
  std::set<const Relation*> told;
  for (const Relation* table : own_tables(look.catalog)) {
    if (told.contains(table)) continue;
    const auto way = circle(edges, table);
    if (way.empty()) continue;
    std::string path;
    for (const auto& [each, key] : way) {
      told.insert(each);
      path += name_of(*each) + " -> ";
    }
    path += name_of(*table);
    const auto& [last, key] = way.back();
    const std::string name = catalog::quote_identifier(key->name);
    Proposal fix = alter_table(
        *last, "alter_constraint",
        fmt::format("ALTER CONSTRAINT {} DEFERRABLE INITIALLY DEFERRED", name),
        fmt::format("ALTER CONSTRAINT {} NOT DEFERRABLE", name), Lock::access_exclusive);
    fix.title =
        fmt::format("Let {} of {} wait for the end of the transaction", name, name_of(*last));
    fix.why = "The rows of a circle can then be added in one transaction, in any order.";
    fix.effort = 3;
    verdict.find(
        subject_of(*table),
        fmt::format("Each of these tables needs a row of the next before it can have one: {}.",
                    path),
        {{"circle", path}}, std::move(fix));
  }
}

}  // namespace

extern const Rule fk_cycle;
const Rule fk_cycle = {
    .name = "fk-cycle",
    .severity = Severity::warning,
    .area = Area::keys,
    .summary =
        "Tables whose required foreign keys form a circle, so that no first row can be added",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
