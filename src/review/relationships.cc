#include "review/relationships.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "catalog/lookup.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review {

std::string compared_type(const Catalog& catalog, const Column& column) {
  std::string type = column.type;
  std::string schema = column.type_schema, name = column.type_name;
  // Domains may stand on domains; the limit is against a catalog that was made up.
  for (int depth = 0; depth < 10; ++depth) {
    const auto found = std::ranges::find_if(catalog.types, [&](const catalog::Type& each) {
      return each.kind == catalog::TypeKind::domain && each.schema == schema && each.name == name;
    });
    if (found == catalog.types.end()) break;
    type = found->base_type;
    const auto dot = type.find('.');
    schema = dot == std::string::npos ? "" : type.substr(0, dot);
    name = dot == std::string::npos ? type : type.substr(dot + 1);
  }
  const auto open = type.find('('), close = type.rfind(')');
  if (open != std::string::npos && close != std::string::npos && close > open)
    type.erase(open, close - open + 1);
  return type;
}

bool leads_to(const Look& look, const Relation& from, const Relation& to) {
  std::set<const Relation*> seen;
  std::vector<const Relation*> open = {&from};
  while (!open.empty()) {
    const Relation* table = open.back();
    open.pop_back();
    if (!seen.insert(table).second) continue;
    if (table == &to) return true;
    for (const Constraint& key : table->constraints)
      if (key.type == ConstraintType::foreign_key)
        if (const Relation* parent =
                look.catalog.relation(key.references_schema, key.references_table))
          open.push_back(parent);
  }
  return false;
}

bool is_served(const Relation& relation, const std::vector<std::string>& columns,
               const Index* without) {
  // SQLite's INTEGER PRIMARY KEY is the table itself, without an index.
  const Constraint* key = relation.primary_key();
  if (key != nullptr && key->index.empty() && key->columns == columns) return true;
  return std::ranges::any_of(relation.indexes, [&](const Index& index) {
    if (&index == without || !index.valid) return false;
    if (index.method == "hash")
      return columns.size() == 1 && index.predicate.empty() && columns_of(index) == columns;
    const bool whole =
        index.predicate.empty() || std::ranges::any_of(columns, [&](const std::string& column) {
          return index.predicate == "(" + catalog::quote_identifier(column) + " IS NOT NULL)";
        });
    const std::vector<std::string> keys = columns_of(index);
    return index.method == "btree" && whole && keys.size() >= columns.size() &&
           std::is_permutation(columns.begin(), columns.end(), keys.begin());
  });
}

std::size_t count_served_partitions(const Look& look, const Relation& table,
                                    const std::vector<std::string>& columns, std::size_t& all) {
  std::size_t served = 0;
  for (const Relation* child : look.lookup.children(table)) {
    if (child->kind == RelationKind::partitioned_table) {
      served += count_served_partitions(look, *child, columns, all);
      continue;
    }
    ++all;
    served += is_served(*child, columns) ? 1 : 0;
  }
  return served;
}

bool serves_a_foreign_key_alone(const Relation& relation, const Index& index) {
  return std::ranges::any_of(relation.constraints, [&](const Constraint& key) {
    return key.type == ConstraintType::foreign_key && is_served(relation, key.columns) &&
           !is_served(relation, key.columns, &index);
  });
}

namespace {

// The names under which the table of "category_id" may go: category, categories, …
std::vector<std::string> table_names(const std::string& stem) {
  std::vector<std::string> names = {stem, stem + "s", stem + "es"};
  if (stem.ends_with('y')) names.push_back(stem.substr(0, stem.size() - 1) + "ies");
  if (stem == "person") names.push_back("people");
  if (stem == "child") names.push_back("children");
  return names;
}

std::string joined_words(std::string_view name) { return join(name_words(name), "_"); }

// A stem that the table of this name may come from: category of categories.
bool is_named_after(const std::string& table, const std::string& stem) {
  const std::vector<std::string> names = table_names(stem);
  return std::ranges::find(names, table) != names.end();
}

}  // namespace

const Column* key_by_name(const Relation& table) {
  const std::string own = joined_words(table.name);
  for (const Column& column : table.columns) {
    const std::string words = joined_words(column.name);
    if (words == "id" ||
        (words.ends_with("_id") && is_named_after(own, words.substr(0, words.size() - 3))))
      return &column;
  }
  return nullptr;
}

