// Rows: statements that change many of them, and code that can't be seen through.
#include <algorithm>

#include "base/quoting.h"
#include "base/text.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

using sql::Node;

namespace {

bool is_always_true(Node condition) {
  if (condition.is("A_Const")) return condition["boolval"]["boolval"].flag();
  if (!condition.is("A_Expr") || sql::string_of(condition["name"].front()) != "=") return false;
  const Node left = condition["lexpr"], right = condition["rexpr"];  // 1 = 1
  return left.is("A_Const") && right.is("A_Const") &&
         left["ival"]["ival"].number() == right["ival"]["ival"].number() &&
         left["ival"].operator bool() == right["ival"].operator bool() &&
         left["sval"]["sval"].text() == right["sval"]["sval"].text() && !left["isnull"].flag();
}

bool has_no_where(const Action& action, const Statement&) {
  const Node where = action.node["whereClause"];
  return !where || is_always_true(where);
}

// A batch names its rows: by a subquery with LIMIT, a range of keys, or the key itself.
bool is_not_batched(const Action& action, const Statement&) {
  if (action.node.is("InsertStmt")) {
    const Node select = action.node["selectStmt"];
    return !select["fromClause"].empty() && !select["limitCount"];
  }
  const Node where = action.node["whereClause"];
  if (!where || is_always_true(where)) return true;
  if (where.any([](Node each) { return each.key() == "limitCount"; })) return false;
  const auto bounded = [](Node each) {
    if (!each.is("A_Expr")) return false;
    const std::string_view kind = each["kind"].text();
    if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_IN" || kind == "AEXPR_OP_ANY") return true;
    const std::string_view op = sql::string_of(each["name"].front());
    const Node column = each["lexpr"];
    if (!column.is("ColumnRef")) return false;
    const std::string_view name = sql::string_of(column["fields"].back());
    return op == "=" && (name == "id" || name.ends_with("_id") || name == "ctid");
  };
  return !where.any(bounded);
}

constexpr std::size_t most_columns = 1664;  // that a table or a query can have

void duplicates(Node targets, const char* what, Finder& finder) {
  if (targets.size() > most_columns) return;
  std::vector<std::string_view> seen;
  for (const Node each : targets) {
    // a.x and a[1] are parts of a column, and several may be set.
    if (!each["indirection"].empty()) continue;
    const std::string_view name =
        each.is("ColumnDef") ? each["colname"].text() : each["name"].text();
    if (name.empty()) continue;
    if (std::ranges::find(seen, name) == seen.end()) {
      seen.push_back(name);
      continue;
    }
    finder.find(std::string("column ") + quote_identifier(name) + ' ' + what + " more than once",
                "leave out all but one", {}, static_cast<int>(each["location"].number()));
  }
}

// Of a whole column that is also set in parts.
void whole_and_part(Node targets, Finder& finder) {
  if (targets.size() > most_columns) return;
  for (const Node each : targets)
    if (!each["indirection"].empty())
      for (const Node other : targets)
        if (other["indirection"].empty() && other["name"].text() == each["name"].text()) {
          finder.find(
              "column " + quote_identifier(each["name"].text()) + " is set as a whole and in part",
              "set it once", {}, static_cast<int>(each["location"].number()));
          return;
        }
}

// The name that a column of a query gets of itself.
std::string_view output_name(Node target) {
  if (const std::string_view name = target["name"].text(); !name.empty()) return name;
  Node value = target["val"];
  while (value.is("TypeCast") && !value["arg"].is("A_Const")) value = value["arg"];
  if (value.is("ColumnRef")) return sql::string_of(value["fields"].back());
  if (value.is("FuncCall")) return sql::string_of(value["funcname"].back());
  if (value.is("TypeCast")) return sql::string_of(value["typeName"]["names"].back());
  return value.is("A_Const") || value.is("A_Expr") ? "?column?" : std::string_view();
}

void duplicate_outputs(Node query, Node aliases, Finder& finder) {
  if (aliases.size() > most_columns || query["targetList"].size() > most_columns) return;
  if (!aliases.empty()) {
    std::vector<std::string_view> seen;
    for (const Node each : aliases) {
      const std::string_view name = sql::string_of(each);
      if (std::ranges::find(seen, name) != seen.end())
        finder.find("column " + quote_identifier(name) + " is named more than once",
                    "give each its own name");
      seen.push_back(name);
    }
    return;
  }
  std::vector<std::string_view> seen;
  for (const Node each : query["targetList"]) {
    const std::string_view name = output_name(each);
    if (name.empty()) continue;
    if (std::ranges::find(seen, name) != seen.end())
      finder.find("column " + quote_identifier(name) + " is named more than once",
                  "give each a name of its own with AS", {},
                  static_cast<int>(each["location"].number()));
    seen.push_back(name);
  }
}

void duplicate_assignment(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  if (node.is("ViewStmt")) return duplicate_outputs(node["query"], node["aliases"], finder);
  if (node.is("CreateTableAsStmt"))
    return duplicate_outputs(node["query"], node["into"]["colNames"], finder);
  if (node.is("SelectStmt")) {
    if (node["intoClause"]) duplicate_outputs(node, {}, finder);
    return;
  }
  if (node.is("CreateStmt") || node.is("CreateForeignTableStmt"))
    return duplicates(node.is("CreateStmt") ? node["tableElts"] : node["base"]["tableElts"],
                      "is made", finder);
  node.any([&](Node each) {
    if (each.is("InsertStmt")) duplicates(each["cols"], "is given", finder);
    if (each.is("UpdateStmt") || each.is("OnConflictClause") || each.is("MergeWhenClause") ||
        each.key() == "onConflictClause") {
      duplicates(each["targetList"], "is set", finder);
      whole_and_part(each["targetList"], finder);
    }
    return false;
  });
}

void untracked(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  // BEGIN ATOMIC and RETURN are parsed when the function is made, and tracked.
  if (node["sql_body"]) return;
  for (const Node each : node["options"])
    if (each["defname"].text() == "language" && sql::string_of(each["arg"]) == "c") return;
  finder.find("what the body of " + quoted(sql::dotted(node["funcname"])) +
                  " names is text to the server: a column or table that it uses can be changed or "
                  "dropped without a word, and it fails when it is called",
              "a body that is parsed (BEGIN ATOMIC … END, PostgreSQL 14) where it is SQL; else "
              "look for it by hand when what it names changes");
}

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

void opaque(const Statement& statement, Finder& finder) {
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

void slows_down(const Statement& statement, Finder& finder) {
  for (const Action& action : statement.actions) {
    const EffectRow& row = effect_row(action.what, statement.state.version);
    if (!statement.state.in_use(action.relation) || action.relation.empty()) continue;
    if (row.lock > Lock::share_update_exclusive || !(row.scans || row.rewrites)) continue;
    finder.find(std::string(row.words) + " reads all of " + quoted(action.relation) +
                    ": nothing waits for it, but its reads and writes are felt by all",
                "run it in a quiet hour, and watch replication lag", action.relation);
    return;
  }
}

const Rule rules[] = {
    {.is = {.name = "delete-without-where",
            .severity = Severity::error,
            .summary = "DELETE without WHERE deletes every row"},
     .actions = {Do::remove},
     .when = has_no_where,
     .message = "every row of {table} is deleted",
     .instead = "DELETE FROM {table} WHERE …, in batches"},
    {.is = {.name = "update-without-where",
            .severity = Severity::error,
            .summary = "UPDATE without WHERE changes every row"},
     .actions = {Do::update},
     .when = has_no_where,
     .message = "every row of {table} is written anew and locked until the transaction ends",
     .instead = "UPDATE {table} SET … WHERE …, in batches"},
    {.is = {.name = "backfill-in-migration",
            .severity = Severity::warning,
            .summary = "Many rows changed in one statement stay locked until it ends"},
     .actions = {Do::update, Do::remove},
     .when = is_not_batched,
     .message = "all rows of {table} that it changes are locked until the transaction ends, and "
                "their old versions stay until then",
     .instead = "batches of a few thousand rows by key, each in a transaction of its own; "
                "architrave migrate plan writes such a backfill"},
    {.is = {.name = "duplicate-column-assignment",
            .severity = Severity::error,
            .summary = "A column is given more than once"},
     .nodes = {"InsertStmt", "UpdateStmt", "MergeStmt", "CreateStmt", "CreateForeignTableStmt",
               "ViewStmt", "CreateTableAsStmt", "SelectStmt"},
     .check = duplicate_assignment},
    {.is = {.name = "untrackable-dependencies",
            .severity = Severity::info,
            .summary = "What a function's body names is not known to the server"},
     .nodes = {"CreateFunctionStmt"},
     .check = untracked},
    {.is = {.name = "opaque-dynamic-sql",
            .severity = Severity::info,
            .summary = "What a block of code runs can't be judged"},
     .nodes = {"DoStmt", "CreateFunctionStmt", "ExecuteStmt", "CallStmt"},
     .check = opaque},
    {.is = {.name = "performance-impact",
            .severity = Severity::info,
            .summary = "It reads a whole table beside everybody else's work"},
     .check = slows_down},
};

}  // namespace

std::span<const Rule> data_rules() { return rules; }

}  // namespace architrave::migration::lint
