// What a statement leaves behind, as far as migration/schema.h knows of it.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/catalog.h"
#include "migration/schema.h"

namespace architrave::migration {

using catalog::ConstraintType;
using sql::Node;

class Applier {
 public:
  Applier(Schema& schema, std::uint32_t transaction) : schema_(schema), transaction_(transaction) {}

  void statement(Node node) {
    const std::string_view type = node.type();
    if (type == "CreateStmt") return create(node);
    if (type == "AlterTableStmt") return alter(node);
    if (type == "IndexStmt") return index(node);
    if (type == "DropStmt") return drop(node);
    if (type == "RenameStmt") return rename(node);
    if (type == "CreateTableAsStmt") {
      Table* table =
          made(node["into"]["rel"], node["objtype"].text() == "OBJECT_MATVIEW" ? 'm' : 'r');
      if (table != nullptr) table->filled = !node["into"]["skipData"].flag();
      return;
    }
    if (type == "InsertStmt" || (type == "CopyStmt" && node["is_from"].flag())) {
      if (Table* table = schema_.find(schema_.name_of(node["relation"]))) table->filled = true;
      return;
    }
    if (type == "ViewStmt") made(node["view"], 'v');
    if (type == "CreateSeqStmt") made(node["sequence"], 'S');
    if (type == "CreateForeignTableStmt") return create(node["base"], 'f');
    if (type == "CreateEnumStmt") return new_type(node["typeName"], 'e');
    if (type == "CompositeTypeStmt") {
      schema_.types_[keep(node["typevar"]["relname"])] = {.kind = 'c', .born = transaction_};
      return;
    }
    if (type == "CreateDomainStmt") {
      new_type(node["domainname"], 'd');
      for (const Node each : node["constraints"])
        if (each["contype"].text() == "CONSTR_CHECK" || each["contype"].text() == "CONSTR_NOTNULL")
          schema_.types_[schema_.keep(sql::string_of(node["domainname"].back()))].constrained =
              true;
      return;
    }
    if (type == "AlterObjectSchemaStmt") {
      if (Table* table = schema_.find(schema_.name_of(node["relation"])))
        move(*table, schema_.name_of(node["newschema"].text(), node["relation"]["relname"].text()));
      return;
    }
    if (type == "VariableSetStmt" && node["name"].text() == "search_path") {
      const std::string_view first = node["args"].front()["sval"]["sval"].text();
      if (!first.empty() && first != "pg_catalog") schema_.default_schema_ = first;
      return;
    }
    time_zone(type, node);
  }

 private:
  std::string_view keep(Node text) { return schema_.keep(text.text()); }

  void time_zone(std::string_view type, Node node) {
    const std::string_view kind = node["kind"].text();
    if (type == "TransactionStmt") {
      if (!kind.starts_with("TRANS_STMT_COMMIT") && !kind.starts_with("TRANS_STMT_ROLLBACK"))
        return;
      schema_.local_utc_.reset();
      if (kind == "TRANS_STMT_ROLLBACK") schema_.utc_ = false;  // what was set before is not known
    } else if (kind == "VAR_RESET_ALL" || node["target"].text() == "DISCARD_ALL") {
      schema_.new_session();
    } else if (type == "VariableSetStmt" && node["name"].text() == "timezone") {
      const bool utc =
          kind == "VAR_SET_VALUE" && is_utc(node["args"].front()["sval"]["sval"].text());
      if (node["is_local"].flag())
        schema_.local_utc_ = utc;
      else
        schema_.utc_ = utc;
    }
  }

  static bool is_utc(std::string_view zone) {
    static constexpr std::array<std::string_view, 8> names = {
        "utc", "gmt", "uct", "zulu", "universal", "greenwich", "gmt0", "gmt+0"};
    std::string name = lower(zone);
    if (name.starts_with("etc/")) name.erase(0, 4);
    return std::ranges::find(names, name) != names.end();
  }

  void new_type(Node names, char kind) {
    schema_.types_[schema_.keep(sql::string_of(names.back()))] = {.kind = kind,
                                                                  .born = transaction_};
  }

  // What a name stands for from now on; null if it stood for that already.
  Table* made(Node relation, char kind, bool if_not_exists = false) {
    const std::string name = schema_.name_of(relation);
    if (const Table* known = schema_.find(name); known != nullptr && known->complete) {
      if (if_not_exists || kind == 'v') return nullptr;
      schema_.drop(name);
    }
    Table& table = schema_.make(name);
    table.kind = kind;
    table.born = transaction_;
    table.complete = kind == 'r' || kind == 'p' || kind == 'f';
    return &table;
  }

