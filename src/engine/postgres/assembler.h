// Puts a Catalog together from the rows of queries/*.sql, which come in the order of `questions`.
// The rows name each other by the server's numbers (oids); none of them outlives the assembler.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

class Assembler {
 public:
  // One query, what it is called for people, and what takes its rows.
  struct Question {
    std::string_view query;
    void (Assembler::*take)(const Rows& rows);
    bool measured = false;  // left out where only definitions are wanted
    bool required = false;  // without it there is no catalog
  };
  static std::span<const Question> questions();

  void unread(std::string what, std::string why);
  // Once, at the end: the catalog, sorted.
  catalog::Catalog finish();

 private:
  // An object of the catalog as a place in its lists.
  struct Place {
    enum class List : std::uint8_t {
      relation,
      column,
      constraint,
      index,
      trigger,
      rule,
      policy,
      type,
      sequence,
      routine,
      other,
      extension
    };
    List list;
    std::uint32_t item;      // in the catalog's list
    std::uint32_t part = 0;  // in the relation's list
  };
  struct ColumnPlace {
    std::string_view name;  // in column_rows_
    std::int64_t relation;  // -1 where it is not in the catalog (an extension's table)
    std::uint32_t column;
  };

  void take_server(const Rows& rows);
  void take_server_activity(const Rows& rows);
  void take_settings(const Rows& rows);
  void take_roles(const Rows& rows);
  void take_schemas(const Rows& rows);
  void take_extensions(const Rows& rows);
  void take_types(const Rows& rows);
  void take_relations(const Rows& rows);
  void take_parents(const Rows& rows);
  void take_columns(const Rows& rows);
  void take_sequences(const Rows& rows);
  void take_sequence_values(const Rows& rows);
  void take_constraints(const Rows& rows);
  void take_indexes(const Rows& rows);
  void take_index_keys(const Rows& rows);
  void take_triggers(const Rows& rows);
  void take_rules(const Rows& rows);
  void take_policies(const Rows& rows);
  void take_routines(const Rows& rows);
  void take_others(const Rows& rows);
  void take_dependencies(const Rows& rows);
  void take_relation_stats(const Rows& rows);
  void take_index_stats(const Rows& rows);
  void take_column_stats(const Rows& rows);
  void take_routine_stats(const Rows& rows);

  // Decodes the rows into the relations' lists, each row's relation being its _relation.
  template <class Part>
  void take_parts(const Rows& rows, Place::List list, std::vector<Part> catalog::Relation::* parts);
  // The columns that say which object a row is.
  class Identity;
  void remember(const Identity& identity, int row, Place place);
  const Place* find(std::uint32_t table, std::uint32_t oid) const;
  catalog::Relation* relation(std::uint32_t oid);
  std::string_view column_name(std::uint32_t relation, std::uint32_t number) const;
  catalog::Object object(const Place& place) const;

  catalog::Catalog catalog_;
  Rows column_rows_;
  std::unordered_map<std::uint64_t, Place> places_;              // by catalog table and oid
  std::unordered_map<std::uint64_t, ColumnPlace> columns_;       // by relation and attribute number
  std::unordered_map<std::uint32_t, std::uint32_t> composites_;  // relation oid -> type
  bool has_subscriptions_ = false;
};

}  // namespace architrave::postgres
