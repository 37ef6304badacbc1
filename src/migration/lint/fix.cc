#include "migration/lint/fix.h"

#include <algorithm>
#include <optional>

#include "base/quoting.h"
#include "base/text.h"

namespace architrave::migration::lint {

namespace {

// A word, a quoted name, a string or a single character of the text; empty at its end.
struct Token {
  std::size_t begin = 0;
  std::string_view text;
  std::size_t end() const { return begin + text.size(); }
  bool is(std::string_view word) const { return text.size() == word.size() && lower(text) == word; }
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

Token next_token(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (text.substr(at).starts_with("--")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at).starts_with("/*")) {
      const std::size_t end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else if (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
      ++at;
    } else {
      break;
    }
  }
  if (at >= text.size()) return {text.size(), {}};
  std::size_t end = at + 1;
  if (text[at] == '"' || text[at] == '\'')
    end = std::min(text.find(text[at], at + 1), text.size() - 1) + 1;
  else if (is_word(text[at]))
    while (end < text.size() && is_word(text[end])) ++end;
  return {at, text.substr(at, end - at)};
}

std::vector<Token> tokens(std::string_view text, std::size_t most) {
  std::vector<Token> out;
  for (Token token = next_token(text, 0); !token.text.empty() && out.size() < most;
       token = next_token(text, token.end()))
    out.push_back(token);
  return out;
}

// After the first of these words, or nothing if none is among the first words.
std::optional<std::size_t> behind(std::string_view text,
                                  std::initializer_list<std::string_view> words) {
  for (const Token& token : tokens(text, 6))
    if (std::ranges::any_of(words, [&](std::string_view word) { return token.is(word); }))
      return token.end();
  return {};
}

Fix insert_behind(std::string_view text, std::initializer_list<std::string_view> words,
                  const char* what) {
  const auto place = behind(text, words);
  if (!place) return {};
  return {.edits = {{*place, 0, what}}, .transactionless = false};
}

// A statement that needs to be outside of a transaction, where it can be.
Fix outside(Fix fix, const State& state) {
  const bool alone = state.transaction == Transaction::presumed &&
                     state.statements_in_all - state.settings_in_all == 1;
  if (state.transaction != Transaction::none && !alone) return {};
  fix.transactionless = alone;
  return fix;
}

// NOT VALID now, VALIDATE in the statement behind it: which is another transaction.
Fix not_valid(const Statement& statement) {
  const sql::Node commands = statement.node["cmds"];
  const std::string_view name = commands.front()["def"]["conname"].text();
  if (commands.size() != 1 || name.empty() ||
      commands.front()["subtype"].text() != "AT_AddConstraint")
    return {};
  const sql::Node relation = statement.node["relation"];
  const std::string table = qualified(relation["schemaname"].text(), relation["relname"].text());
  return outside({.edits = {{statement.text.size(), 0,
                             " NOT VALID;\nALTER TABLE " + table + " VALIDATE CONSTRAINT " +
                                 quote_identifier(name)}},
                  .transactionless = false},
                 statement.state);
}

// The type that is written at the place, with what belongs to it: "timestamp(3) without time zone".
struct WrittenType {
  std::size_t begin = 0, end = 0;
  std::string name;         // in lower case: "character varying"
  std::string modifier;     // "(3)"
  std::string_view column;  // the name before it, as written
};

std::optional<WrittenType> type_at(std::string_view text, std::size_t location) {
  Token token = next_token(text, location);
  if (token.begin != location || token.text.empty() || !is_word(token.text.front())) return {};
  WrittenType out{.begin = location,
                  .end = token.end(),
                  .name = lower(token.text),
                  .modifier = {},
                  .column = {}};
  Token next = next_token(text, out.end);
  if (next.is(".")) return {};
  if (next.is("varying")) {
    out.name += " varying";
    out.end = next.end();
    next = next_token(text, out.end);
  }
  if (next.is("(")) {
    const std::size_t close = text.find(')', next.begin);
    if (close == std::string_view::npos) return {};
    out.modifier = text.substr(next.begin, close + 1 - next.begin);
    out.end = close + 1;
    next = next_token(text, out.end);
  }
  if (next.is("without")) {
    const Token time = next_token(text, next.end());
    const Token zone = next_token(text, time.end());
    if (!zone.is("zone")) return {};
    out.end = zone.end();
  }
  for (Token each = next_token(text, 0); each.begin < location; each = next_token(text, each.end()))
    out.column = each.text;
  return out;
}

Fix type(std::string_view rule, const Statement& statement, std::size_t location) {
  const auto written = type_at(statement.text, location);
  if (!written) return {};
  const std::string& name = written->name;
  // ALTER COLUMN … TYPE: another type is another rewrite, and a decision.
  const Token column{0, written->column};
  const bool made = !column.is("type");
  if (!made) return {};
  std::string to;
  if (rule == "bigint-over-int" || rule == "bigint-over-smallint") {
    if (name == "int" || name == "integer" || name == "int4" || name == "smallint" ||
        name == "int2")
      to = "bigint";
  } else if (rule == "identity-over-serial") {
    to = name.starts_with("small") || name == "serial2" ? "smallint" : "bigint";
    to += " GENERATED BY DEFAULT AS IDENTITY";
  } else if (rule == "json-instead-of-jsonb") {
    to = "jsonb";
  } else if (rule == "money") {
    to = "numeric(12,2)";
  } else if (rule == "timestamptz") {
    to = "timestamptz" + written->modifier;
  } else if (rule == "text-over-varchar" || rule == "ban-char") {
    // An array's elements have no CHECK, and that of a table in use would be tested on every row.
    if (statement.node.is("AlterTableStmt") &&
        statement.state.in_use(statement.state.schema.name_of(statement.node["relation"])))
      return {};
    if (next_token(statement.text, written->end).is("[")) return {};
    const std::string length =
        written->modifier.empty() ? "1" : written->modifier.substr(1, written->modifier.size() - 2);
    to = "text CHECK (length(" + std::string(written->column) + ") <= " + length + ")";
  }
  if (to.empty()) return {};
  return {.edits = {{written->begin, written->end - written->begin, to}}, .transactionless = false};
}

Fix robust(const Statement& statement, std::size_t location) {
  const std::string_view text = statement.text;
  if (statement.node.is("CreateStmt")) return insert_behind(text, {"table"}, " IF NOT EXISTS");
  if (statement.node.is("IndexStmt"))
    return insert_behind(text,
                         statement.node["concurrent"].flag()
                             ? std::initializer_list<std::string_view>{"concurrently"}
                             : std::initializer_list<std::string_view>{"index"},
                         " IF NOT EXISTS");
  if (statement.node.is("DropStmt")) {
    if (statement.node["concurrent"].flag())
      return insert_behind(text, {"concurrently"}, " IF EXISTS");
    const std::string_view what = statement.node["removeType"].text();
    if (what == "OBJECT_MATVIEW") return insert_behind(text, {"view"}, " IF EXISTS");
    if (what == "OBJECT_FOREIGN_TABLE") return insert_behind(text, {"table"}, " IF EXISTS");
    return insert_behind(text,
                         {"table", "index", "view", "sequence", "type", "schema", "trigger",
                          "function", "policy", "domain"},
                         " IF EXISTS");
  }
  // ADD COLUMN: the place is the column's name.
  if (statement.node.is("AlterTableStmt") && location > 0) {
    Token before, last;
    for (Token each = next_token(text, 0); each.begin < location;
         each = next_token(text, each.end())) {
      before = last;
      last = each;
    }
    if (last.is("column") && before.is("add"))
      return {.edits = {{last.end(), 0, " IF NOT EXISTS"}}, .transactionless = false};
  }
  return {};
}

Fix timeout(const Statement& statement) {
  const State& state = statement.state;
  const bool inside =
      state.transaction == Transaction::begun || state.transaction == Transaction::declared;
  return {.edits = {{0, 0, std::string(inside ? "SET LOCAL" : "SET") + " lock_timeout = '2s';\n"}},
          .transactionless = false};
}

}  // namespace

Fix fix_of(std::string_view rule, const Statement& statement, std::size_t location) {
  const std::string_view text = statement.text;
  const State& state = statement.state;
  if (rule == "create-index-not-concurrent") {
    // A partitioned table's index can't be built so.
    const Table* table = state.schema.table(state.schema.name_of(statement.node["relation"]));
    if (table != nullptr && table->kind == 'p') return {};
    return outside(insert_behind(text, {"index"}, " CONCURRENTLY"), state);
  }
  if (rule == "drop-index-not-concurrent")
    return statement.node["objects"].size() == 1 &&
                   statement.node["behavior"].text() != "DROP_CASCADE"
               ? outside(insert_behind(text, {"index"}, " CONCURRENTLY"), state)
               : Fix();
  if (rule == "reindex-not-concurrent")
    return statement.node["params"].empty()
               ? outside(
                     insert_behind(text, {"table", "index", "schema", "database"}, " CONCURRENTLY"),
                     state)
               : Fix();
  if (rule == "detach-partition-not-concurrent")
    return outside({.edits = {{text.size(), 0, " CONCURRENTLY"}}, .transactionless = false}, state);
  if (rule == "fk-without-not-valid" || rule == "check-without-not-valid")
    return not_valid(statement);
  if (rule == "missing-lock-timeout") return timeout(statement);
  if (rule == "prefer-robust-stmts") return robust(statement, location);
  if (location > 0) return type(rule, statement, location);
  return {};
}

}  // namespace architrave::migration::lint
