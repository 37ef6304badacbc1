#include <algorithm>

#include "base/text.h"
#include "catalog/object.h"
#include "catalog/postgres/statements.h"

namespace architrave::postgres {

using catalog::Column;
using catalog::Constraint;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

namespace {

// The column of a parent that this one comes from; null if it is declared here alone.
const Column* origin(const catalog::Catalog& catalog, const Relation& table, const Column& column) {
  for (const catalog::ObjectName& each : table.parents)
    if (const Relation* parent = catalog.relation(each))
      if (const Column* found = parent->column(column.name)) return found;
  return nullptr;
}

// Whether a column of a table that is made after its parent is NOT NULL because that one's is.
bool gives_not_null(const Column* parent) {
  return parent != nullptr && parent->not_null && !parent->not_null_no_inherit &&
         parent->not_null_validated;
}

bool is_late(const Column& column, int version) {
  return version >= 180000 && column.not_null && !column.not_null_validated;
}

std::string not_null_definition(const Column& column) {
  return (column.not_null_constraint.empty()
              ? ""
              : "CONSTRAINT " + quote_identifier(column.not_null_constraint) + ' ') +
         "NOT NULL " + quote_identifier(column.name) +
         (column.not_null_no_inherit ? " NO INHERIT" : "") +
         (column.not_null_validated ? "" : " NOT VALID");
}

class TableWriter {
 public:
  TableWriter(const catalog::Catalog& catalog, const Relation& table, int version, TableForm form,
              const std::set<std::string>& taken_names)
      : catalog_(catalog),
        table_(table),
        version_(version),
        apart_(form == TableForm::apart),
        name_(qualified(table.schema, table.name)),
        taken_names_(taken_names) {
    if (apart_) {
      attach_ = true;
    } else if (table.is_partition() && !table.parents.empty()) {
      const Relation* parent = catalog.relation(table.parents.front());
      // A partition has the columns of its parent; where they stand in another order, it was a
      // table of its own before.
      partition_of_ = parent != nullptr && std::ranges::equal(parent->columns, table.columns, {},
                                                              &Column::name, &Column::name);
      attach_ = !partition_of_;
    } else {
      const auto inherits = [](const auto& list) {
        return std::ranges::any_of(list, [](const auto& each) { return each.inherited; });
      };
      attach_ =
          has_order_of_its_own(catalog, table) &&
          !(form == TableForm::heir && (inherits(table.columns) || inherits(table.constraints)));
    }
  }

  TableStatements write() {
    TableStatements made;
    made.whole = create(true);
    made.bare = create(false);
    for (const Column& column : table_.columns) {
      if (has_plain_default(column) && declared(column))
        made.rest.push_back(alter(column) + "SET DEFAULT " + column.default_value);
      adjust(column, made.after);
    }
    for (const Constraint& constraint : table_.constraints) {
      if (constraint.type != catalog::ConstraintType::check) continue;
      if ((constraint.inherited && !attach_) || !constraint.validated) continue;
      made.rest.push_back("ALTER TABLE " + name_ + " ADD " + text(constraint));
    }
    if (apart_) return made;
    if (attach_ && !table_.is_partition())
      for (const catalog::ObjectName& parent : table_.parents)
        made.after.push_back("ALTER TABLE " + name_ + " INHERIT " +
                             qualified(parent.schema, parent.name));
    else if (attach_)
      made.after.push_back("ALTER TABLE ONLY " +
                           qualified(table_.parents[0].schema, table_.parents[0].name) +
                           " ATTACH PARTITION " + name_ + ' ' + table_.partition_bound);
    return made;
  }

  std::vector<std::string> add(const Column& column) const {
    std::vector<std::string> sql = {"ALTER TABLE " + name_ + " ADD COLUMN " +
                                    definition(column, true)};
    adjust(column, sql);
    return sql;
  }

 private:
  std::string alter(const Column& column) const {
    return "ALTER TABLE ONLY " + name_ + " ALTER COLUMN " + quote_identifier(column.name) + ' ';
  }
  static bool has_plain_default(const Column& column) {
    return !column.default_value.empty() && column.generated.empty();
  }
  // Whether CREATE TABLE names the column.
  bool declared(const Column& column) const {
    return attach_ || (!partition_of_ && !column.inherited);
  }
  // Empty: as PostgreSQL names it by itself.
  std::string not_null_name(const Column& column) const {
    if (version_ < 180000) return {};
    if (!column.not_null_constraint.empty()) return column.not_null_constraint;
    const std::string usual = table_.name + '_' + column.name + "_not_null";
    return taken_names_.contains(qualified(table_.schema, usual)) ? usual : "";
  }
  // PostgreSQL 18: the constraint is the parent's, but for one of its own beside it.
  bool inherits_not_null(const Column& column) const {
    return version_ >= 180000 && !attach_ && column.not_null &&
           gives_not_null(origin(catalog_, table_, column));
  }
  std::string text(const Constraint& constraint) const {
    return "CONSTRAINT " + quote_identifier(constraint.name) + ' ' +
           constraint_definition(constraint, version_);
  }

