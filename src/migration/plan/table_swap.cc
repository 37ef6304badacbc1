#include "migration/plan/table_swap.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
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
    const auto is_plain = [](const Relation& each) {
      return (each.kind == RelationKind::table || each.kind == RelationKind::partitioned_table) &&
             each.of_type.empty();
    };
    const std::vector<const Relation*> old_parts = parts(table, lookup_);
    const std::vector<const Relation*> new_parts = parts(now, to_lookup_);
    const auto is_among = [](const std::vector<const Relation*>& list, const Relation& relation) {
      return std::ranges::any_of(list, [&](const Relation* each) {
        return each->object_name() == relation.object_name();
      });
    };
    return is_plain(table) && is_plain(now) && table.partition_key != now.partition_key &&
           table.parents.empty() && now.parents.empty() && has_plain_key(table) &&
           same_columns(table, now) && table.triggers.empty() && table.rules.empty() &&
           // A table's heirs are not its rows' places.
           (!table.partition_key.empty() || old_parts.empty()) &&
           (!now.partition_key.empty() || new_parts.empty()) &&
           std::ranges::all_of(old_parts,
                               [&](const Relation* each) {
                                 // One that goes on by itself takes its rows along.
                                 return is_plain(*each) && each->triggers.empty() &&
                                        each->rules.empty() &&
                                        (to_.relation(each->object_name()) == nullptr ||
                                         is_among(new_parts, *each));
                               }) &&
           std::ranges::all_of(new_parts, [&](const Relation* each) {
             return is_plain(*each) && each->triggers.empty() &&
                    (from_.relation(each->object_name()) == nullptr || is_among(old_parts, *each));
           });
  }

  // With its partitions; nothing where that is not known.
  std::optional<std::int64_t> bytes(const Relation& table) const {
    if (!table.stats) return std::nullopt;
    std::int64_t sum = table.stats->bytes;
    for (const Relation* each : parts(table, lookup_)) {
      if (!each->stats) return std::nullopt;
      sum += each->stats->bytes;
    }
    return sum;
  }

  TableSwap make(const Relation& table, const Relation& now) const {
    const std::string name = qualified(table.schema, table.name);
    const std::string fresh = qualified(table.schema, new_name(table.name));
    const std::string aside = qualified(table.schema, old_name(table.name));
    const std::string function = qualified(table.schema, ("sync_" + table.name).substr(0, room));
    const std::string trigger = quote_identifier(("sync_" + table.name).substr(0, room));
    const std::string truncated = quote_identifier(("sync_" + table.name).substr(0, room) + "_all");
    const std::vector<std::string> key = key_of(table);
    const std::vector<std::string> same = tells_apart(table, now);
    std::vector<std::string> columns;
    for (const Column& column : table.columns) columns.push_back(column.name);
    std::vector<const Relation*> whole = parts(table, lookup_);
    whole.insert(whole.begin(), &table);
    const std::vector<Namesakes> both = namesakes(table, now);

    TableSwap made;
    Swap& swap = made.swap;
    swap.column = to_string(object_of(table));
    for (const Relation* each : whole) {
      Relation old = *each;
      if (std::ranges::find(both, each, &Namesakes::was) != both.end())
        old.name = old_name(old.name);
      swap.replaced.push_back(to_string(object_of(old)));
    }
    swap.prepare = definitions(now, both);
    // Writers need no rights on a table that they do not know.
    swap.prepare.push_back(fmt::format(
        "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = "
        "pg_catalog, pg_temp AS $sync$ BEGIN IF TG_OP = 'TRUNCATE' THEN {6}; RETURN NULL; "
        "END IF; IF TG_OP <> 'INSERT' THEN DELETE FROM {1} WHERE ({2}) = ({3}); END IF; IF TG_OP "
        "<> 'DELETE' THEN INSERT INTO {1} ({4}) VALUES ({5}); END IF; RETURN NULL; END $sync$",
        function, fresh, list_of(same), list_of(same, "OLD."), list_of(columns),
        list_of(columns, "NEW."), empty(table, fresh)));
    swap.prepare.push_back(fmt::format(
        "CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION "
        "{}()",
        trigger, name, function));
    for (const Relation* each : whole)
      swap.prepare.push_back(fmt::format(
          "CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
          truncated, qualified(each->schema, each->name), function));
    // The trigger carries over what is written, if only as it was. To carry it over once more does
    // no harm, and to ask whether it is there takes longer than that.
    const std::string first = quote_identifier(key.front());
    swap.fill = {.table = name, .key = key, .set = first + " = " + first};
    const auto then = [&](std::string sql) { swap.take_place.emplace_back(std::move(sql)); };
    then(fmt::format("DROP TRIGGER {} ON {}", trigger, name));
    for (const Relation* each : whole)
      then(fmt::format("DROP TRIGGER {} ON {}", truncated, qualified(each->schema, each->name)));
    then(fmt::format("DROP FUNCTION {}()", function));
    // They would ask the old one, which gets no new rows; those that stay are made again.
    for (const Relation* each : whole)
      for (const auto& [child, constraint] : lookup_.referencing(*each))
        if (std::ranges::find(whole, child) == whole.end())
          then(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}",
                           qualified(child->schema, child->name),
                           quote_identifier(constraint->name)));
    for (const Namesakes& each : both) rename(*each.was, plain_name, old_name, then);
    for (const Namesakes& each : both) rename(*each.is, new_name, plain_name, then);

    // Where the new one has not taken its place, there is no old one, and nothing of this is done.
    const auto back = [&](std::string sql) { made.back.push_back(std::move(sql)); };
    back("LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE");
    back("TRUNCATE " + aside);
    back(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2}", aside, list_of(columns), name));
    for (const Namesakes& each : both) rename(*each.is, plain_name, new_name, back);
    for (const Namesakes& each : both) rename(*each.was, old_name, plain_name, back);
    return made;
  }

 private:
  // A table or partition of each side that both are to have one name.
  struct Namesakes {
    const Relation* was;
    const Relation* is;
  };

  static std::vector<const Relation*> parts(const Relation& table, const catalog::Lookup& lookup) {
    std::vector<const Relation*> list;
    gather(table, lookup, list);
    return list;
  }

  std::vector<Namesakes> namesakes(const Relation& table, const Relation& now) const {
    std::vector<Namesakes> list = {{&table, &now}};
    for (const Relation* each : parts(now, to_lookup_))
      if (const Relation* was = from_.relation(each->object_name())) list.push_back({was, each});
    return list;
  }

  // Columns by which a row of the one is found in the other: that's key, since rows are to be told
  // apart as they were, and the other's, which leads to the partition and has an index.
  static std::vector<std::string> tells_apart(const Relation& table, const Relation& now) {
    std::vector<std::string> columns = key_of(table);
    if (has_plain_key(now))
      for (const std::string& each : key_of(now))
        if (std::ranges::find(columns, each) == columns.end()) columns.push_back(each);
    return columns;
  }

  // What a TRUNCATE of the table, or of one of its partitions alone, does to the other.
  static std::string empty(const Relation& table, const std::string& fresh) {
    if (table.partition_key.empty()) return "TRUNCATE " + fresh;
    return fmt::format(
        "EXECUTE coalesce('DELETE FROM {0} WHERE ' || pg_get_partition_constraintdef(TG_RELID), "
        "'TRUNCATE {0}')",
        replace_all(fresh, "'", "''"));
  }

  static std::string plain_name(const std::string& name) { return name; }

  // The table and its indexes from one name to the other.
  template <class Name, class Then>
  static void rename(const Relation& table, Name from, Name to, Then then) {
    for (const Index& index : table.indexes)
      then("ALTER INDEX " + qualified(table.schema, from(index.name)) + " RENAME TO " +
           quote_identifier(to(index.name)));
    then("ALTER TABLE " + qualified(table.schema, from(table.name)) + " RENAME TO " +
         quote_identifier(to(table.name)));
  }

  // What makes the new table and its partitions.
  std::vector<std::string> definitions(const Relation& now,
                                       const std::vector<Namesakes>& both) const {
    Catalog with = from_;
    std::vector<const Relation*> all = parts(now, to_lookup_);
    all.push_back(&now);
    const auto has_namesake = [&](const catalog::ObjectName& name) {
      return std::ranges::any_of(
          both, [&](const Namesakes& each) { return each.is->object_name() == name; });
    };
    for (const Relation* each : all) {
      Relation& made =
          with.relations.emplace_back(has_namesake(each->object_name()) ? apart(*each) : *each);
      for (catalog::ObjectName& parent : made.parents)
        if (has_namesake(parent)) parent.name = new_name(parent.name);
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
    if (now == nullptr || !maker.can(table, *now)) continue;
    const std::optional<std::int64_t> bytes = maker.bytes(table);
    if (bytes && *bytes > small_bytes) list.push_back(maker.make(table, *now));
  }
  return list;
}

}  // namespace architrave::migration
