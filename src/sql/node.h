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
// Offsets are into the parser's text. Small, since a large INSERT has millions.
struct Item {
  std::uint32_t key = 0;   // in an object: its name
  std::uint32_t word = 0;  // of a node its type, of a scalar its text
  std::uint32_t word_length = 0;
  std::uint32_t size = 1;  // items in it, itself included
  std::uint16_t key_length = 0;
  bool is_node = false;
};
}  // namespace detail

// A node, a list, a scalar, or nothing. A view into what its parser holds.
class Node {
 public:
  class Iterator {
   public:
    Iterator(const detail::Item* item, const char* base) : item_(item), base_(base) {}
    Node operator*() const { return {item_, base_}; }
    Iterator& operator++() {
      item_ += item_->size;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return item_ != other.item_; }

   private:
    const detail::Item* item_;
    const char* base_;
  };

  Node() = default;
  Node(const detail::Item* item, const char* base) : item_(item), base_(base) {}

  explicit operator bool() const { return item_ != nullptr; }
  std::string_view type() const { return word(true); }
  bool is(std::string_view node_type) const { return type() == node_type; }
  // The name of the field that it is of its parent.
  std::string_view key() const {
    return item_ == nullptr ? std::string_view()
                            : std::string_view(base_ + item_->key, item_->key_length);
  }
  // A field; nothing if it is absent.
  Node operator[](std::string_view field) const {
    for (const Node each : *this)
      if (each.key() == field) return each;
    return {};
  }
  // Its fields, or the items of a list.
  Iterator begin() const { return {item_ == nullptr ? nullptr : item_ + 1, base_}; }
  Iterator end() const { return {item_ == nullptr ? nullptr : item_ + item_->size, base_}; }
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
  std::string_view text() const { return word(false); }
  bool flag() const { return text() == "true"; }
  std::int64_t number() const;  // 0 if it is none

  // Calls `visit` for the node and everything in it, parents first, until it returns true. Says
  // whether it did.
  template <class Visit>
  bool any(Visit&& visit) const {
    if (item_ == nullptr) return false;
    for (const detail::Item* each = item_; each != item_ + item_->size; ++each)
      if (visit(Node(each, base_))) return true;
    return false;
  }

 private:
  std::string_view word(bool of_node) const {
    return item_ == nullptr || item_->is_node != of_node
               ? std::string_view()
               : std::string_view(base_ + item_->word, item_->word_length);
  }

  const detail::Item* item_ = nullptr;
  const char* base_ = nullptr;
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
