#include "base/text.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

using sql::Node;

namespace {

bool is_dynamic(std::string_view body) {
  const std::string text = lower(body);
  for (std::size_t at = text.find("execute"); at != std::string::npos;
       at = text.find("execute", at + 7)) {
    const std::string_view rest = trim(std::string_view(text).substr(at + 7));
    if (contains_word(text.substr(at, 7), "execute") && !rest.starts_with("function") &&
        !rest.starts_with("procedure") && !rest.starts_with("on "))
      return true;
  }
  return false;
}

void check(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  if (node.is("ExecuteStmt") || node.is("CallStmt")) {
    finder.find("what it runs can't be seen here, so nothing is known of its locks",
                "write the statements themselves into the migration");
    return;
  }
  for (const Node each : node[node.is("DoStmt") ? "args" : "options"]) {
    if (each["defname"].text() != "as") continue;
    const Node arg = each["arg"];
    const std::string_view body = sql::string_of(arg.is("String") ? arg
                                                 : arg.is("List") ? arg["items"].front()
                                                                  : arg.front());
    if (node.is("DoStmt"))
      finder.find(is_dynamic(body)
                      ? "DO runs statements that it makes up while it runs: nothing is known of "
                        "their locks"
                      : "what DO runs is not looked into: nothing is known of its locks",
                  "write the statements themselves into the migration, where IF EXISTS and IF NOT "
                  "EXISTS do what the block asks");
    else if (is_dynamic(body))
      finder.find(
          "the function runs statements that it makes up (EXECUTE): nothing is known of "
          "them",
          "statements that are written out; where names must vary, format with %I");
    return;
  }
}

}  // namespace

extern const Rule opaque_dynamic_sql;
const Rule opaque_dynamic_sql = {
    .is = {.name = "opaque-dynamic-sql",
           .severity = Severity::info,
           .summary = "What a block of code runs can't be judged"},
    .nodes = {"DoStmt", "CreateFunctionStmt", "ExecuteStmt", "CallStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules
