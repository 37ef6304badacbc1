// What rows get in a column that takes no nulls and whose own values are gone: something that says
// nothing, and still fits the keys that the column is in.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres::transitioning {

namespace {

// A value of each type for a number that counts from 1, another for each; of the modifier that is
// taken from the type's name, "(5,2)".
std::string numbered(const Catalog& catalog, const Column& column) {
  std::string name = column.type;
  std::string category = column.type_category;
  if (category == "E") return fmt::format("(enum_range(NULL::{}))[number::integer]", name);
  for (const catalog::Type* domain = catalog.type(column.type_schema, column.type_name);
       domain != nullptr && domain->kind == catalog::TypeKind::domain;) {
    name = domain->base_type;
    const auto above = std::ranges::find_if(catalog.types, [&](const catalog::Type& type) {
      return qualified(type.schema, type.name) == name;
    });
    domain = above == catalog.types.end() ? nullptr : &*above;
  }
  std::string modifier;
  if (const std::size_t open = name.find('('); open != std::string::npos) {
    const std::size_t close = name.find(')', open);
    modifier = name.substr(open + 1, close - open - 1);
    name.erase(open, close + 1 - open);
  }
  if (name == "numeric") {
    const std::size_t comma = modifier.find(',');
    const std::string scale = comma == std::string::npos ? "0" : modifier.substr(comma + 1);
    return scale == "0" ? "number"
                        : "number * 1e" + (scale[0] == '-' ? scale.substr(1) : '-' + scale);
  }
  // As short as it can be where there is not much room.
  if (category == "S") return modifier.empty() ? "number::text" : "to_hex(number)";
  static const std::map<std::string_view, std::string_view> by_name = {
      {"boolean", "number > 1"},
      {"bytea", "int8send(number)"},
      {"cidr", "('0.0.0.0'::inet + number)::cidr"},
      {"date", "date 'epoch' + number::integer"},
      {"inet", "'0.0.0.0'::inet + number"},
      {"interval", "number * interval '1 second'"},
      {"jsonb", "to_jsonb(number)"},
      {"macaddr", "lpad(to_hex(number), 12, '0')::macaddr"},
      {"macaddr8", "lpad(to_hex(number), 16, '0')::macaddr8"},
      {"time without time zone", "time '00:00' + number * interval '1 second'"},
      {"timestamp with time zone", "timestamptz 'epoch' + number * interval '1 second'"},
      {"timestamp without time zone", "timestamp 'epoch' + number * interval '1 second'"},
      {"uuid", "lpad(to_hex(number), 32, '0')::uuid"}};
  if (const auto found = by_name.find(name); found != by_name.end())
    return std::string(found->second);
  static constexpr std::array numbers = {"bigint", "double precision", "integer", "oid",
                                         "real",   "smallint"};
  return std::ranges::find(numbers, name) == numbers.end() ? "" : "number";
}

// A unique key that the column is in, of that alone if there is one.
const Index* key_with(const Relation& table, const Column& column) {
  const Index* found = nullptr;
  for (const Index& index : table.indexes) {
    const bool has =
        index.unique &&
        std::ranges::find(index.keys, column.name, &catalog::IndexKey::column) != index.keys.end();
    if (has && (found == nullptr || index.keys.size() == 1)) found = &index;
  }
  return found;
}

const Constraint* reference_of(const Relation& table, const Column& column) {
  const auto found = std::ranges::find_if(table.constraints, [&](const Constraint& each) {
    return each.type == ConstraintType::foreign_key &&
           std::ranges::find(each.columns, column.name) != each.columns.end();
  });
  return found == table.constraints.end() ? nullptr : &*found;
}

// A foreign key as one of its columns sees it.
struct Reference {
  const Constraint* key;
  std::string table;                                        // the other one
  std::string column;                                       // what this column refers to there
  std::string columns;                                      // with the others, "other.a, other.b"
  std::vector<std::pair<std::string, std::string>> others;  // that have values: here and there
};
Reference reference_to(const Constraint& key, const Relation& table, const Column& column,
                       const std::set<std::string>& made_up) {
  Reference found{&key, qualified(key.references_schema, key.references_table), {}, {}, {}};
  for (std::size_t i = 0; i < key.columns.size() && i < key.references_columns.size(); ++i) {
    const std::string there = "other." + quote_identifier(key.references_columns[i]);
    found.columns += (found.columns.empty() ? "" : ", ") + there;
    if (key.columns[i] == column.name)
      found.column = there;
    else if (!made_up.contains(to_string(object_of(table, Column{.name = key.columns[i]}))))
      found.others.emplace_back(quote_identifier(key.columns[i]), there);
  }
  return found;
}

// All rows get the first one's.
std::string refer_to_one(const Reference& reference, const std::string& table,
                         const std::string& column) {
  std::string where;
  for (const auto& [here, there] : reference.others)
    where += fmt::format("{}{} = its.{}", where.empty() ? " WHERE " : " AND ", there, here);
  return fmt::format(
      "UPDATE {} AS its SET {} = (SELECT {} FROM {} AS other{} ORDER BY {} LIMIT 1) WHERE {} IS "
      "NULL",
      table, column, reference.column, reference.table, where, reference.columns, column);
}

// Rows without a value get one of those that `made` has, by number; `group`: of rows that may have
// the same.
std::string fill_by_number(const std::string& table, const std::string& column,
                           const std::vector<std::string>& group, const std::string& made) {
  return fmt::format(
      "UPDATE {0} AS its SET {1} = made.value FROM (SELECT tableoid AS part, ctid AS place, "
      "row_number() OVER ({2}) AS nth FROM {0} WHERE {1} IS NULL) AS bare JOIN ({3}) AS made "
      "USING (nth) WHERE its.tableoid = bare.part AND its.ctid = bare.place",
      table, column, group.empty() ? "" : "PARTITION BY " + join(group, ", "), made);
}

// Each row gets another's, those that no row has first; but for rows that the rest of the key tells
// apart.
std::string refer_to_each(const Reference& reference, std::vector<std::string> rest,
                          const std::string& table, const std::string& column) {
  std::vector<std::string> partners;
  std::string same_partner;
  for (const auto& [here, there] : reference.others) {
    if (std::ranges::find(rest, here) == rest.end()) rest.push_back(here);
    partners.push_back(there);
    same_partner += fmt::format(" AND its.{} = made.partner_{}", here, partners.size());
  }
  std::string made = "SELECT " + reference.column + " AS value";
  for (std::size_t i = 0; i < partners.size(); ++i)
    made += fmt::format(", {} AS partner_{}", partners[i], i + 1);
  made += fmt::format(
      ", row_number() OVER ({}ORDER BY {} IN (SELECT its.{} FROM {} AS its WHERE its.{} IS NOT "
      "NULL), {}) AS nth FROM {} AS other",
      partners.empty() ? "" : "PARTITION BY " + join(partners, ", ") + ' ', reference.column,
      column, table, column, reference.columns, reference.table);
  return fill_by_number(table, column, rest, made) + same_partner;
}

}  // namespace

