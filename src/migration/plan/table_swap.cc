#include "migration/plan/table_swap.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transition.h"
#include "migration/plan/beside.h"
#include "migration/plan/column_swap.h"
#include "migration/plan/identity_swap.h"
#include "migration/plan/traffic.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

// Whether a column's values would have to be written anew, under a lock in all partitions at once.
bool is_rewritten(const Relation& a, const Relation& b) {
  return std::ranges::any_of(a.columns, [&](const Column& each) {
    return each.generated.empty() && postgres::rewrites(each, *b.column(each.name));
  });
}

// Whether a column is new for which the server writes the table anew: one that it computes, or of a
// domain that has something to check.
bool is_rewritten_for_more(const Relation& a, const Relation& b, const Catalog& to) {
  return std::ranges::any_of(b.columns, [&](const Column& each) {
    if (a.column(each.name) != nullptr) return false;
    const catalog::Type* type = to.type(each.type_schema, each.type_name);
    return each.generated == "stored" || (type != nullptr && is_checked(*type));
  });
}

// Whether a column's values are written anew and no column beside it can take its place.
bool is_rewritten_as_a_whole(const Relation& a, const Relation& b) {
  return std::ranges::any_of(a.columns, [&](const Column& each) {
    return each.generated.empty() && postgres::rewrites(each, *b.column(each.name)) &&
           !can_swap(a, each);
  });
}

// Whether rows can go over and come back, and those of the one be found in the other: those of keys
// are told apart as they were.
bool keeps_keys(const Relation& a, const Relation& b) {
  std::vector<std::string> key = key_of(a);
  std::ranges::copy(key_of(b), std::back_inserter(key));
  return std::ranges::all_of(a.columns, [&](const Column& each) {
    const Column& now = *b.column(each.name);
    const bool is_key = contains_word(a.partition_key, each.name) ||
                        contains_word(b.partition_key, each.name) ||
                        std::ranges::find(key, each.name) != key.end();
    return !is_key || each.type == now.type ||
           (postgres::keeps_values(each, now) && each.type_category == now.type_category &&
            now.type_schema == "pg_catalog");
  });
}

class Maker {
 public:
  Maker(const Catalog& from, const Catalog& to, const std::string& role)
      : from_(from), to_(to), beside_(from, to, role) {}

  bool can(const Relation& table, const Relation& now) const {
    const auto is_plain = [](const Relation& each) {
      return (each.kind == RelationKind::table || each.kind == RelationKind::partitioned_table) &&
             each.of_type.empty();
    };
    const std::vector<const Relation*> old_parts = parts(table, beside_.before());
    const std::vector<const Relation*> new_parts = parts(now, beside_.after());
    const auto is_among = [](const std::vector<const Relation*>& list, const Relation& relation) {
      return std::ranges::any_of(list, [&](const Relation* each) {
        return each->object_name() == relation.object_name();
      });
    };
    return is_plain(table) && is_plain(now) && !is_published(from_, table) &&
           table.parents.empty() && now.parents.empty() && can_be_carried(table) &&
           same_columns(table, now) && keeps_keys(table, now) &&
           (table.partition_key != now.partition_key || is_rewritten_for_more(table, now, to_) ||
            (table.kind == RelationKind::table ? is_rewritten_as_a_whole(table, now)
                                               : is_rewritten(table, now))) &&
           table.triggers.empty() && table.rules.empty() &&
           // A table's heirs are not its rows' places.
           (!table.partition_key.empty() || old_parts.empty()) &&
           (!now.partition_key.empty() || new_parts.empty()) &&
           std::ranges::all_of(old_parts,
                               [&](const Relation* each) {
                                 // One that goes on by itself takes its rows along.
                                 return is_plain(*each) && each->triggers.empty() &&
                                        each->rules.empty() &&
                                        (to_.relation(each->object_name()) == nullptr ||
                                         is_among(new_parts, *each));
                               }) &&
           std::ranges::all_of(new_parts, [&](const Relation* each) {
             return is_plain(*each) && each->triggers.empty() &&
                    (from_.relation(each->object_name()) == nullptr || is_among(old_parts, *each));
           });
  }

