#include "migration/actions.h"

#include <algorithm>
#include <unordered_map>

#include "catalog/catalog.h"

namespace architrave::migration {

using catalog::ConstraintType;
using sql::Node;

namespace {

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

class Reader {
 public:
  Reader(std::vector<Action>& out, int version, const Schema* known)
      : out_(out), version_(version), known_(known != nullptr ? *known : nothing()) {}

  void statement(Node node);

 private:
  static const Schema& nothing() {
    static const Schema empty;
    return empty;
  }

  Action& add(Do what, Node node, std::string relation = {}) {
    Action& action = out_.emplace_back();
    action.what = what;
    action.node = node;
    action.relation = std::move(relation);
    if (const Node place = node["location"]) action.location = static_cast<int>(place.number());
    return action;
  }
  std::string name_of(Node relation) const { return known_.name_of(relation); }
  // The table that an index is of, or the index itself where that is not known.
  std::string table_of_index(const std::string& index) const {
    const Table* table = known_.table_of_index(index);
    return table != nullptr ? std::string(table->name) : index;
  }

  void create_table(Node node);
  void alter_table(Node node);
  void command(Node command, const std::string& table);
  void add_column(Node definition, const std::string& table);
  void add_constraint(Node constraint, const std::string& table, std::string_view column,
                      bool nulls_only);
  void set_type(Node command, const std::string& table);
  void drop(Node node);
  void rename(Node node);
  void rows(Node node, Do what);
  void tables_of(Node node, Do what, bool as_other, const std::string& relation = {});

