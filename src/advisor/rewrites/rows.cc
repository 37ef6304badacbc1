#include "advisor/rewrites/rows.h"

#include <algorithm>
#include <set>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/scope.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites {

namespace {

using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Relation;
using catalog::RelationKind;

constexpr int rows_a_table = 40;
constexpr int key_values = 60;  // of a column that is a key by itself

void add_tables(const Query& query, const Tree& statement, int depth,
                std::vector<const Relation*>& tables) {
  Tree copy = statement;
  visit_levels(query, copy, [&](Level& level) {
    for (const Source& each : level.scope.sources) {
      if (each.relation == nullptr || std::ranges::find(tables, each.relation) != tables.end())
        continue;
      tables.push_back(each.relation);
      if (!each.relation->is_view() || depth > 16) continue;
      if (const auto body = sql::parse(each.relation->definition); body && !body->empty())
        add_tables(query, body->front(), depth + 1, tables);
    }
    return false;
  });
}

bool is_enforced(const Constraint& each) {
  return each.type == ConstraintType::foreign_key && each.validated && each.guarded &&
         !each.deferrable;
}

// Parents before children, and the children that INHERITS has made.
void add_in_order(const catalog::Catalog& catalog, const catalog::Lookup& lookup,
                  const Relation& table, std::vector<const Relation*>& order,
                  std::set<const Relation*>& seen) {
  if (!seen.insert(&table).second) return;
  for (const Constraint& each : table.constraints)
    if (is_enforced(each))
      if (const auto* parent = catalog.relation(each.references_schema, each.references_table))
        add_in_order(catalog, lookup, *parent, order, seen);
  order.push_back(&table);
  if (table.kind == RelationKind::table)
    for (const Relation* child : lookup.children(table))
      add_in_order(catalog, lookup, *child, order, seen);
}

// What a query compares with.
struct Constants {
  std::vector<std::string> numbers;
  std::vector<std::string> texts;
  std::vector<std::string> days;
};

Constants constants_of(const Tree& statement) {
  Constants found;
  sql::walk(statement, [&](const Tree& each) {
    if (const auto number = integer(each)) {
      found.numbers.push_back(std::to_string(*number));
      if (*number > 1900 && *number < 2100)
        found.days.push_back(std::to_string(*number) + "-01-01");
    }
    if (each.is("AConst") && !each["fval"].empty())
      found.numbers.emplace_back(each["fval"]["fval"].text());
    if (const auto text = string_value(each)) {
      if (text->size() >= 10 && (*text)[4] == '-' && (*text)[7] == '-' &&
          text->find_first_not_of("0123456789-: ") == std::string::npos)
        found.days.push_back(text->substr(0, 10));
      found.texts.push_back(*text);
      if (text->find('%') != std::string::npos)
        found.texts.push_back(replace_all(replace_all(*text, "%", ""), "_", "x"));
      else
        found.texts.push_back(*text + "x");
    }
    return true;
  });
  return found;
}

bool is_key_alone(const Relation& table, const std::string& column) {
  return std::ranges::any_of(table.indexes, [&](const catalog::Index& index) {
    return index.unique && index.keys.size() == 1 && index.keys[0].column == column;
  });
}

std::string one_of(const std::vector<std::string>& values) {
  return "(ARRAY[" + join(values, ", ") + "])[1 + pg_catalog.floor(pg_catalog.random() * " +
         std::to_string(values.size()) + ")::int]";
}

// The internal name of a type that a domain is over.
std::string base_name(const catalog::Catalog& catalog, const catalog::Column& column) {
  const catalog::Type* type = catalog.type(column.type_schema, column.type_name);
  if (type == nullptr || type->kind != catalog::TypeKind::domain) return column.type_name;
  static constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"integer", "int4"},        {"bigint", "int8"},       {"smallint", "int2"},
      {"text", "text"},           {"character", "varchar"}, {"numeric", "numeric"},
      {"date", "date"},           {"boolean", "bool"},      {"timestamp with ", "timestamptz"},
      {"timestamp", "timestamp"}, {"double", "float8"},     {"uuid", "uuid"}};
  for (const auto& [prefix, name] : names)
    if (type->base_type.starts_with(prefix)) return std::string(name);
  return "";
}

