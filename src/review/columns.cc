#include "review/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/text.h"
#include "catalog/lookup.h"
#include "review/fixes.h"
#include "review/obstacles.h"

namespace architrave::review {

using catalog::Object;
using catalog::quote_identifier;

Subject about(const Object& object) {
  return {std::string(catalog::to_string(object.kind)), object.name};
}
Subject about(const Relation& relation) { return about(catalog::object_of(relation)); }
Subject about(const Relation& relation, const Column& column) {
  return about(catalog::object_of(relation, column));
}
Subject about_schema(std::string_view schema) { return {"schema", quote_identifier(schema)}; }

bool is_own(const Look& look, const Relation& relation, const Column& column) {
  if (column.inherited) return false;
  return std::ranges::none_of(relation.parents, [&](const catalog::ObjectName& name) {
    const Relation* parent = look.catalog.relation(name);
    return parent != nullptr && parent->column(column.name) != nullptr;
  });
}

bool is_builtin(const Column& column, std::string_view type_name) {
  return column.type_schema == "pg_catalog" && column.type_name == type_name;
}

int length_limit(const Column& column) {
  const std::size_t open = column.type.find('(');
  return open == std::string::npos ? 0 : std::atoi(column.type.c_str() + open + 1);
}

std::string some_of(const std::vector<std::string>& names, std::size_t most) {
  if (names.empty()) return {};
  if (names.size() == 1) return names.front();
  if (names.size() <= most)
    return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
  return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + most, ", "),
                     names.size() - most);
}

bool is_live(const Look& look, Verdict& verdict) {
  if (look.catalog.server.has_workload) return true;
  verdict.skip("read from a file: there is no server in use to look at");
  return false;
}

bool has_evidence_of_use(const Look& look, Verdict& verdict) {
  constexpr double enough_days = 7;
  constexpr std::int64_t enough_commits = 1000;
  const std::optional<double> days = counted_days(look.catalog);
  if (!days) {
    verdict.skip("it is not known since when the usage counters count");
    return false;
  }
  if (*days < enough_days) {
    verdict.skip(fmt::format("the usage counters cover {:.1f} days, 7 are needed", *days));
    return false;
  }
  if (look.catalog.server.commits.value_or(0) < enough_commits) {
    verdict.skip("the server has seen too little activity to tell what is in use");
    return false;
  }
  return true;
}

std::vector<const Relation*> counted_tables(const Look& look, Verdict& verdict) {
  if (!has_evidence_of_use(look, verdict)) return {};
  std::vector<const Relation*> tables = own_tables(look.catalog);
  std::erase_if(tables, [](const Relation* each) {
    return each->kind != RelationKind::table || !each->stats;
  });
  return tables;
}

NewType cast_to(const Column& column, std::string type, std::string_view via) {
  const std::string name = quote_identifier(column.name);
  NewType to{.type = std::move(type),
             .forward = fmt::format("{}::{}", name, via),
             .back = fmt::format("{}::{}", name, column.type),
             .new_default = {}};
  if (!column.default_value.empty())
    to.new_default = fmt::format("({})::{}", column.default_value, via);
  return to;
}

namespace {

struct Change {
  const Column* column;
  NewType to;
};

// The parts of ALTER TABLE that give the column this type and this default. A default that has to
// change goes first and comes last, since it may not fit the type on the other side.
void add_parts(std::vector<std::string>& parts, const Column& column, const std::string& type,
               const std::string& expression, const std::string& new_default) {
  const std::string alter = "ALTER COLUMN " + quote_identifier(column.name);
  if (!new_default.empty()) parts.push_back(alter + " DROP DEFAULT");
  parts.push_back(alter + " TYPE " + type + (expression.empty() ? "" : " USING " + expression));
  if (!new_default.empty()) parts.push_back(alter + " SET DEFAULT " + new_default);
}

Proposal proposal_for(const Look& look, const Relation& relation,
                      const std::vector<Change>& changes, const TypeRule& rule) {
  const std::string table = catalog::qualified(relation.schema, relation.name);
  std::vector<std::string> up;
  std::vector<std::string> down;
  for (const auto& [column, to] : changes) {
    add_parts(up, *column, to.type, to.forward, to.new_default);
    add_parts(down, *column, column->type, to.back,
              to.new_default.empty() ? "" : column->default_value);
  }
  Proposal fix = propose("alter_type", fmt::format(fmt::runtime(rule.title), table), rule.why,
                         {fmt::format("ALTER TABLE {} {}", table, fmt::join(up, ", "))},
                         {fmt::format("ALTER TABLE {} {}", table, fmt::join(down, ", "))});
  fix.impact.lock = Lock::access_exclusive;
  fix.impact.rewrites = rule.rewrites;
  fix.effort = rule.effort;
  fix.risk = rule.risk;
  if (rule.rewrites) fix.impact.seconds_estimate = seconds_for(look, relation, Rates::rewrite);
  return fix;
}

}  // namespace

void check_types(const Look& look, Verdict& verdict, const TypeRule& rule) {
  for (const Relation* table : own_tables(look.catalog)) {
    const Relation& relation = *table;
    std::vector<Change> changes;
    std::vector<std::pair<const Column*, std::string>> kept;
    std::set<Object> views;
    for (const Column& column : relation.columns) {
      if (!is_own(look, relation, column)) continue;
      std::optional<NewType> to = rule.better(relation, column);
      if (!to) continue;
      Obstacles found = obstacles(look, relation, column);
      if (found.why.empty()) {
        changes.push_back({&column, std::move(*to)});
        views.merge(found.views);
      } else {
        kept.emplace_back(&column, std::move(found.why));
      }
    }
    if (!kept.empty()) {
      // Under its first column's name, so that it is not taken for the finding that has a fix.
      const auto& [first, why] = kept.front();
      std::vector<std::string> held;
      for (const auto& [column, found] : kept) held.push_back(column->name);
      verdict.find(about(relation, *first),
                   fmt::format("{} {}", some_of(held), held.size() == 1 ? rule.one : rule.many),
                   {{"columns", join(held, ", ")}, {"type", first->type}, {"no fix because", why}});
    }
    if (changes.empty()) continue;
    std::vector<std::string> names;
    for (const Change& change : changes) names.push_back(change.column->name);
    const Column& first = *changes.front().column;
    // What the finding is about must not depend on what can be changed today.
    const bool alone = changes.size() + kept.size() == 1;
    Proposal fix = proposal_for(look, relation, changes, rule);
    put_views_around(look, views, fix);
    verdict.find(alone ? about(relation, first) : about(relation),
                 fmt::format("{} {}", some_of(names), names.size() == 1 ? rule.one : rule.many),
                 {{"columns", join(names, ", ")}, {"type", first.type}}, std::move(fix));
  }
}

}  // namespace architrave::review
