#include "engine/sqlite/reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "engine/sqlite/constraints.h"
#include "engine/sqlite/definitions.h"
#include "engine/sqlite/measurements.h"
#include "engine/sqlite/tokens.h"

namespace architrave::sqlite {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Index;
using catalog::IndexKey;
using catalog::Relation;
using catalog::RelationKind;
using catalog::Trigger;

constexpr const char* schema = "main";

// `l.type` is 'table', 'view', 'virtual' or 'shadow'.
constexpr const char* relations_query = R"(
SELECT l.name, l.type, l.wr, l.strict, s.sql
FROM pragma_table_list l JOIN sqlite_schema s ON s.name = l.name AND s.type IN ('table', 'view')
WHERE l.schema = 'main' AND l.type <> 'shadow' AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\')";

constexpr const char* columns_query = R"(
SELECT s.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
FROM sqlite_schema s JOIN pragma_table_xinfo(s.name, 'main') c
WHERE s.type = 'table' AND s.rootpage <> 0
ORDER BY s.rowid, c.cid)";

constexpr const char* columns_of_query = R"(
SELECT ?1, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
FROM pragma_table_xinfo(?1, 'main') c ORDER BY c.cid)";

constexpr const char* index_keys_query = R"(
SELECT s.name, l.name, l."unique", l.origin, x.cid, x.name, x."desc", x.coll
FROM sqlite_schema s
JOIN pragma_index_list(s.name, 'main') l
JOIN pragma_index_xinfo(l.name, 'main') x
WHERE s.type = 'table' AND s.rootpage <> 0 AND x.key
ORDER BY s.rowid, l.seq DESC, x.seqno)";

constexpr const char* foreign_keys_query = R"(
SELECT s.name, k.id, k."table", k."from", k."to", k.on_update, k.on_delete, k."match"
FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name, 'main') k
WHERE s.type = 'table' AND s.rootpage <> 0
ORDER BY s.rowid, k.id DESC, k.seq)";

class Reader {
 public:
  explicit Reader(Connection& connection) : connection_(connection) {}

  Result<Catalog> read() {
    catalog_.schemas.push_back({schema, {}, {}, {}});
    using Step = Status (Reader::*)();
    for (Step step : {&Reader::relations, &Reader::columns, &Reader::index_texts, &Reader::indexes,
                      &Reader::foreign_keys, &Reader::triggers}) {
      if (Status status = (this->*step)(); !status) return fail(status);
    }
    for (auto& [name, parts] : tables_) add_constraints(parts, catalog_);
    if (Status status = measure(connection_, catalog_); !status) return fail(status);
    catalog::sort(catalog_);
    return std::move(catalog_);
  }

 private:
  Relation* find(const std::string& name) {
    auto found = by_name_.find(lower(name));
    return found == by_name_.end() ? nullptr : &catalog_.relations[found->second];
  }

  Status relations() {
    Status status = connection_.query(relations_query, {}, [&](const Row& row) {
      Relation relation;
      relation.schema = schema;
      relation.name = row.text(0);
      relation.kind = row.text(1) == "view" ? RelationKind::view : RelationKind::table;
      if (row.integer(2) != 0) relation.options["without_rowid"] = "true";
      if (row.integer(3) != 0) relation.options["strict"] = "true";
      relation.definition = row.text(4);
      catalog_.relations.push_back(std::move(relation));
    });
    for (std::size_t i = 0; i < catalog_.relations.size(); ++i) {
      by_name_[lower(catalog_.relations[i].name)] = i;
    }
    for (Relation& relation : catalog_.relations) {
      if (!relation.is_table()) continue;
      TableParts& parts = tables_[lower(relation.name)];
      parts.relation = &relation;
      parts.text = parse_table(relation.definition);
      if (parts.text.autoincrement) relation.options["autoincrement"] = "true";
      if (!parts.text.module.empty()) relation.options["virtual"] = parts.text.module;
    }
    return status;
  }

  void add_column(const Row& row) {
    Relation* relation = find(row.text(0));
    if (relation == nullptr) return;
    Column column;
    column.name = row.text(1);
    column.type = row.text(2);
    column.type_name = type_base_name(column.type);
    column.type_category = type_category(column.type_name);
    column.not_null = row.integer(3) != 0;
    column.default_value = row.text(4);
    const auto key_place = static_cast<std::size_t>(row.integer(5));
    // 0 plain, 1 hidden (of a virtual table), 2 virtual, 3 stored.
    const std::int64_t hidden = row.integer(6);
    if (hidden == 1) column.options["hidden"] = "true";
    if (hidden > 1) column.generated = hidden == 2 ? "virtual" : "stored";
    if (auto parts = tables_.find(lower(relation->name)); parts != tables_.end()) {
      for (const ColumnText& text : parts->second.text.columns) {
        if (!same_name(text.name, column.name)) continue;
        if (!same_name(text.collation, "binary")) column.collation = text.collation;
        if (hidden > 1) column.default_value = text.generated;
      }
      if (key_place > 0) parts->second.primary_key[key_place] = column.name;
    }
    relation->columns.push_back(std::move(column));
  }

  Status columns() {
    auto add = [&](const Row& row) { add_column(row); };
    if (Status status = connection_.query(columns_query, {}, add); !status) return status;
    for (Relation& relation : catalog_.relations) {
      if (relation.is_table() && !relation.options.contains("virtual")) continue;
      Status status = connection_.query(columns_of_query, {relation.name}, add);
      if (status && relation.is_view()) status = view_needs(relation);
      if (status) continue;
      if (status.error().code == "interrupted") return status;
      catalog_.unread.push_back({"the columns of " + relation.name, status.error().message});
    }
    return {};
  }

