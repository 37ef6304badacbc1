#include "migration/plan/beside.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/diff.h"
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

// One that can be compared whatever the search path is.
bool has_plain_key(const Relation& table) {
  const std::vector<std::string> key = key_of(table);
  return !key.empty() && std::ranges::all_of(key, [&](const std::string& name) {
    return table.column(name)->type_schema == "pg_catalog";
  });
}

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
  for (Column& column : made.columns) {
    column.identity.clear();
    column.identity_sequence.reset();
  }
  // It would hold on to rows of the old one, which its writers take away before the new one's.
  std::erase_if(made.constraints, [&](const Constraint& each) {
    return each.type == catalog::ConstraintType::foreign_key &&
           each.references_schema == table.schema && each.references_table == table.name;
  });
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

// A column that an UPDATE can set to what it is, the key's first if that can be; or nothing.
std::optional<std::string> touched_column(const Relation& table) {
  const auto can_be_set = [](const Column& column) {
    return column.generated.empty() && column.identity != "always";
  };
  const std::vector<std::string> key = key_of(table);
  if (!key.empty() && can_be_set(*table.column(key.front()))) return key.front();
  const auto found = std::ranges::find_if(table.columns, can_be_set);
  return found == table.columns.end() ? std::nullopt : std::optional(found->name);
}

std::string sync_name(const Relation& table, const Way& way) {
  return derived_name(std::string(way.sync) + table.name, {});
}

// Columns by which a row of the one is found in the other: that's key, since rows are to be told
// apart as they were, and the other's, which leads to the partition and has an index.
std::vector<std::string> tells_apart(const Relation& table, const Relation& now) {
  std::vector<std::string> columns = key_of(table);
  if (has_plain_key(now))
    for (const std::string& each : key_of(now))
      if (std::ranges::find(columns, each) == columns.end()) columns.push_back(each);
  return columns;
}

// What a TRUNCATE of the table, or of one of its partitions alone, does to the other.
std::string empty(const Relation& table, const std::string& fresh) {
  if (table.partition_key.empty()) return "TRUNCATE " + fresh;
  return fmt::format(
      "EXECUTE coalesce('DELETE FROM {0} WHERE ' || pg_get_partition_constraintdef(TG_RELID), "
      "'TRUNCATE {0}')",
      replace_all(fresh, "'", "''"));
}

}  // namespace

bool same_columns(const Relation& a, const Relation& b) {
  const bool may_count = a.kind == RelationKind::table && b.kind == RelationKind::table;
  const auto has = [&](const Column& column) {
    const Column* same = b.column(column.name);
    return same != nullptr && same->generated == column.generated &&
           same->identity == column.identity && (may_count || column.identity.empty());
  };
  const auto comes = [&](const Column& column) {
    return a.column(column.name) != nullptr ||
           (column.identity.empty() && (!column.not_null || !column.default_value.empty()));
  };
  return std::ranges::all_of(a.columns, has) && std::ranges::all_of(b.columns, comes);
}

bool can_be_carried(const Relation& table) { return has_plain_key(table) && touched_column(table); }

std::vector<std::string> carried(const Relation& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns)
    if (column.generated.empty()) names.push_back(column.name);
  return names;
}

std::string columns_of(const std::vector<std::string>& names) {
  std::vector<std::string> list;
  for (const std::string& name : names) list.push_back(quote_identifier(name));
  return join(list, ", ");
}

std::string values_of(const std::vector<std::string>& names, const Relation& from,
                      const Relation& to, const std::string& before) {
  std::vector<std::string> list;
  for (const std::string& name : names)
    list.push_back(
        postgres::cast_to(before + quote_identifier(name), *from.column(name), *to.column(name)));
  return join(list, ", ");
}

std::vector<const Relation*> parts(const Relation& table, const catalog::Lookup& lookup) {
  std::vector<const Relation*> list;
  gather(table, lookup, list);
  return list;
}

