#include <algorithm>
#include <iterator>

#include "catalog/postgres/statements.h"
#include "catalog/postgres/writing.h"

namespace architrave::postgres::writing {

namespace {

// Whether two indexes of a partitioned table and of its partition can be one and the same. That of
// the partition may have a constraint of its own.
bool same_shape(const Index& whole, const Index& part, bool own_constraint) {
  const bool same_constraint =
      own_constraint
          ? whole.constraint.empty() && !part.constraint.empty()
          : whole.primary == part.primary && whole.constraint.empty() == part.constraint.empty();
  return same_constraint && whole.method == part.method && whole.unique == part.unique &&
         whole.predicate == part.predicate && whole.include == part.include &&
         std::ranges::equal(whole.keys, part.keys, [](const auto& x, const auto& y) {
           return x.column == y.column && x.expression == y.expression && x.opclass == y.opclass &&
                  x.collation == y.collation && x.descending == y.descending &&
                  x.nulls_first == y.nulls_first;
         });
}

}  // namespace

void Writer::add_indexes(const Relation& relation, const std::string& name) {
  std::set<const Index*> taken;
  for (const Index& index : relation.indexes) {
    const Object object = object_of(relation, index);
    comment(object, "INDEX " + object.name, index.comment);
    Statements after;
    const bool owned = !index.constraint.empty();
    if (owned && !index.options.empty())
      after.push_back("ALTER INDEX " + object.name + " SET (" + with_options(index.options) + ')');
    if (!index.tablespace.empty())
      after.push_back("ALTER INDEX " + object.name + " SET TABLESPACE " +
                      quote_identifier(index.tablespace));
    for (std::size_t i = 0; i < index.keys.size(); ++i)
      if (index.keys[i].statistics_target)
        after.push_back("ALTER INDEX " + object.name + " ALTER COLUMN " + std::to_string(i + 1) +
                        " SET STATISTICS " + std::to_string(*index.keys[i].statistics_target));
    if (index.clustered)
      after.push_back("ALTER TABLE " + name + " CLUSTER ON " + quote_identifier(index.name));
    if (owned) {
      if (!after.empty()) add_setting(object, {to_string(object)}, std::move(after));
    } else {
      Step& each = step(of_index, object);
      each.needs.push_back(to_string(object_of(relation)));
      scan(each.needs, index.definition);
      each.statements = {create_index(relation, index, options_.version)};
      std::ranges::move(after, std::back_inserter(each.statements));
    }
    const auto constraint =
        std::ranges::find(relation.constraints, index.constraint, &Constraint::name);
    const bool is_given =
        constraint != relation.constraints.end() && is_made_with_whole(relation, *constraint);
    if (index.inherited && !is_given && !options_.apart.contains(relation.object_name()))
      attach(relation, index, taken);
  }
}

void Writer::attach(const Relation& partition, const Index& index, std::set<const Index*>& taken) {
  for (const catalog::ObjectName& each : partition.parents) {
    const Relation* parent = catalog_.relation(each);
    if (parent == nullptr) continue;
    for (const bool own_constraint : {false, true})
      for (const Index& candidate : parent->indexes) {
        const bool is_whole = index.whole.empty() ? same_shape(candidate, index, own_constraint)
                                                  : candidate.name == index.whole;
        if (!is_whole || !taken.insert(&candidate).second) continue;
        const Object object = object_of(partition, index);
        const Object whole = object_of(*parent, candidate);
        Step& attached = steps_.emplace_back();
        attached.priority = of_attached_index;
        attached.name = object.name;
        attached.of = "attached " + to_string(object);
        attached.needs = {to_string(object), to_string(whole)};
        attached.statements = {"ALTER INDEX " + whole.name + " ATTACH PARTITION " + object.name};
        return;
      }
  }
}

void Writer::add_code(const Relation& relation, const std::string& name) {
  const auto state = [&](std::string_view words, const std::string& its_name,
                         const std::string& enabled) -> Statements {
    if (enabled.empty() || enabled == "origin") return {};
    const std::string verb = enabled == "disabled"  ? " DISABLE "
                             : enabled == "replica" ? " ENABLE REPLICA "
                                                    : " ENABLE ALWAYS ";
    return {"ALTER TABLE " + std::string(relation.is_table() ? "ONLY " : "") + name + verb +
            std::string(words) + ' ' + quote_identifier(its_name)};
  };
  const std::string object = to_string(object_of(relation));
  for (const catalog::Trigger& trigger : relation.triggers) {
    comment(object_of(relation, trigger),
            "TRIGGER " + quote_identifier(trigger.name) + " ON " + name, trigger.comment);
    Statements enable = state("TRIGGER", trigger.name, trigger.enabled);
    if (trigger.inherited) {
      if (!enable.empty()) add_setting(object_of(relation), {object}, std::move(enable));
      continue;
    }
    Step& each = step(of_trigger, object_of(relation, trigger));
    each.needs.push_back(object);
    scan(each.needs, trigger.definition);
    each.statements = {trigger.definition};
    std::ranges::move(enable, std::back_inserter(each.statements));
  }
  for (const catalog::RewriteRule& rule : relation.rules) {
    const std::string its_name = quote_identifier(rule.name);
    const Object its_object{Kind::rule, name + '.' + its_name};
    comment(its_object, "RULE " + its_name + " ON " + name, rule.comment);
    Step& each = step(of_rule, its_object);
    each.needs.push_back(object);
    scan(each.needs, rule.definition);
    each.statements = {rule.definition};
    std::ranges::move(state("RULE", rule.name, rule.enabled), std::back_inserter(each.statements));
  }
  for (const catalog::Policy& policy : relation.policies) {
    comment(object_of(relation, policy), "POLICY " + quote_identifier(policy.name) + " ON " + name,
            policy.comment);
    Step& each = step(of_policy, object_of(relation, policy));
    each.needs.push_back(object);
    each.statements = {create_policy(relation, policy)};
    scan(each.needs, each.statements.front());
  }
}

void Writer::add_settings(const Relation& table, const std::string& name) {
  Statements sql;
  Statements needs = {to_string(object_of(table))};
  const std::string alter = "ALTER TABLE ONLY " + name + ' ';
  if (table.row_security) sql.push_back("ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY");
  if (table.force_row_security) sql.push_back(alter + "FORCE ROW LEVEL SECURITY");
  if (table.replica_identity == "full" || table.replica_identity == "nothing") {
    sql.push_back(alter + "REPLICA IDENTITY " +
                  (table.replica_identity == "full" ? "FULL" : "NOTHING"));
  } else if (!table.replica_identity.empty()) {
    sql.push_back(alter + "REPLICA IDENTITY USING INDEX " +
                  quote_identifier(table.replica_identity));
    needs.push_back(
        to_string(Object{Kind::index, qualified(table.schema, table.replica_identity)}));
  }
  if (!sql.empty()) add_setting(object_of(table), std::move(needs), std::move(sql));
}

}  // namespace architrave::postgres::writing