bool is_counted(const Column& column) {
  return column.type_name == "int2" || column.type_name == "int4" || column.type_name == "int8";
}

std::string Transitioning::made_up_value(const Column& column) const {
  if (column.type_category == "E") {
    const catalog::Type* type = to_.type(column.type_schema, column.type_name);
    return type == nullptr || type->labels.empty() ? "" : quote_literal(type->labels.front());
  }
  if (column.type_name == "uuid") return "'00000000-0000-0000-0000-000000000000'";
  if (column.type_name == "time" || column.type_name == "timetz") return "'00:00'";
  if (column.type_name == "json" || column.type_name == "jsonb") return "'{}'";
  static const std::map<std::string_view, std::string_view> by_category = {
      {"A", "'{}'"}, {"B", "false"}, {"D", "'epoch'"}, {"N", "0"}, {"S", "''"}, {"T", "'0'"}};
  const auto found = by_category.find(column.type_category);
  return found == by_category.end() ? "" : std::string(found->second);
}

std::string Transitioning::fill_for_keys(const Relation& table, const Column& column) const {
  const Index* key = key_with(table, column);
  const std::string name = qualified(table.schema, table.name);
  const std::string own = quote_identifier(column.name);
  if (const Constraint* constraint = reference_of(table, column)) {
    const Reference reference = reference_to(*constraint, table, column, options_.made_up);
    if (key == nullptr) return refer_to_one(reference, name, own);
    std::vector<std::string> rest;
    for (const std::string& each : key_columns(*key))
      if (each != column.name &&
          !options_.made_up.contains(to_string(object_of(table, Column{.name = each}))))
        rest.push_back(quote_identifier(each));
    return refer_to_each(reference, std::move(rest), name, own);
  }
  const std::string value = key == nullptr ? std::string() : numbered(to_, column);
  if (value.empty()) return {};
  return fill_by_number(
      name, own, {},
      fmt::format(
          "SELECT possible.value, row_number() OVER () AS nth FROM (SELECT {} AS value FROM "
          "generate_series(1, (SELECT count(*) FROM {})) AS number) AS possible WHERE NOT "
          "EXISTS (SELECT FROM {} AS other WHERE other.{} = possible.value)",
          value, name, name, own));
}

