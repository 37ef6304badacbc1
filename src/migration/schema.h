// What is known of a schema before a statement runs: from the migrations before it, from a catalog,
// or from both. It knows just enough to say what a statement will do to tables that are in use:
// types, NOT NULL, constraints and whether they are validated, indexes, sizes. What it does not
// know it does not guess: an unknown table is absent, and one that was only altered is incomplete.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "migration/work.h"
#include "sql/node.h"

namespace architrave::catalog {
struct Catalog;
enum class ConstraintType;
}  // namespace architrave::catalog

namespace architrave::migration {

// What stands in parentheses behind a type: two numbers at most.
class Modifiers {
 public:
  void push_back(int value) {
    if (count_ < values_.size()) values_[count_++] = value;
  }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  int operator[](std::size_t i) const { return values_[i]; }
  bool operator==(const Modifiers&) const = default;

 private:
  std::array<int, 2> values_{};
  std::size_t count_ = 0;
};

// Names are views into the Schema that they belong to, or into the statement that was parsed.
struct TypeName {
  std::string_view name;  // without its schema; PostgreSQL's own: "int4", "varchar"
  Modifiers mods;         // varchar(40): 40
  bool array = false;
  bool operator==(const TypeName&) const = default;
};
TypeName type_name(sql::Node type);     // of a TypeName node
std::string describe(const TypeName&);  // "varchar(40)", "int4[]"
// Whether an index of that access method can find the rows with a value.
bool finds_equals(std::string_view method);

struct Column {
  std::string_view name;
  TypeName type;
  bool not_null = false;
  bool has_default = false;
  bool generated = false;
  // Of the planner's statistics, where they are known.
  float null_fraction = -1;  // 0..1; below 0: not known
  float distinct = 0;        // as pg_stats.n_distinct; 0: not known
};

struct Constraint {
  std::string_view name;  // given, or the one that the server will choose
  catalog::ConstraintType type{};
  std::vector<std::string_view> columns;  // of a check those it names
  std::string_view references;            // Table::name of a foreign key's other table
  bool validated = true;
  // Of a check that is exactly `column IS NOT NULL`, or a NOT NULL constraint of its own.
  std::string_view proves_not_null;
};

struct Index {
  std::string_view name;
  // Empty where a key is an expression, or the index can't find a value (BRIN, GIN).
  std::vector<std::string_view> columns;
  bool unique = false;
  bool partial = false;  // but for WHERE its first column IS NOT NULL, which finds all values
  // What it takes to build it, as far as its keys do not say so.
  std::string_view method = "btree";
};

struct Table {
  std::string_view name;  // as Schema::name_of gives it
  char kind = 'r';        // as pg_class.relkind: r table, p partitioned, v view, m, S, f
  bool complete = true;   // false: there may be columns, constraints and indexes that we don't know
  std::uint32_t born = 0;  // the transaction that made it; 0 before all
  std::vector<Column> columns;
  std::vector<Constraint> constraints;
  std::vector<Index> indexes;
  std::vector<std::string_view> parents;  // of a partition, or by INHERITS
  bool default_partition = false;         // it is its parent's
  bool row_security = false;
  bool filled = false;                // rows have been put into it since it was made
  std::optional<std::int64_t> bytes;  // with indexes and TOAST
  std::optional<std::int64_t> rows;
  Extent extent;  // where `bytes` is known

  const Column* column(std::string_view column_name) const;
  const Constraint* constraint(std::string_view constraint_name) const;
  const Index* index(std::string_view index_name) const;
  // A validated constraint says so, so that SET NOT NULL need not look (PostgreSQL 12).
  bool proves_not_null(std::string_view column_name) const;
};

struct KnownType {
  char kind = 'e';           // as pg_type.typtype: e enumeration, d domain, c composite
  std::uint32_t born = 0;    // as Table's
  bool constrained = false;  // a domain with NOT NULL or CHECK
};

class Schema {
 public:
  // Of a table's columns, constraints and indexes; beyond, it is incomplete. So each statement
  // takes bounded time, however long the history is.
  static constexpr std::size_t most_columns = 1600;  // which is all that a table can have
  static constexpr std::size_t most_known = 256;
  static constexpr std::size_t most_children = 1024;  // of one table, that are known as its own

  Schema() = default;
  explicit Schema(const catalog::Catalog& catalog);
  Schema(Schema&&) = default;
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  // One spelling for each relation: "orders" for public.orders and for orders without a schema,
  // "app.orders" else. Of a RangeVar, or of a list of String nodes.
  std::string name_of(sql::Node relation) const;
  std::string name_of(std::string_view schema, std::string_view name) const;

  const Table* table(std::string_view name) const;
  // The table that an index is of; null if unknown.
  const Table* table_of_index(std::string_view index) const;
  // Partitions, and tables that inherit from it.
  std::span<const std::string_view> children(std::string_view name) const;
  // By its name without a schema.
  const KnownType* type(std::string_view name) const;
  const std::unordered_map<std::string_view, Table>& tables() const { return tables_; }

  // Whether timestamps are read and written at UTC, as far as the statements so far say so.
  bool session_is_utc() const { return local_utc_.value_or(utc_); }
  void new_session() {
    utc_ = false;
    local_utc_.reset();
  }

  // What is known after the statement, which runs in that transaction.
  void apply(sql::Node statement, std::uint32_t transaction);

 private:
  friend class Applier;
  std::string_view keep(std::string_view name);
  Table& make(std::string_view name);  // incomplete if it was not known
  Table* find(std::string_view name);
  void drop(std::string_view name);
  void add_index(Table& table, Index index);
  void adopt(Table& child, std::string_view parent);
  void orphan(Table& child);

  std::unordered_set<std::string_view> names_;
  std::vector<std::unique_ptr<char[]>> kept_;  // blocks of names, one behind the other
  std::size_t kept_left_ = 0;                  // bytes that the last one has left
  char* last_block_end_ = nullptr;
  std::unordered_map<std::string_view, Table> tables_;
  std::unordered_map<std::string_view, std::string_view> index_tables_;
  std::unordered_map<std::string_view, std::vector<std::string_view>> children_;
  std::unordered_map<std::string_view, KnownType> types_;
  std::string default_schema_ = "public";
  bool utc_ = false;
  std::optional<bool> local_utc_;  // SET LOCAL, up to the transaction's end
};

}  // namespace architrave::migration