// SQL that gives a value of the column's type, another at each call; NULL for a type not known.
std::string value_of(const catalog::Catalog& catalog, const Relation& table,
                     const catalog::Column& column, const Constants& constants) {
  const std::string type = base_name(catalog, column);
  const bool alone = is_key_alone(table, column.name);
  std::string number =
      "(1 + pg_catalog.floor(pg_catalog.random() * " + std::to_string(key_values) + ")::int)";
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, type) != names.end();
  };
  if (const catalog::Type* own = catalog.type(column.type_schema, column.type_name);
      own != nullptr && own->kind == catalog::TypeKind::enumeration) {
    std::vector<std::string> labels;
    for (const std::string& each : own->labels) labels.push_back(catalog::quote_literal(each));
    return labels.empty() ? "NULL" : one_of(labels);
  }
  if (is({"int2", "int4", "int8", "oid", "numeric", "float4", "float8", "money"})) {
    if (alone) return number;
    std::vector<std::string> values = {"0", "1", "2", "3", "4", "5"};
    if (type == "numeric" || type == "float8") values.insert(values.end(), {"1.0", "1.00", "2.5"});
    for (const std::string& each : constants.numbers) {
      values.push_back(each);
      values.push_back(each + " + 1");
      values.push_back(each + " - 1");
    }
    return one_of(values);
  }
  if (is({"text", "varchar", "bpchar", "name", "citext"})) {
    if (alone) return "('k' || " + number + ")";
    std::vector<std::string> values = {"'a'", "'A'", "'a '", "'b'", "''", "'ab'"};
    for (const std::string& each : constants.texts)
      values.insert(values.end(), 2, catalog::quote_literal(each));
    return one_of(values);
  }
  if (is({"date", "timestamp", "timestamptz"})) {
    if (alone) return "(timestamp '2024-01-01' + " + number + " * interval '1 day')";
    std::vector<std::string> days = constants.days;
    days.emplace_back("2024-01-01");
    std::vector<std::string> values = {"'infinity'::timestamp", "'-infinity'::timestamp"};
    for (const std::string& each : days) {
      const std::string day = "timestamp '" + each + '\'';
      for (const char* away :
           {"", " - interval '1 microsecond'", " + interval '1 day'", " + interval '1 month'",
            " + interval '1 year'", " + interval '5 hours'", " - interval '1 day'"})
        values.push_back(day + away);
    }
    return one_of(values);
  }
  if (type == "bool") return "(pg_catalog.random() < 0.5)";
  if (type == "uuid") return "pg_catalog.lpad((" + number + ")::text, 32, '0')";
  if (type == "time") return one_of({"'00:00'", "'12:30'", "'24:00'"});
  if (type == "interval") return one_of({"'1 day'", "'24 hours'", "'1 month'", "'30 days'"});
  if (is({"json", "jsonb"})) return one_of({"'{}'", "'{\"a\": 1}'", "'[]'", "'null'"});
  if (type == "bytea") return one_of({"'a'", "'\\x00'", "''"});
  if (type == "inet") return one_of({"'10.0.0.1'", "'10.0.0.0/8'"});
  if (type.starts_with('_')) return "'{}'";
  return "NULL";
}

const Constraint* key_of(const Relation& table, const std::string& column) {
  for (const Constraint& each : table.constraints)
    if (is_enforced(each) && std::ranges::find(each.columns, column) != each.columns.end())
      return &each;
  return nullptr;
}

std::string quoted(const Relation& table) { return catalog::qualified(table.schema, table.name); }

