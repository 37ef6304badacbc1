#include "migration/move/trial.h"

#include <algorithm>
#include <utility>

#include "base/quoting.h"
#include "catalog/lookup.h"
#include "catalog/postgres/statements.h"
#include "engine/postgres/sandbox.h"
#include "migration/move/statements.h"

namespace architrave::migration {

namespace {

using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Relation;
using Kind = Decision::Kind;

class Trial {
 public:
  Trial(Mapping& mapping, postgres::Connection& connection)
      : mapping_(mapping),
        connection_(connection),
        version_(connection.server_version()),
        schema_(mapping.catalog.schemas.front().name) {}

  Status run() {
    if (Status begun = begin(); !begun) return begun;
    if (Status made = bare_tables(); !made) return made;
    for (Relation& table : mapping_.catalog.relations)
      if (table.is_table())
        if (Status tried = values(table); !tried) return tried;
    for (const bool keys : {true, false})
      for (Relation& table : mapping_.catalog.relations)
        if (Status tried = constraints(table, keys); !tried) return tried;
    for (Relation& table : mapping_.catalog.relations)
      if (Status tried = indexes(table); !tried) return tried;
    if (Status tried = views(); !tried) return tried;
    if (Status ended = connection_.execute("ROLLBACK"); !ended) return ended;
    return whole();
  }

 private:
  Status begin() {
    return connection_.execute("BEGIN; CREATE SCHEMA IF NOT EXISTS " + quote_identifier(schema_) +
                               "; SET LOCAL search_path TO " + quote_identifier(schema_));
  }

  // "" if the server took it, else its words. The error is for a server that is gone.
  Result<std::string> attempt(const std::string& sql, bool keep = true) {
    if (Status saved = connection_.execute("SAVEPOINT piece"); !saved) return fail(saved);
    Status ran = connection_.execute(sql);
    if (!ran && (ran.error().code == "postgres.lost" || ran.error().code == "interrupted"))
      return fail(ran);
    const bool undo = !ran || !keep;
    if (Status ended = connection_.execute(undo ? "ROLLBACK TO piece" : "RELEASE piece"); !ended)
      return fail(ended);
    return ran ? std::string() : ran.error().message;
  }

  void decide(Kind kind, const catalog::Object& object, std::string what) {
    mapping_.decisions.push_back({kind, to_string(object), std::move(what)});
  }

  Status bare_tables() {
    for (const catalog::OtherObject& each : mapping_.catalog.others)
      if (Status made = connection_.execute(each.definition.front()); !made)
        return fail("move.ddl", made.error().message, each.definition.front(),
                    "install a PostgreSQL that is built with ICU");
    for (const Relation& table : mapping_.catalog.relations) {
      if (!table.is_table()) continue;
      Relation bare = table;
      bare.constraints.clear();
      for (Column& column : bare.columns) {
        column.default_value.clear();
        column.generated.clear();
      }
      const std::string sql = postgres::create_table(mapping_.catalog, bare, version_).whole;
      if (Status made = connection_.execute(sql); !made)
        return fail("move.ddl", made.error().message, sql,
                    "this table can't be moved as it is: change it in SQLite first");
    }
    return {};
  }

  Status values(Relation& table) {
    const std::string alter = "ALTER TABLE " + qualified(table.schema, table.name) + ' ';
    for (Column& column : table.columns) {
      if (column.default_value.empty()) continue;
      const bool computed = !column.generated.empty();
      const auto said = attempt(
          alter + (computed ? "ADD COLUMN architrave_trial " + column.type +
                                  " GENERATED ALWAYS AS (" + column.default_value + ") STORED"
                            : "ALTER COLUMN " + quote_identifier(column.name) + " SET DEFAULT " +
                                  column.default_value),
          !computed);
      if (!said) return std::unexpected(said.error());
      if (said->empty()) continue;
      decide(
          Kind::lost, object_of(table, column),
          (computed ? "its values come along, but not how they are computed (" : "its default (") +
              column.default_value + "): " + *said);
      column.default_value.clear();
      column.generated.clear();
      if (computed) copy_values_of(table.name, column.name);
    }
    return {};
  }

