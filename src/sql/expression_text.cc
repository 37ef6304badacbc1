#include "sql/expression_text.h"

#include <pg_query.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.h"

namespace architrave::sql {

namespace {

using Json = nlohmann::json;
using Column = std::function<std::string(const Json&)>;

std::string string_of(const Json& node) {
  const auto found = node.find("String");
  return found != node.end() ? found->value("sval", "") : "";
}

std::string literal(std::string_view value) {
  return "'" + replace_all(std::string(value), "'", "''") + "'";
}

std::string constant(const Json& node) {
  if (node.value("isnull", false)) return "NULL";
  if (const auto sval = node.find("sval"); sval != node.end())
    return literal(sval->value("sval", ""));
  if (const auto ival = node.find("ival"); ival != node.end())
    return std::to_string(ival->value("ival", 0));
  if (const auto fval = node.find("fval"); fval != node.end()) return fval->value("fval", "");
  if (const auto boolval = node.find("boolval"); boolval != node.end())
    return boolval->value("boolval", false) ? "true" : "false";
  return "";
}

std::string type_text(const Json& type) {
  std::vector<std::string> names;
  for (const Json& each : type.value("names", Json::array())) names.push_back(string_of(each));
  if (names.size() > 1 && names.front() == "pg_catalog") names.erase(names.begin());
  for (std::string& name : names) name = identifier_text(name);
  std::string text = join(names, ".");
  std::vector<std::string> modifiers;
  for (const Json& each : type.value("typmods", Json::array()))
    if (const auto value = each.find("A_Const"); value != each.end())
      modifiers.push_back(constant(*value));
  if (!modifiers.empty()) text += "(" + join(modifiers, ", ") + ")";
  if (!type.value("arrayBounds", Json::array()).empty()) text += "[]";
  return text;
}

std::string all(const Json& nodes, const Column& column, std::string_view separator) {
  std::vector<std::string> parts;
  for (const Json& each : nodes) {
    parts.push_back(expression_text(each, column));
    if (parts.back().empty()) return "";
  }
  return join(parts, separator);
}

std::string call(const Json& node, const Column& column) {
  for (const char* special : {"agg_star", "agg_distinct", "agg_within_group", "func_variadic"})
    if (node.value(special, false)) return "";
  if (node.contains("over") || node.contains("agg_order") || node.contains("agg_filter")) return "";
  std::vector<std::string> names;
  for (const Json& each : node.at("funcname")) names.push_back(string_of(each));
  if (names.size() > 1 && names.front() == "pg_catalog") names.erase(names.begin());
  for (std::string& name : names) name = identifier_text(name);
  const Json arguments = node.value("args", Json::array());
  const std::string inner = all(arguments, column, ", ");
  if (inner.empty()) return "";  // an index is of columns
  return join(names, ".") + "(" + inner + ")";
}

}  // namespace

std::string identifier_text(std::string_view name) {
  const auto is_simple = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '_';
  };
  if (!name.empty() && std::ranges::all_of(name, is_simple) && (name[0] < '0' || name[0] > '9')) {
    // The parser knows its reserved words best.
    const std::string trial = "SELECT " + std::string(name) + " FROM t";
    const PgQueryParseResult parsed = pg_query_parse(trial.c_str());
    const bool plain =
        parsed.error == nullptr &&
        std::string_view(parsed.parse_tree).find("\"ColumnRef\"") != std::string_view::npos;
    pg_query_free_parse_result(parsed);
    if (plain) return std::string(name);
    // Names of functions and types may be words that no column can be: lower, left, date.
  }
  return '"' + replace_all(std::string(name), "\"", "\"\"") + '"';
}

std::string expression_text(const Json& node, const Column& column) {
  if (!node.is_object() || node.size() != 1) return "";
  const std::string kind = node.begin().key();
  const Json& value = node.begin().value();
  if (kind == "ColumnRef") {
    const std::string name = column(node);
    return name.empty() ? "" : identifier_text(name);
  }
  if (kind == "A_Const") return constant(value);
  if (kind == "FuncCall") return call(value, column);
  if (kind == "TypeCast") {
    const std::string inner = expression_text(value.at("arg"), column);
    return inner.empty() ? "" : "(" + inner + ")::" + type_text(value.at("typeName"));
  }
  if (kind == "A_Expr" && value.value("kind", "") == "AEXPR_OP" && value.contains("lexpr")) {
    const std::string left = expression_text(value.at("lexpr"), column);
    const std::string right = expression_text(value.at("rexpr"), column);
    if (left.empty() || right.empty()) return "";
    return "(" + left + " " + string_of(value.at("name").back()) + " " + right + ")";
  }
  if (kind == "CoalesceExpr") {
    const std::string inner = all(value.at("args"), column, ", ");
    return inner.empty() ? "" : "COALESCE(" + inner + ")";
  }
  return "";
}

}  // namespace architrave::sql