  void create(Node node, char kind = 'r') {
    if (kind == 'r' && node["partspec"]) kind = 'p';
    Table* table = made(node["relation"], kind, node["if_not_exists"].flag());
    if (table == nullptr) return;
    for (const Node parent : node["inhRelations"]) {
      const std::string name = schema_.name_of(parent);
      schema_.adopt(*table, name);
      if (const Table* known = schema_.table(name)) table->columns = known->columns;
      table->complete = false;
    }
    table->default_partition = node["partbound"]["is_default"].flag();
    for (const Node element : node["tableElts"]) {
      if (element.is("ColumnDef")) column(*table, element);
      if (element.is("Constraint")) constraint(*table, element);
      if (element.is("TableLikeClause")) {
        if (const Table* like = schema_.table(schema_.name_of(element["relation"])))
          for (const Column& each : like->columns) table->columns.push_back(each);
        else
          table->complete = false;
      }
    }
    for (const Node element : node["constraints"]) constraint(*table, element);
  }

  void column(Table& table, Node definition) {
    Column column{.name = keep(definition["colname"]),
                  .type = type_name(definition["typeName"]),
                  .not_null = false,
                  .has_default = false,
                  .generated = false};
    column.type.name = schema_.keep(column.type.name);
    if (column.type.name.ends_with("serial")) {
      column.type.name = column.type.name == "bigserial"     ? "int8"
                         : column.type.name == "smallserial" ? "int2"
                                                             : "int4";
      column.not_null = column.has_default = true;
    }
    if (table.columns.size() >= Schema::most_columns) {
      table.complete = false;
      return;
    }
    table.columns.push_back(column);
    for (const Node each : definition["constraints"]) constraint(table, each, column.name);
  }

  // A constraint of the table, or of the column that is named.
  void constraint(Table& table, Node node, std::string_view of = {}) {
    const std::string_view kind = node["contype"].text();
    const auto own = std::ranges::find(table.columns, of, &Column::name);
    if (own != table.columns.end()) {
      if (kind == "CONSTR_NOTNULL" || kind == "CONSTR_IDENTITY") own->not_null = true;
      if (kind == "CONSTR_DEFAULT" || kind == "CONSTR_IDENTITY") own->has_default = true;
      if (kind == "CONSTR_GENERATED") own->generated = true;
    }
    Constraint out{.name = keep(node["conname"]),
                   .type = ConstraintType::check,
                   .columns = {},
                   .references = {},
                   .validated = !node["skip_validation"].flag(),
                   .proves_not_null = {}};
    if (kind == "CONSTR_CHECK") {
      node["raw_expr"].any([&](Node each) {
        if (each.is("ColumnRef")) add(out.columns, sql::string_of(each["fields"].back()));
        return false;
      });
      out.proves_not_null = proved_by(node["raw_expr"]);
    } else if (kind == "CONSTR_PRIMARY" || kind == "CONSTR_UNIQUE") {
      out.type = kind == "CONSTR_PRIMARY" ? ConstraintType::primary_key : ConstraintType::unique;
      for (const Node key : node["keys"]) add(out.columns, sql::string_of(key));
      if (!of.empty()) add(out.columns, of);
      if (const std::string_view index = node["indexname"].text(); !index.empty())
        if (const Index* known = table.index(index)) out.columns = known->columns;
    } else if (kind == "CONSTR_FOREIGN") {
      out.type = ConstraintType::foreign_key;
      for (const Node key : node["fk_attrs"]) add(out.columns, sql::string_of(key));
      if (!of.empty()) add(out.columns, of);
      out.references = schema_.keep(schema_.name_of(node["pktable"]));
    } else if (kind == "CONSTR_EXCLUSION") {
      out.type = ConstraintType::exclusion;
    } else {
      return;
    }
    if (out.name.empty()) out.name = chosen_name(table, out);
    if (out.type == ConstraintType::primary_key)
      for (const std::string_view name : out.columns)
        if (const auto known = std::ranges::find(table.columns, name, &Column::name);
            known != table.columns.end())
          known->not_null = true;
    const bool has_index =
        out.type == ConstraintType::primary_key || out.type == ConstraintType::unique;
    if (table.constraints.size() >= Schema::most_known) {
      table.complete = false;
      return;
    }
    if (has_index && node["indexname"].text().empty())
      schema_.add_index(table, {out.name, out.columns, true, false});
    table.constraints.push_back(std::move(out));
  }

  void add(std::vector<std::string_view>& list, std::string_view name) {
    name = schema_.keep(name);
    if (std::ranges::find(list, name) == list.end()) list.push_back(name);
  }

