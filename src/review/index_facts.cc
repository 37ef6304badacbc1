#include "review/index_facts.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"
#include "review/relationships.h"
#include "review/words.h"

namespace architrave::review {

namespace {

bool same_key(const IndexKey& a, const IndexKey& b) {
  return std::tie(a.column, a.expression, a.opclass, a.collation, a.descending, a.nulls_first) ==
         std::tie(b.column, b.expression, b.opclass, b.collation, b.descending, b.nulls_first);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// Of indexes that are the same, the one with the greater rank stays.
auto rank(const Relation& relation, const Index& index) {
  return std::tuple(index.primary, !index.constraint.empty(), index.unique,
                    relation.replica_identity == index.name, index.clustered,
                    !index.comment.empty());
}

bool stays_before(const Relation& relation, const Index& a, const Index& b) {
  const auto left = rank(relation, a), right = rank(relation, b);
  return left != right ? left > right : a.name < b.name;
}

// `wide` begins with all keys of `narrow` and goes on, or carries more columns.
bool begins_with(const Index& wide, const Index& narrow) {
  if (wide.method != "btree" || narrow.method != "btree" || wide.predicate != narrow.predicate ||
      wide.keys.size() < narrow.keys.size() || is_same(wide, narrow))
    return false;
  if (!std::ranges::equal(
          narrow.keys,
          std::vector(wide.keys.begin(),
                      wide.keys.begin() + static_cast<std::ptrdiff_t>(narrow.keys.size())),
          same_key))
    return false;
  const std::vector<std::string> keys = columns_of(wide);
  return std::ranges::all_of(narrow.include, [&](const std::string& column) {
    return contains(wide.include, column) || contains(keys, column);
  });
}

}  // namespace

bool is_same(const Index& a, const Index& b) {
  return a.method == b.method && a.predicate == b.predicate &&
         std::ranges::equal(a.keys, b.keys, same_key) &&
         std::ranges::is_permutation(a.include, b.include) &&
         (!a.unique || !b.unique || a.nulls_not_distinct == b.nulls_not_distinct);
}

bool has_a_duty(const Relation& relation, const Index& index) {
  return index.primary || index.unique || !index.constraint.empty() || index.inherited ||
         relation.replica_identity == index.name;
}

const Index* covering(const Relation& relation, const Index& index) {
  if (!index.valid || index.inherited) return nullptr;
  const Index* found = nullptr;
  for (const Index& other : relation.indexes) {
    if (&other == &index || !other.valid) continue;
    const bool twin = is_same(other, index) && stays_before(relation, other, index);
    const bool wider = !has_a_duty(relation, index) && begins_with(other, index);
    if (!twin && !wider) continue;
    if (found == nullptr || stays_before(relation, other, *found)) found = &other;
  }
  return found;
}

bool is_unused(const Look& look, const Relation& relation, const Index& index) {
  constexpr std::int64_t worth_it = 1'000'000;  // bytes; below that it costs next to nothing
  if (!look.catalog.server.has_workload || !index.stats || index.stats->scans != 0 ||
      index.stats->bytes < worth_it || !index.valid || has_a_duty(relation, index) ||
      serves_a_foreign_key_alone(relation, index))
    return false;
  Verdict unheard("", Severity::info, Area::indexes);
  if (!has_evidence_of_use(look, unheard)) return false;
  // Where one of two can go, that finding says which.
  return std::ranges::none_of(relation.indexes, [&](const Index& other) {
    return &other != &index && (covering(relation, index) == &other ||
                                (is_same(other, index) && !has_a_duty(relation, other)) ||
                                covering(relation, other) == &index);
  });
}

bool is_null_heavy(const Relation& relation, const Index& index) {
  constexpr double heavy = 0.9;
  constexpr double enough_rows = 10'000;
  if (!index.valid || index.inherited || !index.constraint.empty() || index.keys.size() != 1 ||
      !index.predicate.empty() || index.method != "btree" ||
      relation.replica_identity == index.name)
    return false;
  const Column* column = relation.column(index.keys.front().column);
  return column != nullptr && column->stats && column->stats->null_fraction >= heavy &&
         rows_of(relation).value_or(0) >= enough_rows;
}

bool is_btree_on_container(const Relation& relation, const Index& index) {
  if (index.method != "btree" || has_a_duty(relation, index) || !index.valid ||
      index.keys.size() != 1 || !index.keys.front().opclass.empty())
    return false;
  const Column* column = relation.column(index.keys.front().column);
  return column != nullptr && (column->type_category == "A" || is_builtin(*column, "jsonb") ||
                               is_builtin(*column, "tsvector"));
}

const Column* marks_deleted(const Relation& relation, const Index& index) {
  static constexpr std::array<std::string_view, 8> marks = {
      "deleted_at", "deleted_on", "deleted_time", "date_deleted",
      "deleted",    "is_deleted", "deletedat",    "isdeleted"};
  if (!index.unique || index.primary || index.inherited || !index.valid ||
      !index.predicate.empty() || index.method != "btree")
    return nullptr;
  const auto column = std::ranges::find_if(relation.columns, [](const Column& each) {
    return std::ranges::find(marks, lower(each.name)) != marks.end() &&
           (each.type_category == "D" || each.type_category == "B");
  });
  if (column == relation.columns.end()) return nullptr;
  for (const IndexKey& key : index.keys) {
    if (key.column == column->name || contains_word(key.expression, column->name)) return nullptr;
    const Column* part = relation.column(key.column);
    // Made to be different from all others, and never chosen again.
    if (part != nullptr) {
      if (part->type_name == "uuid" || !part->identity.empty() ||
          part->default_value.starts_with("nextval("))
        return nullptr;
      for (const std::string& word : name_words(part->name))
        if (word == "id" || word == "uuid" || word == "guid" || word == "token" || word == "hash" ||
            word == "secret")
          return nullptr;
    }
  }
  return &*column;
}

bool will_go(const Look& look, const Relation& relation, const Index& index) {
  return covering(relation, index) != nullptr || is_unused(look, relation, index) ||
         is_null_heavy(relation, index) || is_btree_on_container(relation, index) ||
         marks_deleted(relation, index) != nullptr;
}

}  // namespace architrave::review
