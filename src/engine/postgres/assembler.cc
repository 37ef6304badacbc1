#include "engine/postgres/assembler.h"

#include <algorithm>
#include <utility>

#include "catalog/lookup.h"
#include "engine/postgres/decode.h"

namespace architrave::postgres {

using catalog::Object;
using catalog::Relation;

namespace {

// Oids of the system's own catalog tables, which no version changes.
constexpr std::uint32_t pg_class = 1259;
constexpr std::uint32_t pg_type = 1247;
constexpr std::uint32_t pg_proc = 1255;

std::uint64_t key(std::uint32_t a, std::uint32_t b) { return std::uint64_t{a} << 32 | b; }

template <class Container>
std::uint32_t last(const Container& container) {
  return static_cast<std::uint32_t>(container.size() - 1);
}

}  // namespace

std::span<const Assembler::Question> Assembler::questions() {
  using A = Assembler;
  static constexpr Question list[] = {
      {"server", &A::take_server, false, true},
      {"schemas", &A::take_schemas, false, true},
      {"extensions", &A::take_extensions, false, true},
      {"types", &A::take_types, false, true},
      {"relations", &A::take_relations, false, true},
      {"parents", &A::take_parents, false, true},
      {"columns", &A::take_columns, false, true},
      {"sequences", &A::take_sequences, false, true},
      {"constraints", &A::take_constraints, false, true},
      {"indexes", &A::take_indexes, false, true},
      {"index_keys", &A::take_index_keys, false, true},
      {"triggers", &A::take_triggers, false, true},
      {"rules", &A::take_rules, false, true},
      {"policies", &A::take_policies, false, true},
      {"routines", &A::take_routines, false, true},
      {"operators", &A::take_others},
      {"text_search", &A::take_others},
      {"languages_and_casts", &A::take_others},
      {"foreign", &A::take_others},
      {"statistics", &A::take_others},
      {"event_triggers", &A::take_others},
      {"publications", &A::take_others},
      {"default_privileges", &A::take_others},
      {"dependencies", &A::take_dependencies},
      {"relation_stats", &A::take_relation_stats, true},
      {"index_stats", &A::take_index_stats, true},
      {"column_stats", &A::take_column_stats, true},
      {"routine_stats", &A::take_routine_stats, true},
      {"sequence_values", &A::take_sequence_values, true},
      {"settings", &A::take_settings, true},
      {"roles", &A::take_roles, true},
      {"server_activity", &A::take_server_activity, true},
      {"subscriptions", &A::take_others},
  };
  return list;
}

void Assembler::unread(std::string what, std::string why) {
  if (what == "subscriptions" && !has_subscriptions_) return;
  catalog_.unread.push_back({std::move(what), std::move(why)});
}

catalog::Catalog Assembler::finish() {
  catalog::sort(catalog_);
  return std::move(catalog_);
}

class Assembler::Identity {
 public:
  explicit Identity(const Rows& rows)
      : table(rows, "_class"),
        oid(rows, "_oid"),
        aliases{{rows, "_array"}, {rows, "_multirange"}, {rows, "_row_type"}} {}
  Numbers table;
  Numbers oid;
  // A type is also meant by whoever needs its array or multirange; a relation by whoever needs a
  // row of it.
  Numbers aliases[3];  // NOLINT(modernize-use-default-member-init): made of the rows
};

void Assembler::remember(const Identity& identity, int row, Place place) {
  places_.emplace(key(identity.table[row], identity.oid[row]), place);
  for (const Numbers& alias : identity.aliases)
    if (const std::uint32_t oid = alias[row]; oid != 0) places_.emplace(key(pg_type, oid), place);
}

const Assembler::Place* Assembler::find(std::uint32_t table, std::uint32_t oid) const {
  const auto found = places_.find(key(table, oid));
  return found == places_.end() ? nullptr : &found->second;
}

Relation* Assembler::relation(std::uint32_t oid) {
  const Place* place = find(pg_class, oid);
  return place == nullptr || place->list != Place::List::relation
             ? nullptr
             : &catalog_.relations[place->item];
}

std::string_view Assembler::column_name(std::uint32_t relation, std::uint32_t number) const {
  const auto found = columns_.find(key(relation, number));
  return found == columns_.end() ? std::string_view() : found->second.name;
}

void Assembler::take_server(const Rows& rows) {
  if (rows.size() == 0) return;
  Decoder<catalog::Server>(rows).fill(0, catalog_.server);
  catalog_.server.has_workload = true;
  const int subscriptions = rows.column("_has_subscriptions");
  has_subscriptions_ = subscriptions >= 0 && rows.cell(0, subscriptions) == "t";
}

void Assembler::take_server_activity(const Rows& rows) {
  if (rows.size() > 0) Decoder<catalog::Server>(rows).fill(0, catalog_.server);
}

void Assembler::take_settings(const Rows& rows) {
  const Decoder<catalog::Setting> decode(rows);
  const int name = rows.column("_name");
  for (int row = 0; row < rows.size(); ++row)
    catalog_.settings.emplace(rows.cell(row, name), decode(row));
}

void Assembler::take_roles(const Rows& rows) {
  const Decoder<catalog::Role> decode(rows);
  for (int row = 0; row < rows.size(); ++row) catalog_.roles.push_back(decode(row));
}

void Assembler::take_schemas(const Rows& rows) {
  const Decoder<catalog::Schema> decode(rows);
  for (int row = 0; row < rows.size(); ++row) catalog_.schemas.push_back(decode(row));
}

void Assembler::take_extensions(const Rows& rows) {
  const Decoder<catalog::Extension> decode(rows);
  const Identity identity(rows);
  for (int row = 0; row < rows.size(); ++row) {
    catalog_.extensions.push_back(decode(row));
    remember(identity, row, {Place::List::extension, last(catalog_.extensions)});
  }
}

void Assembler::take_types(const Rows& rows) {
  const Decoder<catalog::Type> decode(rows);
  const Identity identity(rows);
  const Numbers composite(rows, "_relation");
  for (int row = 0; row < rows.size(); ++row) {
    catalog_.types.push_back(decode(row));
    const std::uint32_t item = last(catalog_.types);
    remember(identity, row, {Place::List::type, item});
    if (composite[row] != 0) {
      composites_.emplace(composite[row], item);
      places_.emplace(key(pg_class, composite[row]), Place{Place::List::type, item});
    }
  }
}

void Assembler::take_relations(const Rows& rows) {
  const Decoder<Relation> decode(rows);
  const Identity identity(rows);
  catalog_.relations.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    catalog_.relations.push_back(decode(row));
    remember(identity, row, {Place::List::relation, last(catalog_.relations)});
  }
}

