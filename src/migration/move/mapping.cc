#include "migration/move/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/quoting.h"
#include "base/text.h"
#include "base/utf8.h"
#include "engine/sqlite/definitions.h"
#include "engine/sqlite/sqlite.h"
#include "migration/move/expressions.h"
#include "migration/move/types.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::Relation;
using Kind = Decision::Kind;

constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1
constexpr const char* nocase = "nocase";

bool is_virtual(const Relation& table) { return table.options.contains("virtual"); }

// As PostgreSQL can take it: not empty, not too long, no column of the system's.
std::string fitting(const std::string& name, bool is_column) {
  static const std::set<std::string> systems = {"tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"};
  if (name.empty()) return "unnamed";
  if (is_column && systems.contains(name)) return name + '_';
  if (name.size() <= longest_name) return name;
  std::string head = name.substr(0, longest_name - 9);
  while (!head.empty() && !is_utf8(head)) head.pop_back();
  return head + '_' + stable_hash(name).substr(0, 8);
}

class Mapper {
 public:
  Mapper(const Catalog& from, const Profile& profile, const MapOptions& options)
      : from_(from), profile_(profile), options_(options) {}

  Mapping map() {
    mapping_.catalog.server.engine = "postgresql";
    mapping_.catalog.schemas.push_back({options_.schema, {}, {}, {}});
    name_relations();
    for (const Relation& relation : from_.relations)
      if (relation.is_table() && !is_virtual(relation)) table(relation);
    for (const Relation& relation : from_.relations)
      if (relation.is_table() && !is_virtual(relation)) constraints(relation);
    for (const Relation& relation : from_.relations)
      if (relation.is_view()) view(relation);
    for (const Relation& relation : from_.relations) stays_behind(relation);
    for (const catalog::Unread& each : from_.unread)
      decide(Kind::left_out, each.what, "it could not be read: " + each.why);
    return std::move(mapping_);
  }

 private:
  void decide(Kind kind, std::string object, std::string what) {
    mapping_.decisions.push_back({kind, std::move(object), std::move(what)});
  }

  std::string unique_name(const std::string& wanted) {
    const std::string base = fitting(wanted, false);
    std::string name = base;
    for (int number = 1; !taken_.insert(name).second; ++number)
      name = fitting(base + '_' + std::to_string(number), false);
    return name;
  }

  // "table app.orders"
  std::string object(const char* kind, const std::string& name) const {
    return std::string(kind) + ' ' + qualified(options_.schema, name);
  }
  std::string object(const char* kind, const std::string& table, const std::string& part) const {
    return object(kind, table) + '.' + quote_identifier(part);
  }

  void name_relations() {
    for (const Relation& relation : from_.relations) {
      if (relation.is_table() && is_virtual(relation)) continue;
      const std::string name = unique_name(relation.name);
      relations_[relation.name] = name;
      everywhere_.relations[lower(relation.name)] = name;
      if (name != relation.name)
        decide(Kind::chosen, object("relation", name),
               "PostgreSQL's names have 63 bytes: it was " + relation.name);
    }
    everywhere_.nocase = qualified(options_.schema, nocase);
  }

  // ---- tables and their columns

  void table(const Relation& source) {
    const TableProfile& profile = profile_.at(source.name);
    Relation made;
    made.schema = options_.schema;
    made.name = relations_[source.name];
    MovedTable moved;
    moved.source = source.name;
    moved.target = made.name;
    moved.rows = profile.rows;
    moved.rowid = profile.rowid;
    moved.first_rowid = profile.first_rowid;
    moved.last_rowid = profile.last_rowid;
    if (source.columns.size() > 1600)
      decide(Kind::refused, object("table", made.name),
             fmt::format("it has {} columns, and PostgreSQL takes 1600", source.columns.size()));
    for (std::size_t i = 0; i < source.columns.size(); ++i)
      moved.columns.push_back(column(source.columns[i], profile.columns[i], made));
    Names names = names_of(source, made);
    for (std::size_t i = 0; i < source.columns.size(); ++i)
      value_of(source.columns[i], made, made.columns[i], moved.columns[i], names);
    rowid_key(source, made, profile);
    names_.emplace(source.name, std::move(names));
    mapping_.catalog.relations.push_back(std::move(made));
    mapping_.tables.push_back(std::move(moved));
  }