bool stands_apart(const Relation& relation) {
  static constexpr std::string_view words[] = {
      "archive",  "archived", "audit", "backup", "bak",     "cache",    "cached",    "config",
      "deleted",  "dump",     "event", "events", "export",  "history",  "import",    "imports",
      "job",      "jobs",     "log",   "logs",   "meta",    "metadata", "migration", "migrations",
      "old",      "outbox",   "queue", "schema", "session", "sessions", "setting",   "settings",
      "snapshot", "staging",  "stats", "temp",   "tmp",     "version",  "versions"};
  // Where all is one word ("transactionhistoryarchive"), its end tells.
  return std::ranges::any_of(name_words(relation.name), [](const std::string& word) {
    return std::ranges::any_of(words, [&](std::string_view each) {
      return word == each || (each.size() >= 5 && word.ends_with(each));
    });
  });
}

namespace {

// In one of the table or, where it is partitioned, of a partition.
bool is_in_a_foreign_key(const Look& look, const Relation& table, const Column& column) {
  if (table.kind == RelationKind::partitioned_table)
    for (const Relation* child : look.lookup.children(table))
      if (is_in_a_foreign_key(look, *child, column)) return true;
  return std::ranges::any_of(table.constraints, [&](const Constraint& key) {
    return key.type == ConstraintType::foreign_key &&
           std::ranges::find(key.columns, column.name) != key.columns.end();
  });
}

// The column that is the table's key, or would be if it had one; by name and type.
struct Key {
  std::string column;
  std::string type;
  KeyState state = KeyState::declared;
};
std::optional<Key> key_of(const Catalog& catalog, const Relation& table) {
  const auto named = [&](const std::string& name, KeyState state) {
    return Key{name, compared_type(catalog, *table.column(name)), state};
  };
  if (const Constraint* key = table.primary_key())
    return key->columns.size() == 1 ? std::optional(named(key->columns.front(), KeyState::declared))
                                    : std::nullopt;
  // A foreign key may refer to any unique index that is whole.
  for (const Index& index : table.indexes)
    if (index.unique && index.valid && index.predicate.empty() && index.keys.size() == 1)
      if (const Column* column = table.column(index.keys.front().column);
          column != nullptr && column->not_null)
        return named(column->name, KeyState::declared);
  if (const Column* column = key_by_name(table)) return named(column->name, KeyState::undeclared);
  return Key{"id", "bigint", KeyState::invented};
}

}  // namespace

std::vector<Implied> implied_references(const Look& look) {
  std::map<std::pair<std::string, std::string>, std::vector<const Relation*>> by_name;
  const std::vector<const Relation*> tables = own_tables(look.catalog);
  for (const Relation* table : tables)
    by_name[{table->schema, joined_words(table->name)}].push_back(table);

  std::vector<Implied> implied;
  for (const Relation* child : tables) {
    if (stands_apart(*child) || !child->parents.empty() ||
        (child->kind == RelationKind::table && !look.lookup.children(*child).empty()))
      continue;
    const std::string own = joined_words(child->name);
    for (const Column& column : child->columns) {
      if (column.inherited || !column.generated.empty() ||
          is_in_a_foreign_key(look, *child, column))
        continue;
      const std::string words = joined_words(column.name);
      if (!words.ends_with("_id") || words.size() < 5) continue;
      const std::string stem = words.substr(0, words.size() - 3);
      // order_id beside order_type: the type says which table is meant.
      const bool polymorphic = std::ranges::any_of(child->columns, [&](const Column& other) {
        const std::string name = joined_words(other.name);
        return name == stem + "_type" || name == stem + "_class" || name == stem + "_table";
      });
      if (polymorphic) continue;
      std::set<const Relation*> parents;
      const auto try_names = [&](const std::string& prefix) {
        for (const std::string& name : table_names(stem)) {
          const auto found = by_name.find({child->schema, prefix + name});
          if (found != by_name.end()) parents.insert(found->second.begin(), found->second.end());
        }
      };
      try_names("");
      // shop_order.customer_id is of shop_customer.
      if (const auto underscore = own.find('_'); parents.empty() && underscore != std::string::npos)
        try_names(own.substr(0, underscore + 1));
      if (parents.size() != 1) continue;
      const Relation* parent = *parents.begin();
      const std::optional<Key> key = key_of(look.catalog, *parent);
      if (parent == child || !key || !parent->parents.empty() ||
          (parent->kind == RelationKind::table && !look.lookup.children(*parent).empty()) ||
          (parent->unlogged && !child->unlogged))
        continue;
      const std::string key_words = joined_words(key->column);
      if ((key_words != "id" && key_words != words) ||
          key->type != compared_type(look.catalog, column))
        continue;
      implied.push_back({child, &column, parent, key->column, key->state});
    }
  }
  return implied;
}

}  // namespace architrave::review
