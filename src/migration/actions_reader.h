// What a statement does, read from its parse tree: the part of actions.h that fills the list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migration/actions.h"

namespace architrave::migration {

class StatementReader {
 public:
  StatementReader(std::vector<Action>& out, int version, const Schema* known)
      : out_(out), version_(version), known_(known != nullptr ? *known : nothing()) {}

  void statement(sql::Node node);

 private:
  static const Schema& nothing() {
    static const Schema empty;
    return empty;
  }

  Action& add(Do what, sql::Node node, std::string relation = {}) {
    Action& action = out_.emplace_back();
    action.what = what;
    action.node = node;
    action.relation = std::move(relation);
    if (const sql::Node place = node["location"])
      action.location = static_cast<int>(place.number());
    return action;
  }
  std::string name_of(sql::Node relation) const { return known_.name_of(relation); }
  // The table that an index is of, or the index itself where that is not known.
  std::string table_of_index(const std::string& index) const {
    const Table* table = known_.table_of_index(index);
    return table != nullptr ? std::string(table->name) : index;
  }

  bool is_partitioned(const std::string& name) const {
    const Table* table = known_.table(name);
    return table != nullptr && table->kind == 'p';
  }

  void create_table(sql::Node node);
  void alter_table(sql::Node node);
  void command(sql::Node command, const std::string& table);
  void add_column(sql::Node definition, const std::string& table);
  void add_constraint(sql::Node constraint, const std::string& table, std::string_view column,
                      bool nulls_only);
  void set_type(sql::Node command, const std::string& table);
  void drop(sql::Node node);
  void rename(sql::Node node);
  void rows(sql::Node node, Do what);
  void tables_of(sql::Node node, Do what, bool as_other, const std::string& relation = {});

  std::vector<Action>& out_;
  int version_;
  const Schema& known_;
};

}  // namespace architrave::migration
