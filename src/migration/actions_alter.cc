// What CREATE TABLE and ALTER TABLE do, command by command.
#include <algorithm>

#include "catalog/catalog.h"
#include "migration/actions_reader.h"

namespace architrave::migration {

using catalog::ConstraintType;
using sql::Node;

void StatementReader::create_table(Node node) {
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

void StatementReader::add_column(Node definition, const std::string& table) {
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
void StatementReader::add_constraint(Node constraint, const std::string& table,
                                     std::string_view column, bool nulls_only) {
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

void StatementReader::set_type(Node command, const std::string& table) {
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

void StatementReader::command(Node command, const std::string& table) {
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

void StatementReader::alter_table(Node node) {
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

}  // namespace architrave::migration
