#include "migration/plan/partition_swap.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/postgres/partition_bounds.h"
#include "migration/plan/beside.h"
#include "migration/plan/traffic.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

bool same_rows(const Relation& a, const Relation& b) {
  return a.columns.size() == b.columns.size() && same_columns(a, b) &&
         std::ranges::all_of(
             a.columns, [&](const Column& each) { return b.column(each.name)->type == each.type; });
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::equal(a, b, [](const T& x, const T& y) { return catalog::equal(x, y); });
}

bool is_rest(const Relation& partition) {
  return partition.partition_bound == postgres::default_bound;
}
// The default partition, or null.
const Relation* rest_of(const std::vector<const Relation*>& partitions) {
  const auto found =
      std::ranges::find_if(partitions, [](const Relation* each) { return is_rest(*each); });
  return found == partitions.end() ? nullptr : *found;
}

std::string place_name(const Relation& part) {
  return quote_identifier(derived_name(part.name, "_place"));
}
// What of a table's partitions gets other bounds: rows of the one list go into the other's.
struct Moves {
  std::vector<const Relation*> sources;
  std::vector<const Relation*> targets;
};

class Maker {
 public:
  Maker(const Catalog& from, const Catalog& to, const std::string& role)
      : from_(from), to_(to), beside_(from, to, role) {}

  // Nothing where that can't be done beside those who use the table, or is no work.
  std::optional<Moves> moves(const Relation& table, const Relation& now) const {
    if (table.kind != RelationKind::partitioned_table || now.kind != table.kind ||
        table.partition_key != now.partition_key || !table.parents.empty() ||
        is_published(from_, table) || !now.parents.empty() || !can_be_carried(table) ||
        !same_rows(table, now) || !table.triggers.empty() || !now.triggers.empty() ||
        !table.rules.empty() ||
        // What is attached is to have all of that already.
        !same(table.constraints, now.constraints) || !same(table.indexes, now.indexes) ||
        !beside_.before().referencing(table).empty())
      return std::nullopt;
    const std::vector<const Relation*>& were = beside_.before().children(table);
    const std::vector<const Relation*>& are = beside_.after().children(now);
    const Relation* rest = rest_of(were);
    const Relation* its_rest = rest_of(are);
    if ((rest == nullptr) != (its_rest == nullptr) ||
        (rest != nullptr && rest->object_name() != its_rest->object_name()))
      return std::nullopt;
    const auto overlap = [&](const Relation* a, const Relation* b) {
      return is_rest(*a) || is_rest(*b) ||
             !postgres::are_disjoint(now, a->partition_bound, b->partition_bound);
    };
    const auto changes = [](const Relation* each, const Relation* other) {
      return other == nullptr ||
             (other->parents == each->parents && other->partition_bound != each->partition_bound);
    };
    Moves moves;
    for (const Relation* each : are)
      if (changes(each, from_.relation(each->object_name()))) moves.targets.push_back(each);
    // The server reads the whole of the default whenever another is attached beside it; and the
    // rows of one that goes are the default's.
    const bool one_goes = std::ranges::any_of(were, [&](const Relation* each) {
      return each != rest && to_.relation(each->object_name()) == nullptr;
    });
    const bool rest_changes = rest != nullptr && (one_goes || !moves.targets.empty());
    if (rest_changes) moves.targets.push_back(its_rest);
    Catalog places;
    for (const Relation* each : moves.targets) places.relations.push_back(*each);
    const auto is_among = [](const std::vector<const Relation*>& list, const Relation* relation) {
      return std::ranges::find(list, relation->object_name(), &Relation::object_name) != list.end();
    };
    for (const Relation* each : were)
      if (each == rest ? rest_changes
                       : changes(each, to_.relation(each->object_name())) &&
                             postgres::has_place(places, now, each->partition_bound))
        moves.sources.push_back(each);
    std::erase_if(moves.targets, [&](const Relation* target) {
      return from_.relation(target->object_name()) == nullptr &&
             std::ranges::none_of(moves.sources,
                                  [&](const Relation* source) { return overlap(source, target); });
    });
    const auto is_plain = [](const Relation* each) {
      return each->kind == RelationKind::table && each->triggers.empty() && each->rules.empty();
    };
    const bool can = !moves.sources.empty() && std::ranges::all_of(moves.sources, is_plain) &&
                     std::ranges::all_of(moves.targets, is_plain) &&
                     std::ranges::all_of(moves.sources,
                                         [&](const Relation* each) {
                                           return can_be_carried(*each) &&
                                                  beside_.before().referencing(*each).empty();
                                         }) &&
                     std::ranges::all_of(moves.targets,
                                         [&](const Relation* each) {
                                           return from_.relation(each->object_name()) == nullptr ||
                                                  is_among(moves.sources, each);
                                         }) &&
                     // What has a place here for some of its rows only.
                     std::ranges::none_of(were, [&](const Relation* each) {
                       return !is_among(moves.sources, each) &&
                              std::ranges::any_of(moves.targets, [&](const Relation* target) {
                                return target != its_rest && overlap(each, target);
                              });
                     });
    return can ? std::optional(std::move(moves)) : std::nullopt;
  }