void Assembler::take_parents(const Rows& rows) {
  const Decoder<catalog::ObjectName> decode(rows);
  const Numbers child(rows, "_relation");
  for (int row = 0; row < rows.size(); ++row)
    if (Relation* each = relation(child[row])) each->parents.push_back(decode(row));
}

void Assembler::take_columns(const Rows& rows) {
  column_rows_ = rows;
  const Decoder<catalog::Column> decode(column_rows_);
  const Numbers owner(rows, "_relation");
  const Numbers number(rows, "_number");
  const int name = rows.column("name");
  // Some releases keep a version of their own among a column's options, which they set anew with
  // each change and refuse to have set.
  const auto column_of = [&](int at) {
    catalog::Column column = decode(at);
    column.options.erase("pg_attver");
    return column;
  };
  columns_.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    const std::uint32_t oid = owner[row];
    const Place* place = find(pg_class, oid);
    ColumnPlace column{column_rows_.cell(row, name), -1, 0};
    if (const auto composite = composites_.find(oid); composite != composites_.end()) {
      catalog_.types[composite->second].attributes.push_back(column_of(row));
    } else if (place != nullptr) {
      Relation& each = catalog_.relations[place->item];
      if (each.columns.empty()) {
        int end = row;  // they come by relation, and growing would waste half of the memory
        while (end < rows.size() && owner[end] == oid) ++end;
        each.columns.reserve(static_cast<std::size_t>(end - row));
      }
      each.columns.push_back(column_of(row));
      column.relation = place->item;
      column.column = last(each.columns);
    }
    columns_.emplace(key(oid, number[row]), column);
  }
}

