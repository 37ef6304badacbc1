// Graphviz: a table is an HTML-like label, a cluster of tables a box around them.
#include <unordered_map>

#include "base/text.h"
#include "report/diagram.h"
#include "report/schema_formats.h"

namespace architrave::report {

using catalog::Column;
using catalog::Relation;

namespace {

std::string html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out.empty() ? " " : out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out += '"';
}

std::string node(std::size_t number, const Relation& table) {
  std::string out = "    t" + std::to_string(number) +
                    " [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
                    "cellpadding=\"4\"><tr><td bgcolor=\"#dfe7f1\" colspan=\"2\"><b>" +
                    html(table.schema.empty() ? table.name : table.schema + '.' + table.name) +
                    "</b></td></tr>";
  for (std::size_t at = 0; at < table.columns.size(); ++at) {
    const Column& column = table.columns[at];
    const Role role = role_of(table, column);
    std::string text = html(column.name);
    if (role.primary) text = "<u>" + text + "</u>";
    if (role.foreign) text = "<i>" + text + "</i>";
    out += "<tr><td align=\"left\" port=\"c" + std::to_string(at) + "\">" + text +
           "</td><td align=\"left\">" + html(short_type(column.type)) +
           (column.not_null ? "" : " ?") + "</td></tr>";
  }
  return out + "</table>>];\n";
}

std::string port(const Relation& table, const std::vector<std::string>& columns) {
  for (std::size_t at = 0; at < table.columns.size(); ++at)
    if (!columns.empty() && table.columns[at].name == columns.front())
      return ":c" + std::to_string(at);
  return {};
}

}  // namespace

std::string to_dot(const catalog::Catalog& catalog) {
  std::string out =
      "digraph schema {\n"
      "  graph [rankdir=LR, fontname=\"sans-serif\"];\n"
      "  node [shape=plain, fontname=\"sans-serif\"];\n"
      "  edge [dir=both];\n";
  std::unordered_map<const Relation*, std::size_t> numbers;
  std::size_t cluster_number = 0;
  for (const Cluster& cluster : clusters(catalog)) {
    out += "  subgraph cluster_" + std::to_string(cluster_number++) +
           " {\n    label=" + quoted(cluster.name) + ";\n    color=\"#9aa7b8\";\n";
    for (const Relation* table : cluster.tables) {
      const std::size_t number = numbers.emplace(table, numbers.size()).first->second;
      out += node(number, *table);
    }
    out += "  }\n";
  }
  for (const Edge& edge : edges(catalog)) {
    // Crow's feet: the tail is the child's end, the head the parent's.
    out += "  t" + std::to_string(numbers.at(edge.child)) + port(*edge.child, edge.key->columns) +
           " -> t" + std::to_string(numbers.at(edge.parent)) +
           port(*edge.parent, edge.key->references_columns) +
           " [arrowtail=" + (edge.unique ? "teeodot" : "crowodot") +
           ", arrowhead=" + (edge.not_null ? "teetee" : "teeodot") +
           ", tooltip=" + quoted(edge.key->name) + "];\n";
  }
  return out + "}\n";
}

}  // namespace architrave::report
