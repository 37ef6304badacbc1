#include "migration/plan/table_swap.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::Index;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

constexpr std::size_t room = 57;  // of a name's 63 bytes, before "__new" or "__old"

std::string new_name(const std::string& name) { return name.substr(0, room) + "__new"; }
std::string old_name(const std::string& name) { return name.substr(0, room) + "__old"; }

bool same_columns(const Relation& a, const Relation& b) {
  return a.columns.size() == b.columns.size() &&
         std::ranges::all_of(a.columns, [&](const Column& column) {
           const Column* same = b.column(column.name);
           return same != nullptr && same->type == column.type && same->identity.empty() &&
                  same->generated.empty() && column.identity.empty() && column.generated.empty();
         });
}

// One that can be compared whatever the search path is.
bool has_plain_key(const Relation& table) {
  const std::vector<std::string> key = key_of(table);
  return !key.empty() && std::ranges::all_of(key, [&](const std::string& name) {
    return table.column(name)->type_schema == "pg_catalog";
  });
}

// The table's partitions, and theirs.
void gather(const Relation& table, const catalog::Lookup& lookup,
            std::vector<const Relation*>& list) {
  for (const Relation* each : lookup.children(table)) {
    list.push_back(each);
    gather(*each, lookup, list);
  }
}

// The table as it will be, under another name: what is not its own alone is made once it has its
// own.
Relation apart(const Relation& table) {
  Relation made = table;
  made.name = new_name(table.name);
  made.triggers.clear();
  made.rules.clear();
  made.policies.clear();
  made.row_security = made.force_row_security = false;
  made.comment.clear();
  made.acl.reset();
  made.replica_identity.clear();
  for (Index& index : made.indexes) {
    const std::string own = ' ' + quote_identifier(index.name) + " ON ";
    if (const std::size_t at = index.definition.find(own); at != std::string::npos)
      index.definition.replace(at, own.size(),
                               ' ' + quote_identifier(new_name(index.name)) + " ON ");
    index.definition =
        replace_all(index.definition, ' ' + qualified(table.schema, table.name) + ' ',
                    ' ' + qualified(table.schema, made.name) + ' ');
    const auto key = std::ranges::find(made.constraints, index.constraint, &Constraint::name);
    if (!index.constraint.empty() && key != made.constraints.end()) {
      key->name = index.constraint = new_name(key->name);
      key->index = new_name(index.name);
    }
    index.name = new_name(index.name);
  }
  return made;
}

std::string list_of(const std::vector<std::string>& names, const std::string& before = {}) {
  std::vector<std::string> list;
  for (const std::string& name : names) list.push_back(before + quote_identifier(name));
  return join(list, ", ");
}

class Maker {
 public:
  Maker(const Catalog& from, const Catalog& to, const std::string& role)
      : from_(from), to_(to), role_(role), lookup_(from), to_lookup_(to) {}

  bool can(const Relation& table, const Relation& now) const {
    std::vector<const Relation*> partitions;
    gather(now, to_lookup_, partitions);
    return table.kind == RelationKind::table && now.kind == RelationKind::partitioned_table &&
           table.parents.empty() && now.parents.empty() && table.of_type.empty() &&
           now.of_type.empty() && table.triggers.empty() && table.rules.empty() &&
           has_plain_key(table) && lookup_.children(table).empty() && same_columns(table, now) &&
           std::ranges::none_of(partitions, [&](const Relation* each) {
             return each->kind == RelationKind::foreign_table || !each->triggers.empty() ||
                    from_.relation(each->object_name()) != nullptr;
           });
  }