void Assembler::take_sequences(const Rows& rows) {
  const Decoder<catalog::Sequence> decode(rows);
  const Identity identity(rows);
  const Numbers relation(rows, "_identity_relation");
  const Numbers number(rows, "_identity_column");
  for (int row = 0; row < rows.size(); ++row) {
    if (relation[row] == 0) {
      catalog_.sequences.push_back(decode(row));
      remember(identity, row, {Place::List::sequence, last(catalog_.sequences)});
      continue;
    }
    const auto found = columns_.find(key(relation[row], number[row]));
    if (found == columns_.end() || found->second.relation < 0) continue;
    const auto item = static_cast<std::uint32_t>(found->second.relation);
    catalog_.relations[item].columns[found->second.column].identity_sequence = decode(row);
    remember(identity, row, {Place::List::column, item, found->second.column});
  }
}

void Assembler::take_sequence_values(const Rows& rows) {
  const Decoder<catalog::Sequence> decode(rows);
  const Numbers oid(rows, "_oid");
  for (int row = 0; row < rows.size(); ++row) {
    const Place* place = find(pg_class, oid[row]);
    if (place == nullptr) continue;
    if (place->list == Place::List::sequence)
      decode.fill(row, catalog_.sequences[place->item]);
    else if (place->list == Place::List::column)
      decode.fill(row, *catalog_.relations[place->item].columns[place->part].identity_sequence);
  }
}

void Assembler::take_constraints(const Rows& rows) {
  const Decoder<catalog::Constraint> decode(rows);
  const Identity identity(rows);
  const Numbers relation_oid(rows, "_relation");
  const Numbers type_oid(rows, "_type");
  const Numbers parent_oid(rows, "_references_relation");
  const int columns = rows.column("_columns");
  const int references = rows.column("_references");
  for (int row = 0; row < rows.size(); ++row) {
    const bool of_domain = relation_oid[row] == 0;
    const Place* owner =
        of_domain ? find(pg_type, type_oid[row]) : find(pg_class, relation_oid[row]);
    if (owner == nullptr) continue;
    catalog::Constraint constraint = decode(row);
    const auto name_all = [&](int cell, std::uint32_t table, std::vector<std::string>& names) {
      for (const std::int64_t number : array_numbers(rows.cell(row, cell)))
        names.emplace_back(column_name(table, static_cast<std::uint32_t>(number)));
    };
    name_all(columns, relation_oid[row], constraint.columns);
    name_all(references, parent_oid[row], constraint.references_columns);
    if (of_domain) {
      catalog_.types[owner->item].constraints.push_back(std::move(constraint));
      remember(identity, row, {Place::List::type, owner->item});
    } else if (owner->list == Place::List::relation) {
      auto& list = catalog_.relations[owner->item].constraints;
      list.push_back(std::move(constraint));
      remember(identity, row, {Place::List::constraint, owner->item, last(list)});
    }
  }
}

template <class Part>
void Assembler::take_parts(const Rows& rows, Place::List list,
                           std::vector<Part> Relation::* parts) {
  const Decoder<Part> decode(rows);
  const Identity identity(rows);
  const Numbers owner(rows, "_relation");
  for (int row = 0; row < rows.size(); ++row) {
    const Place* place = find(pg_class, owner[row]);
    if (place == nullptr || place->list != Place::List::relation) continue;
    auto& into = catalog_.relations[place->item].*parts;
    into.push_back(decode(row));
    remember(identity, row, {list, place->item, last(into)});
  }
}

