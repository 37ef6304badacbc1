// What values rows get in columns that are new or of another type.
#include <algorithm>

#include "catalog/postgres/statements.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres::transitioning {

bool Transitioning::refuses_identity(const Relation& before, const Relation& after) const {
  if (options_.version >= 170000 && after.kind == RelationKind::partitioned_table) return false;
  // Those that go may do so later, and new ones may be there already.
  return !from_lookup_.children(before).empty() || !to_lookup_.children(after).empty();
}

Statements Transitioning::add_counted(const Relation& table, const Column& column) const {
  const std::string name = qualified(table.schema, table.name);
  const std::string counter = qualified(table.schema, derived_name(table.name, "_counter"));
  Column plain = column;
  plain.identity.clear();
  plain.identity_sequence.reset();
  plain.default_value = "nextval(" + quote_literal(counter) + "::regclass)";
  Statements sql = add_column(to_, table, plain, options_.version, taken_names_);
  sql.insert(sql.begin(), "CREATE SEQUENCE " + counter);
  sql.push_back("ALTER TABLE " + name + " ALTER COLUMN " + quote_identifier(column.name) +
                " DROP DEFAULT");
  sql.push_back("DROP SEQUENCE " + counter);
  return sql;
}

// ---- to another type

std::string ValueChange::of(const std::string& value, const Column& a, const Column& b) {
  if (a.type == b.type) return value;
  if (catalog::same_attributes(from_, a, to_, b)) {
    const bool rows = a.type_category == "C" && b.type_category == "C";
    return rows ? value + "::text::" + b.type : cast_to(value, a, b);
  }
  if (a.type_category != "A" || b.type_category != "A") return row(value, a, b);
  // No expression of ALTER TABLE may ask a query of its own, so a function does it.
  const std::string name = b.type_name.substr(b.type_name.starts_with('_') ? 1 : 0);
  const std::string function =
      qualified(b.type_schema, derived_name(name, "_from_before" + std::to_string(after.size())));
  Column from_element = catalog::element_of(catalog::beneath_domains(from_, a));
  Column to_element = catalog::element_of(catalog::beneath_domains(to_, b));
  for (Column* each : {&from_element, &to_element}) each->type_category = "C";
  after.push_back("DROP FUNCTION " + function);
  const std::string element = of("(($1)[i])", from_element, to_element);
  before.push_back("CREATE FUNCTION " + function + '(' + a.type + ") RETURNS " + b.type +
                   " LANGUAGE sql AS " +
                   quote_literal("SELECT CASE WHEN $1 IS NULL THEN NULL ELSE coalesce((SELECT "
                                 "pg_catalog.array_agg(" +
                                 element +
                                 " ORDER BY i) FROM pg_catalog.generate_subscripts($1, 1) AS i), "
                                 "'{}')::" +
                                 b.type + " END"));
  return function + '(' + value + ')';
}

std::string ValueChange::row(const std::string& value, const Column& a, const Column& b) {
  const std::vector<Column>* old_ones = catalog::attributes(from_, a);
  std::string values;
  for (const Column& each : *catalog::attributes(to_, b)) {
    const auto was = std::ranges::find(*old_ones, each.name, &Column::name);
    values += (values.empty() ? "" : ", ");
    values += was == old_ones->end()
                  ? "NULL"
                  : of('(' + value + ")." + quote_identifier(each.name), *was, each);
  }
  return "CASE WHEN " + value + " IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW(" + values +
         ")::" + b.type + " END";
}

}  // namespace architrave::postgres::transitioning

namespace architrave::postgres {

std::string cast_to(const std::string& value, const catalog::Column& a, const catalog::Column& b) {
  if (a.type == b.type) return value;
  const auto is = [&](const char* category) {
    return a.type_category == category || b.type_category == category;
  };
  if (a.type_category == "A" && b.type_category == "A") return value + "::text[]::" + b.type;
  return value + ((is("A") || is("E")) && b.type != "text" ? "::text::" : "::") + b.type;
}

}  // namespace architrave::postgres