Statements Transitioning::rows_to_refer_to(const Relation& table, const Constraint& key,
                                           ReferTo what) const {
  const Relation* lost = to_.relation(key.references_schema, key.references_table);
  if (lost == nullptr || !options_.made_up.contains(to_string(object_of(*lost)))) return {};
  const std::string name = qualified(lost->schema, lost->name);
  const std::string its_name = qualified(table.schema, table.name);
  std::vector<std::string> columns;
  std::vector<std::string> values;
  std::vector<std::string> given;
  std::vector<std::string> taken;
  std::vector<std::string> equal;
  for (const Column& column : lost->columns) {
    const std::string own = quote_identifier(column.name);
    const auto at = std::ranges::find(key.references_columns, column.name);
    const bool referred = at != key.references_columns.end();
    if (!referred && (!column.not_null || !column.default_value.empty() ||
                      !column.identity.empty() || !column.generated.empty()))
      continue;
    columns.push_back(own);
    if (referred && what == ReferTo::those_that_rows_name) {
      const std::string here = quote_identifier(
          key.columns[static_cast<std::size_t>(at - key.references_columns.begin())]);
      given.push_back(here + " IS NOT NULL");
      taken.push_back(here + " AS " + own);
      equal.push_back("other." + own + " = named." + own);
      values.push_back("named." + own);
      continue;
    }
    std::string value;
    if (const Constraint* reference = reference_of(*lost, column))
      value = fmt::format("(SELECT {} FROM {} AS other LIMIT 1)",
                          reference_to(*reference, *lost, column, {}).column,
                          qualified(reference->references_schema, reference->references_table));
    for (const auto& each : {numbered(to_, column), made_up_value(column)})
      if (value.empty()) value = each;
    if (value.empty()) return {};
    values.push_back(std::move(value));
  }
  Statements sql = {fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} ", name,
                                join(columns, ", "), join(values, ", "))};
  if (what == ReferTo::any)
    sql.front() += fmt::format(
        "FROM (SELECT 1 AS number) AS one WHERE EXISTS (SELECT FROM {}) AND NOT EXISTS (SELECT "
        "FROM {})",
        its_name, name);
  else
    sql.front() += fmt::format(
        "FROM (SELECT *, row_number() OVER () AS number FROM (SELECT DISTINCT {} FROM {} WHERE "
        "{}) AS those) AS named WHERE NOT EXISTS (SELECT FROM {} AS other WHERE {})",
        join(taken, ", "), its_name, join(given, " AND "), name, join(equal, " AND "));
  // What is counted goes on after them.
  for (const Column& column : lost->columns)
    if (std::ranges::find(key.references_columns, column.name) != key.references_columns.end() &&
        (!column.identity.empty() || column.default_value.starts_with("nextval(")))
      sql.push_back(fmt::format(
          "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence({0}, {1}), max({2})) FROM "
          "{3} "
          "HAVING max({2}) > 0",
          quote_literal(name), quote_literal(column.name), quote_identifier(column.name), name));
  return sql;
}

Statements Transitioning::row_to_refer_to(const Relation& table, const Column& column) const {
  const Constraint* key = reference_of(table, column);
  return key == nullptr ? Statements() : rows_to_refer_to(table, *key, ReferTo::any);
}

bool Transitioning::counts_through(const Relation& table, const Column& column) const {
  return is_counted(column) && reference_of(table, column) == nullptr;
}

void Transitioning::make_up(Step& step, const Relation& table, const Column& column) const {
  const std::string alter = "ALTER TABLE " + qualified(table.schema, table.name) +
                            " ALTER COLUMN " + quote_identifier(column.name) + ' ';
  const bool counts = counts_through(table, column);
  const std::string value = made_up_value(column);
  if (!counts && value.empty()) return;
  step.statements.front() += counts ? " GENERATED BY DEFAULT AS IDENTITY" : " DEFAULT " + value;
  step.statements.insert(step.statements.begin() + 1,
                         alter + (counts ? "DROP IDENTITY" : "DROP DEFAULT"));
}

Statements Transitioning::needs_for_keys(const Relation& table, const Column& column) const {
  Statements needs;
  const auto need = [&](const Relation& relation, const std::string& name) {
    const std::string key = to_string(object_of(relation, Column{.name = name}));
    if (key != to_string(object_of(table, column)) &&
        (&relation != &table || !options_.made_up.contains(key)))
      needs.push_back("altered " + key);
  };
  if (const Index* key = key_with(table, column))
    for (const std::string& each : key_columns(*key)) need(table, each);
  const Constraint* reference = reference_of(table, column);
  const Relation* parent = reference == nullptr ? nullptr
                                                : to_.relation(reference->references_schema,
                                                               reference->references_table);
  if (parent == nullptr) return needs;
  needs.push_back(to_string(object_of(*parent)));
  for (const std::string& each : reference->columns) need(table, each);
  for (const std::string& each : reference->references_columns) need(*parent, each);
  return needs;
}

}  // namespace architrave::postgres::transitioning
