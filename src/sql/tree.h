// PostgreSQL's parse tree as plain values, both ways: SQL -> tree -> SQL. Fields are those of
// libpg_query's pg_query.proto ("target_list", "from_clause", …), the server's own in snake case;
// types are its messages without underscores ("SelectStmt", "AExpr", "AConst"). Places in the text
// are left out, so that two trees are equal if they mean the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace architrave::sql {

// A node with a type and fields, a list, a scalar, or nothing. A field that has its default (false,
// 0, "", an empty list) is absent, as in the protocol buffer it comes from.
struct Tree {
  std::string type;  // "SelectStmt"; "" for what is no node
  std::variant<std::monostate, bool, std::int64_t, std::string> value;  // an enum is its word
  std::vector<Tree> list;
  std::vector<std::pair<std::string, Tree>> fields;

  Tree() = default;
  explicit Tree(bool flag) : value(flag) {}
  explicit Tree(std::int64_t number) : value(number) {}
  explicit Tree(std::string text) : value(std::move(text)) {}
  explicit Tree(const char* text) : value(std::string(text)) {}
  explicit Tree(std::vector<Tree> items) : list(std::move(items)) {}
  static Tree node(std::string type, std::vector<std::pair<std::string, Tree>> fields = {});

  bool is(std::string_view node_type) const { return type == node_type; }
  bool empty() const;  // nothing at all: an absent field
  explicit operator bool() const { return !empty(); }
  // A field; an empty tree if it is absent.
  const Tree& operator[](std::string_view field) const;
  const Tree& operator[](std::size_t item) const { return list[item]; }
  // A field, made if it is absent. References to other fields do not survive that.
  Tree& at(std::string_view field);
  // Null if it is absent.
  Tree* find(std::string_view field);
  void set(std::string_view field, Tree tree);
  void erase(std::string_view field);
  std::size_t size() const { return list.size(); }

  std::string_view text() const;  // "" if it is none
  std::int64_t number() const;    // 0 if it is none
  bool flag() const;

  bool operator==(const Tree&) const = default;
};

// The statements of a text, each a tree. Errors "sql.syntax".
Result<std::vector<Tree>> parse(std::string_view text);
// A statement's tree as SQL, on one line. It is parsed again and must give the same tree: error
// "sql.deparse" where that fails, so that a text never says something else than its tree.
Result<std::string> to_sql(const Tree& statement);
// One line of SQL laid out on several: a clause each.
std::string lay_out(std::string_view sql);

// Calls `visit` for the node and everything in it, parents first; `visit` returns false to leave
// out what is below a node.
template <class T, class Visit>
void walk(T& tree, Visit&& visit) {
  if (!visit(tree)) return;
  for (auto& each : tree.list) walk(each, visit);
  for (auto& each : tree.fields) walk(each.second, visit);
}

}  // namespace architrave::sql
