#include "migration/actions.h"

#include <algorithm>
#include <unordered_map>

#include "catalog/catalog.h"
#include "migration/actions_reader.h"

namespace architrave::migration {

using catalog::ConstraintType;
using sql::Node;

namespace {

// Of a statement's list of options: false where it is absent, or said to be false.
bool has_option(Node options, std::string_view name) {
  for (const Node each : options)
    if (each["defname"].text() == name) {
      const Node value = each["arg"];
      const std::string_view word = sql::string_of(value);
      return word != "false" && word != "off" &&
             !(value.is("Integer") && value["ival"].number() == 0);
    }
  return false;
}

}  // namespace

// The tables that a query names, without those of its WITH.
void StatementReader::tables_of(Node node, Do what, bool as_other, const std::string& relation) {
  std::vector<std::string_view> common;
  node.any([&](Node each) {
    if (each.is("CommonTableExpr")) common.push_back(each["ctename"].text());
    return false;
  });
  node.any([&](Node each) {
    if (!each.is("RangeVar")) return false;
    const std::string_view name = each["relname"].text();
    if (each["schemaname"].text().empty() && std::ranges::find(common, name) != common.end())
      return false;
    if (as_other)
      add(what, each, relation).other = name_of(each);
    else
      add(what, each, name_of(each));
    return false;
  });
}

void StatementReader::rows(Node node, Do what) {
  if (what != Do::read && what != Do::read_for_update)
    add(what, node, name_of(node["relation"])).location = -1;
  tables_of(node, Do::read, false);
  // Writing common table expressions.
  node["withClause"].any([&](Node each) {
    if (each.is("InsertStmt")) add(Do::insert, each, name_of(each["relation"]));
    if (each.is("UpdateStmt")) add(Do::update, each, name_of(each["relation"]));
    if (each.is("DeleteStmt")) add(Do::remove, each, name_of(each["relation"]));
    return false;
  });
}

void StatementReader::drop(Node node) {
  const std::string_view what = node["removeType"].text();
  static const std::unordered_map<std::string_view, Do> kinds = {
      {"OBJECT_TABLE", Do::drop_table},       {"OBJECT_FOREIGN_TABLE", Do::drop_table},
      {"OBJECT_VIEW", Do::drop_view},         {"OBJECT_MATVIEW", Do::drop_matview},
      {"OBJECT_SEQUENCE", Do::drop_sequence}, {"OBJECT_TRIGGER", Do::drop_trigger},
      {"OBJECT_POLICY", Do::drop_policy},     {"OBJECT_RULE", Do::drop_rule},
      {"OBJECT_INDEX", Do::drop_index}};
  const auto found = kinds.find(what);
  if (found == kinds.end()) {
    add(Do::other, node);
    return;
  }
  for (const Node object : node["objects"]) {
    const Node names = object.is("List") ? object["items"] : object;
    if (found->second == Do::drop_index) {
      const std::string index = name_of(object);
      add(node["concurrent"].flag() ? Do::drop_index_concurrently : Do::drop_index, node,
          table_of_index(index))
          .column = sql::string_of(names.back());
      continue;
    }
    if (found->second == Do::drop_trigger || found->second == Do::drop_policy ||
        found->second == Do::drop_rule) {  // table.name
      std::string_view schema, table, name;
      for (const Node each : names) {
        schema = table;
        table = name;
        name = sql::string_of(each);
      }
      add(found->second, node, known_.name_of(schema, table)).column = name;
      continue;
    }
    const std::string name = name_of(object);
    add(found->second, node, name);
    if (found->second != Do::drop_table) continue;
    // The triggers of its foreign keys stand on the tables that they reference.
    if (const Table* table = known_.table(name)) {
      for (const Constraint& each : table->constraints)
        if (each.type == ConstraintType::foreign_key && each.references != table->name)
          add(Do::drop_table, node, name).other = each.references;
      for (const std::string_view parent : table->parents)
        add(Do::drop_table, node, name).other = parent;
    }
  }
}

void StatementReader::rename(Node node) {
  const std::string_view what = node["renameType"].text();
  const std::string name = name_of(node["relation"]);
  Do kind = Do::other;
  if (what == "OBJECT_TABLE" || what == "OBJECT_FOREIGN_TABLE") kind = Do::rename_table;
  if (what == "OBJECT_COLUMN") kind = Do::rename_column;
  if (what == "OBJECT_TABCONSTRAINT") kind = Do::rename_constraint;
  if (what == "OBJECT_TRIGGER") kind = Do::rename_trigger;
  if (what == "OBJECT_INDEX") kind = Do::rename_index;
  if (what == "OBJECT_VIEW" || what == "OBJECT_MATVIEW") kind = Do::alter_view;
  if (what == "OBJECT_SEQUENCE") kind = Do::alter_view;
  Action& action = add(kind, node, kind == Do::other ? std::string() : name);
  action.column = node["subname"].text();
  action.only = !node["relation"]["inh"].flag();
}

void StatementReader::statement(Node node) {
  const std::string_view type = node.type();
  static const std::unordered_map<std::string_view, int> numbers = {{"AlterTableStmt", 1},
                                                                    {"CreateStmt", 2},
                                                                    {"IndexStmt", 3},
                                                                    {"DropStmt", 4},
                                                                    {"RenameStmt", 5},
                                                                    {"SelectStmt", 6},
                                                                    {"InsertStmt", 7},
                                                                    {"UpdateStmt", 8},
                                                                    {"DeleteStmt", 9},
                                                                    {"MergeStmt", 10},
                                                                    {"CreateTableAsStmt", 11},
                                                                    {"ViewStmt", 12},
                                                                    {"ReindexStmt", 13},
                                                                    {"VacuumStmt", 14},
                                                                    {"ClusterStmt", 15},
                                                                    {"TruncateStmt", 16},
                                                                    {"LockStmt", 17},
                                                                    {"CreateTrigStmt", 18},
                                                                    {"RuleStmt", 19},
                                                                    {"CreatePolicyStmt", 20},
                                                                    {"AlterPolicyStmt", 21},
                                                                    {"CommentStmt", 22},
                                                                    {"CreateStatsStmt", 23},
                                                                    {"RefreshMatViewStmt", 24},
                                                                    {"AlterObjectSchemaStmt", 25},
                                                                    {"AlterSeqStmt", 26},
                                                                    {"CreateSeqStmt", 27},
                                                                    {"CopyStmt", 28},
                                                                    {"AlterEnumStmt", 29},
                                                                    {"CreatedbStmt", 30},
                                                                    {"DropdbStmt", 30},
                                                                    {"AlterSystemStmt", 30},
                                                                    {"CreateTableSpaceStmt", 30},
                                                                    {"DropTableSpaceStmt", 30},
                                                                    {"CreateForeignTableStmt", 31},
                                                                    {"CreateSchemaStmt", 32},
                                                                    {"CreateSubscriptionStmt", 30},
                                                                    {"DropSubscriptionStmt", 30}};
  const auto number = numbers.find(type);
  switch (number == numbers.end() ? 0 : number->second) {
    case 1:
      return alter_table(node);
    case 2:
      return create_table(node);
    case 3: {
      const Do what = node["concurrent"].flag() ? Do::create_index_concurrently : Do::create_index;
      Action& action = add(what, node, name_of(node["relation"]));
      action.column = node["idxname"].text();
      action.only = !node["relation"]["inh"].flag();
      return;
    }
    case 4:
      return drop(node);
    case 5:
      return rename(node);
    case 6: {
      const bool for_update = !node["lockingClause"].empty();
      if (node["intoClause"]) {
        add(Do::create_table, node, name_of(node["intoClause"]["rel"]));
        return;
      }
      rows(node, Do::read);
      if (for_update)
        for (Action& each : out_)
          if (each.what == Do::read) each.what = Do::read_for_update;
      if (out_.empty()) add(Do::read, node);
      return;
    }
    case 7:
      return rows(node, Do::insert);
    case 8:
      return rows(node, Do::update);
    case 9:
      return rows(node, Do::remove);
    case 10:
      return rows(node, Do::merge);
    case 11: {
      const std::string name = name_of(node["into"]["rel"]);
      const bool matview = node["objtype"].text() == "OBJECT_MATVIEW";
      add(matview ? Do::create_matview : Do::create_table, node, name);
      return tables_of(node["query"], Do::create_view, true, name);
    }
    case 12: {
      const std::string name = name_of(node["view"]);
      const Do what = node["replace"].flag() ? Do::replace_view : Do::create_view;
      add(what, node, name);
      return tables_of(node["query"], Do::create_view, true, name);
    }
    case 13: {
      const bool concurrently = has_option(node["params"], "concurrently");
      std::string name = node["relation"] ? name_of(node["relation"]) : std::string();
      const std::string_view kind = node["kind"].text();
      if (kind == "REINDEX_OBJECT_INDEX") name = table_of_index(name);
      const bool whole = kind != "REINDEX_OBJECT_INDEX" && kind != "REINDEX_OBJECT_TABLE";
      const bool partitioned = is_partitioned(name);
      const Do what = concurrently  ? partitioned ? Do::reindex_partitioned_concurrently
                                                  : Do::reindex_concurrently
                      : whole       ? Do::outside_transaction
                      : partitioned ? Do::reindex_partitioned
                                    : Do::reindex;
      add(what, node, name);
      return;
    }
    case 14: {
      const bool analyze = !node["is_vacuumcmd"].flag();
      const Do what = analyze                               ? Do::analyze
                      : has_option(node["options"], "full") ? Do::vacuum_full
                                                            : Do::vacuum;
      if (node["rels"].empty()) add(what, node);
      for (const Node each : node["rels"]) add(what, node, name_of(each["relation"]));
      return;
    }
    case 15: {
      const std::string name = node["relation"] ? name_of(node["relation"]) : std::string();
      add(name.empty()           ? Do::outside_transaction
          : is_partitioned(name) ? Do::cluster_partitioned
                                 : Do::cluster,
          node, name);
      return;
    }
    case 16:
      for (const Node each : node["relations"]) {
        const std::string name = name_of(each);
        add(Do::truncate, node, name).only = !each["inh"].flag();
        if (node["behavior"].text() != "DROP_CASCADE") continue;
        for (const auto& [other, table] : known_.tables())
          for (const Constraint& constraint : table.constraints)
            if (constraint.references == name && other != name)
              add(Do::truncate, node, std::string(other));
      }
      return;
    case 17:
      for (const Node each : node["relations"])
        add(Do::lock_table, node, name_of(each)).only = !each["inh"].flag();
      return;
    case 18: {
      Action& action = add(Do::create_trigger, node, name_of(node["relation"]));
      action.column = node["trigname"].text();
      action.only = !node["row"].flag();
      if (node["constrrel"])
        add(Do::create_foreign_trigger, node, name_of(node["relation"])).other =
            name_of(node["constrrel"]);
      return;
    }
    case 19:
      add(Do::create_rule, node, name_of(node["relation"])).column = node["rulename"].text();
      return;
    case 20:
    case 21:
      add(number->second == 20 ? Do::create_policy : Do::alter_policy, node, name_of(node["table"]))
          .column = node["policy_name"].text();
      return;
    case 22: {
      const std::string_view kind = node["objtype"].text();
      const Node object = node["object"];
      if (kind == "OBJECT_COLUMN" || kind == "OBJECT_TABCONSTRAINT") {
        std::string_view schema, table, name;
        for (const Node each : object["items"]) {
          schema = table;
          table = name;
          name = sql::string_of(each);
        }
        add(kind == "OBJECT_COLUMN" ? Do::comment : Do::other, node, known_.name_of(schema, table));
      } else if (kind == "OBJECT_TABLE" || kind == "OBJECT_VIEW" || kind == "OBJECT_MATVIEW") {
        add(Do::comment, node, name_of(object));
      } else {
        add(Do::other, node);
      }
      return;
    }
    case 23:
      for (const Node each : node["relations"]) add(Do::create_statistics, node, name_of(each));
      return;
    case 24:
      add(node["concurrent"].flag() ? Do::refresh_matview_concurrently : Do::refresh_matview, node,
          name_of(node["relation"]));
      return;
    case 25: {
      const std::string_view kind = node["objectType"].text();
      const bool table = kind == "OBJECT_TABLE" || kind == "OBJECT_FOREIGN_TABLE";
      const bool view = kind == "OBJECT_VIEW" || kind == "OBJECT_MATVIEW";
      add(table  ? Do::set_table_schema
          : view ? Do::alter_view
                 : Do::other,
          node, table || view ? name_of(node["relation"]) : std::string());
      return;
    }
    case 26:
      add(Do::alter_sequence, node, name_of(node["sequence"]));
      return;
    case 27:
      add(Do::create_sequence, node, name_of(node["sequence"]));
      return;
    case 28:
      if (node["is_from"].flag() && node["relation"])
        add(Do::copy_from, node, name_of(node["relation"]));
      else if (node["relation"])
        add(Do::read, node, name_of(node["relation"]));
      else
        tables_of(node["query"], Do::read, false);
      return;
    case 29:
      add(node["oldVal"] ? Do::other : Do::add_enum_value, node);
      return;
    case 30:
      add(Do::outside_transaction, node);
      return;
    case 31:
      return create_table(node["base"]);
    case 32:
      for (const Node each : node["schemaElts"]) statement(each);
      if (out_.empty()) add(Do::other, node);
      return;
    default:
      add(Do::other, node);
  }
}

const std::vector<Action>& ActionReader::read(Node statement, int version, const Schema* known) {
  actions_.clear();
  StatementReader(actions_, version, known).statement(statement);
  return actions_;
}

}  // namespace architrave::migration