  std::string definition(const Column& column, bool whole) const {
    std::string sql = quote_identifier(column.name);
    sql += table_.of_type.empty() ? ' ' + column.type : " WITH OPTIONS";
    if (table_.kind == RelationKind::foreign_table && !column.foreign_options.empty())
      sql += " OPTIONS (" + foreign_options(column.foreign_options) + ')';
    if (!column.compression.empty() && version_ >= 140000)
      sql += " COMPRESSION " + column.compression;
    if (!column.collation.empty() && table_.of_type.empty()) sql += " COLLATE " + column.collation;
    if (whole && has_plain_default(column)) sql += " DEFAULT " + column.default_value;
    if (!column.generated.empty())
      sql += " GENERATED ALWAYS AS (" + column.default_value + ") " +
             (column.generated == "virtual" && version_ >= 180000 ? "VIRTUAL" : "STORED");
    if (!column.identity.empty() && column.identity_sequence) {
      const std::string options = identity_options(table_, column);
      sql += column.identity == "always" ? " GENERATED ALWAYS AS IDENTITY"
                                         : " GENERATED BY DEFAULT AS IDENTITY";
      if (!options.empty()) sql += " (" + options + ')';
    }
    if (!column.not_null || is_late(column, version_)) return sql;
    if (inherits_not_null(column))
      return column.not_null_own_name.empty()
                 ? sql
                 : sql + " CONSTRAINT " + quote_identifier(column.not_null_own_name) + " NOT NULL";
    if (const std::string name = not_null_name(column); !name.empty())
      sql += " CONSTRAINT " + quote_identifier(name);
    sql += " NOT NULL";
    if (column.not_null_no_inherit && version_ >= 180000) sql += " NO INHERIT";
    return sql;
  }

  // What a column has besides its declaration.
  void adjust(const Column& column, std::vector<std::string>& after) const {
    if (!declared(column)) {
      const Column* parent = origin(catalog_, table_, column);
      if (parent == nullptr || parent->default_value != column.default_value) {
        if (has_plain_default(column))
          after.push_back(alter(column) + "SET DEFAULT " + column.default_value);
        else if (parent != nullptr && has_plain_default(*parent) && column.generated.empty())
          after.push_back(alter(column) + "DROP DEFAULT");
      }
      if (column.not_null && !is_late(column, version_) && !gives_not_null(parent)) {
        if (version_ >= 180000 &&
            (!column.not_null_constraint.empty() || column.not_null_no_inherit))
          after.push_back("ALTER TABLE ONLY " + name_ + " ADD " + not_null_definition(column));
        else
          after.push_back(alter(column) + "SET NOT NULL");
      }
      if (!column.compression.empty() && version_ >= 140000 &&
          (parent == nullptr || parent->compression != column.compression))
        after.push_back(alter(column) + "SET COMPRESSION " + column.compression);
    }
    if (!column.storage.empty()) after.push_back(alter(column) + "SET STORAGE " + column.storage);
    if (column.statistics_target)
      after.push_back(alter(column) + "SET STATISTICS " +
                      std::to_string(*column.statistics_target));
    if (!column.options.empty())
      after.push_back(alter(column) + "SET (" + with_options(column.options) + ')');
  }

