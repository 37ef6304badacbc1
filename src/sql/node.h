// PostgreSQL's parse tree, read in place: for hot paths that look at many statements once. Fields
// and types are the server's own, as libpg_query's JSON has them ("relation", "AlterTableStmt"); a
// field that has its default (false, 0, "", an empty list) is absent. sql/tree.h is the tree that
// can be kept, changed and written back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sql/statement.h"

namespace architrave::sql {

namespace detail {
struct Item {
  std::string_view key;    // in an object
  std::string_view type;   // of a node
  std::string_view text;   // of a scalar
  std::uint32_t size = 1;  // items in it, itself included
};
}  // namespace detail

// A node, a list, a scalar, or nothing. A view into what its parser holds.
class Node {
 public:
  class Iterator {
   public:
    explicit Iterator(const detail::Item* item) : item_(item) {}
    Node operator*() const { return Node(item_); }
    Iterator& operator++() {
      item_ += item_->size;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return item_ != other.item_; }

   private:
    const detail::Item* item_;
  };

  Node() = default;
  explicit Node(const detail::Item* item) : item_(item) {}

  explicit operator bool() const { return item_ != nullptr; }
  std::string_view type() const { return item_ == nullptr ? std::string_view() : item_->type; }
  bool is(std::string_view node_type) const { return type() == node_type; }
  // The name of the field that it is of its parent.
  std::string_view key() const { return item_ == nullptr ? std::string_view() : item_->key; }
  // A field; nothing if it is absent.
  Node operator[](std::string_view field) const {
    for (const Node each : *this)
      if (each.item_->key == field) return each;
    return {};
  }
  // Its fields, or the items of a list.
  Iterator begin() const { return Iterator(item_ == nullptr ? nullptr : item_ + 1); }
  Iterator end() const { return Iterator(item_ == nullptr ? nullptr : item_ + item_->size); }
  bool empty() const { return item_ == nullptr || item_->size == 1; }
  std::size_t size() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const Node each : *this) ++count;
    return count;
  }
  Node front() const { return empty() ? Node() : *begin(); }
  Node back() const {
    Node last;
    for (const Node each : *this) last = each;
    return last;
  }

  // A string, or a word of an enum; "" if it is none.
  std::string_view text() const { return item_ == nullptr ? std::string_view() : item_->text; }
  bool flag() const { return text() == "true"; }
  std::int64_t number() const;  // 0 if it is none

  // Calls `visit` for the node and everything in it, parents first, until it returns false.
  template <class Visit>
  bool any(Visit&& visit) const {
    if (item_ == nullptr) return false;
    for (const detail::Item* each = item_; each != item_ + item_->size; ++each)
      if (visit(Node(each))) return true;
    return false;
  }

 private:
  const detail::Item* item_ = nullptr;
};

// The text of a String node, and of a list of them, joined by dots: a qualified name.
std::string_view string_of(Node string);
std::string dotted(Node list);

struct ParsedStatement {
  Node node;
  int offset = 0;  // of its text, in bytes
};

// Holds the trees of the last text that it parsed, and its memory for the next.
class TreeReader {
 public:
  TreeReader();
  ~TreeReader();
  TreeReader(const TreeReader&) = delete;
  TreeReader& operator=(const TreeReader&) = delete;

  // The statements of a text; what was returned before is gone. False if it does not parse: error()
  // then says why, with the place in bytes.
  bool parse(std::string_view text);
  const std::vector<ParsedStatement>& statements() const;
  const SyntaxError& error() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace architrave::sql
