#include "catalog/postgres/writer.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/acl.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/writing.h"

namespace architrave::postgres {

using catalog::Catalog;
using catalog::Index;
using catalog::qualified;
using catalog::quote_literal;
using catalog::Relation;
using catalog::RelationKind;

std::vector<std::string> write(const Catalog& catalog, const WriteOptions& options) {
  return writing::Writer(catalog, options).write();
}

Makings makings(const Catalog& catalog, const WriteOptions& options) {
  return writing::Writer(catalog, options).makings();
}

std::vector<std::string> make_views(const Catalog& catalog, const std::set<catalog::Object>& views,
                                    const WriteOptions& options) {
  Catalog part;
  part.server = catalog.server;
  for (const Relation& relation : catalog.relations)
    if (views.contains(object_of(relation))) part.relations.push_back(relation);
  for (const catalog::Dependency& each : catalog.dependencies)
    if (views.contains(each.object)) part.dependencies.push_back(each);
  return writing::Writer(part, options).objects();
}

std::vector<std::string> drop_views(const Catalog& catalog,
                                    const std::set<catalog::Object>& views) {
  std::vector<std::string> sql;
  for (std::set<catalog::Object> left = views; !left.empty();) {
    std::set<catalog::Object> needed;  // by one that is still there
    for (const catalog::Dependency& each : catalog.dependencies)
      if (each.object != each.needs && left.contains(each.object)) needed.insert(each.needs);
    // Views that need each other in a circle, which only rules can make, are left to the server.
    auto next = std::ranges::find_if(
        left, [&](const catalog::Object& view) { return !needed.contains(view); });
    if (next == left.end()) next = left.begin();
    sql.push_back(
        std::string(next->kind == catalog::Kind::view ? "DROP VIEW " : "DROP MATERIALIZED VIEW ") +
        next->name);
    left.erase(next);
  }
  return sql;
}

std::vector<std::string> roles_named(const Catalog& catalog) {
  std::set<std::string> roles;
  const auto all = [&](const std::string& owner, const catalog::Acl& acl) {
    roles.insert(owner);
    for (const catalog::Grant& grant : catalog::grants(acl)) {
      roles.insert(grant.grantee);
      roles.insert(grant.grantor);
    }
  };
  for (const auto& each : catalog.schemas) all(each.owner, each.acl);
  for (const auto& each : catalog.types) all(each.owner, each.acl);
  for (const auto& each : catalog.sequences) all(each.owner, each.acl);
  for (const auto& each : catalog.routines) all(each.owner, each.acl);
  for (const auto& each : catalog.relations) {
    all(each.owner, each.acl);
    for (const auto& column : each.columns) {
      all({}, column.acl);
      if (column.identity_sequence) all({}, column.identity_sequence->acl);
    }
    for (const auto& policy : each.policies) roles.insert(policy.roles.begin(), policy.roles.end());
  }
  for (const auto& each : catalog.others) {
    all(each.owner, each.acl);
    if (const auto role = each.properties.find("role"); role != each.properties.end())
      roles.insert(role->second);
  }
  roles.erase("");
  std::erase_if(roles, [](const std::string& role) { return role.starts_with("pg_"); });
  return {roles.begin(), roles.end()};
}

std::vector<std::string> tablespaces_named(const Catalog& catalog) {
  std::set<std::string> names;
  for (const auto& relation : catalog.relations) {
    names.insert(relation.tablespace);
    for (const auto& index : relation.indexes) names.insert(index.tablespace);
  }
  names.erase("");
  std::erase_if(names, [](const std::string& name) { return name.starts_with("pg_"); });
  return {names.begin(), names.end()};
}

std::vector<Correction> corrections(const Catalog& catalog) {
  std::vector<Correction> list;
  const auto names = [](const auto& all) {
    std::vector<std::string> quoted;
    for (const auto& each : all)
      if (each.inherited) quoted.push_back(quote_literal(each.name));
    return quoted.empty() ? "NULL" : join(quoted, ", ");
  };
  for (const Relation& relation : catalog.relations) {
    const std::string name = qualified(relation.schema, relation.name);
    const std::string oid = quote_literal(name) + "::pg_catalog.regclass";
    if (has_order_of_its_own(catalog, relation))
      list.push_back(
          {"the columns that " + name + " inherits are declared for it too, to keep their order",
           {"UPDATE pg_catalog.pg_attribute SET attislocal = false WHERE attrelid = " + oid +
                " AND attname IN (" + names(relation.columns) + ')',
            "UPDATE pg_catalog.pg_constraint SET conislocal = false WHERE conrelid = " + oid +
                " AND conname IN (" + names(relation.constraints) + ')'}});
    for (const Index& index : relation.indexes) {
      // That of a partitioned table is, until every partition has one.
      if (index.valid || relation.kind == RelationKind::partitioned_table) continue;
      const std::string its_name = qualified(relation.schema, index.name);
      list.push_back({"the index " + its_name + " is invalid, which no statement can make it",
                      {"UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = " +
                       quote_literal(its_name) + "::pg_catalog.regclass"}});
    }
  }
  return list;
}

}  // namespace architrave::postgres
