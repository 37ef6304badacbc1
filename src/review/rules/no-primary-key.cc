#include <fmt/format.h>

#include <algorithm>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/index_facts.h"
#include "review/obstacles.h"
#include "review/relationships.h"

namespace architrave::review::rules {

namespace {

bool may_be_key(const Relation& table, const Index& index) {
  return index.unique && index.valid && index.predicate.empty() && index.method == "btree" &&
         !index.nulls_not_distinct && std::ranges::all_of(index.keys, [&](const IndexKey& key) {
           const Column* column = table.column(key.column);
           return column != nullptr && column->not_null && !key.descending && !key.nulls_first &&
                  key.opclass.empty() && key.collation.empty();
         });
}

// A table that only links others: two foreign keys and hardly anything else.
std::vector<std::string> linked_columns(const Relation& table) {
  std::vector<std::string> columns;
  for (const Constraint& key : table.constraints)
    if (key.type == ConstraintType::foreign_key)
      for (const std::string& column : key.columns)
        if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  const bool links = columns.size() == 2 && table.columns.size() <= 4 &&
                     std::ranges::all_of(columns, [&](const std::string& name) {
                       return table.column(name)->not_null;
                     });
  return links ? columns : std::vector<std::string>{};
}

// True if an index of the table would be superfluous beside a new one on these columns.
bool makes_superfluous(const Relation& table, const std::vector<std::string>& columns) {
  Index key{.unique = true, .primary = true};
  for (const std::string& column : columns) key.keys.push_back({.column = column});
  Relation with = table;
  with.indexes.push_back(key);
  return std::ranges::any_of(with.indexes, [&](const Index& index) {
    return covering(with, index) == &with.indexes.back();
  });
}

std::optional<Proposal> promote(const Look& look, const Relation& table, const Index& index) {
  const std::string at = name_of(table);
  if (index.constraint.empty()) {
    if (!index.include.empty() && !table.parents.empty()) return std::nullopt;
    Proposal fix = alter_table(table, "add_constraint",
                               fmt::format("ADD CONSTRAINT {0} PRIMARY KEY USING INDEX {0}",
                                           catalog::quote_identifier(index.name)),
                               "", Lock::access_exclusive);
    const std::string drop =
        fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", at, catalog::quote_identifier(index.name));
    fix.down = {drop};
    for (std::string& statement : statements_of(table, index))
      fix.down.push_back(std::move(statement));
    fix.transactional = false;  // index is made again CONCURRENTLY
    return fix;
  }
  const auto constraint = std::ranges::find(table.constraints, index.constraint, &Constraint::name);
  const bool referred_to =
      std::ranges::any_of(look.lookup.referencing(table), [&](const auto& key) {
        return std::ranges::is_permutation(key.constraint->references_columns, columns_of(index));
      });
  if (constraint == table.constraints.end() || constraint->type != ConstraintType::unique ||
      constraint->deferrable || referred_to || table.replica_identity == index.name ||
      !index.comment.empty() || index.clustered || !index.include.empty())
    return std::nullopt;
  Names names(look.catalog);
  const std::string key = catalog::quote_identifier(names.make(table.schema, {table.name}, "pkey"));
  Proposal fix = alter_table(
      table, "add_constraint",
      fmt::format("DROP CONSTRAINT {}, ADD CONSTRAINT {} PRIMARY KEY ({})",
                  catalog::quote_identifier(constraint->name), key, list_of(constraint->columns)),
      fmt::format("DROP CONSTRAINT {}", key), Lock::access_exclusive);
  for (std::string& statement : statements_of(table, *constraint))
    fix.down.push_back(std::move(statement));
  return fix;
}

std::optional<Proposal> add_key(const Look& look, const Relation& table,
                                std::vector<std::string> columns) {
  if (makes_superfluous(table, columns)) std::ranges::reverse(columns);
  if (makes_superfluous(table, columns)) return std::nullopt;
  Names names(look.catalog);
  const std::string key = catalog::quote_identifier(names.make(table.schema, {table.name}, "pkey"));
  Proposal fix =
      alter_table(table, "add_constraint",
                  fmt::format("ADD CONSTRAINT {} PRIMARY KEY ({})", key, list_of(columns)),
                  fmt::format("DROP CONSTRAINT {}", key), Lock::access_exclusive);
  fix.impact.seconds_estimate = seconds_for(look, table, Rates::build);
  fix.effort = 2;
  fix.risk = 2;
  return fix;
}

std::optional<Proposal> add_identity(const Look& look, const Relation& table) {
  Proposal fix = alter_table(table, "add_column",
                             "ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                             "DROP COLUMN id", Lock::access_exclusive);
  fix.impact.rewrites = true;
  fix.impact.seconds_estimate = seconds_for(look, table, Rates::rewrite);
  fix.effort = 2;
  fix.risk = 3;
  return fix;
}

// A new id would be taken for what "thing_id" elsewhere refers to, and isn't.
bool is_meant_by_another(const Look& look, const Relation& table) {
  return std::ranges::any_of(implied_references(look), [&](const Implied& each) {
    return each.parent == &table && each.state == KeyState::invented;
  });
}

std::optional<Proposal> mend(const Look& look, const Relation& table) {
  std::optional<Proposal> fix;
  // A partitioned key has to hold the partition key, and children have keys of their own.
  if (table.kind == RelationKind::partitioned_table || !table.parents.empty() ||
      !look.lookup.children(table).empty() || !table.of_type.empty())
    return fix;
  for (const Index& index : table.indexes) {
    if (may_be_key(table, index)) fix = promote(look, table, index);
    if (fix) break;
  }
  const bool is_keyed = std::ranges::any_of(
      table.indexes, [&](const Index& index) { return may_be_key(table, index); });
  if (!fix && is_keyed) return fix;
  if (!fix)
    if (const auto columns = linked_columns(table); !columns.empty())
      fix = add_key(look, table, columns);
  const Column* id = key_by_name(table);
  if (!fix && id != nullptr && id->not_null && id->type_category == "N")
    fix = add_key(look, table, {id->name});
  if (!fix && id == nullptr && linked_columns(table).empty() &&
      stores_rows_of(look.catalog, table).empty() && !is_meant_by_another(look, table))
    fix = add_identity(look, table);
  if (!fix) return fix;
  fix->title = fmt::format("Give {} a primary key", name_of(table));
  fix->why = "Rows can be told apart, referred to and replicated.";
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    if (table->primary_key() != nullptr) continue;
    const auto keyed = std::ranges::find_if(
        table->indexes, [&](const Index& index) { return may_be_key(*table, index); });
    const bool has_key = keyed != table->indexes.end();
    Evidence evidence;
    if (has_key) evidence.push_back({"unique index", keyed->name});
    if (const auto rows = rows_of(*table))
      evidence.push_back({"rows", static_cast<std::int64_t>(*rows)});
    Finding& finding = verdict.find(
        subject_of(*table),
        has_key ? fmt::format("{} has no primary key, though {} could be it: logical replication "
                              "and tools that look for one fail.",
                              name_of(*table), catalog::quote_identifier(keyed->name))
                : fmt::format("{} has no primary key: equal rows can't be told apart, and updates "
                              "and deletes can't be replicated logically.",
                              name_of(*table)),
        std::move(evidence), mend(look, *table));
    if (has_key) finding.severity = Severity::warning;
  }
}

}  // namespace

extern const Rule no_primary_key;
const Rule no_primary_key = {.name = "no-primary-key",
                             .severity = Severity::error,
                             .area = Area::keys,
                             .summary = "A table without a primary key",
                             .engines = Engines::postgresql,
                             .serves = {},
                             .needs_workload = false,
                             .check = check};

}  // namespace architrave::review::rules