  MovedColumn column(const Column& from, const ColumnProfile& profile, const Relation& table) {
    ChosenType chosen = choose_type(from, profile, options_.dates);
    MovedColumn moved{from.name, fitting(from.name, true), chosen.form, false};
    const std::string name = object("column", table.name, moved.target);
    if (moved.target != from.name) decide(Kind::chosen, name, "its name was \"" + from.name + "\"");
    if (!chosen.why.empty()) decide(Kind::chosen, name, chosen.type + ": " + chosen.why);
    if (!chosen.refusal.empty()) {
      const bool may = options_.allow_losses ||
                       options_.allowed.contains(name.substr(std::string_view("column ").size()));
      decide(may ? Kind::lost : Kind::refused, name, chosen.refusal);
    }
    Column made;
    made.name = moved.target;
    made.type = chosen.type;
    made.type_schema = "pg_catalog";
    made.not_null = from.not_null;
    if (made.not_null && profile.nulls > 0) {
      made.not_null = false;
      decide(Kind::lost, name,
             "NOT NULL: " + plural(profile.nulls, "row") + " of it is or are NULL nevertheless");
    }
    if (!from.collation.empty()) made.collation = collation(from.collation, name, chosen);
    pending_.push_back(std::move(made));
    return moved;
  }

  std::string collation(const std::string& wanted, const std::string& name,
                        const ChosenType& chosen) {
    const bool is_text = chosen.type == "text" || chosen.type.starts_with("character varying");
    if (!is_text) return {};
    if (lower(wanted) == nocase) {
      need_nocase();
      decide(Kind::chosen, name,
             "COLLATE NOCASE is a collation of ICU's that is blind for case, of all letters and "
             "not of A to Z alone; LIKE does not take it before PostgreSQL 18");
      return everywhere_.nocase;
    }
    decide(Kind::lost, name, "COLLATE " + wanted + " has no counterpart");
    return {};
  }

  void need_nocase() {
    if (!mapping_.catalog.others.empty()) return;
    catalog::OtherObject made;
    made.kind = catalog::Kind::collation;
    made.schema = options_.schema;
    made.name = nocase;
    made.definition = {"CREATE COLLATION " + everywhere_.nocase +
                       " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"};
    mapping_.catalog.others.push_back(std::move(made));
  }

  // Takes the columns that were made over, and what expressions may call them.
  Names names_of(const Relation& source, Relation& made) {
    made.columns = std::exchange(pending_, {});
    Names names;
    names.nocase = everywhere_.nocase;
    for (std::size_t i = 0; i < source.columns.size(); ++i) {
      const std::string& type = made.columns[i].type;
      const bool number =
          type == "bigint" || type == "double precision" || type.starts_with("numeric");
      const Names::Column column{made.columns[i].name, type == "boolean", number, false};
      names.add_column(source.columns[i].name, column);
      everywhere_.add_column(source.columns[i].name, column);
    }
    return names;
  }

  // Its default, or how it is computed.
  void value_of(const Column& from, const Relation& table, Column& made, MovedColumn& moved,
                const Names& names) {
    const std::string name = object("column", table.name, made.name);
    if (!from.generated.empty()) {
      auto expression = translate(from.default_value, names);
      if (!expression) {
        decide(Kind::lost, name,
               "its values come along, but not how they are computed: " +
                   expression.error().message + " has no translation");
        return;
      }
      made.generated = "stored";
      made.default_value = std::move(*expression);
      moved.computed = true;
      if (from.generated == "virtual")
        decide(Kind::chosen, name, "computed when a row is written, and stored: it was VIRTUAL");
      return;
    }
    if (from.default_value.empty() || lower(from.default_value) == "null") return;
    auto value = translate_default(from.default_value, names, made.type);
    if (value)
      made.default_value = std::move(*value);
    else
      decide(Kind::lost, name,
             "its default " + from.default_value + ": " + value.error().message +
                 " has no translation");
  }

  // An INTEGER PRIMARY KEY is the rowid by another name: SQLite gives it a number by itself.
  void rowid_key(const Relation& source, Relation& made, const TableProfile& profile) {
    const auto rowid = std::ranges::find_if(
        source.indexes, [](const Index& index) { return index.options.contains("rowid"); });
    if (rowid == source.indexes.end()) {
      if (source.primary_key() == nullptr)
        decide(Kind::lost, object("table", made.name),
               "it has no primary key, and its rowid does not come along");
      return;
    }
    for (std::size_t i = 0; i < source.columns.size(); ++i) {
      if (!sqlite::same_name(source.columns[i].name, rowid->keys.front().column)) continue;
      Column& column = made.columns[i];
      column.identity = "by default";
      column.default_value.clear();
      column.not_null = true;
      catalog::Sequence& sequence = column.identity_sequence.emplace();
      sequence.data_type = "bigint";
      sequence.maximum = std::numeric_limits<std::int64_t>::max();
      const std::int64_t last =
          std::max(profile.rows > 0 ? profile.last_rowid : 0, profile.sequence);
      mapping_.sequences.push_back({made.name, column.name, std::max<std::int64_t>(last, 0)});
      if (!source.options.contains("autoincrement"))
        decide(Kind::chosen, object("column", made.name, column.name),
               "an identity: SQLite numbers an INTEGER PRIMARY KEY by itself, and gives the "
               "number of a last row that was deleted again, which an identity does not");
    }
  }