  void copy_values_of(const std::string& table, const std::string& column) {
    for (MovedTable& moved : mapping_.tables)
      for (MovedColumn& each : moved.columns)
        if (moved.target == table && each.target == column) each.computed = false;
  }

  // Keys first: foreign keys need those of their parents.
  Status constraints(Relation& table, bool keys) {
    std::vector<Constraint> kept;
    for (Constraint& each : table.constraints) {
      const bool is_key =
          each.type == ConstraintType::primary_key || each.type == ConstraintType::unique;
      if (is_key != keys) {
        kept.push_back(std::move(each));
        continue;
      }
      const std::string definition = postgres::constraint_definition(each, version_);
      const auto said =
          attempt("ALTER TABLE " + qualified(table.schema, table.name) + " ADD CONSTRAINT " +
                  quote_identifier(each.name) + ' ' + definition);
      if (!said) return std::unexpected(said.error());
      if (said->empty())
        kept.push_back(std::move(each));
      else
        decide(Kind::left_out, object_of(table, each), *said + ": " + definition);
    }
    table.constraints = std::move(kept);
    return {};
  }

  Status indexes(Relation& table) {
    std::vector<catalog::Index> kept;
    for (catalog::Index& each : table.indexes) {
      const std::string sql = postgres::create_index(table, each, version_);
      const auto said = attempt(sql);
      if (!said) return std::unexpected(said.error());
      if (said->empty())
        kept.push_back(std::move(each));
      else
        decide(Kind::left_out, object_of(table, each), *said + ": " + sql);
    }
    table.indexes = std::move(kept);
    return {};
  }

  // Again and again, until none is made any more: they need each other.
  Status views() {
    std::vector<std::string> order;
    std::vector<std::string> waiting = mapping_.views;
    std::map<std::string, std::string> problems;
    for (bool more = true; more;) {
      more = false;
      std::vector<std::string> still;
      for (const std::string& name : waiting) {
        const auto said = attempt(postgres::create_view(*view(name)));
        if (!said) return std::unexpected(said.error());
        if (said->empty()) {
          order.push_back(name);
          more = true;
        } else {
          problems[name] = *said;
          still.push_back(name);
        }
      }
      waiting = std::move(still);
    }
    for (const std::string& name : waiting) {
      const auto made = view(name);
      decide(Kind::left_out, object_of(*made), problems[name] + ": " + made->definition);
      mapping_.catalog.relations.erase(made);
    }
    mapping_.views = std::move(order);
    return {};
  }

  std::vector<Relation>::iterator view(const std::string& name) {
    return std::ranges::find(mapping_.catalog.relations, name, &Relation::name);
  }

  Status whole() {
    if (Status begun = begin(); !begun) return begun;
    const MoveStatements statements = statements_of(mapping_, version_);
    for (const auto* list : {&statements.before, &statements.after})
      for (const MoveStatement& each : *list)
        if (Status made = connection_.execute(each.sql); !made)
          return fail("move.ddl", made.error().message, each.sql);
    return connection_.execute("COMMIT");
  }

  Mapping& mapping_;
  postgres::Connection& connection_;
  int version_;
  std::string schema_;
};

}  // namespace

Result<std::string> try_mapping(Mapping& mapping, int server_version) {
  const auto installation = postgres::choose_installation(server_version);
  if (!installation) return std::unexpected(installation.error());
  auto sandbox = postgres::make_empty_sandbox(*installation);
  if (!sandbox) return fail(sandbox);
  if (Status tried = Trial(mapping, (*sandbox)->connection()).run(); !tried) return fail(tried);
  return (*sandbox)->description();
}

}  // namespace architrave::migration
