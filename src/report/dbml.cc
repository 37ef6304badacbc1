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
  return schema.empty() || schema == "public" || schema == "main" ? name(text)
                                                                  : name(schema) + '.' + name(text);
}
std::string string(std::string_view text) { return escaped(text, '\''); }
// An expression can't hold its own delimiter: what does is left out.
bool is_sayable(std::string_view text) { return text.find('`') == std::string_view::npos; }
std::string expression(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20; }, ' ');
  return '`' + out + '`';
}

// 'it''s'::text is a string.
std::string default_value(std::string_view text) {
  std::string value;
  std::size_t at = 1;
  for (; text.starts_with('\'') && at < text.size(); ++at) {
    if (text[at] == '\'' && text.substr(at + 1).starts_with('\''))
      ++at;
    else if (text[at] == '\'')
      break;
    value += text[at];
  }
  const std::string_view rest = text.substr(std::min(at + 1, text.size()));
  const bool is_cast =
      rest.empty() || (rest.starts_with("::") && is_word(short_type(rest.substr(2))));
  if (text.starts_with('\'') && at < text.size() && is_cast) return string(value);
  return is_sayable(text) ? expression(text) : std::string();
}

std::string columns(const std::vector<std::string>& list) {
  std::vector<std::string> parts;
  for (const std::string& each : list) parts.push_back(name(each));
  return parts.size() == 1 ? parts.front() : '(' + join(parts, ", ") + ')';
}

// serial, for a column that takes from the sequence that this word makes.
std::string serial(const catalog::Catalog& catalog, const Relation& table, const Column& column) {
  if (!column.default_value.starts_with("nextval(")) return {};
  const auto is_its_own = [&](const catalog::Sequence& each) {
    return each.schema == table.schema && each.name == table.name + '_' + column.name + "_seq" &&
           each.owned_by_table == table.name && each.owned_by_column == column.name;
  };
  if (std::ranges::none_of(catalog.sequences, is_its_own)) return {};
  return column.type == "bigint"     ? "bigserial"
         : column.type == "smallint" ? "smallserial"
                                     : "serial";
}

std::string type(const catalog::Catalog& catalog, const Column& column) {
  const Type* own = catalog.type(column.type_schema, column.type_name);
  if (own != nullptr && own->kind == TypeKind::enumeration)
    return name(own->schema, own->name) + (column.type.ends_with("[]") ? "[]" : "");
  // A domain has no words here; what it is made of has.
  if (own != nullptr && own->kind == TypeKind::domain && !column.type.ends_with("[]")) {
    const std::string base = short_type(own->base_type);
    return is_word(base.substr(0, base.find('('))) ? base : escaped(base, '"');
  }
  // A quoted name of a type, unless an array's: DBML has no way to write it but as a name.
  const bool quoted = column.type.find('"') != std::string::npos && !column.type.ends_with("[]");
  if (quoted && !column.type_name.empty()) return name(column.type_schema, column.type_name);
  const std::string text = short_type(column.type);
  std::string_view element = text;
  while (element.ends_with("[]")) element.remove_suffix(2);
  const std::size_t modifier = std::min(element.find('('), element.size());
  const bool plain =
      is_word(element.substr(0, modifier)) && (modifier == element.size() || element.back() == ')');
  return plain ? text : escaped(text, '"');
}

std::string settings(const std::vector<std::string>& list) {
  return list.empty() ? std::string() : " [" + join(list, ", ") + ']';
}

// A key that a column can say by itself: of this column alone, and with the name that it then gets.
// SQLite gives none.
bool is_said_by_column(const Relation& table, const Constraint& key) {
  const bool primary = key.type == catalog::ConstraintType::primary_key;
  if (key.columns.size() != 1 || key.deferrable) return false;
  if (!primary && key.type != catalog::ConstraintType::unique) return false;
  const std::string usual = table.name + (primary ? "_pkey" : '_' + key.columns.front() + "_key");
  return key.name.empty() || key.name == usual || key.name.starts_with("sqlite_autoindex_");
}

bool says(const Relation& table, const Column& column, catalog::ConstraintType type) {
  return std::ranges::any_of(table.constraints, [&](const Constraint& each) {
    return each.type == type && is_said_by_column(table, each) &&
           each.columns.front() == column.name;
  });
}

