// What is better written otherwise: types, names, statements that can be run again.
#include <algorithm>

#include "base/quoting.h"
#include "base/text.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

using sql::Node;

namespace {

// Calls `visit` with each column that is made or gets another type: name, type, place.
template <class Visit>
void each_column(const Statement& statement, Visit&& visit) {
  const auto column = [&](Node definition, std::string_view name) {
    const Node type = definition["typeName"];
    if (type) visit(name, type_name(type), static_cast<int>(type["location"].number()));
  };
  const Node node = statement.node;
  const Node table = node.is("CreateForeignTableStmt") ? node["base"] : node;
  for (const Node each : table["tableElts"])
    if (each.is("ColumnDef")) column(each, each["colname"].text());
  for (const Node each : node["cmds"]) {
    const std::string_view what = each["subtype"].text();
    if (what == "AT_AddColumn") column(each["def"], each["def"]["colname"].text());
    if (what == "AT_AlterColumnType") column(each["def"], each["name"].text());
  }
}

template <class Wrong>
void types(const Statement& statement, Finder& finder, Wrong&& wrong, const char* why,
           const char* instead) {
  each_column(statement, [&](std::string_view name, const TypeName& type, int location) {
    if (wrong(type))
      finder.find("column " + quote_identifier(name) + " is " + describe(type) + why, instead, {},
                  location);
  });
}

void bigint_over_int(const Statement& statement, Finder& finder) {
  types(
      statement, finder,
      [](const TypeName& type) { return type.name == "int4" || type.name == "serial"; },
      ": it ends at 2,147,483,647, and widening it later rewrites the table", "bigint");
}
void bigint_over_smallint(const Statement& statement, Finder& finder) {
  types(
      statement, finder,
      [](const TypeName& type) { return type.name == "int2" || type.name == "smallserial"; },
      ": it ends at 32,767, and widening it later rewrites the table", "bigint");
}
void identity_over_serial(const Statement& statement, Finder& finder) {
  types(
      statement, finder, [](const TypeName& type) { return type.name.ends_with("serial"); },
      ": its sequence has rights and a life of its own, and any value may be written into it",
      "bigint GENERATED ALWAYS AS IDENTITY");
}
void text_over_varchar(const Statement& statement, Finder& finder) {
  types(
      statement, finder,
      [](const TypeName& type) { return type.name == "varchar" && !type.mods.empty(); },
      ": a shorter limit later rewrites the table",
      "text, with a CHECK on its length if it has one");
}
void timestamptz(const Statement& statement, Finder& finder) {
  types(
      statement, finder, [](const TypeName& type) { return type.name == "timestamp"; },
      " without a time zone: which moment it means depends on who reads it", "timestamptz");
}
void ban_char(const Statement& statement, Finder& finder) {
  types(
      statement, finder,
      // "char" in quotes is a type of one byte; with a length it was meant as char(n).
      [](const TypeName& type) {
        return type.name == "bpchar" ||
               (!type.mods.empty() && (type.name == "char" || type.name == "character"));
      },
      ": values are stored with blanks and compared without", "text");
}
void money(const Statement& statement, Finder& finder) {
  types(
      statement, finder, [](const TypeName& type) { return type.name == "money"; },
      ": its digits and its currency depend on lc_monetary of whoever reads it", "numeric(12,2)");
}

// ---- Names.

void require_schema(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  const auto table = [&](Node relation) {
    if (!relation["relname"] || !relation["schemaname"].text().empty() ||
        relation["relpersistence"].text() == "t")
      return;
    finder.find("which " + quoted(relation["relname"].text()) +
                    " is meant depends on search_path of whoever runs the file",
                "public." + quoted(relation["relname"].text()), {},
                static_cast<int>(relation["location"].number()));
  };
  if (node.is("DropStmt")) {
    if (node["removeType"].text() != "OBJECT_TABLE") return;
    for (const Node each : node["objects"]) {
      const Node names = each.is("List") ? each["items"] : each;
      if (names.size() == 1)
        finder.find("which " + quoted(sql::dotted(names)) +
                        " is meant depends on search_path of whoever runs the file",
                    "public." + quoted(sql::dotted(names)));
    }
    return;
  }
  if (node.is("CreateTableAsStmt")) return table(node["into"]["rel"]);
  table(node["relation"]);
}

// Whether an odd number of backslashes stands before the character.
bool is_escaped(std::string_view text, std::size_t at) {
  std::size_t backslashes = 0;
  while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

// Identifiers of 64 bytes and more, which the parser cuts: found in the text, since the tree has
// what is left of them.
void too_long(const Statement& statement, Finder& finder) {
  constexpr std::size_t longest = 63;
  const std::string_view text = statement.text;
  if (text.size() <= longest) return;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (static_cast<unsigned char>(c) & 0x80) != 0;
  };
  const auto report = [&](std::size_t begin, std::size_t end) {
    const std::string_view name = text.substr(begin, end - begin);
    finder.find(std::string(name) + " has " + std::to_string(name.size()) +
                    " bytes, and PostgreSQL keeps " + std::to_string(longest) +
                    ": two such names may become one",
                "a name of at most 63 bytes", {}, static_cast<int>(begin));
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (c == '\'') {
      const bool escapes = at > 0 && (text[at - 1] | 0x20) == 'e';
      end = text.find('\'', at + 1);
      while (escapes && end != std::string_view::npos && is_escaped(text, end))
        end = text.find('\'', end + 1);
      at = end == std::string_view::npos ? text.size() : end + 1;
    } else if (c == '"') {
      end = std::min(text.find('"', at + 1), text.size());
      if (end - at - 1 > longest) report(at + 1, end);
      at = end + 1;
    } else if (c == '$' && at + 1 < text.size() && !(text[at + 1] >= '0' && text[at + 1] <= '9')) {
      const std::size_t tag = text.find('$', at + 1);  // $tag$ … $tag$
      if (tag == std::string_view::npos) return;
      const std::size_t close = text.find(text.substr(at, tag + 1 - at), tag + 1);
      if (close == std::string_view::npos) return;
      at = close + tag + 1 - at;
    } else if (c == '-' && end < text.size() && text[end] == '-') {
      at = std::min(text.find('\n', at), text.size());
    } else if (c == '/' && end < text.size() && text[end] == '*') {
      const std::size_t close = text.find("*/", at + 2);
      at = close == std::string_view::npos ? text.size() : close + 2;
    } else if (is_word(c)) {
      while (end < text.size() && is_word(text[end])) ++end;
      if (end - at > longest) report(at, end);
      at = end;
    } else {
      ++at;
    }
  }
}

bool is_plain(std::string_view name) {
  return std::ranges::all_of(
             name,
             [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }) &&
         (name.empty() || name.front() < '0' || name.front() > '9');
}

void naming(const Statement& statement, Finder& finder) {
  const Node node = statement.node;
  const auto name = [&](const char* what, std::string_view text, Node place) {
    if (is_plain(text)) return;
    finder.find(std::string(what) + " " + quote_identifier(text) +
                    " has to be written in quotes wherever it is used",
                "lower case letters, digits and underscores", {},
                place["location"] ? static_cast<int>(place["location"].number()) : -1);
  };
  const auto constraint = [&](Node each) {
    if (!each["conname"].text().empty()) name("constraint", each["conname"].text(), each);
  };
  if (node.is("CreateSchemaStmt")) name("schema", node["schemaname"].text(), node);
  if (node.is("IndexStmt")) name("index", node["idxname"].text(), node["relation"]);
  if (node.is("RenameStmt")) name("the new name", node["newname"].text(), node);
  if (node.is("CreateStmt")) name("table", node["relation"]["relname"].text(), node["relation"]);
  for (const Node each : node["tableElts"]) {
    if (each.is("ColumnDef")) name("column", each["colname"].text(), each);
    if (each.is("Constraint")) constraint(each);
    for (const Node own : each["constraints"]) constraint(own);
  }
  for (const Node each : node["cmds"]) {
    if (each["def"].is("ColumnDef") && each["subtype"].text() == "AT_AddColumn")
      name("column", each["def"]["colname"].text(), each["def"]);
    if (each["def"].is("Constraint")) constraint(each["def"]);
  }
}

// ---- Layout.

// Bytes and alignment of a type of fixed length; {0, 1} for others.
std::pair<int, int> layout_of(std::string_view type) {
  struct Layout {
    std::string_view type;
    int bytes, alignment;
  };
  static constexpr Layout layouts[] = {
      {"int8", 8, 8},        {"bigserial", 8, 8}, {"float8", 8, 8}, {"timestamp", 8, 8},
      {"timestamptz", 8, 8}, {"time", 8, 8},      {"money", 8, 8},  {"interval", 16, 8},
      {"timetz", 12, 8},     {"int4", 4, 4},      {"serial", 4, 4}, {"float4", 4, 4},
      {"date", 4, 4},        {"oid", 4, 4},       {"int2", 2, 2},   {"smallserial", 2, 2},
      {"bool", 1, 1},        {"uuid", 16, 1},     {"macaddr", 6, 4}};
  for (const Layout& each : layouts)
    if (each.type == type) return {each.bytes, each.alignment};
  return {0, 1};
}

void alignment(const Statement& statement, Finder& finder) {
  std::vector<std::pair<int, int>> columns;
  each_column(statement, [&](std::string_view, const TypeName& type, int) {
    const auto layout = type.array ? std::pair{0, 1} : layout_of(type.name);
    if (layout.first > 0) columns.push_back(layout);
  });
  const auto bytes = [&] {
    int at = 0;
    for (const auto& [size, aligned] : columns) at = (at + aligned - 1) / aligned * aligned + size;
    return (at + 7) / 8 * 8;
  };
  const int now = bytes();
  std::ranges::stable_sort(columns, std::greater(), &std::pair<int, int>::second);
  const int best = bytes();
  if (now - best < 8) return;
  finder.find("columns in this order take " + std::to_string(now - best) +
                  " bytes a row of "
                  "padding: " +
                  std::to_string(now) + " bytes where " + std::to_string(best) + " would do",
              "columns of 8 bytes first (bigint, timestamptz), then of 4, of 2, boolean, and those "
              "of varying length last",
              statement.state.schema.name_of(statement.node["relation"]));
}

void no_key(const State& state, Finder& finder) {
  for (const Pending& each : state.tables) {
    const Table* table = state.schema.table(each.table);
    if (table == nullptr || !table->parents.empty() ||
        std::ranges::any_of(table->constraints, [](const Constraint& constraint) {
          return constraint.type == catalog::ConstraintType::primary_key;
        }))
      continue;
    finder.find_at(quoted(each.table) +
                       " has no primary key: rows can't be named, replicated logically by default, "
                       "or filled in batches",
                   "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, or the columns that name a "
                   "row",
                   each.table, each.place);
  }
}

// ---- Statements that can be run again.

void robust(const Statement& statement, Finder& finder) {
  const State& state = statement.state;
  const Node node = statement.node;
  // In a transaction nothing is left half done; and of a single statement neither.
  const bool alone = !statement.effects.transactional;
  if (!alone && (state.surely_transaction() || state.statements_in_all < 2)) return;
  const auto say = [&](const std::string& what, std::string instead, int location = -1) {
    finder.find(what + ": when the file is run again after a failure, it fails here",
                std::move(instead),
                statement.actions.empty() ? std::string_view()
                                          : std::string_view(statement.actions.front().relation),
                location);
  };
  if (node.is("CreateStmt")) {
    if (!node["if_not_exists"].flag() && (node["oncommit"].text() != "ONCOMMIT_DROP" ||
                                          node["relation"]["relpersistence"].text() != "t"))
      say("the table may be there already", "CREATE TABLE IF NOT EXISTS");
  } else if (node.is("IndexStmt")) {
    if (!node["if_not_exists"].flag() && !node["idxname"].text().empty())
      say("the index may be there already", "CREATE INDEX … IF NOT EXISTS");
  } else if (node.is("DropStmt")) {
    if (!node["missing_ok"].flag()) say("it may be gone already", "DROP … IF EXISTS");
  } else if (node.is("AlterTableStmt")) {
    for (const Node each : node["cmds"]) {
      const std::string_view what = each["subtype"].text();
      const Node definition = each["def"];
      const int location =
          definition["location"] ? static_cast<int>(definition["location"].number()) : -1;
      if (what == "AT_AddColumn" && !each["missing_ok"].flag())
        say("the column may be there already", "ADD COLUMN IF NOT EXISTS", location);
      if ((what == "AT_DropColumn" || what == "AT_DropConstraint") && !each["missing_ok"].flag())
        say("it may be gone already",
            what == "AT_DropColumn" ? "DROP COLUMN IF EXISTS" : "DROP CONSTRAINT IF EXISTS");
      if (what == "AT_AddConstraint" &&
          !state.dropped_constraints.contains(state.schema.name_of(node["relation"]) + '.' +
                                              std::string(definition["conname"].text())))
        say("the constraint may be there already",
            "ALTER TABLE … DROP CONSTRAINT IF EXISTS … before it", location);
    }
  }
}

const std::initializer_list<std::string_view> tables = {"CreateStmt", "AlterTableStmt",
                                                        "CreateForeignTableStmt"};

const Rule rules[] = {
    {.is = {.name = "prefer-robust-stmts",
            .severity = Severity::info,
            .summary = "A statement outside of a transaction that can't be run again"},
     .nodes = {"CreateStmt", "IndexStmt", "DropStmt", "AlterTableStmt"},
     .check = robust},
    {.is = {.name = "bigint-over-int",
            .severity = Severity::info,
            .summary = "integer ends at 2,147,483,647"},
     .nodes = tables,
     .check = bigint_over_int},
    {.is = {.name = "bigint-over-smallint",
            .severity = Severity::info,
            .summary = "smallint ends at 32,767"},
     .nodes = tables,
     .check = bigint_over_smallint},
    {.is = {.name = "identity-over-serial",
            .severity = Severity::info,
            .summary = "serial is a default and a sequence that can come apart; identity is one"},
     .nodes = tables,
     .check = identity_over_serial},
    {.is = {.name = "text-over-varchar",
            .severity = Severity::info,
            .summary = "varchar(n) has a limit that is hard to change; text with a CHECK has not"},
     .nodes = tables,
     .check = text_over_varchar},
    {.is = {.name = "timestamptz",
            .severity = Severity::warning,
            .summary = "timestamp without time zone does not say which moment it means"},
     .nodes = tables,
     .check = timestamptz},
    {.is = {.name = "ban-char",
            .severity = Severity::warning,
            .summary = "char(n) pads values with blanks"},
     .nodes = tables,
     .check = ban_char},
    {.is = {.name = "money",
            .severity = Severity::warning,
            .summary = "money depends on lc_monetary"},
     .nodes = tables,
     .check = money},
    {.is = {.name = "require-table-schema",
            .severity = Severity::info,
            .summary = "A table without a schema is found by search_path"},
     .nodes = {"CreateStmt", "AlterTableStmt", "DropStmt", "CreateTableAsStmt"},
     .check = require_schema},
    {.is = {.name = "identifier-too-long",
            .severity = Severity::warning,
            .summary = "Names are cut to 63 bytes"},
     .check = too_long},
    {.is = {.name = "naming-policy",
            .severity = Severity::info,
            .summary = "A name that has to be written in quotes"},
     .nodes = {"CreateStmt", "AlterTableStmt", "IndexStmt", "CreateSchemaStmt", "RenameStmt"},
     .check = naming},
    {.is = {.name = "column-alignment",
            .severity = Severity::info,
            .summary = "An order of columns that wastes space on padding"},
     .nodes = {"CreateStmt"},
     .check = alignment},
    {.is = {.name = "no-primary-key",
            .severity = Severity::warning,
            .summary = "A table without a primary key"},
     .at_end = no_key},
};

}  // namespace

std::span<const Rule> style_rules() { return rules; }

}  // namespace architrave::migration::lint
