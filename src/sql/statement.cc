#include "sql/statement.h"

#include <pg_query.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"

namespace architrave::sql {

namespace {

using Json = nlohmann::json;

// The parse tree of one statement; null if it does not parse.
Json parse(std::string_view statement) {
  const std::string text(statement);
  PgQueryParseResult result = pg_query_parse(text.c_str());
  Json tree;
  if (result.error == nullptr) tree = Json::parse(result.parse_tree, nullptr, false);
  pg_query_free_parse_result(result);
  return tree.is_discarded() ? Json() : tree;
}

void add(std::vector<std::string>& list, const std::string& name) {
  if (std::ranges::find(list, name) == list.end()) list.push_back(name);
}

// Every role that is named, and every extension made, anywhere in the tree.
void walk(const Json& node, Mentions& mentions) {
  if (node.is_object()) {
    if (const auto role = node.find("rolename"); role != node.end() && role->is_string())
      add(mentions.roles, role->get<std::string>());
    if (const auto create = node.find("CreateExtensionStmt"); create != node.end())
      add(mentions.extensions, create->value("extname", ""));
  }
  if (node.is_structured())
    for (const Json& child : node) walk(child, mentions);
}

// Parsing costs microseconds, but a dump has thousands of statements that can't mention either.
bool may_mention(std::string_view statement) {
  static constexpr std::string_view signs[] = {
      "owner to",      "grant",     "revoke",   "policy",       "role",
      "authorization", "extension", "for user", "user mapping", "owned by"};
  if (statement.size() > 100'000) return false;
  const std::string text = lower(statement.substr(0, 4000));
  return std::ranges::any_of(
      signs, [&](std::string_view sign) { return text.find(sign) != std::string::npos; });
}

}  // namespace

void collect_mentions(std::string_view statement, Mentions& mentions) {
  if (may_mention(statement)) walk(parse(statement), mentions);
}

std::optional<SyntaxError> syntax_error(std::string_view text) {
  const std::string copy(text);
  PgQueryParseResult result = pg_query_parse(copy.c_str());
  std::optional<SyntaxError> error;
  if (result.error != nullptr)
    error = SyntaxError{result.error->message, std::max(0, result.error->cursorpos - 1)};
  pg_query_free_parse_result(result);
  return error;
}

}  // namespace architrave::sql
