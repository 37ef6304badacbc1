#include "engine/sqlite/writer.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "engine/sqlite/constraints.h"
#include "engine/sqlite/tokens.h"

namespace architrave::sqlite {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::Index;
using catalog::IndexKey;
using catalog::Relation;

bool has(const catalog::Options& options, const char* name) { return options.contains(name); }

// Literals stand alone; everything else needs parentheses.
std::string default_text(const std::string& value) {
  return tokenize(value).size() == 1 ? value : "(" + value + ")";
}

std::string column_text(const Column& column, const Constraint* autoincrement) {
  std::string text = quote(column.name);
  if (!column.type.empty()) text += " " + column.type;
  if (autoincrement != nullptr) {
    // The one key that only a column's own constraint can be.
    text += " CONSTRAINT " + quote(autoincrement->name) + " PRIMARY KEY AUTOINCREMENT";
  }
  if (column.not_null) text += " NOT NULL";
  if (!column.collation.empty()) text += " COLLATE " + quote(column.collation);
  if (!column.generated.empty()) {
    text += " GENERATED ALWAYS AS (" + column.default_value + ")";
    text += column.generated == "stored" ? " STORED" : " VIRTUAL";
  } else if (!column.default_value.empty()) {
    text += " DEFAULT " + default_text(column.default_value);
  }
  return text;
}

// SQLite numbers the indexes behind keys (sqlite_autoindex_t_1) in the order of the text: the same
// order gives the same names.
std::vector<const Constraint*> in_order(const Relation& table) {
  std::vector<const Constraint*> constraints;
  for (const Constraint& constraint : table.constraints) constraints.push_back(&constraint);
  std::ranges::sort(constraints, {}, [](const Constraint* constraint) {
    return std::tuple(constraint->index.size(), constraint->index, constraint->name);
  });
  return constraints;
}

}  // namespace

std::string table_text(const Relation& table) {
  if (!table.definition.empty()) return table.definition;
  const Constraint* key = table.primary_key();
  const bool autoincrement =
      has(table.options, "autoincrement") && key != nullptr && key->columns.size() == 1;
  std::vector<std::string> items;
  for (const Column& column : table.columns) {
    const bool counts = autoincrement && key->columns.front() == column.name;
    items.push_back(column_text(column, counts ? key : nullptr));
  }
  for (const Constraint* constraint : in_order(table)) {
    if (autoincrement && constraint == key) continue;
    std::string definition = constraint->definition;
    if (definition.empty()) definition = constraint_definition(*constraint);
    if (definition.empty()) continue;
    items.push_back(constraint->name.empty()
                        ? definition
                        : "CONSTRAINT " + quote(constraint->name) + " " + definition);
  }
  std::string text = "CREATE TABLE " + quote(table.name) + " (\n  " + join(items, ",\n  ") + "\n)";
  std::vector<std::string> options;
  if (has(table.options, "without_rowid")) options.push_back("WITHOUT ROWID");
  if (has(table.options, "strict")) options.push_back("STRICT");
  return options.empty() ? text : text + " " + join(options, ", ");
}

std::string index_text(const Relation& table, const Index& index) {
  if (!index.definition.empty()) return index.definition;
  std::vector<std::string> keys;
  for (const IndexKey& key : index.keys) {
    std::string text = key.column.empty() ? key.expression : quote(key.column);
    if (!key.collation.empty()) text += " COLLATE " + quote(key.collation);
    if (key.descending) text += " DESC";
    keys.push_back(std::move(text));
  }
  std::string text = std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " +
                     quote(index.name) + " ON " + quote(table.name) + " (" + join(keys, ", ") + ")";
  return index.predicate.empty() ? text : text + " WHERE " + index.predicate;
}

std::string view_text(const Relation& view) {
  std::string_view definition = trim(view.definition);
  const bool whole = lower(definition.substr(0, 7)) == "create ";
  while (definition.ends_with(';')) definition = trim(definition.substr(0, definition.size() - 1));
  return whole ? std::string(definition)
               : "CREATE VIEW " + quote(view.name) + " AS " + std::string(definition);
}

namespace {

void settings(const Catalog& catalog, std::vector<std::string>& statements) {
  auto add = [&](const char* name, std::string_view usual, bool quoted) {
    auto found = catalog.settings.find(name);
    if (found == catalog.settings.end() || found->second.raw == usual) return;
    std::string value = quoted ? "'" + found->second.raw + "'" : found->second.raw;
    statements.push_back(std::string("PRAGMA ") + name + " = " + value);
  };
  // The first two take effect only before the first table.
  add("encoding", "UTF-8", true);
  add("auto_vacuum", "0", false);
  add("user_version", "0", false);
  add("application_id", "0", false);
}

}  // namespace

std::vector<std::string> write(const Catalog& catalog) {
  std::vector<std::string> statements;
  settings(catalog, statements);
  for (const Relation& relation : catalog.relations) {
    if (relation.is_table()) statements.push_back(table_text(relation));
  }
  for (const Relation& relation : catalog.relations) {
    for (const Index& index : relation.indexes) {
      if (index.constraint.empty()) statements.push_back(index_text(relation, index));
    }
  }
  for (const Relation& relation : catalog.relations) {
    if (relation.is_view()) statements.push_back(view_text(relation));
  }
  for (const Relation& relation : catalog.relations) {
    for (const auto& trigger : relation.triggers) {
      if (!trigger.definition.empty()) statements.push_back(trigger.definition);
    }
  }
  return statements;
}

}  // namespace architrave::sqlite