  // The new partitions are filled below a table of their own, which deals out the rows and stays
  // without them until the end.
  Swap make(const Relation& table, const Relation& now, const Moves& moves) const {
    const std::string name = qualified(table.schema, table.name);
    const std::string fresh = qualified(table.schema, new_name(table.name));
    std::vector<Namesakes> both;
    for (const Relation* each : moves.targets)
      if (const Relation* was = from_.relation(each->object_name())) both.push_back({was, each});
    const auto its_name = [&](const Relation& part, std::string (*other)(const std::string&)) {
      const bool is_shared = std::ranges::any_of(both, [&](const Namesakes& each) {
        return each.was->object_name() == part.object_name();
      });
      return qualified(part.schema, is_shared ? other(part.name) : part.name);
    };
    const auto alter = [](const std::string& of, const std::string& what, const std::string& part) {
      return "ALTER TABLE " + of + ' ' + what + ' ' + part;
    };

    Swap swap;
    swap.of = to_string(object_of(table));
    for (const Relation* each : moves.sources) {
      Relation old = *each;
      old.name = old_name(old.name);
      swap.replaced.push_back(to_string(object_of(old)));
    }
    std::vector<Namesakes> renamed = both;
    renamed.push_back({&table, &now});
    swap.prepare = beside_.definitions(now, moves.targets, renamed);
    // A check of the bound, as the server says it: what is attached with one is not read. That of
    // the default is what no other has, so that the others are there for a moment.
    std::vector<std::string> stand_ins;
    if (rest_of(moves.targets) != nullptr)
      for (const Relation* each : beside_.after().children(now))
        if (std::ranges::find(moves.targets, each) == moves.targets.end()) {
          stand_ins.push_back(qualified(each->schema, derived_name(each->name, "__place")));
          swap.prepare.push_back(fmt::format("CREATE TABLE {} PARTITION OF {} {}", stand_ins.back(),
                                             fresh, each->partition_bound));
        }
    for (const Relation* each : moves.targets) {
      const std::string part = its_name(*each, new_name);
      swap.prepare.push_back(fmt::format(
          "DO $place$ BEGIN EXECUTE {} || pg_catalog.pg_get_partition_constraintdef({}) || ')'; "
          "END $place$",
          quote_literal(alter(part, "ADD CONSTRAINT", place_name(*each) + " CHECK (")),
          quote_literal(part) + "::pg_catalog.regclass"));
    }
    if (!stand_ins.empty()) swap.prepare.push_back("DROP TABLE " + join(stand_ins, ", "));
    keep_equal(swap, table, now, moves.sources, moves.sources);
    for (const Relation* each : moves.targets)
      swap.alone.emplace_back("ANALYZE " + its_name(*each, new_name));

    const auto then = [&](std::string sql) { swap.take_place.emplace_back(std::move(sql)); };
    // Before its partitions, as those who write to it do.
    then("LOCK TABLE ONLY " + name + " IN ACCESS EXCLUSIVE MODE");
    leave_alone(swap, table, moves.sources, moves.sources);
    for (const Relation* each : moves.sources)
      then(alter(name, "DETACH PARTITION", qualified(each->schema, each->name)));
    for (const Relation* each : moves.targets)
      then(alter(fresh, "DETACH PARTITION", its_name(*each, new_name)));
    for (const Relation* each : moves.sources)
      std::ranges::for_each(rename(*each, plain_name, old_name), then);
    for (const Namesakes& each : both)
      std::ranges::for_each(rename(*each.is, new_name, plain_name), then);
    for (const Relation* each : moves.targets) {
      const std::string part = qualified(each->schema, each->name);
      then(alter(name, "ATTACH PARTITION", part + ' ' + each->partition_bound));
      then(alter(part, "DROP CONSTRAINT", place_name(*each)));
    }

    const std::string columns = columns_of(carried(table));
    std::vector<std::string> back = {"LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE"};
    const auto undo = [&](std::string sql) { back.push_back(std::move(sql)); };
    for (const Relation* each : moves.targets)
      undo(alter(name, "DETACH PARTITION", qualified(each->schema, each->name)));
    for (const Namesakes& each : both)
      std::ranges::for_each(rename(*each.is, plain_name, new_name), undo);
    for (const Relation* each : moves.sources)
      std::ranges::for_each(rename(*each, old_name, plain_name), undo);
    for (const Relation* each : moves.sources) {
      const std::string part = qualified(each->schema, each->name);
      undo("TRUNCATE " + part);
      undo(alter(name, "ATTACH PARTITION", part + ' ' + each->partition_bound));
    }
    for (const Relation* each : moves.targets) {
      const std::string part = its_name(*each, new_name);
      undo(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", name, columns, columns, part));
      undo(alter(fresh, "ATTACH PARTITION", part + ' ' + each->partition_bound));
    }
    // Names alone do not tell whether those are there that have the rows.
    swap.back = {fmt::format(
        "DO $back$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = "
        "pg_catalog.to_regclass({})) THEN RETURN; END IF; {}; END $back$",
        quote_literal(fresh), join(back, "; "))};
    return swap;
  }

  const Beside& beside() const { return beside_; }

 private:
  const Catalog& from_;
  const Catalog& to_;
  const Beside beside_;
};

}  // namespace

std::vector<Swap> partition_swaps(const Catalog& from, const Catalog& to, std::int64_t small_bytes,
                                  const std::string& role) {
  const Maker maker(from, to, role);
  std::vector<Swap> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.schema, table.name);
    if (now == nullptr) continue;
    const auto moves = maker.moves(table, *now);
    if (!moves) continue;
    std::int64_t bytes = 0;
    for (const Relation* each : moves->sources)
      bytes += maker.beside().bytes(*each).value_or(small_bytes + 1);
    if (bytes > small_bytes) list.push_back(maker.make(table, *now, *moves));
  }
  return list;
}

}  // namespace architrave::migration