  // ---- keys, checks, indexes

  Relation& made_of(const Relation& source) {
    return *std::ranges::find(mapping_.catalog.relations, relations_[source.name], &Relation::name);
  }
  // The names of columns in the target.
  std::vector<std::string> columns_of(const Relation& source,
                                      const std::vector<std::string>& columns) {
    const Relation& made = made_of(source);
    std::vector<std::string> result;
    for (const std::string& each : columns)
      for (std::size_t i = 0; i < source.columns.size(); ++i)
        if (sqlite::same_name(source.columns[i].name, each)) result.push_back(made.columns[i].name);
    return result;
  }

  void constraints(const Relation& source) {
    Relation& made = made_of(source);
    for (const Constraint& from : source.constraints) {
      Constraint constraint = from;
      constraint.definition.clear();
      constraint.columns = columns_of(source, from.columns);
      if (const auto at = from.definition.find(" ON CONFLICT "); at != std::string::npos)
        decide(Kind::lost, object("constraint", made.name, from.name),
               from.definition.substr(at + 1) + ": in PostgreSQL an INSERT says so by itself");
      switch (from.type) {
        case ConstraintType::primary_key:
        case ConstraintType::unique:
          key(source, made, std::move(constraint));
          break;
        case ConstraintType::check:
          check(source, made, std::move(constraint));
          break;
        case ConstraintType::foreign_key:
          foreign_key(source, made, std::move(constraint));
          break;
        case ConstraintType::exclusion:
          break;
      }
    }
    for (const Index& from : source.indexes)
      if (from.constraint.empty()) index(source, made, from);
  }

  void key(const Relation& source, Relation& made, Constraint key) {
    const auto behind = std::ranges::find(source.indexes, key.index, &Index::name);
    const bool folds = behind != source.indexes.end() &&
                       std::ranges::any_of(behind->keys, [](const catalog::IndexKey& part) {
                         return !part.collation.empty();
                       });
    const std::string name = object("constraint", made.name, key.name);
    if (folds) {
      // Only an index can have a collation of its own.
      decide(Kind::chosen, name, "a unique index, since it has a collation of its own");
      Index index = *behind;
      index.name = key.name;
      index.constraint.clear();
      index.primary = false;
      this->index(source, made, index);
      return;
    }
    key.name = unique_name(key.name);
    key.index = key.name;
    if (key.type == ConstraintType::primary_key) {
      const TableProfile& profile = profile_.at(source.name);
      for (std::size_t i = 0; i < source.columns.size(); ++i) {
        if (std::ranges::find(key.columns, made.columns[i].name) == key.columns.end()) continue;
        if (profile.columns[i].nulls == 0) continue;
        key.type = ConstraintType::unique;
        decide(Kind::lost, name,
               "UNIQUE instead of PRIMARY KEY: " + plural(profile.columns[i].nulls, "row") +
                   " without a " + made.columns[i].name);
        break;
      }
    }
    made.constraints.push_back(std::move(key));
  }

  void check(const Relation& source, Relation& made, Constraint check) {
    auto expression = translate(check.expression, names_.at(source.name));
    check.name = fitting(check.name, false);
    if (!expression)
      return decide(
          Kind::left_out, object("constraint", made.name, check.name),
          expression.error().message + " has no translation: CHECK (" + check.expression + ')');
    check.expression = std::move(*expression);
    made.constraints.push_back(std::move(check));
  }

  void foreign_key(const Relation& source, Relation& made, Constraint key) {
    const std::string name = object("constraint", made.name, key.name);
    const Relation* parent = from_.relation(key.references_schema, key.references_table);
    if (parent == nullptr || !parent->is_table() || is_virtual(*parent))
      return decide(Kind::left_out, name,
                    "its parent " + key.references_table + " is no table here");
    key.references_columns = columns_of(*parent, key.references_columns);
    if (key.references_columns.size() != key.columns.size())
      return decide(Kind::left_out, name, key.references_table + " has no key of as many columns");
    key.references_schema = options_.schema;
    key.references_table = relations_[parent->name];
    key.name = fitting(key.name, false);
    const TableProfile& profile = profile_.at(source.name);
    // By its name in the source.
    for (const Constraint& from : source.constraints) {
      if (fitting(from.name, false) != key.name) continue;
      const auto orphans = profile.orphans.find(from.name);
      if (orphans == profile.orphans.end()) continue;
      key.validated = false;
      decide(Kind::chosen, name,
             "NOT VALID: " + plural(orphans->second, "row") +
                 " without a parent, which SQLite did not mind; new rows are "
                 "held to it");
    }
    made.constraints.push_back(std::move(key));
  }