std::string insert_statement(const catalog::Catalog& catalog, const Relation& table,
                             const Constants& constants) {
  std::vector<std::string> columns;
  std::vector<std::string> values;
  std::string from = "(SELECT) AS one";
  for (std::size_t i = 0; i < table.constraints.size(); ++i) {
    const Constraint& each = table.constraints[i];
    if (!is_enforced(each)) continue;
    const std::string name = "parent_" + std::to_string(i);
    from += " LEFT JOIN LATERAL (SELECT * FROM " +
            catalog::qualified(each.references_schema, each.references_table) +
            " ORDER BY pg_catalog.random() LIMIT 1) AS " + name + " ON true";
  }
  for (const catalog::Column& column : table.columns) {
    if (!column.generated.empty()) continue;
    std::string value;
    if (const Constraint* key = key_of(table, column.name)) {
      const auto place = std::ranges::find(key->columns, column.name) - key->columns.begin();
      value = column_text("parent_" + std::to_string(key - table.constraints.data()),
                          key->references_columns[static_cast<std::size_t>(place)]);
    } else {
      value = value_of(catalog, table, column, constants);
    }
    if (!column.not_null) value = "CASE WHEN pg_catalog.random() < 0.8 THEN " + value + " END";
    columns.push_back(catalog::quote_identifier(column.name));
    values.push_back("CAST((" + value + ")::text AS " + column.type + ')');
  }
  // A row that some constraint does not take is left out.
  return "DO $architrave$ BEGIN FOR i IN 1.." + std::to_string(rows_a_table) +
         " LOOP BEGIN INSERT INTO " + quoted(table) + " (" + join(columns, ", ") +
         ") OVERRIDING SYSTEM VALUE SELECT " + join(values, ", ") + " FROM " + from +
         "; EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $architrave$";
}

std::string delete_orphans(const Relation& table, const Constraint& key) {
  std::vector<std::string> present;
  std::vector<std::string> matches;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    present.push_back(column_text("child", key.columns[i]) + " IS NOT NULL");
    matches.push_back(column_text("child", key.columns[i]) + " = " +
                      column_text("parent", key.references_columns[i]));
  }
  const std::string only = table.kind == RelationKind::partitioned_table ? "" : "ONLY ";
  return "DELETE FROM " + only + quoted(table) + " AS child WHERE " + join(present, " AND ") +
         " AND NOT EXISTS (SELECT FROM " +
         catalog::qualified(key.references_schema, key.references_table) + " AS parent WHERE " +
         join(matches, " AND ") + ')';
}

}  // namespace

std::vector<const Relation*> tables_of(const catalog::Catalog& catalog,
                                       const catalog::Lookup& lookup, const Tree& statement) {
  std::vector<const Relation*> tables;
  add_tables({catalog, lookup}, statement, 0, tables);
  std::erase_if(tables, [](const Relation* each) { return each->kind == RelationKind::view; });
  return tables;
}

std::vector<std::string> fill_statements(const catalog::Catalog& catalog,
                                         const catalog::Lookup& lookup,
                                         const std::vector<const Relation*>& tables,
                                         const Tree& statement, unsigned seed) {
  std::vector<const Relation*> order;
  std::set<const Relation*> seen;
  std::vector<std::string> refreshes;
  for (const Relation* each : tables) {
    if (each->is_view())
      refreshes.push_back("REFRESH MATERIALIZED VIEW " + quoted(*each));
    else
      add_in_order(catalog, lookup, *each, order, seen);
  }
  const Constants constants = constants_of(statement);
  // Triggers stay out of it, those of foreign keys too: which of them hold is seen to below.
  std::vector<std::string> statements = {
      "SET LOCAL session_replication_role = replica",
      "SELECT pg_catalog.setseed(" + std::to_string(seed % 1000) + " / 1000.0)"};
  for (const Relation* each : order)
    statements.push_back(insert_statement(catalog, *each, constants));
  // Twice, since a row that goes may have been another's parent.
  for (int round = 0; round < 2; ++round)
    for (const Relation* each : order)
      for (const Constraint& key : each->constraints)
        if (is_enforced(key)) statements.push_back(delete_orphans(*each, key));
  statements.insert(statements.end(), refreshes.begin(), refreshes.end());
  return statements;
}

}  // namespace architrave::advisor::rewrites