void keep_equal(Swap& swap, const Relation& table, const Relation& now,
                const std::vector<const Relation*>& written,
                const std::vector<const Relation*>& emptied, const Way& way) {
  const std::string fresh = qualified(table.schema, way.other(table.name));
  const std::string sync = sync_name(table, way);
  const std::string function = qualified(table.schema, sync);
  const std::vector<std::string> same = tells_apart(table, now);
  std::vector<std::string> columns = carried(table);
  std::erase_if(columns, [&](const std::string& each) { return now.column(each) == nullptr; });
  // Writers need no rights on a table that they do not know.
  swap.prepare.push_back(fmt::format(
      "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = "
      "pg_catalog, pg_temp AS $sync$ BEGIN IF TG_OP = 'TRUNCATE' THEN {6}; RETURN NULL; "
      "END IF; IF TG_OP <> 'INSERT' THEN DELETE FROM {1} WHERE ({2}) = ({3}); END IF; IF TG_OP "
      "<> 'DELETE' THEN INSERT INTO {1} ({4}) VALUES ({5}); END IF; RETURN NULL; END $sync$",
      function, fresh, columns_of(same), values_of(same, table, now, "OLD."), columns_of(columns),
      values_of(columns, table, now, "NEW."), empty(table, fresh)));
  swap.trial = {fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} WHERE false", fresh,
                            columns_of(columns), values_of(columns, table, now),
                            qualified(table.schema, table.name))};
  for (const Relation* each : written)
    swap.prepare.push_back(fmt::format(
        "CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION "
        "{}()",
        quote_identifier(sync), qualified(each->schema, each->name), function));
  for (const Relation* each : emptied)
    swap.prepare.push_back(fmt::format(
        "CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
        quote_identifier(derived_name(sync, "_all")), qualified(each->schema, each->name),
        function));
  // The trigger carries over what is written, if only as it was. To carry it over once more does
  // no harm, and to ask whether it is there takes longer than that.
  for (const Relation* each : written) {
    const std::string touched = quote_identifier(*touched_column(*each));
    swap.fills.push_back({.table = qualified(each->schema, each->name),
                          .key = key_of(*each),
                          .set = touched + " = " + touched,
                          .where = {}});
  }
}

void leave_alone(Swap& swap, const Relation& table, const std::vector<const Relation*>& written,
                 const std::vector<const Relation*>& emptied, const Way& way) {
  const std::string sync = sync_name(table, way);
  const auto drop = [&](const Relation& of, const std::string& trigger) {
    swap.take_place.emplace_back(fmt::format("DROP TRIGGER {} ON {}", quote_identifier(trigger),
                                             qualified(of.schema, of.name)));
  };
  for (const Relation* each : written) drop(*each, sync);
  for (const Relation* each : emptied) drop(*each, derived_name(sync, "_all"));
  swap.take_place.emplace_back("DROP FUNCTION " + qualified(table.schema, sync) + "()");
}

std::string plain_name(const std::string& name) { return name; }

std::vector<std::string> rename(const Relation& table, Naming from, Naming to) {
  std::vector<std::string> sql;
  for (const Index& index : table.indexes)
    sql.push_back("ALTER INDEX " + qualified(table.schema, from(index.name)) + " RENAME TO " +
                  quote_identifier(to(index.name)));
  sql.push_back("ALTER TABLE " + qualified(table.schema, from(table.name)) + " RENAME TO " +
                quote_identifier(to(table.name)));
  return sql;
}

std::optional<std::int64_t> Beside::bytes(const Relation& table) const {
  std::vector<const Relation*> all = parts(table, before_);
  all.push_back(&table);
  std::int64_t sum = 0;
  for (const Relation* each : all) {
    if (each->kind == RelationKind::partitioned_table) continue;
    // One that was never analyzed has no rows yet, or comes from a file and stands for one that
    // has.
    if (!each->stats || each->stats->rows < 0) return std::nullopt;
    sum += each->stats->bytes;
  }
  return sum;
}

std::vector<std::string> Beside::definitions(const Relation& now, std::vector<const Relation*> all,
                                             const std::vector<Namesakes>& both) const {
  Catalog with = from_;
  all.push_back(&now);
  const auto has_namesake = [&](const catalog::ObjectName& name) {
    return std::ranges::any_of(
        both, [&](const Namesakes& each) { return each.is->object_name() == name; });
  };
  for (const Relation* each : all) {
    Relation& made =
        with.relations.emplace_back(has_namesake(each->object_name()) ? apart(*each) : *each);
    for (catalog::ObjectName& parent : made.parents) {
      if (!has_namesake(parent)) continue;
      parent.name = new_name(parent.name);
      for (Index& index : made.indexes)
        if (!index.whole.empty()) index.whole = new_name(index.whole);
    }
  }
  catalog::sort(with);
  std::vector<std::string> sql;
  for (const postgres::Step& step :
       postgres::transition(from_, with, {.version = from_.server.version_number, .role = role_})
           .steps)
    sql.insert(sql.end(), step.statements.begin(), step.statements.end());
  return sql;
}

}  // namespace architrave::migration