  void index(const Relation& source, Relation& made, const Index& from) {
    Index index;
    index.name = unique_name(from.name);
    index.unique = from.unique;
    const Names& names = names_.at(source.name);
    const std::string name = object("index", index.name);
    const auto leave_out = [&](const std::string& what) {
      decide(Kind::left_out, name, what + " has no translation: " + from.definition);
    };
    for (const catalog::IndexKey& part : from.keys) {
      catalog::IndexKey& key = index.keys.emplace_back();
      key.descending = part.descending;
      key.nulls_first = part.descending;
      if (!part.expression.empty()) {
        auto expression = translate(part.expression, names);
        if (!expression) return leave_out(expression.error().message);
        key.expression = std::move(*expression);
      } else {
        const auto column = columns_of(source, {part.column});
        if (column.empty()) return leave_out("the rowid");
        key.column = column.front();
      }
      if (part.collation.empty()) continue;
      if (lower(part.collation) == nocase) {
        need_nocase();
        key.collation = everywhere_.nocase;
      } else if (lower(part.collation) == "binary") {
        key.collation = "pg_catalog.\"C\"";
      } else {
        return leave_out("COLLATE " + part.collation);
      }
    }
    if (!from.predicate.empty()) {
      auto predicate = translate(from.predicate, names);
      if (!predicate) return leave_out(predicate.error().message);
      index.predicate = std::move(*predicate);
    }
    made.indexes.push_back(std::move(index));
  }

  // ---- what is not a table

  void view(const Relation& source) {
    const std::string query = sqlite::view_query(source.definition);
    auto translated = translate(query, everywhere_);
    const std::string name = object("view", relations_[source.name]);
    if (query.empty() || !translated)
      return decide(Kind::left_out, name,
                    (translated ? "its query" : translated.error().message) +
                        " has no translation: " + source.definition);
    Relation made;
    made.schema = options_.schema;
    made.name = relations_[source.name];
    made.kind = catalog::RelationKind::view;
    made.definition = std::move(*translated);
    const std::string head = source.definition.substr(0, source.definition.find(query));
    if (head.find('(') != std::string::npos) {
      std::vector<std::string> columns;
      for (const Column& column : source.columns) columns.push_back(quote_identifier(column.name));
      const std::string list = join(columns, ", ");
      made.definition =
          "WITH q (" + list + ") AS (" + made.definition + ") SELECT " + list + " FROM q";
    }
    for (const Column& column : source.columns)
      everywhere_.add_column(column.name, {column.name, false, false, false});
    mapping_.catalog.relations.push_back(std::move(made));
    mapping_.views.push_back(relations_[source.name]);
  }

  void stays_behind(const Relation& relation) {
    for (const catalog::Trigger& trigger : relation.triggers)
      decide(Kind::left_out, object("trigger", relation.name, trigger.name),
             "triggers are not moved: " + trigger.timing + ' ' + join(trigger.events, ", ") +
                 ", to be written as a function of PostgreSQL's");
    if (relation.is_table() && is_virtual(relation))
      decide(Kind::left_out, object("table", relation.name),
             "it is virtual (" + relation.options.at("virtual") + "): its rows are its module's");
  }

  const Catalog& from_;
  const Profile& profile_;
  const MapOptions& options_;
  Mapping mapping_;
  std::map<std::string, std::string> relations_;  // by the source's name
  std::set<std::string> taken_;                   // names of relations in the target
  std::map<std::string, Names> names_;            // of each table
  Names everywhere_;
  std::vector<Column> pending_;
};

}  // namespace

std::string_view word(Decision::Kind kind) {
  switch (kind) {
    case Kind::chosen:
      return "chosen";
    case Kind::lost:
      return "lost";
    case Kind::left_out:
      return "left out";
    case Kind::refused:
      return "refused";
  }
  return {};
}

bool Mapping::refused() const {
  return std::ranges::any_of(decisions,
                             [](const Decision& each) { return each.kind == Kind::refused; });
}

Mapping map_catalog(const Catalog& from, const Profile& profile, const MapOptions& options) {
  return Mapper(from, profile, options).map();
}

}  // namespace architrave::migration
