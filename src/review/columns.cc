#include "review/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/text.h"
#include "catalog/lookup.h"
#include "review/fixes.h"

namespace architrave::review {

using catalog::Kind;
using catalog::Object;
using catalog::OtherObject;
using catalog::Policy;
using catalog::quote_identifier;
using catalog::Trigger;

Subject about(const Object& object) {
  return {std::string(catalog::to_string(object.kind)), object.name};
}
Subject about(const Relation& relation) { return about(catalog::object_of(relation)); }
Subject about(const Relation& relation, const Column& column) {
  return about(catalog::object_of(relation, column));
}
Subject about_schema(std::string_view schema) { return {"schema", quote_identifier(schema)}; }

Proposal propose(std::string_view kind, std::string title, std::string_view why,
                 std::vector<std::string> up, std::vector<std::string> down) {
  Proposal proposal;
  proposal.kind = kind;
  proposal.title = std::move(title);
  proposal.why = why;
  proposal.up = std::move(up);
  proposal.down = std::move(down);
  return proposal;
}

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

std::optional<double> counted_days(const Catalog& catalog) {
  const catalog::Server& server = catalog.server;
  if (!server.read_at) return std::nullopt;
  // Counters that were never reset are at most as old as is known of the server's start.
  const std::optional<double> since = server.stats_reset ? server.stats_reset : server.started_at;
  if (!since) return std::nullopt;
  return (*server.read_at - *since) / 86400;
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

namespace {

bool mentions(std::string_view sql, const Column& column) {
  return sql.find(column.name) != std::string_view::npos &&
         (contains_word(sql, column.name) || contains_word(sql, quote_identifier(column.name)));
}

std::string obstacle_in_expressions(const Relation& relation, const Column& column) {
  for (const Column& other : relation.columns)
    if (!other.generated.empty() && mentions(other.default_value, column))
      return fmt::format("generated column {} uses it", other.name);
  for (const Index& index : relation.indexes) {
    const bool in_key = std::ranges::any_of(index.keys, [&](const IndexKey& key) {
      return mentions(key.expression, column) ||
             (key.column == column.name && !(key.opclass.empty() && key.collation.empty()));
    });
    // An index of another method may have no operator class for the new type.
    const bool other_method =
        index.method != "btree" && index.method != "hash" &&
        std::ranges::find(index.keys, column.name, &IndexKey::column) != index.keys.end();
    if (in_key || other_method || mentions(index.predicate, column))
      return fmt::format("index {} is made for its type", index.name);
  }
  for (const Constraint& constraint : relation.constraints)
    if ((constraint.type == ConstraintType::check && mentions(constraint.expression, column)) ||
        (constraint.type == ConstraintType::exclusion && mentions(constraint.definition, column)))
      return fmt::format("constraint {} uses it", constraint.name);
  for (const Policy& policy : relation.policies)
    if (mentions(policy.using_expression, column) || mentions(policy.check_expression, column))
      return fmt::format("policy {} uses it", policy.name);
  for (const Trigger& trigger : relation.triggers)
    if ((trigger.has_when || trigger.definition.find(" OF ") != std::string::npos) &&
        mentions(trigger.definition, column))
      return fmt::format("trigger {} uses it", trigger.name);
  for (const catalog::RewriteRule& rule : relation.rules)
    if (mentions(rule.definition, column)) return fmt::format("rule {} uses it", rule.name);
  if (mentions(relation.partition_key, column)) return "it is part of the partition key";
  return {};
}

// What a view or a function is made of; absent for what is neither.
std::optional<std::string_view> definition_of(const Catalog& catalog, const Object& object) {
  for (const Relation& relation : catalog.relations)
    if (relation.is_view() && catalog::object_of(relation) == object) return relation.definition;
  for (const catalog::Routine& routine : catalog.routines)
    if (catalog::object_of(routine) == object) return routine.definition;
  return std::nullopt;
}

std::string obstacle_in_others(const Look& look, const Relation& relation, const Column& column) {
  std::vector<Object> dependants = look.lookup.dependants(catalog::object_of(relation, column));
  for (const Object& object : look.lookup.dependants(catalog::object_of(relation))) {
    // Only the table is known to be used: what is written tells which columns are.
    const std::optional<std::string_view> text = definition_of(look.catalog, object);
    if (!text || mentions(*text, column)) dependants.push_back(object);
  }
  for (const Object& object : dependants) {
    // A key or index on the column goes with it; a sequence that it owns does not mind.
    if (object.kind == Kind::constraint || object.kind == Kind::index ||
        object.kind == Kind::sequence || object.kind == Kind::column || object.kind == Kind::table)
      continue;
    return fmt::format("{} uses it", catalog::to_string(object));
  }
  for (const OtherObject& other : look.catalog.others)
    if (other.kind == Kind::statistics || other.kind == Kind::publication)
      for (const std::string& statement : other.definition)
        if (contains_word(statement, quote_identifier(relation.name)) &&
            mentions(statement, column))
          return fmt::format("{} {} uses it", catalog::to_string(other.kind), other.name);
  return {};
}

}  // namespace

std::string stores_rows_of(const Catalog& catalog, const Relation& relation) {
  const auto uses = [](const Column& column, const catalog::ObjectName& type) {
    return column.type_schema == type.schema &&
           (column.type_name == type.name || column.type_name == '_' + type.name);
  };
  std::vector<catalog::ObjectName> types = {relation.object_name()};
  for (std::size_t i = 0; i < types.size(); ++i) {
    const catalog::ObjectName type = types[i];
    const std::string sql = catalog::qualified(type.schema, type.name);
    for (const Relation& other : catalog.relations)
      if (other.kind != RelationKind::view)
        for (const Column& column : other.columns)
          if (uses(column, type)) return catalog::object_of(other, column).name;
    for (const catalog::Type& other : catalog.types) {
      const bool holds = other.base_type == sql || other.base_type == sql + "[]" ||
                         std::ranges::any_of(other.attributes, [&](const Column& attribute) {
                           return uses(attribute, type);
                         });
      const catalog::ObjectName name{other.schema, other.name};
      if (holds && std::ranges::find(types, name) == types.end()) types.push_back(name);
    }
  }
  return {};
}

std::string obstacle(const Look& look, const Relation& relation, const Column& column) {
  if (const std::string user = stores_rows_of(look.catalog, relation); !user.empty())
    return fmt::format("{} stores rows of its table", user);
  if (!relation.of_type.empty()) return "its table is of type " + relation.of_type;
  if (!column.generated.empty()) return "it is generated";
  if (!column.collation.empty() || !column.storage.empty() || !column.compression.empty())
    return "it has a collation, storage or compression of its own";
  for (const Constraint& constraint : relation.constraints)
    if (constraint.type == ConstraintType::foreign_key &&
        std::ranges::find(constraint.columns, column.name) != constraint.columns.end())
      return fmt::format("foreign key {} needs the same type on both sides", constraint.name);
  for (const auto& [child, constraint] : look.lookup.referencing(relation)) {
    const auto& columns = constraint->references_columns;
    if (std::ranges::find(columns, column.name) != columns.end())
      return fmt::format("foreign key {} of {} needs the same type on both sides", constraint->name,
                         catalog::qualified(child->schema, child->name));
  }
  if (std::string found = obstacle_in_expressions(relation, column); !found.empty()) return found;
  if (std::string found = obstacle_in_others(look, relation, column); !found.empty()) return found;
  for (const Relation* child : look.lookup.children(relation))
    if (const Column* same = child->column(column.name))
      if (std::string found = obstacle(look, *child, *same); !found.empty())
        return fmt::format("{} in {}", found, catalog::qualified(child->schema, child->name));
  return {};
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
    std::vector<std::pair<const Column*, std::string>> obstacles;
    for (const Column& column : relation.columns) {
      if (!is_own(look, relation, column)) continue;
      std::optional<NewType> to = rule.better(relation, column);
      if (!to) continue;
      if (std::string found = obstacle(look, relation, column); found.empty())
        changes.push_back({&column, std::move(*to)});
      else
        obstacles.emplace_back(&column, std::move(found));
    }
    if (!obstacles.empty()) {
      // Under its first column's name, so that it is not taken for the finding that has a fix.
      const auto& [first, why] = obstacles.front();
      std::vector<std::string> held;
      for (const auto& [column, found] : obstacles) held.push_back(column->name);
      verdict.find(about(relation, *first),
                   fmt::format("{} {}", some_of(held), held.size() == 1 ? rule.one : rule.many),
                   {{"columns", join(held, ", ")}, {"type", first->type}, {"no fix because", why}});
    }
    if (changes.empty()) continue;
    std::vector<std::string> names;
    for (const Change& change : changes) names.push_back(change.column->name);
    const Column& first = *changes.front().column;
    // What the finding is about must not depend on what can be changed today.
    const bool alone = changes.size() + obstacles.size() == 1;
    verdict.find(alone ? about(relation, first) : about(relation),
                 fmt::format("{} {}", some_of(names), names.size() == 1 ? rule.one : rule.many),
                 {{"columns", join(names, ", ")}, {"type", first.type}},
                 proposal_for(look, relation, changes, rule));
  }
}

}  // namespace architrave::review
