// Mermaid's erDiagram. Its lexer takes quoted entity names without ", % and \, and attribute types
// and names of letters, digits, - and _ alone: what it can't take is replaced by _ and shown in the
// attribute's comment. (Tried with Mermaid 11. The words PK, FK and UK are keys wherever they
// stand; letters beyond ASCII are taken from U+00C0 on.)
#include <algorithm>
#include <cctype>
#include <unordered_set>

#include "base/text.h"
#include "catalog/object.h"
#include "report/diagram.h"
#include "report/schema_formats.h"

namespace architrave::report {

using catalog::Column;
using catalog::Relation;

namespace {

// Inside double quotes, on one line.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += '\'';
        break;
      case '\\':
        out += '/';
        break;
      case '%':
        out += "pct";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out += '"';
}

std::string entity(const Relation& table) {
  const std::string name = table.schema.empty() || table.schema == "public"
                               ? table.name
                               : table.schema + '.' + table.name;
  return quoted(name);
}

// A word that stands for a type or an attribute. `brackets` are what types may hold besides.
std::string word(std::string_view text, std::string_view brackets = {}) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool below_c0 =
        byte == 0xC2 || (!out.empty() && out.back() == '_' && (byte & 0xC0) == 0x80);
    const bool plain = (byte < 0x80 ? std::isalnum(byte) != 0 : !below_c0) || c == '_' ||
                       brackets.find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else if (out.empty() || out.back() != '_')
      out += '_';
  }
  if (out.empty() || std::string_view("0123456789[]()").find(out.front()) != std::string_view::npos)
    out.insert(0, "_");
  for (const std::string_view key : {"pk", "fk", "uk"})
    if (lower(out) == key) return out + '_';
  return out;
}

std::string attribute(const Relation& table, const Column& column) {
  const Role role = role_of(table, column);
  std::vector<std::string> keys;
  if (role.primary) keys.emplace_back("PK");
  if (role.foreign) keys.emplace_back("FK");
  if (role.unique && !role.primary) keys.emplace_back("UK");
  const std::string name = word(column.name);
  std::string line = "    " + word(short_type(column.type), "[]()") + ' ' + name;
  if (!keys.empty()) line += ' ' + join(keys, ", ");
  std::vector<std::string> comment;
  if (name != column.name) comment.push_back(column.name);
  if (!column.comment.empty()) comment.push_back(column.comment);
  if (!comment.empty()) line += ' ' + quoted(join(comment, ": "));
  return line + '\n';
}

}  // namespace

std::string mermaid(const std::vector<const Relation*>& tables, const std::vector<Edge>& edges) {
  const std::unordered_set<const Relation*> shown(tables.begin(), tables.end());
  std::string out = "erDiagram\n";
  for (const Relation* table : tables) {
    out += "  " + entity(*table) + " {\n";
    for (const Column& column : table->columns) out += attribute(*table, column);
    out += "  }\n";
  }
  for (const Edge& edge : edges) {
    if (!shown.contains(edge.child) || !shown.contains(edge.parent)) continue;
    out += "  " + entity(*edge.parent) + (edge.not_null ? " ||--" : " |o--") +
           (edge.unique ? "o| " : "o{ ") + entity(*edge.child) + " : " +
           quoted(join(edge.key->columns, ", ")) + '\n';
  }
  return out;
}

std::string to_mermaid(const catalog::Catalog& catalog) {
  return mermaid(drawn_tables(catalog), edges(catalog));
}

}  // namespace architrave::report