  std::vector<Action>& out_;
  int version_;
  const Schema& known_;
};

// The tables that a query names, without those of its WITH.
void Reader::tables_of(Node node, Do what, bool as_other, const std::string& relation) {
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

void Reader::rows(Node node, Do what) {
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

void Reader::create_table(Node node) {
  const std::string name = name_of(node["relation"]);
  if (node["relation"]["relpersistence"].text() == "t") {
    add(Do::other, node);
    return;
  }
  Action& made = add(Do::create_table, node, name);
  made.location = static_cast<int>(node["relation"]["location"].number());
  for (const Node parent : node["inhRelations"])
    add(node["partbound"] ? Do::create_partition : Do::create_inherited, parent, name).other =
        name_of(parent);
  const auto references = [&](Node constraint, std::string_view column) {
    if (constraint["contype"].text() != "CONSTR_FOREIGN") return;
    Action& action = add(Do::create_foreign_key, constraint, name);
    action.other = name_of(constraint["pktable"]);
    action.column = column;
  };
  for (const Node element : node["tableElts"]) {
    if (element.is("Constraint")) references(element, {});
    if (element.is("ColumnDef"))
      for (const Node each : element["constraints"]) references(each, element["colname"].text());
    if (element.is("TableLikeClause"))
      add(Do::create_like, element, name).other = name_of(element["relation"]);
  }
}

void Reader::add_column(Node definition, const std::string& table) {
  const TypeName type = type_name(definition["typeName"]);
  bool not_null = false, primary = false, identity = false, stored = false, generated = false;
  Node default_value;
  for (const Node each : definition["constraints"]) {
    const std::string_view kind = each["contype"].text();
    if (kind == "CONSTR_NOTNULL") not_null = true;
    if (kind == "CONSTR_PRIMARY") primary = true;
    if (kind == "CONSTR_IDENTITY") identity = true;
    if (kind == "CONSTR_GENERATED") generated = stored = true;
    if (kind == "CONSTR_DEFAULT") default_value = each["raw_expr"];
  }
  if (default_value.is("A_Const") && default_value["isnull"].flag()) default_value = {};
  const KnownType* domain = known_.type(type.name);
  Do what = Do::add_column;
  if (identity || type.name.ends_with("serial"))
    what = Do::add_column_sequence;
  else if (stored)
    what = Do::add_column_stored;
  else if (domain != nullptr && domain->kind == 'd' && domain->constrained)
    what = Do::add_column_constrained_domain;
  else if (default_value)
    what =
        may_be_volatile(default_value) ? Do::add_column_volatile_default : Do::add_column_default;
  else if ((not_null || primary) && !generated)
    what = Do::add_column_required;
  add(what, definition, table).column = definition["colname"].text();
  const bool nulls_only = what == Do::add_column || what == Do::add_column_required;
  for (const Node each : definition["constraints"])
    add_constraint(each, table, definition["colname"].text(), nulls_only);
}

// `column`: that which brings the constraint along. `nulls_only`: it is new and holds nulls, so
// that no foreign key can be broken.
void Reader::add_constraint(Node constraint, const std::string& table, std::string_view column,
                            bool nulls_only) {
  const std::string_view kind = constraint["contype"].text();
  const bool valid = !constraint["skip_validation"].flag();
  const std::string_view index = constraint["indexname"].text();
  Do what = Do::other;
  std::string other;
  if (kind == "CONSTR_CHECK") {
    what = valid ? Do::add_check : Do::add_check_not_valid;
  } else if (kind == "CONSTR_FOREIGN") {
    what = valid && !nulls_only ? Do::add_foreign_key : Do::add_foreign_key_not_valid;
    other = name_of(constraint["pktable"]);
  } else if (kind == "CONSTR_UNIQUE") {
    what = index.empty() ? Do::add_unique : Do::add_unique_using_index;
  } else if (kind == "CONSTR_EXCLUSION") {
    what = Do::add_exclusion;
  } else if (kind == "CONSTR_PRIMARY") {
    what = Do::add_primary_key;
    if (!index.empty()) {
      what = Do::add_primary_key_using_nullable_index;
      const Table* known = known_.table(table);
      const Index* used = known == nullptr ? nullptr : known->index(index);
      if (used != nullptr && !used->columns.empty() &&
          std::ranges::all_of(used->columns, [&](std::string_view name) {
            const Column* each = known->column(name);
            return (each != nullptr && each->not_null) ||
                   (version_ >= 12 && known->proves_not_null(name));
          }))
        what = Do::add_primary_key_using_index;
    }
  } else {
    return;
  }
  Action& action = add(what, constraint, table);
  action.other = std::move(other);
  action.column = column.empty() ? constraint["conname"].text() : column;
}

void Reader::set_type(Node command, const std::string& table) {
  const Table* known = known_.table(table);
  const Column* column = known == nullptr ? nullptr : known->column(command["name"].text());
  const TypeName to = type_name(command["def"]["typeName"]);
  const KnownType* domain = known_.type(to.name);
  // USING computes each value anew, unless it is the column itself.
  const Node conversion = command["def"]["raw_default"];
  const Node inner = conversion.is("TypeCast") ? conversion["arg"] : conversion;
  const bool computes =
      conversion &&
      !(inner.is("ColumnRef") && sql::string_of(inner["fields"].back()) == command["name"].text());
  const auto indexed = [&] {
    return !known->complete || std::ranges::any_of(known->indexes, [&](const Index& each) {
      return each.columns.empty() ||
             std::ranges::find(each.columns, column->name) != each.columns.end();
    });
  };
  const bool by_zone = column != nullptr && version_ >= 12 && known_.session_is_utc() &&
                       differs_by_zone(column->type, to);
  const bool in_place =
      column != nullptr && !computes &&
      (by_zone || keeps_form(column->type, to) || differs_by_collation(column->type, to)) &&
      (domain == nullptr || !domain->constrained);
  const bool reindexed =
      in_place && indexed() &&
      (by_zone || command["def"]["collClause"] || differs_by_collation(column->type, to));
  const bool checked =
      in_place && std::ranges::any_of(known->constraints, [&](const Constraint& each) {
        return each.type == ConstraintType::check &&
               std::ranges::find(each.columns, column->name) != each.columns.end();
      });
  Action& action = add(!in_place   ? Do::set_type
                       : reindexed ? Do::set_type_reindexed
                       : checked   ? Do::set_type_checked
                                   : Do::set_type_in_place,
                       command, table);
  action.column = command["name"].text();
  action.location = static_cast<int>(command["def"]["location"].number());
}

void Reader::command(Node command, const std::string& table) {
  const std::string_view what = command["subtype"].text();
  const Node definition = command["def"];
  const std::string_view name = command["name"].text();
  const Table* known = known_.table(table);
  if (what == "AT_AddColumn") return add_column(definition, table);
  if (what == "AT_AddConstraint") return add_constraint(definition, table, {}, false);
  if (what == "AT_AlterColumnType") return set_type(command, table);
  Do kind = Do::alter_table_otherwise;
  std::string other;
  if (what == "AT_ColumnDefault") {
    kind = definition ? Do::set_default : Do::drop_default;
  } else if (what == "AT_SetNotNull") {
    const Column* column = known == nullptr ? nullptr : known->column(name);
    kind = known != nullptr &&
                   (known->proves_not_null(name) || (column != nullptr && column->not_null))
               ? Do::set_not_null_proved
               : Do::set_not_null;
  } else if (what == "AT_ValidateConstraint" || what == "AT_DropConstraint") {
    const Constraint* constraint = known == nullptr ? nullptr : known->constraint(name);
    const bool foreign = constraint != nullptr && constraint->type == ConstraintType::foreign_key;
    if (foreign) other = constraint->references;
    if (what == "AT_ValidateConstraint")
      kind = foreign ? Do::validate_foreign_key : Do::validate_check;
    else
      kind = foreign ? Do::drop_foreign_key : Do::drop_constraint;
  } else if (what == "AT_AttachPartition" || what == "AT_DetachPartition") {
    other = name_of(definition["name"]);
    if (what == "AT_AttachPartition") {
      const Table* child = known_.table(other);
      const bool proved =
          child != nullptr && std::ranges::any_of(child->constraints, [](const Constraint& each) {
            return each.type == ConstraintType::check && each.validated;
          });
      kind = proved ? Do::attach_partition_proved : Do::attach_partition;
    } else {
      kind = definition["concurrent"].flag() ? Do::detach_partition_concurrently
                                             : Do::detach_partition;
    }
  } else if (what == "AT_AddInherit" || what == "AT_DropInherit") {
    kind = Do::inherit;
    other = name_of(definition);
  } else {
    static const std::unordered_map<std::string_view, Do> kinds = {
        {"AT_DropColumn", Do::drop_column},
        {"AT_DropNotNull", Do::drop_not_null},
        {"AT_AddIdentity", Do::add_identity},
        {"AT_SetIdentity", Do::alter_identity},
        {"AT_DropIdentity", Do::alter_identity},
        {"AT_DropExpression", Do::drop_expression},
        {"AT_SetStatistics", Do::set_statistics},
        {"AT_SetStorage", Do::set_storage},
        {"AT_SetCompression", Do::set_storage},
        {"AT_SetOptions", Do::set_column_options},
        {"AT_ResetOptions", Do::set_column_options},
        {"AT_AlterConstraint", Do::alter_constraint},
        {"AT_ChangeOwner", Do::set_owner},
        {"AT_SetTableSpace", Do::set_tablespace},
        {"AT_SetLogged", Do::set_logged},
        {"AT_SetUnLogged", Do::set_logged},
        {"AT_SetAccessMethod", Do::set_access_method},
        {"AT_SetRelOptions", Do::set_options},
        {"AT_ResetRelOptions", Do::set_options},
        {"AT_ClusterOn", Do::cluster_on},
        {"AT_DropCluster", Do::cluster_on},
        {"AT_EnableRowSecurity", Do::row_security},
        {"AT_DisableRowSecurity", Do::row_security},
        {"AT_ForceRowSecurity", Do::row_security},
        {"AT_NoForceRowSecurity", Do::row_security},
        {"AT_ReplicaIdentity", Do::replica_identity},
        {"AT_EnableTrig", Do::enable_trigger},
        {"AT_EnableAlwaysTrig", Do::enable_trigger},
        {"AT_EnableReplicaTrig", Do::enable_trigger},
        {"AT_DisableTrig", Do::enable_trigger},
        {"AT_EnableTrigAll", Do::enable_trigger},
        {"AT_DisableTrigAll", Do::enable_trigger},
        {"AT_EnableTrigUser", Do::enable_trigger},
        {"AT_DisableTrigUser", Do::enable_trigger},
        {"AT_EnableRule", Do::enable_rule},
        {"AT_EnableAlwaysRule", Do::enable_rule},
        {"AT_EnableReplicaRule", Do::enable_rule},
        {"AT_DisableRule", Do::enable_rule}};
    if (const auto found = kinds.find(what); found != kinds.end()) kind = found->second;
  }
  Action& action = add(kind, command, table);
  action.other = std::move(other);
  action.column = name;
}

void Reader::alter_table(Node node) {
  const std::string_view kind = node["objtype"].text();
  const std::string name = name_of(node["relation"]);
  if (kind == "OBJECT_TYPE") {
    add(Do::other, node);
    return;
  }
  if (kind == "OBJECT_INDEX") {
    add(Do::alter_index, node, name);
    return;
  }
  if (kind == "OBJECT_SEQUENCE" || kind == "OBJECT_VIEW") {
    add(kind == "OBJECT_VIEW" ? Do::alter_view : Do::alter_sequence, node, name);
    return;
  }
  for (const Node each : node["cmds"]) command(each, name);
  if (!node["relation"]["inh"].flag())
    for (Action& each : out_) each.only = true;
}

void Reader::drop(Node node) {
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

void Reader::rename(Node node) {
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

void Reader::statement(Node node) {
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
      add(concurrently ? Do::reindex_concurrently
          : whole      ? Do::outside_transaction
                       : Do::reindex,
          node, std::move(name));
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
    case 15:
      add(node["relation"] ? Do::cluster : Do::outside_transaction, node,
          node["relation"] ? name_of(node["relation"]) : std::string());
      return;
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

}  // namespace

const std::vector<Action>& ActionReader::read(Node statement, int version, const Schema* known) {
  actions_.clear();
  Reader(actions_, version, known).statement(statement);
  return actions_;
}

}  // namespace architrave::migration