void Assembler::take_indexes(const Rows& rows) {
  take_parts(rows, Place::List::index, &Relation::indexes);
}
void Assembler::take_triggers(const Rows& rows) {
  take_parts(rows, Place::List::trigger, &Relation::triggers);
}
void Assembler::take_rules(const Rows& rows) {
  take_parts(rows, Place::List::rule, &Relation::rules);
}
void Assembler::take_policies(const Rows& rows) {
  take_parts(rows, Place::List::policy, &Relation::policies);
}

void Assembler::take_index_keys(const Rows& rows) {
  const Decoder<catalog::IndexKey> decode(rows);
  const Numbers index_oid(rows, "_index");
  const Numbers relation_oid(rows, "_relation");
  const Numbers number(rows, "_number");
  const int is_key = rows.column("_is_key");
  for (int row = 0; row < rows.size(); ++row) {
    const Place* place = find(pg_class, index_oid[row]);
    if (place == nullptr) continue;
    catalog::Index& index = catalog_.relations[place->item].indexes[place->part];
    std::string column(column_name(relation_oid[row], number[row]));
    if (rows.cell(row, is_key) == "t") {
      index.keys.push_back(decode(row));
      index.keys.back().column = std::move(column);
    } else {
      index.include.push_back(std::move(column));
    }
  }
}

void Assembler::take_routines(const Rows& rows) {
  const Decoder<catalog::Routine> decode(rows);
  const Identity identity(rows);
  for (int row = 0; row < rows.size(); ++row) {
    catalog_.routines.push_back(decode(row));
    remember(identity, row, {Place::List::routine, last(catalog_.routines)});
  }
}

void Assembler::take_others(const Rows& rows) {
  const Decoder<catalog::OtherObject> decode(rows);
  const Identity identity(rows);
  const int secrets = rows.column("_secrets");
  for (int row = 0; row < rows.size(); ++row) {
    catalog_.others.push_back(decode(row));
    const catalog::OtherObject& object = catalog_.others.back();
    remember(identity, row, {Place::List::other, last(catalog_.others)});
    if (secrets >= 0 && !rows.is_null(row, secrets))
      unread("option " + std::string(rows.cell(row, secrets)) + " of " +
                 std::string(catalog::to_string(object.kind)) + ' ' + object.name,
             "secrets are not read");
  }
}

Object Assembler::object(const Place& place) const {
  using List = Place::List;
  switch (place.list) {
    case List::type:
      return object_of(catalog_.types[place.item]);
    case List::sequence:
      return object_of(catalog_.sequences[place.item]);
    case List::routine:
      return object_of(catalog_.routines[place.item]);
    case List::extension:
      return {catalog::Kind::extension,
              catalog::quote_identifier(catalog_.extensions[place.item].name)};
    case List::other: {
      const catalog::OtherObject& other = catalog_.others[place.item];
      const std::string schema =
          other.schema.empty() ? "" : catalog::quote_identifier(other.schema) + '.';
      return {other.kind, schema + other.name};
    }
    default:
      break;
  }
  const Relation& owner = catalog_.relations[place.item];
  switch (place.list) {
    case List::column:
      return object_of(owner, owner.columns[place.part]);
    case List::constraint:
      return object_of(owner, owner.constraints[place.part]);
    case List::index:
      return object_of(owner, owner.indexes[place.part]);
    case List::trigger:
      return object_of(owner, owner.triggers[place.part]);
    case List::policy:
      return object_of(owner, owner.policies[place.part]);
    case List::rule:
      return {catalog::Kind::rule, object_of(owner).name + '.' +
                                       catalog::quote_identifier(owner.rules[place.part].name)};
    default:
      return object_of(owner);
  }
}