  Status view_needs(const Relation& view) {
    auto names = connection_.tables_read_by(view_query(view.definition));
    if (!names) return fail(names);
    for (const std::string& name : *names) {
      const Relation* needed = find(name);
      if (needed == nullptr || needed == &view) continue;
      catalog_.dependencies.push_back({object_of(view), object_of(*needed)});
    }
    return {};
  }

  static catalog::Object object_of(const Relation& relation) {
    return {relation.is_view() ? catalog::Kind::view : catalog::Kind::table,
            catalog::qualified(relation.schema, relation.name)};
  }

  Status index_texts() {
    return connection_.query(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL", {},
        [&](const Row& row) { index_texts_[row.text(0)] = row.text(1); });
  }

  Status indexes() {
    Relation* relation = nullptr;
    Index* index = nullptr;
    IndexText text;
    return connection_.query(index_keys_query, {}, [&](const Row& row) {
      if (relation == nullptr || relation->name != row.text(0)) {
        relation = find(row.text(0));
        index = nullptr;
      }
      if (relation == nullptr) return;
      if (index == nullptr || index->name != row.text(1)) {
        index = &relation->indexes.emplace_back();
        index->name = row.text(1);
        index->unique = row.integer(2) != 0;
        index->primary = row.text(3) == "pk";
        if (auto found = index_texts_.find(index->name); found != index_texts_.end()) {
          index->definition = found->second;
        }
        text = parse_index(index->definition);
        index->predicate = text.predicate;
      }
      IndexKey& key = index->keys.emplace_back();
      const std::size_t place = index->keys.size() - 1;
      if (row.integer(4) == -2) {
        key.expression = place < text.keys.size() ? text.keys[place] : std::string();
      } else {
        key.column = row.integer(4) == -1 ? "rowid" : row.text(5);
      }
      key.descending = row.integer(6) != 0;
      key.nulls_first = key.descending;
      const Column* column = relation->column(key.column);
      const bool plain = column == nullptr || column->collation.empty();
      const std::string own = plain ? "BINARY" : column->collation;
      if (!same_name(row.text(7), own)) key.collation = row.text(7);
    });
  }

  Status foreign_keys() {
    TableParts* parts = nullptr;
    std::string table;
    std::int64_t id = -1;
    return connection_.query(foreign_keys_query, {}, [&](const Row& row) {
      if (parts == nullptr || table != row.text(0)) {
        table = row.text(0);
        auto found = tables_.find(lower(table));
        parts = found == tables_.end() ? nullptr : &found->second;
        id = -1;
      }
      if (parts == nullptr) return;
      if (id != row.integer(1)) {
        id = row.integer(1);
        catalog::Constraint& key = parts->foreign_keys.emplace_back();
        key.type = catalog::ConstraintType::foreign_key;
        key.references_schema = schema;
        const Relation* parent = find(row.text(2));
        key.references_table = parent == nullptr ? row.text(2) : parent->name;
        key.on_update = lower(row.text(5));
        key.on_delete = lower(row.text(6));
        key.match_full = same_name(row.text(7), "full");
      }
      catalog::Constraint& key = parts->foreign_keys.back();
      key.columns.push_back(row.text(3));
      // Without columns it refers to the parent's primary key.
      const auto parent = tables_.find(lower(key.references_table));
      std::string column = row.text(4);
      if (parent != tables_.end()) {
        const auto& primary = parent->second.primary_key;
        if (row.is_null(4)) {
          auto part = primary.find(key.columns.size());
          column = part == primary.end() ? std::string() : part->second;
        }
        for (const Column& candidate : parent->second.relation->columns) {
          if (same_name(candidate.name, column)) column = candidate.name;
        }
      }
      if (!column.empty()) key.references_columns.push_back(std::move(column));
    });
  }

  Status triggers() {
    return connection_.query("SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'trigger'",
                             {}, [&](const Row& row) {
                               Relation* relation = find(row.text(0));
                               if (relation == nullptr) return;
                               Trigger trigger;
                               trigger.name = row.text(1);
                               trigger.definition = row.text(2);
                               TriggerText text = parse_trigger(trigger.definition);
                               trigger.row = true;
                               trigger.timing = text.timing;
                               trigger.events = {text.event};
                               trigger.has_when = text.has_when;
                               trigger.enabled = "origin";
                               relation->triggers.push_back(std::move(trigger));
                             });
  }

  Connection& connection_;
  Catalog catalog_;
  std::map<std::string, std::size_t> by_name_;  // by folded name
  std::map<std::string, TableParts> tables_;    // by folded name
  std::map<std::string, std::string> index_texts_;
};

}  // namespace

std::string type_base_name(std::string_view declared) {
  return lower(trim(declared.substr(0, declared.find('('))));
}

std::string type_category(std::string_view base_name) {
  auto has = [&](std::string_view part) { return base_name.find(part) != std::string_view::npos; };
  if (base_name.starts_with("date") || base_name.starts_with("time")) return "D";
  if (base_name == "bool" || base_name == "boolean") return "B";
  // https://www.sqlite.org/datatype3.html, 3.1, in its order.
  if (has("int")) return "N";
  if (has("char") || has("clob") || has("text")) return "S";
  if (has("blob") || base_name.empty()) return "U";
  // Names that say what is stored more plainly than the affinity NUMERIC does.
  if (base_name == "json" || base_name == "jsonb" || base_name == "uuid" || base_name == "any") {
    return "U";
  }
  return "N";
}

Result<Catalog> read_catalog(Connection& connection) {
  // One transaction, so that what is read fits together; a savepoint is one, and nests.
  if (Status status = connection.execute("SAVEPOINT architrave_read"); !status) return fail(status);
  Result<Catalog> catalog = Reader(connection).read();
  (void)connection.execute("RELEASE architrave_read");
  return catalog;
}

}  // namespace architrave::sqlite