  // The column of `column IS NOT NULL`, alone or among conditions that must all hold.
  std::string_view proved_by(Node condition) {
    if (condition.is("NullTest") && condition["nulltesttype"].text() == "IS_NOT_NULL" &&
        condition["arg"].is("ColumnRef"))
      return schema_.keep(sql::string_of(condition["arg"]["fields"].back()));
    if (condition.is("BoolExpr") && condition["boolop"].text() == "AND_EXPR")
      for (const Node each : condition["args"])
        if (const std::string_view column = proved_by(each); !column.empty()) return column;
    return {};
  }

  // As the server makes it up.
  std::string_view chosen_name(const Table& table, const Constraint& constraint) {
    std::string name(table.name.substr(table.name.rfind('.') + 1));
    if (constraint.type != ConstraintType::primary_key)
      for (const std::string_view column : constraint.columns) name.append("_").append(column);
    switch (constraint.type) {
      case ConstraintType::primary_key:
        name += "_pkey";
        break;
      case ConstraintType::unique:
        name += "_key";
        break;
      case ConstraintType::foreign_key:
        name += "_fkey";
        break;
      case ConstraintType::check:
        name += "_check";
        break;
      case ConstraintType::exclusion:
        name += "_excl";
        break;
    }
    return schema_.keep(name);
  }

  void alter(Node node) {
    const std::string name = schema_.name_of(node["relation"]);
    const std::string_view kind = node["objtype"].text();
    if (kind != "OBJECT_TABLE" && kind != "OBJECT_FOREIGN_TABLE") return;
    for (const Node command : node["cmds"]) {
      const std::string_view what = command["subtype"].text();
      const Node definition = command["def"];
      if (what == "AT_AttachPartition" || what == "AT_DetachPartition") {
        Table& child = schema_.make(schema_.name_of(definition["name"]));
        if (what == "AT_AttachPartition")
          schema_.adopt(child, name);
        else
          schema_.orphan(child);
        continue;
      }
      Table* table = schema_.find(name);
      // Of a table that nobody made, what is added is known and nothing else.
      if (table == nullptr) {
        if (what != "AT_AddConstraint" && what != "AT_AddColumn" &&
            what != "AT_ValidateConstraint" && what != "AT_EnableRowSecurity")
          continue;
        table = &schema_.make(name);
      }
      command_on(*table, what, command, definition);
    }
  }

  void command_on(Table& table, std::string_view what, Node command, Node definition) {
    const auto column_of = [&]() -> Column* {
      const auto found = std::ranges::find(table.columns, command["name"].text(), &Column::name);
      return found == table.columns.end() ? nullptr : &*found;
    };
    if (what == "AT_AddColumn") {
      if (table.column(definition["colname"].text()) == nullptr) column(table, definition);
    } else if (what == "AT_DropColumn") {
      const std::string_view gone = command["name"].text();
      std::erase_if(table.columns, [&](const Column& each) { return each.name == gone; });
      std::erase_if(table.constraints, [&](const Constraint& each) {
        return std::ranges::find(each.columns, gone) != each.columns.end();
      });
      std::erase_if(table.indexes, [&](const Index& each) {
        return std::ranges::find(each.columns, gone) != each.columns.end();
      });
    } else if (what == "AT_AlterColumnType") {
      if (Column* column = column_of()) {
        column->type = type_name(definition["typeName"]);
        column->type.name = schema_.keep(column->type.name);
      }
    } else if (what == "AT_SetNotNull" || what == "AT_DropNotNull") {
      if (Column* column = column_of()) column->not_null = what == "AT_SetNotNull";
    } else if (what == "AT_ColumnDefault") {
      if (Column* column = column_of()) column->has_default = static_cast<bool>(definition);
    } else if (what == "AT_AddConstraint") {
      constraint(table, definition);
    } else if (what == "AT_ValidateConstraint") {
      const auto known =
          std::ranges::find(table.constraints, command["name"].text(), &Constraint::name);
      if (known != table.constraints.end())
        known->validated = true;
      else  // made where nobody saw it: its columns stay unknown
        table.constraints.push_back({.name = keep(command["name"]),
                                     .type = ConstraintType::check,
                                     .columns = {},
                                     .references = {},
                                     .validated = true,
                                     .proves_not_null = {}});
    } else if (what == "AT_EnableRowSecurity" || what == "AT_DisableRowSecurity") {
      table.row_security = what == "AT_EnableRowSecurity";
    } else if (what == "AT_DropConstraint") {
      const std::string_view gone = command["name"].text();
      std::erase_if(table.constraints, [&](const Constraint& each) { return each.name == gone; });
      std::erase_if(table.indexes, [&](const Index& each) { return each.name == gone; });
    }
  }

