#include <algorithm>
#include <iterator>

#include "catalog/postgres/statements.h"
#include "catalog/postgres/writing.h"

namespace architrave::postgres::writing {

void Writer::add(const Relation& relation) {
  const std::string name = qualified(relation.schema, relation.name);
  const std::string words = std::string(relation_words(relation.kind)) + ' ' + name;
  if (relation.is_table())
    add_table(relation);
  else
    add_view(relation, name);
  const Object object = object_of(relation);
  comment(object, words, relation.comment);
  owner(object, words, relation.owner);
  grant(object, "TABLE " + name, 'r', relation.owner, relation.acl);
  for (const catalog::Column& column : relation.columns) {
    const Object part = object_of(relation, column);
    comment(part, "COLUMN " + name + '.' + quote_identifier(column.name), column.comment);
    grant(part, "TABLE " + name, 'c', relation.owner, column.acl,
          " (" + quote_identifier(column.name) + ')');
    if (column.identity_sequence) {
      const catalog::Sequence& sequence = *column.identity_sequence;
      const std::string its_name = qualified(sequence.schema, sequence.name);
      comment(part, "SEQUENCE " + its_name, sequence.comment);
      grant(part, "SEQUENCE " + its_name, 's', sequence.owner, sequence.acl);
    }
  }
  add_constraints(relation, name);
  add_indexes(relation, name);
  add_code(relation, name);
  add_settings(relation, name);
}

void Writer::add_table(const Relation& table) {
  const TableForm form = options_.apart.contains(table.object_name()) ? TableForm::apart
                         : options_.corrected                         ? TableForm::plain
                                                                      : TableForm::heir;
  TableStatements made = create_table(catalog_, table, options_.version, form, taken_names_);
  Step& each = step(of_table, object_of(table), table.schema);
  scan(each.needs, made.whole);
  for (const catalog::ObjectName& parent : table.parents)
    if (const Relation* found = catalog_.relation(parent))
      each.needs.push_back(to_string(object_of(*found)));
  if (!table.of_type.empty()) each.needs.push_back(to_string(Object{Kind::type, table.of_type}));
  if (!table.foreign_server.empty())
    each.needs.push_back(to_string(Object{Kind::server, quote_identifier(table.foreign_server)}));
  if (mentions_)
    std::ranges::copy_if(each.needs, std::back_inserter(each.first_needs),
                         [](const std::string& need) { return !needs_code(need); });
  else
    each.first_needs = each.needs;
  for (const catalog::Column& column : table.columns)
    for (std::string& need : needs_of(object_of(table, column))) {
      // These are its default's; what its type needs, the table does.
      if (!column.generated.empty()) each.first_needs.push_back(need);
      each.needs.push_back(std::move(need));
    }
  for (const Constraint& check : table.constraints)
    if (check.type == ConstraintType::check && check.validated) {
      each.makes.push_back(to_string(object_of(table, check)));
      also_needs(each.needs, object_of(table, check));
    }
  each.statements = {std::move(made.whole)};
  std::ranges::copy(made.after, std::back_inserter(each.statements));
  if (!made.rest.empty()) {
    each.first = {std::move(made.bare)};
    each.second = std::move(made.rest);
    std::ranges::copy(made.after, std::back_inserter(each.second));
  }
}

void Writer::add_view(const Relation& view, const std::string& name) {
  const bool materialized = view.kind == RelationKind::materialized_view;
  Step& each = step(of_view, object_of(view), view.schema);
  for (const catalog::Column& column : view.columns)
    also_needs(each.needs, object_of(view, column));
  each.statements = {create_view(view)};
  Statements& after = each.statements;
  for (const catalog::Column& column : view.columns) {
    const std::string alter =
        "ALTER TABLE " + name + " ALTER COLUMN " + quote_identifier(column.name) + ' ';
    if (!column.default_value.empty())
      after.push_back(alter + "SET DEFAULT " + column.default_value);
    if (!column.storage.empty()) after.push_back(alter + "SET STORAGE " + column.storage);
    if (!column.compression.empty() && options_.version >= 140000)
      after.push_back(alter + "SET COMPRESSION " + column.compression);
    if (column.statistics_target)
      after.push_back(alter + "SET STATISTICS " + std::to_string(*column.statistics_target));
    if (!column.options.empty())
      after.push_back(alter + "SET (" + with_options(column.options) + ')');
  }
  if (!materialized) {
    if (view.columns.empty()) return;
    each.first = {create_empty_view(view)};
    each.second = each.statements;
    std::ranges::copy_if(each.needs, std::back_inserter(each.first_needs),
                         [](const std::string& need) {
                           return need.starts_with("type ") || need.starts_with("schema ");
                         });
  } else if (view.populated) {
    const std::string object = to_string(object_of(view));
    Step& refresh = steps_.emplace_back();
    refresh.priority = of_refresh;
    refresh.name = name;
    refresh.of = object;
    refresh.makes = {"rows of " + object};
    refresh.needs = {object};
    std::unordered_set<std::string> seen;
    rows_needed(object, seen, refresh.needs);
    // What a function reads, nobody knows: whatever it is, it has its rows by then.
    if (std::ranges::any_of(seen, needs_code)) refresh.priority = of_refresh_by_code;
    refresh.statements = {"REFRESH MATERIALIZED VIEW " + name};
  }
}

void Writer::rows_needed(const std::string& object, std::unordered_set<std::string>& seen,
                         Statements& needs) const {
  const auto found = needs_.find(object);
  if (!seen.insert(object).second || found == needs_.end()) return;
  for (const std::string& need : found->second) {
    if (need.starts_with("materialized view ")) needs.push_back("rows of " + need);
    rows_needed(need, seen, needs);
  }
}

void Writer::add_not_valid(const Relation& table, const std::string& name) {
  std::vector<const Relation*> below;
  descendants(table, below);
  const auto add_late = [&](const Object& object, Statements statements) {
    Step& each = step(of_key, object);
    each.needs.push_back(to_string(object_of(table)));
    for (const Relation* child : below) each.needs.push_back(to_string(object_of(*child)));
    each.statements = std::move(statements);
  };
  for (const Constraint& check : table.constraints) {
    if (check.type != ConstraintType::check || check.validated || check.inherited) continue;
    Statements sql = {"ALTER TABLE " + name + " ADD CONSTRAINT " + quote_identifier(check.name) +
                      ' ' + constraint_definition(check, options_.version)};
    for (const Relation* child : below)
      for (const Constraint& its : child->constraints)
        if (its.name == check.name && its.inherited && its.validated)
          sql.push_back("ALTER TABLE " + qualified(child->schema, child->name) +
                        " VALIDATE CONSTRAINT " + quote_identifier(its.name));
    add_late(object_of(table, check), std::move(sql));
  }
  Statements not_nulls = not_valid_not_nulls(catalog_, table, options_.version);
  if (!not_nulls.empty()) add_late({Kind::constraint, name + " not null"}, std::move(not_nulls));
}

void Writer::descendants(const Relation& table, std::vector<const Relation*>& below) const {
  for (const Relation* child : lookup_.children(table)) {
    if (std::ranges::find(below, child) != below.end()) continue;
    below.push_back(child);
    descendants(*child, below);
  }
}

void Writer::add_constraints(const Relation& table, const std::string& name) {
  add_not_valid(table, name);
  for (const Constraint& constraint : table.constraints) {
    comment(object_of(table, constraint),
            "CONSTRAINT " + quote_identifier(constraint.name) + " ON " + name, constraint.comment);
    if (constraint.type == ConstraintType::check) continue;
    const bool foreign = constraint.type == ConstraintType::foreign_key;
    // A partition gets its parent's foreign keys by itself; one that has a name of its own is
    // made first, and then adopted.
    if (foreign && constraint.inherited && parent_has(table, constraint)) continue;
    const bool with_whole = !foreign && is_made_with_whole(table, constraint);
    if (with_whole && constraint.inherited) {
      add_given(table, constraint);
      continue;
    }
    Step& each = step(!foreign               ? of_key
                      : constraint.inherited ? of_partition_foreign_key
                                             : of_foreign_key,
                      object_of(table, constraint));
    each.needs.push_back(to_string(object_of(table)));
    each.statements = {
        "ALTER TABLE " +
        std::string((foreign || with_whole) && !table.partition_key.empty() ? "" : "ONLY ") + name +
        " ADD CONSTRAINT " + quote_identifier(constraint.name) + ' ' +
        constraint_definition(constraint, options_.version)};
    if (with_whole) wait_for_given_names(each.needs, table, constraint.index);
    if (!foreign) {
      each.makes.push_back(
          to_string(Object{Kind::index, qualified(table.schema, constraint.name)}));
      continue;
    }
    // One like its whole's would be adopted, if it were there first.
    if (!constraint.inherited)
      for (const catalog::ObjectName& whole_name : table.parents)
        if (const Relation* whole = catalog_.relation(whole_name); table.is_partition() && whole)
          for (const Constraint& other : whole->constraints)
            if (other.definition == constraint.definition)
              each.needs.push_back(to_string(object_of(*whole, other)));
    if (const Relation* parent =
            catalog_.relation(constraint.references_schema, constraint.references_table)) {
      each.needs.push_back(to_string(object_of(*parent)));
      for (const Index& index : parent->indexes)
        if (index.unique) each.needs.push_back(to_string(object_of(*parent, index)));
    }
  }
}

void Writer::add_given(const Relation& partition, const Constraint& constraint) {
  const auto index = std::ranges::find(partition.indexes, constraint.index, &Index::name);
  const Relation* whole = catalog_.relation(partition.parents.front());
  if (whole == nullptr) return;
  for (const Constraint& each : whole->constraints) {
    if (each.type != constraint.type || each.definition != constraint.definition ||
        (!index->whole.empty() && each.index != index->whole))
      continue;
    const Object object = object_of(partition, *index);
    Step& given = steps_.emplace_back();
    given.priority = of_attached_index;
    given.name = object.name;
    given.of = "attached " + to_string(object);
    given.makes = {to_string(object), to_string(object_of(partition, constraint))};
    given.needs = {to_string(object_of(partition)), to_string(object_of(*whole, each))};
    if (const std::string name = given_names(partition, *index).back(); name != index->name)
      given.statements = {"ALTER INDEX " + qualified(partition.schema, name) + " RENAME TO " +
                          quote_identifier(index->name)};
    return;
  }
}

std::vector<std::string> Writer::given_names(const Relation& partition, const Index& index) {
  if (holders_.empty())
    for (const Relation& relation : catalog_.relations) {
      const auto hold = [&](const std::string& name, const Object& object) {
        holders_.emplace(qualified(relation.schema, name), to_string(object));
      };
      hold(relation.name, object_of(relation));
      for (const Index& each : relation.indexes) hold(each.name, object_of(relation, each));
      for (const Constraint& each : relation.constraints)
        hold(each.name, object_of(relation, each));
    }
  std::vector<std::string> names;
  do {
    names.push_back(usual_index_name(partition, index, static_cast<int>(names.size())));
  } while (names.back() != index.name &&
           holders_.contains(qualified(partition.schema, names.back())));
  return names;
}

void Writer::wait_for_given_names(Statements& needs, const Relation& whole,
                                  const std::string& index) {
  for (const Relation* part : lookup_.children(whole))
    for (const Index& each : part->indexes) {
      if (each.whole != index) continue;
      for (const std::string& name : given_names(*part, each)) {
        const std::string its_name = qualified(part->schema, name);
        needs.push_back("name " + its_name);
        if (name != each.name && holders_.contains(its_name))
          needs.push_back(holders_.at(its_name));
      }
      wait_for_given_names(needs, *part, each.name);
    }
}

bool Writer::parent_has(const Relation& table, const Constraint& constraint) const {
  return std::ranges::any_of(table.parents, [&](const catalog::ObjectName& each) {
    const Relation* parent = catalog_.relation(each);
    return parent != nullptr &&
           std::ranges::any_of(parent->constraints, [&](const Constraint& other) {
             return other.name == constraint.name;
           });
  });
}

}  // namespace architrave::postgres::writing