  std::string create(bool whole) const {
    const bool foreign = table_.kind == RelationKind::foreign_table;
    std::string sql = foreign           ? "CREATE FOREIGN TABLE "
                      : table_.unlogged ? "CREATE UNLOGGED TABLE "
                                        : "CREATE TABLE ";
    sql += name_;
    std::vector<std::string> parts;
    if (!table_.of_type.empty()) {
      sql += " OF " + table_.of_type;
      for (const Column& column : table_.columns)
        if (column.not_null || !column.default_value.empty() || !column.identity.empty())
          parts.push_back(definition(column, whole));
    } else if (partition_of_) {
      sql += " PARTITION OF " + qualified(table_.parents[0].schema, table_.parents[0].name);
    } else {
      for (const Column& column : table_.columns)
        if (declared(column)) parts.push_back(definition(column, whole));
    }
    for (const Column& column : table_.columns)
      if (!declared(column) && inherits_not_null(column) && !column.not_null_own_name.empty())
        parts.push_back("CONSTRAINT " + quote_identifier(column.not_null_own_name) + " NOT NULL " +
                        quote_identifier(column.name));
    if (whole)
      for (const Constraint& constraint : table_.constraints)
        if (constraint.type == catalog::ConstraintType::check && constraint.validated &&
            (!constraint.inherited || attach_))
          parts.push_back(text(constraint));
    const bool no_list = partition_of_ || !table_.of_type.empty();
    if (!parts.empty())
      sql += " (\n  " + join(parts, ",\n  ") + "\n)";
    else if (!no_list)
      sql += " (\n)";
    if (partition_of_) {
      sql += ' ' + table_.partition_bound;
    } else if (!attach_ && !table_.parents.empty()) {
      std::vector<std::string> parents;
      for (const catalog::ObjectName& parent : table_.parents)
        parents.push_back(qualified(parent.schema, parent.name));
      sql += " INHERITS (" + join(parents, ", ") + ')';
    }
    if (!table_.partition_key.empty()) sql += " PARTITION BY " + table_.partition_key;
    if (foreign) {
      sql += " SERVER " + quote_identifier(table_.foreign_server);
      if (!table_.foreign_options.empty())
        sql += " OPTIONS (" + foreign_options(table_.foreign_options) + ')';
      return sql;
    }
    if (!table_.access_method.empty()) sql += " USING " + quote_identifier(table_.access_method);
    std::string options = with_options(table_.options);
    if (!table_.toast_options.empty())
      options += (options.empty() ? "" : ", ") + with_options(table_.toast_options, "toast.");
    if (!options.empty()) sql += " WITH (" + options + ')';
    if (!table_.tablespace.empty()) sql += " TABLESPACE " + quote_identifier(table_.tablespace);
    return sql;
  }

  const catalog::Catalog& catalog_;
  const Relation& table_;
  const int version_;
  const bool apart_;
  const std::string name_;
  const std::set<std::string>& taken_names_;
  bool partition_of_ = false;  // written as PARTITION OF
  bool attach_ = false;        // written as a table of its own, then attached
};

}  // namespace

bool has_order_of_its_own(const catalog::Catalog& catalog, const Relation& table) {
  if (table.is_partition() || table.parents.empty() || !table.of_type.empty()) return false;
  std::vector<std::string> expected;
  for (const catalog::ObjectName& each : table.parents) {
    const Relation* parent = catalog.relation(each);
    if (parent == nullptr) return false;
    for (const Column& column : parent->columns)
      if (std::ranges::find(expected, column.name) == expected.end())
        expected.push_back(column.name);
  }
  return expected.size() > table.columns.size() ||
         !std::equal(
             expected.begin(), expected.end(), table.columns.begin(),
             [](const std::string& name, const Column& column) { return name == column.name; });
}

std::vector<std::string> not_valid_not_nulls(const catalog::Catalog& catalog, const Relation& table,
                                             int version) {
  std::vector<std::string> statements;
  for (const Column& column : table.columns) {
    const Column* parent = origin(catalog, table, column);
    if (is_late(column, version) && (parent == nullptr || !is_late(*parent, version)))
      statements.push_back("ALTER TABLE " + qualified(table.schema, table.name) + " ADD " +
                           not_null_definition(column));
  }
  return statements;
}

TableStatements create_table(const catalog::Catalog& catalog, const Relation& table, int version,
                             TableForm form, const std::set<std::string>& taken_names) {
  return TableWriter(catalog, table, version, form, taken_names).write();
}

std::set<std::string> chosen_not_null_names(const catalog::Catalog& catalog) {
  std::set<std::string> names;
  for (const Relation& table : catalog.relations)
    for (const Column& column : table.columns)
      for (const std::string& each : {column.not_null_constraint, column.not_null_own_name})
        if (!each.empty()) names.insert(qualified(table.schema, each));
  return names;
}

std::vector<std::string> add_column(const catalog::Catalog& catalog, const Relation& table,
                                    const Column& column, int version,
                                    const std::set<std::string>& taken_names) {
  return TableWriter(catalog, table, version, TableForm::apart, taken_names).add(column);
}

}  // namespace architrave::postgres