void Assembler::take_dependencies(const Rows& rows) {
  const Numbers table(rows, "_class");
  const Numbers oid(rows, "_oid");
  const Numbers number(rows, "_number");
  const Numbers needs_table(rows, "_needs_class");
  const Numbers needs_oid(rows, "_needs_oid");
  for (int row = 0; row < rows.size(); ++row) {
    const Place* needs = find(needs_table[row], needs_oid[row]);
    const Place* place = find(table[row], oid[row]);
    if (needs == nullptr || place == nullptr) continue;
    Place dependent = *place;
    if (number[row] != 0 && place->list == Place::List::relation) {
      const auto column = columns_.find(key(oid[row], number[row]));
      if (column == columns_.end()) continue;
      dependent = {Place::List::column, place->item, column->second.column};
    }
    // What a relation's part needs of its own relation, or a type's of itself, is structure.
    const bool of_relation = needs->list <= Place::List::policy;
    if (of_relation == (dependent.list <= Place::List::policy) && needs->item == dependent.item &&
        (of_relation || needs->list == dependent.list))
      continue;
    catalog_.dependencies.push_back({object(dependent), object(*needs)});
  }
}

void Assembler::take_relation_stats(const Rows& rows) {
  const Decoder<catalog::RelationStats> decode(rows);
  const Numbers oid(rows, "_oid");
  for (int row = 0; row < rows.size(); ++row) {
    Relation* each = relation(oid[row]);
    if (each == nullptr) continue;
    each->stats = decode(row);
    each->stats->total_bytes = each->stats->bytes;
    if (!each->indexes.empty()) each->stats->index_scans = 0;
  }
}

void Assembler::take_index_stats(const Rows& rows) {
  const Decoder<catalog::IndexStats> decode(rows);
  const Numbers oid(rows, "_oid");
  for (int row = 0; row < rows.size(); ++row) {
    const Place* place = find(pg_class, oid[row]);
    if (place == nullptr || place->list != Place::List::index) continue;
    Relation& owner = catalog_.relations[place->item];
    catalog::Index& index = owner.indexes[place->part];
    index.stats = decode(row);
    if (!owner.stats) continue;
    owner.stats->total_bytes += index.stats->bytes;
    if (owner.stats->index_scans) *owner.stats->index_scans += index.stats->scans.value_or(0);
  }
}

void Assembler::take_column_stats(const Rows& rows) {
  std::unordered_map<std::string, std::uint32_t> by_name;
  for (std::uint32_t i = 0; i < catalog_.relations.size(); ++i)
    by_name.emplace(catalog_.relations[i].schema + '\0' + catalog_.relations[i].name, i);
  const Decoder<catalog::ColumnStats> decode(rows);
  const int schema = rows.column("_schema");
  const int name = rows.column("_relation");
  const int column = rows.column("_column");
  const int inherited = rows.column("_inherited");
  for (int row = 0; row < rows.size(); ++row) {
    std::string relation_name(rows.cell(row, schema));
    relation_name.append(1, '\0').append(rows.cell(row, name));
    const auto found = by_name.find(relation_name);
    if (found == by_name.end()) continue;
    for (catalog::Column& each : catalog_.relations[found->second].columns) {
      if (each.name != rows.cell(row, column)) continue;
      // A parent has statistics of its own rows and of all its children's; its own come first.
      if (!each.stats || rows.cell(row, inherited) == "f") each.stats = decode(row);
      break;
    }
  }
}

void Assembler::take_routine_stats(const Rows& rows) {
  const Decoder<catalog::Routine> decode(rows);
  const Numbers oid(rows, "_oid");
  for (int row = 0; row < rows.size(); ++row)
    if (const Place* place = find(pg_proc, oid[row]))
      decode.fill(row, catalog_.routines[place->item]);
}

}  // namespace architrave::postgres
