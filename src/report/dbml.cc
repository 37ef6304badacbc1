// DBML, the language of dbdiagram.io and its command line tools.
#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.h"
#include "report/diagram.h"
#include "report/schema_formats.h"

namespace architrave::report {

using catalog::Column;
using catalog::Constraint;
using catalog::Index;
using catalog::IndexKey;
using catalog::Relation;
using catalog::Type;
using catalog::TypeKind;

namespace {

bool is_word(std::string_view text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
         std::ranges::all_of(text, plain);
}

std::string escaped(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      out += c == '\n' ? "\\n" : " ";
    else
      out += c;
  }
  return out += quote;
}

std::string name(std::string_view text) {
  return is_word(text) ? std::string(text) : escaped(text, '"');
}
std::string name(std::string_view schema, std::string_view text) {
  return schema.empty() || schema == "public" ? name(text) : name(schema) + '.' + name(text);
}
std::string string(std::string_view text) { return escaped(text, '\''); }
// An expression can't hold its own delimiter, nor a line break.
std::string expression(std::string_view text) {
  std::string out = replace_all(std::string(text), "`", "'");
  std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20; }, ' ');
  return '`' + out + '`';
}

std::string columns(const std::vector<std::string>& list) {
  std::vector<std::string> parts;
  for (const std::string& each : list) parts.push_back(name(each));
  return parts.size() == 1 ? parts.front() : '(' + join(parts, ", ") + ')';
}

std::string type(const catalog::Catalog& catalog, const Column& column) {
  const Type* own = catalog.type(column.type_schema, column.type_name);
  if (own != nullptr && own->kind == TypeKind::enumeration) return name(own->schema, own->name);
  // A quoted name of a type, unless an array's: DBML has no way to write it but as a name.
  const bool quoted = column.type.find('"') != std::string::npos && !column.type.ends_with("[]");
  if (quoted && !column.type_name.empty()) return name(column.type_schema, column.type_name);
  const std::string text = short_type(column.type);
  const std::size_t modifier = std::min(text.find('('), text.size());
  const bool plain = is_word(std::string_view(text).substr(0, modifier)) &&
                     (modifier == text.size() || text.back() == ')');
  return plain ? text : escaped(text, '"');
}

std::string settings(const std::vector<std::string>& list) {
  return list.empty() ? std::string() : " [" + join(list, ", ") + ']';
}

std::string column_line(const catalog::Catalog& catalog, const Relation& table,
                        const Column& column) {
  const Role role = role_of(table, column);
  const Constraint* primary = table.primary_key();
  std::vector<std::string> list;
  if (role.primary && primary != nullptr && primary->columns.size() == 1) list.emplace_back("pk");
  if (role.unique && !role.primary) list.emplace_back("unique");
  if (column.not_null && !role.primary) list.emplace_back("not null");
  if (!column.identity.empty()) list.emplace_back("increment");
  if (column.generated.empty() && !column.default_value.empty())
    list.push_back("default: " + expression(column.default_value));
  if (!column.comment.empty()) list.push_back("note: " + string(column.comment));
  return "  " + name(column.name) + ' ' + type(catalog, column) + settings(list) + '\n';
}

std::string index_line(const Index& index) {
  std::vector<std::string> keys;
  for (const IndexKey& key : index.keys)
    keys.push_back(key.column.empty() ? expression(key.expression) : name(key.column));
  if (keys.empty()) return {};
  std::vector<std::string> list;
  if (index.primary) list.emplace_back("pk");
  if (index.unique && !index.primary) list.emplace_back("unique");
  if (!index.method.empty()) list.push_back("type: " + index.method);
  list.push_back("name: " + string(index.name));
  std::vector<std::string> notes;
  if (!index.include.empty()) notes.push_back("INCLUDE (" + join(index.include, ", ") + ')');
  if (!index.predicate.empty()) notes.push_back("WHERE " + index.predicate);
  if (!index.comment.empty()) notes.push_back(index.comment);
  if (!notes.empty()) list.push_back("note: " + string(join(notes, " ")));
  return "    (" + join(keys, ", ") + ')' + settings(list) + '\n';
}

std::string table_block(const catalog::Catalog& catalog, const Relation& table) {
  std::string out = "Table " + name(table.schema, table.name) + " {\n";
  for (const Column& column : table.columns) out += column_line(catalog, table, column);
  std::string indexes;
  for (const Index& index : table.indexes) {
    const bool said_already = index.primary && index.keys.size() == 1;
    if (!said_already) indexes += index_line(index);
  }
  if (!indexes.empty()) out += "\n  indexes {\n" + indexes + "  }\n";
  if (!table.comment.empty()) out += "\n  Note: " + string(table.comment) + '\n';
  return out + "}\n\n";
}

std::string reference(const Edge& edge, std::string_view ref_name) {
  const Constraint& key = *edge.key;
  std::vector<std::string> list;
  if (!key.on_delete.empty()) list.push_back("delete: " + key.on_delete);
  if (!key.on_update.empty()) list.push_back("update: " + key.on_update);
  return "Ref " + name(ref_name) + ": " + name(edge.child->schema, edge.child->name) + '.' +
         columns(key.columns) + (edge.unique ? " - " : " > ") +
         name(edge.parent->schema, edge.parent->name) + '.' + columns(key.references_columns) +
         settings(list) + '\n';
}

}  // namespace

std::string to_dbml(const catalog::Catalog& catalog) {
  std::string out;
  for (const Type& each : catalog.types) {
    if (each.kind != TypeKind::enumeration || each.labels.empty()) continue;
    out += "Enum " + name(each.schema, each.name) + " {\n";
    for (const std::string& label : each.labels) out += "  " + escaped(label, '"') + '\n';
    out += "}\n\n";
  }
  for (const Relation* table : drawn_tables(catalog)) {
    if (!table->columns.empty()) out += table_block(catalog, *table);
  }
  std::set<std::string> names;  // unique in the whole file, while SQL asks it of one table
  std::set<std::pair<std::string, std::string>> ends;  // DBML takes one reference between them
  for (const Edge& edge : edges(catalog)) {
    std::string unique_name = edge.key->name;
    if (!names.insert(unique_name).second) unique_name = edge.child->name + '_' + unique_name;
    const std::string from =
        name(edge.child->schema, edge.child->name) + '.' + columns(edge.key->columns);
    const std::string to =
        name(edge.parent->schema, edge.parent->name) + '.' + columns(edge.key->references_columns);
    if (from != to && ends.emplace(from, to).second) out += reference(edge, unique_name);
  }
  return out;
}

}  // namespace architrave::report