  const Beside& beside() const { return beside_; }

  Swap make(const Relation& table, const Relation& now) const {
    const std::string name = qualified(table.schema, table.name);
    const std::string aside = qualified(table.schema, old_name(table.name));
    std::vector<const Relation*> whole = parts(table, beside_.before());
    whole.insert(whole.begin(), &table);
    const std::vector<Namesakes> both = namesakes(table, now);

    Swap swap;
    swap.of = to_string(object_of(table));
    swap.kind = Swap::Kind::table;
    for (const Relation* each : whole) swap.replaced.push_back(replaced(*each, both));
    for (const Column& each : table.columns)
      if (const Column& is = *now.column(each.name);
          each.generated.empty() && !postgres::keeps_values(each, is))
        swap.loses.emplace_back(to_string(object_of(table, each)), postgres::lost_values(each, is));
    swap.prepare = beside_.definitions(now, parts(now, beside_.after()), both);
    keep_equal(swap, table, now, {&table}, whole);
    // The planner knows nothing of it yet.
    swap.alone.emplace_back("ANALYZE " + qualified(now.schema, new_name(now.name)));
    leave_alone(swap, table, {&table}, whole);
    const auto then = [&](std::string sql) { swap.take_place.emplace_back(std::move(sql)); };
    // They would ask the old one, which gets no new rows; those that stay are made again.
    for (const Relation* each : whole)
      for (const auto& [child, constraint] : beside_.before().referencing(*each))
        if (std::ranges::find(whole, child) == whole.end())
          then(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}",
                           qualified(child->schema, child->name),
                           quote_identifier(constraint->name)));
    for (const Column& each : table.columns)
      if (!each.identity.empty())
        then(hand_over(each, name, *now.column(each.name), now, new_name(now.name)));
    for (const Namesakes& each : both)
      std::ranges::for_each(rename(*each.was, plain_name, old_name), then);
    for (const Namesakes& each : both)
      std::ranges::for_each(rename(*each.is, new_name, plain_name), then);

    // Where the new one has not taken its place, there is no old one, and nothing of this is done.
    const auto back = [&](std::string sql) { swap.back.push_back(std::move(sql)); };
    back("LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE");
    back("TRUNCATE " + aside);
    back(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", aside, columns_of(carried(table)),
                     values_of(carried(table), now, table), name));
    for (const Column& each : table.columns)
      if (!each.identity.empty())
        back(hand_over(*now.column(each.name), name, each, table, old_name(table.name)));
    for (const Namesakes& each : both)
      std::ranges::for_each(rename(*each.is, plain_name, new_name), back);
    for (const Namesakes& each : both)
      std::ranges::for_each(rename(*each.was, old_name, plain_name), back);
    return swap;
  }

  // The old one takes its place again in the same way. Nothing where it is not there, or rows can't
  // be told apart by what both have.
  std::optional<Swap> make_back(const Relation& table, const Relation& now) const {
    const Relation* aside = to_.relation(table.schema, old_name(table.name));
    const auto are_shared = [&](const Relation& of) {
      return std::ranges::all_of(key_of(of), [&](const std::string& each) {
        return table.column(each) != nullptr && now.column(each) != nullptr;
      });
    };
    if (aside == nullptr || !can_be_carried(now) || !are_shared(table) || !are_shared(now) ||
        !now.triggers.empty() || !now.rules.empty())
      return std::nullopt;
    const std::string name = qualified(now.schema, now.name);
    const std::string old = qualified(aside->schema, aside->name);
    std::vector<const Relation*> whole = parts(now, beside_.after());
    whole.insert(whole.begin(), &now);
    const std::vector<Namesakes> both = namesakes(table, now);

    // All of it or nothing: where the new one has not taken its place, there is no old one.
    const auto at_once = [](const std::vector<std::string>& statements) {
      return "DO $swap$ BEGIN " + join(statements, "; ") + "; END $swap$";
    };
    Swap swap;
    swap.of = to_string(object_of(now));
    keep_equal(swap, now, table, {&now}, whole, way_back);
    std::vector<std::string> first = {"TRUNCATE " + old};
    // Rows come in any order.
    for (const Constraint& each : aside->constraints)
      if (each.type == catalog::ConstraintType::foreign_key && !each.inherited &&
          each.references_schema == aside->schema && each.references_table == aside->name)
        first.push_back("ALTER TABLE " + old + " DROP CONSTRAINT " + quote_identifier(each.name));
    swap.prepare.insert(swap.prepare.begin(), first.begin(), first.end());
    swap.prepare = {at_once(swap.prepare)};
    for (Backfill& each : swap.fills)
      each.where = "pg_catalog.to_regclass(" + quote_literal(old) + ") IS NOT NULL";
    swap.alone.emplace_back("ANALYZE " + old);

    leave_alone(swap, now, {&now}, whole, way_back);
    std::vector<std::string> place;
    for (const Statement& each : swap.take_place) place.push_back(each.text);
    const auto then = [&](std::string sql) { place.push_back(std::move(sql)); };
    for (const Relation* each : whole)
      for (const auto& [child, constraint] : beside_.after().referencing(*each))
        if (std::ranges::find(whole, child) == whole.end())
          then("ALTER TABLE " + qualified(child->schema, child->name) + " DROP CONSTRAINT " +
               quote_identifier(constraint->name));
    for (const Column& each : table.columns)
      if (!each.identity.empty())
        then(hand_over(*now.column(each.name), name, each, table, old_name(table.name)));
    for (const Namesakes& each : both)
      std::ranges::for_each(rename(*each.is, plain_name, new_name), then);
    for (const Namesakes& each : both)
      std::ranges::for_each(rename(*each.was, old_name, plain_name), then);
    swap.take_place = {{at_once(place)}};
    return swap;
  }

 private:
  std::vector<Namesakes> namesakes(const Relation& table, const Relation& now) const {
    std::vector<Namesakes> list = {{&table, &now}};
    for (const Relation* each : parts(now, beside_.after()))
      if (const Relation* was = from_.relation(each->object_name())) list.push_back({was, each});
    return list;
  }

  // What it is called, as an object, once the new one has its name.
  static std::string replaced(Relation table, const std::vector<Namesakes>& both) {
    if (std::ranges::any_of(both, [&](const Namesakes& each) {
          return each.was->object_name() == table.object_name();
        }))
      table.name = old_name(table.name);
    return to_string(object_of(table));
  }

  // An identity from one table's column to the other's, where it is: the sequence goes with the
  // table that has it, so that another gets its name and goes on where it was.
  static std::string hand_over(const Column& from, const std::string& name, const Column& to,
                               Relation table, const std::string& its_name) {
    table.name = its_name;
    return migration::hand_over(
        *from.identity_sequence,
        {"ALTER TABLE " + name + " ALTER COLUMN " + quote_identifier(from.name) + " DROP IDENTITY",
         add_identity(table, to)},
        *to.identity_sequence);
  }

  const Catalog& from_;
  const Catalog& to_;
  const Beside beside_;
};

}  // namespace

std::optional<Swap> table_swap_back(const Catalog& before, const Catalog& after,
                                    const Relation& table, const std::string& role) {
  const Relation* now = after.relation(table.object_name());
  return now == nullptr ? std::nullopt : Maker(before, after, role).make_back(table, *now);
}

std::vector<Swap> table_swaps(const Catalog& from, const Catalog& to, std::int64_t small_bytes,
                              const std::string& role) {
  const Maker maker(from, to, role);
  std::vector<Swap> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.schema, table.name);
    if (now == nullptr) continue;
    if (maker.can(table, *now) &&
        maker.beside().bytes(table).value_or(small_bytes + 1) > small_bytes)
      list.push_back(maker.make(table, *now));
  }
  return list;
}

}  // namespace architrave::migration