  void index(Node node) {
    Table& table = schema_.make(schema_.name_of(node["relation"]));
    Index out{.name = keep(node["idxname"]),
              .columns = {},
              .unique = node["unique"].flag(),
              .partial = static_cast<bool>(node["whereClause"])};
    if (const Node method = node["accessMethod"]) out.method = keep(method);
    for (const Node key : node["indexParams"]) {
      if (key["name"].text().empty()) {
        out.columns.clear();
        break;
      }
      out.columns.push_back(keep(key["name"]));
    }
    if (const Node where = node["whereClause"];
        where.is("NullTest") && !out.columns.empty() && proved_by(where) == out.columns.front())
      out.partial = false;
    if (!finds_equals(node["accessMethod"].text())) out.columns.clear();
    if (out.name.empty()) {
      std::string name(table.name.substr(table.name.rfind('.') + 1));
      for (const std::string_view column : out.columns) name.append("_").append(column);
      out.name = schema_.keep(name + "_idx");
    }
    if (table.index(out.name) == nullptr) schema_.add_index(table, std::move(out));
  }

  void drop(Node node) {
    const std::string_view what = node["removeType"].text();
    for (const Node object : node["objects"]) {
      const std::string name = schema_.name_of(object);
      if (what == "OBJECT_INDEX") {
        if (const Table* owner = schema_.table_of_index(name)) {
          const std::string_view own =
              std::string_view(name).substr(name.rfind('.') + 1);  // npos + 1 is 0
          std::erase_if(schema_.find(owner->name)->indexes,
                        [&](const Index& each) { return each.name == own; });
        }
      } else if (what == "OBJECT_TYPE" || what == "OBJECT_DOMAIN") {
        schema_.types_.erase(sql::string_of(object["names"].back()));
      } else if (what == "OBJECT_SCHEMA") {
        const std::string prefix = std::string(sql::string_of(object)) + '.';
        std::erase_if(schema_.tables_,
                      [&](const auto& each) { return each.first.starts_with(prefix); });
      } else {
        drop_with_partitions(name);
      }
    }
  }

  void drop_with_partitions(const std::string& name) {
    const Table* table = schema_.table(name);
    std::vector<std::string> partitions;
    if (table != nullptr && table->kind == 'p')
      for (const std::string_view each : schema_.children(name)) partitions.emplace_back(each);
    schema_.drop(name);
    for (const std::string& each : partitions) drop_with_partitions(each);
  }

  void move(Table& table, const std::string& to) {
    const std::string_view from = table.name, kept = schema_.keep(to);
    for (const std::string_view parent : table.parents)
      std::ranges::replace(schema_.children_[parent], from, kept);
    const auto known_children = schema_.children(from);
    std::vector<std::string_view> children(known_children.begin(), known_children.end());
    for (const std::string_view child : children)
      if (Table* known = schema_.find(child)) std::ranges::replace(known->parents, from, kept);
    Table moved = std::move(table);
    schema_.drop(from);
    moved.name = kept;
    schema_.children_[kept] = std::move(children);
    std::vector<Index> indexes = std::move(moved.indexes);
    moved.indexes.clear();
    Table& there = schema_.tables_[kept] = std::move(moved);
    for (Index& each : indexes) schema_.add_index(there, std::move(each));
  }

  void rename(Node node) {
    const std::string_view what = node["renameType"].text();
    const std::string_view to = keep(node["newname"]);
    if (what == "OBJECT_INDEX") {
      const std::string old = schema_.name_of(node["relation"]);
      if (const Table* owner = schema_.table_of_index(old)) {
        Table& table = *schema_.find(owner->name);
        const std::string_view from = node["relation"]["relname"].text();
        if (const Index* known = table.index(from)) {
          Index renamed = *known;
          renamed.name = to;
          std::erase_if(table.indexes, [&](const Index& each) { return each.name == from; });
          schema_.add_index(table, std::move(renamed));
        }
      }
      return;
    }
    Table* table = schema_.find(schema_.name_of(node["relation"]));
    if (table == nullptr) return;
    if (what == "OBJECT_COLUMN") {
      const std::string_view from = node["subname"].text();
      for (Column& each : table->columns)
        if (each.name == from) each.name = to;
      for (Index& each : table->indexes) std::ranges::replace(each.columns, from, to);
      for (Constraint& each : table->constraints) {
        std::ranges::replace(each.columns, from, to);
        if (each.proves_not_null == from) each.proves_not_null = to;
      }
    } else if (what == "OBJECT_TABCONSTRAINT") {
      for (Constraint& each : table->constraints)
        if (each.name == node["subname"].text()) each.name = to;
    } else if (what == "OBJECT_TABLE" || what == "OBJECT_VIEW" || what == "OBJECT_MATVIEW") {
      move(*table, schema_.name_of(node["relation"]["schemaname"].text(), to));
    }
  }

  Schema& schema_;
  std::uint32_t transaction_;
};

void Schema::apply(Node statement, std::uint32_t transaction) {
  Applier(*this, transaction).statement(statement);
}

}  // namespace architrave::migration