  TableSwap make(const Relation& table, const Relation& now) const {
    const std::string name = qualified(table.schema, table.name);
    const std::string fresh = qualified(table.schema, new_name(table.name));
    const std::string aside = qualified(table.schema, old_name(table.name));
    const std::string function = qualified(table.schema, ("sync_" + table.name).substr(0, room));
    const std::string trigger = quote_identifier(("sync_" + table.name).substr(0, room));
    const std::string truncated = quote_identifier(("sync_" + table.name).substr(0, room) + "_all");
    const std::vector<std::string> key = key_of(table);
    std::vector<std::string> columns;
    for (const Column& column : table.columns) columns.push_back(column.name);

    TableSwap made;
    Swap& swap = made.swap;
    swap.column = to_string(object_of(table));
    Relation renamed = table;
    renamed.name = old_name(table.name);
    swap.old_column = to_string(object_of(renamed));
    swap.prepare = definitions(now);
    // Writers need no rights on a table that they do not know.
    swap.prepare.push_back(fmt::format(
        "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = "
        "pg_catalog, pg_temp AS $sync$ BEGIN IF TG_OP = 'TRUNCATE' THEN TRUNCATE {1}; RETURN NULL; "
        "END IF; IF TG_OP <> 'INSERT' THEN DELETE FROM {1} WHERE ({2}) = ({3}); END IF; IF TG_OP "
        "<> 'DELETE' THEN INSERT INTO {1} ({4}) VALUES ({5}); END IF; RETURN NULL; END $sync$",
        function, fresh, list_of(key), list_of(key, "OLD."), list_of(columns),
        list_of(columns, "NEW.")));
    swap.prepare.push_back(fmt::format(
        "CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION "
        "{}()",
        trigger, name, function));
    swap.prepare.push_back(fmt::format(
        "CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
        truncated, name, function));
    // The trigger carries over what is written, if only as it was.
    const std::string first = quote_identifier(key.front());
    swap.fill = {.table = name,
                 .key = key,
                 .set = first + " = " + first,
                 .where = fmt::format("NOT EXISTS (SELECT FROM {} AS other WHERE ({}) = ({}))",
                                      fresh, list_of(key, "other."), list_of(key, name + '.'))};
    const auto then = [&](std::string sql) { swap.take_place.emplace_back(std::move(sql)); };
    then(fmt::format("DROP TRIGGER {} ON {}", trigger, name));
    then(fmt::format("DROP TRIGGER {} ON {}", truncated, name));
    then(fmt::format("DROP FUNCTION {}()", function));
    for (const Index& index : table.indexes)
      then(rename_index(table, index.name, old_name(index.name)));
    then(rename_table(name, old_name(table.name)));
    then(rename_table(fresh, table.name));
    for (const Index& index : now.indexes)
      then(rename_index(table, new_name(index.name), index.name));

    // Where the new one has not taken its place, there is no old one, and nothing of this is done.
    const auto back = [&](std::string sql) { made.back.push_back(std::move(sql)); };
    back("LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE");
    back("TRUNCATE " + aside);
    back(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2}", aside, list_of(columns), name));
    for (const Index& index : now.indexes)
      back(rename_index(table, index.name, new_name(index.name)));
    back(rename_table(name, new_name(table.name)));
    back(rename_table(aside, table.name));
    for (const Index& index : table.indexes)
      back(rename_index(table, old_name(index.name), index.name));
    return made;
  }

 private:
  static std::string rename_table(const std::string& name, const std::string& now) {
    return "ALTER TABLE " + name + " RENAME TO " + quote_identifier(now);
  }
  static std::string rename_index(const Relation& table, const std::string& name,
                                  const std::string& now) {
    return "ALTER INDEX " + qualified(table.schema, name) + " RENAME TO " + quote_identifier(now);
  }

  // What makes the new table and its partitions.
  std::vector<std::string> definitions(const Relation& now) const {
    Catalog with = from_;
    std::vector<const Relation*> partitions;
    gather(now, to_lookup_, partitions);
    with.relations.push_back(apart(now));
    for (const Relation* each : partitions) {
      Relation& made = with.relations.emplace_back(*each);
      for (catalog::ObjectName& parent : made.parents)
        if (parent == now.object_name()) parent.name = new_name(parent.name);
    }
    catalog::sort(with);
    std::vector<std::string> sql;
    for (const postgres::Step& step :
         postgres::transition(from_, with, {.version = from_.server.version_number, .role = role_})
             .steps)
      sql.insert(sql.end(), step.statements.begin(), step.statements.end());
    return sql;
  }

  const Catalog& from_;
  const Catalog& to_;
  const std::string& role_;
  const catalog::Lookup lookup_;
  const catalog::Lookup to_lookup_;
};

}  // namespace

std::vector<TableSwap> table_swaps(const Catalog& from, const Catalog& to, std::int64_t small_bytes,
                                   const std::string& role) {
  const Maker maker(from, to, role);
  std::vector<TableSwap> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.schema, table.name);
    if (now == nullptr || !table.stats || table.stats->bytes <= small_bytes) continue;
    if (maker.can(table, *now)) list.push_back(maker.make(table, *now));
  }
  return list;
}

}  // namespace architrave::migration