std::string column_line(const catalog::Catalog& catalog, const Relation& table,
                        const Column& column) {
  std::vector<std::string> list;
  if (says(table, column, catalog::ConstraintType::primary_key)) list.emplace_back("pk");
  if (says(table, column, catalog::ConstraintType::unique)) list.emplace_back("unique");
  if (column.not_null && !role_of(table, column).primary) list.emplace_back("not null");
  if (!column.identity.empty()) list.emplace_back("increment");
  const std::string counted = serial(catalog, table, column);
  if (column.generated.empty() && !column.default_value.empty() && counted.empty())
    if (const std::string value = default_value(column.default_value); !value.empty())
      list.push_back("default: " + value);
  if (!column.comment.empty()) list.push_back("note: " + string(column.comment));
  return "  " + name(column.name) + ' ' + (counted.empty() ? type(catalog, column) : counted) +
         settings(list) + '\n';
}

std::string check_line(const Constraint& check) {
  return "    " + expression(check.expression) + settings({"name: " + string(check.name)}) + '\n';
}

std::string index_line(const Index& index) {
  std::vector<std::string> keys;
  for (const IndexKey& key : index.keys)
    keys.push_back(key.column.empty() ? expression(key.expression) : name(key.column));
  const bool sayable = std::ranges::all_of(
      index.keys, [](const IndexKey& key) { return is_sayable(key.expression); });
  if (keys.empty() || !sayable) return {};
  std::vector<std::string> list;
  if (index.primary) list.emplace_back("pk");
  if (index.unique && !index.primary) list.emplace_back("unique");
  // Where an operator class stands that DBML can't write, the method alone would make no index.
  const bool has_class =
      std::ranges::any_of(index.keys, [](const IndexKey& key) { return !key.opclass.empty(); });
  if (!index.method.empty() && !has_class) list.push_back("type: " + index.method);
  list.push_back("name: " + string(index.name));
  if (!index.comment.empty()) list.push_back("note: " + string(index.comment));
  // What DBML has no words for stands behind, for those who read it.
  std::vector<std::string> unsaid;
  if (has_class) unsaid.push_back("USING " + index.method);
  if (!index.include.empty()) unsaid.push_back("INCLUDE (" + join(index.include, ", ") + ')');
  if (!index.predicate.empty()) unsaid.push_back("WHERE " + index.predicate);
  std::string remark = unsaid.empty() ? std::string() : " // " + join(unsaid, " ");
  std::ranges::replace_if(remark, [](unsigned char c) { return c < 0x20; }, ' ');
  return "    (" + join(keys, ", ") + ')' + settings(list) + remark + '\n';
}

std::string table_block(const catalog::Catalog& catalog, const Relation& table) {
  std::string out = "Table " + name(table.schema, table.name) + " {\n";
  for (const Column& column : table.columns) out += column_line(catalog, table, column);
  std::string indexes;
  for (const Index& index : table.indexes) {
    const auto key = std::ranges::find(table.constraints, index.constraint, &Constraint::name);
    const bool is_key = !index.constraint.empty() && key != table.constraints.end();
    if (!is_key || !is_said_by_column(table, *key)) indexes += index_line(index);
  }
  if (!indexes.empty()) out += "\n  indexes {\n" + indexes + "  }\n";
  std::string checks;
  for (const Constraint& each : table.constraints)
    if (each.type == catalog::ConstraintType::check && !each.expression.empty() &&
        is_sayable(each.expression))
      checks += check_line(each);
  if (!checks.empty()) out += "\n  checks {\n" + checks + "  }\n";
  if (!table.comment.empty()) out += "\n  Note: " + string(table.comment) + '\n';
  return out + "}\n\n";
}

std::string reference(const Edge& edge, std::string_view ref_name) {
  const Constraint& key = *edge.key;
  std::vector<std::string> list;
  if (!key.on_delete.empty()) list.push_back("delete: " + key.on_delete);
  if (!key.on_update.empty()) list.push_back("update: " + key.on_update);
  const std::string child = name(edge.child->schema, edge.child->name) + '.' + columns(key.columns);
  const std::string parent =
      name(edge.parent->schema, edge.parent->name) + '.' + columns(key.references_columns);
  // Of one to one the second is the one that holds the key.
  return "Ref " + name(ref_name) + ": " +
         (edge.unique ? parent + " - " + child : child + " > " + parent) + settings(list) + '\n';
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
