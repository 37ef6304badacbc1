#include "migration/plan/table_swap.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/lookup.h"
#include "catalog/postgres/partition_bounds.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transition.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::Index;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

std::string new_name(const std::string& name) { return derived_name(name, "__new"); }
std::string old_name(const std::string& name) { return derived_name(name, "__old"); }

bool is_plain_table(const Relation& table) { return table.kind == RelationKind::table; }

// The other may have more, which rows come to by themselves.
bool same_columns(const Relation& a, const Relation& b) {
  const bool may_count = is_plain_table(a) && is_plain_table(b);
  const auto has = [&](const Column& column) {
    const Column* same = b.column(column.name);
    return same != nullptr && same->generated == column.generated &&
           same->identity == column.identity && (may_count || column.identity.empty());
  };
  const auto comes = [&](const Column& column) {
    return a.column(column.name) != nullptr ||
           (column.identity.empty() && (!column.not_null || !column.default_value.empty()));
  };
  return std::ranges::all_of(a.columns, has) && std::ranges::all_of(b.columns, comes);
}

bool same_types(const Relation& a, const Relation& b) {
  return std::ranges::all_of(
      a.columns, [&](const Column& each) { return b.column(each.name)->type == each.type; });
}

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

// Whether rows can go over and come back, and those of the one be found in the other: no value is
// lost, and those of keys are told apart as they were.
bool keeps_rows(const Relation& a, const Relation& b) {
  const std::vector<std::string> key = key_of(a);
  return std::ranges::all_of(a.columns, [&](const Column& each) {
    const Column& now = *b.column(each.name);
    const bool is_key =
        contains_word(a.partition_key, each.name) || std::ranges::find(key, each.name) != key.end();
    return each.type == now.type || (postgres::keeps_values(each, now) &&
                                     (!is_key || (each.type_category == now.type_category &&
                                                  now.type_schema == "pg_catalog")));
  });
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::equal(a, b, [](const T& x, const T& y) { return catalog::equal(x, y); });
}

// One that can be compared whatever the search path is.
bool has_plain_key(const Relation& table) {
  const std::vector<std::string> key = key_of(table);
  return !key.empty() && std::ranges::all_of(key, [&](const std::string& name) {
    return table.column(name)->type_schema == "pg_catalog";
  });
}

// The table's partitions, and theirs.
void gather(const Relation& table, const catalog::Lookup& lookup,
            std::vector<const Relation*>& list) {
  for (const Relation* each : lookup.children(table)) {
    list.push_back(each);
    gather(*each, lookup, list);
  }
}

// The table as it will be, under another name: what is not its own alone is made once it has its
// own.
Relation apart(const Relation& table) {
  Relation made = table;
  made.name = new_name(table.name);
  made.triggers.clear();
  made.rules.clear();
  made.policies.clear();
  made.row_security = made.force_row_security = false;
  made.comment.clear();
  made.acl.reset();
  made.replica_identity.clear();
  for (Column& column : made.columns) {
    column.identity.clear();
    column.identity_sequence.reset();
  }
  // It would hold on to rows of the old one, which its writers take away before the new one's.
  std::erase_if(made.constraints, [&](const Constraint& each) {
    return each.type == catalog::ConstraintType::foreign_key &&
           each.references_schema == table.schema && each.references_table == table.name;
  });
  for (Index& index : made.indexes) {
    const std::string own = ' ' + quote_identifier(index.name) + " ON ";
    if (const std::size_t at = index.definition.find(own); at != std::string::npos)
      index.definition.replace(at, own.size(),
                               ' ' + quote_identifier(new_name(index.name)) + " ON ");
    index.definition =
        replace_all(index.definition, ' ' + qualified(table.schema, table.name) + ' ',
                    ' ' + qualified(table.schema, made.name) + ' ');
    const auto key = std::ranges::find(made.constraints, index.constraint, &Constraint::name);
    if (!index.constraint.empty() && key != made.constraints.end()) {
      key->name = index.constraint = new_name(key->name);
      key->index = new_name(index.name);
    }
    index.name = new_name(index.name);
  }
  return made;
}

// A column that an UPDATE can set to what it is, the key's first if that can be; or nothing.
std::optional<std::string> touched_column(const Relation& table) {
  const auto can_be_set = [](const Column& column) {
    return column.generated.empty() && column.identity != "always";
  };
  const std::vector<std::string> key = key_of(table);
  if (!key.empty() && can_be_set(*table.column(key.front()))) return key.front();
  const auto found = std::ranges::find_if(table.columns, can_be_set);
  return found == table.columns.end() ? std::nullopt : std::optional(found->name);
}

std::string list_of(const std::vector<std::string>& names) {
  std::vector<std::string> list;
  for (const std::string& name : names) list.push_back(quote_identifier(name));
  return join(list, ", ");
}

// Their values in the one table as the other's.
std::string list_of(const std::vector<std::string>& names, const Relation& from, const Relation& to,
                    const std::string& before = {}) {
  std::vector<std::string> list;
  for (const std::string& name : names)
    list.push_back(
        as_type_of(before + quote_identifier(name), *from.column(name), *to.column(name)));
  return join(list, ", ");
}

class Maker {
 public:
  Maker(const Catalog& from, const Catalog& to, const std::string& role)
      : from_(from), to_(to), role_(role), lookup_(from), to_lookup_(to) {}

  bool can(const Relation& table, const Relation& now) const {
    const auto is_plain = [](const Relation& each) {
      return (each.kind == RelationKind::table || each.kind == RelationKind::partitioned_table) &&
             each.of_type.empty();
    };
    const std::vector<const Relation*> old_parts = parts(table, lookup_);
    const std::vector<const Relation*> new_parts = parts(now, to_lookup_);
    const auto is_among = [](const std::vector<const Relation*>& list, const Relation& relation) {
      return std::ranges::any_of(list, [&](const Relation* each) {
        return each->object_name() == relation.object_name();
      });
    };
    return is_plain(table) && is_plain(now) && !is_published(table) && table.parents.empty() &&
           now.parents.empty() && has_plain_key(table) && touched_column(table) &&
           same_columns(table, now) && keeps_rows(table, now) &&
           (table.partition_key != now.partition_key || is_rewritten_for_more(table, now, to_) ||
            (is_plain_table(table) ? is_rewritten_as_a_whole(table, now)
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

  // With its partitions; nothing where that is not known.
  std::optional<std::int64_t> bytes(const Relation& table) const {
    if (!table.stats) return std::nullopt;
    std::int64_t sum = table.stats->bytes;
    for (const Relation* each : parts(table, lookup_)) {
      if (!each->stats) return std::nullopt;
      sum += each->stats->bytes;
    }
    return sum;
  }

  Swap make(const Relation& table, const Relation& now) const {
    const std::string name = qualified(table.schema, table.name);
    const std::string aside = qualified(table.schema, old_name(table.name));
    std::vector<const Relation*> whole = parts(table, lookup_);
    whole.insert(whole.begin(), &table);
    const std::vector<Namesakes> both = namesakes(table, now);

    Swap swap;
    swap.column = to_string(object_of(table));
    for (const Relation* each : whole) swap.replaced.push_back(replaced(*each, both));
    swap.prepare = definitions(now, parts(now, to_lookup_), both);
    keep_equal(swap, table, now, {&table}, whole);
    // The planner knows nothing of it yet.
    swap.alone.emplace_back("ANALYZE " + qualified(now.schema, new_name(now.name)));
    leave_alone(swap, table, {&table}, whole);
    const auto then = [&](std::string sql) { swap.take_place.emplace_back(std::move(sql)); };
    // They would ask the old one, which gets no new rows; those that stay are made again.
    for (const Relation* each : whole)
      for (const auto& [child, constraint] : lookup_.referencing(*each))
        if (std::ranges::find(whole, child) == whole.end())
          then(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}",
                           qualified(child->schema, child->name),
                           quote_identifier(constraint->name)));
    for (const Column& each : table.columns)
      if (!each.identity.empty())
        then(hand_over(each, name, *now.column(each.name), now, new_name(now.name)));
    for (const Namesakes& each : both) rename(*each.was, plain_name, old_name, then);
    for (const Namesakes& each : both) rename(*each.is, new_name, plain_name, then);

    // Where the new one has not taken its place, there is no old one, and nothing of this is done.
    const auto back = [&](std::string sql) { swap.back.push_back(std::move(sql)); };
    back("LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE");
    back("TRUNCATE " + aside);
    back(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", aside, list_of(carried(table)),
                     list_of(carried(table), now, table), name));
    for (const Column& each : table.columns)
      if (!each.identity.empty())
        back(hand_over(*now.column(each.name), name, each, table, old_name(table.name)));
    for (const Namesakes& each : both) rename(*each.is, plain_name, new_name, back);
    for (const Namesakes& each : both) rename(*each.was, old_name, plain_name, back);
    return swap;
  }

  // What of a table's partitions gets other bounds: rows of the one list go into the other's.
  struct Moves {
    std::vector<const Relation*> sources;
    std::vector<const Relation*> targets;
  };

  // Nothing where that can't be done beside those who use the table, or is no work.
  std::optional<Moves> moves(const Relation& table, const Relation& now) const {
    if (table.kind != RelationKind::partitioned_table || now.kind != table.kind ||
        table.partition_key != now.partition_key || !table.parents.empty() || is_published(table) ||
        !now.parents.empty() || !has_plain_key(table) || !same_columns(table, now) ||
        !same_types(table, now) || !table.triggers.empty() || !now.triggers.empty() ||
        !table.rules.empty() ||
        // What is attached is to have all of that already.
        !same(table.constraints, now.constraints) || !same(table.indexes, now.indexes) ||
        !lookup_.referencing(table).empty())
      return std::nullopt;
    const std::vector<const Relation*>& were = lookup_.children(table);
    const std::vector<const Relation*>& are = to_lookup_.children(now);
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
    const bool can =
        !moves.sources.empty() && std::ranges::all_of(moves.sources, is_plain) &&
        std::ranges::all_of(moves.targets, is_plain) &&
        std::ranges::all_of(moves.sources,
                            [&](const Relation* each) {
                              return has_plain_key(*each) && lookup_.referencing(*each).empty();
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
    swap.column = to_string(object_of(table));
    for (const Relation* each : moves.sources) {
      Relation old = *each;
      old.name = old_name(old.name);
      swap.replaced.push_back(to_string(object_of(old)));
    }
    std::vector<Namesakes> renamed = both;
    renamed.push_back({&table, &now});
    swap.prepare = definitions(now, moves.targets, renamed);
    // A check of the bound, as the server says it: what is attached with one is not read. That of
    // the default is what no other has, so that the others are there for a moment.
    std::vector<std::string> stand_ins;
    if (rest_of(moves.targets) != nullptr)
      for (const Relation* each : to_lookup_.children(now))
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
    for (const Relation* each : moves.sources) rename(*each, plain_name, old_name, then);
    for (const Namesakes& each : both) rename(*each.is, new_name, plain_name, then);
    for (const Relation* each : moves.targets) {
      const std::string part = qualified(each->schema, each->name);
      then(alter(name, "ATTACH PARTITION", part + ' ' + each->partition_bound));
      then(alter(part, "DROP CONSTRAINT", place_name(*each)));
    }

    const std::string columns = list_of(carried(table));
    std::vector<std::string> back = {"LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE"};
    const auto undo = [&](std::string sql) { back.push_back(std::move(sql)); };
    for (const Relation* each : moves.targets)
      undo(alter(name, "DETACH PARTITION", qualified(each->schema, each->name)));
    for (const Namesakes& each : both) rename(*each.is, plain_name, new_name, undo);
    for (const Relation* each : moves.sources) rename(*each, old_name, plain_name, undo);
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

 private:
  // A table or partition of each side that both are to have one name.
  struct Namesakes {
    const Relation* was;
    const Relation* is;
  };

  static bool is_rest(const Relation& partition) {
    return partition.partition_bound == postgres::default_bound;
  }
  // The default partition, or null.
  static const Relation* rest_of(const std::vector<const Relation*>& partitions) {
    const auto found =
        std::ranges::find_if(partitions, [](const Relation* each) { return is_rest(*each); });
    return found == partitions.end() ? nullptr : *found;
  }

  // Subscribers would miss what the new one is filled with, or get it twice.
  bool is_published(const Relation& table) const {
    const std::string schema = " TABLES IN SCHEMA " + quote_identifier(table.schema);
    return std::ranges::any_of(from_.others, [&](const catalog::OtherObject& other) {
      return other.kind == catalog::Kind::publication &&
             (other.properties.contains(to_string(object_of(table))) ||
              std::ranges::any_of(other.definition, [&](const std::string& sql) {
                return sql.find(" FOR ALL TABLES") != std::string::npos || sql.ends_with(schema);
              }));
    });
  }

  static std::vector<const Relation*> parts(const Relation& table, const catalog::Lookup& lookup) {
    std::vector<const Relation*> list;
    gather(table, lookup, list);
    return list;
  }

  std::vector<Namesakes> namesakes(const Relation& table, const Relation& now) const {
    std::vector<Namesakes> list = {{&table, &now}};
    for (const Relation* each : parts(now, to_lookup_))
      if (const Relation* was = from_.relation(each->object_name())) list.push_back({was, each});
    return list;
  }

  // What of a row is written: the rest is computed.
  static std::vector<std::string> carried(const Relation& table) {
    std::vector<std::string> names;
    for (const Column& column : table.columns)
      if (column.generated.empty()) names.push_back(column.name);
    return names;
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
    const std::string options = postgres::identity_options(table, to);
    const auto sequence_of = [](const Column& column) {
      return qualified(column.identity_sequence->schema, column.identity_sequence->name);
    };
    return fmt::format(
        "DO $identity$ DECLARE place bigint; used boolean; BEGIN SELECT last_value, is_called INTO "
        "place, used FROM {}; ALTER TABLE {} ALTER COLUMN {} DROP IDENTITY; ALTER TABLE {} ALTER "
        "COLUMN {} ADD GENERATED {} AS IDENTITY{}; PERFORM pg_catalog.setval({}, place, used); END "
        "$identity$",
        sequence_of(from), name, quote_identifier(from.name), qualified(table.schema, table.name),
        quote_identifier(to.name), to.identity == "always" ? "ALWAYS" : "BY DEFAULT",
        options.empty() ? "" : " (" + options + ')', quote_literal(sequence_of(to)));
  }

  static std::string place_name(const Relation& part) {
    return quote_identifier(derived_name(part.name, "_place"));
  }
  static std::string sync_name(const Relation& table) {
    return derived_name("sync_" + table.name, {});
  }

  // A trigger of the `written` tables that carries over what happens to a row; one of each that may
  // be emptied by itself; and the backfill, which has the former carry over what is there.
  void keep_equal(Swap& swap, const Relation& table, const Relation& now,
                  const std::vector<const Relation*>& written,
                  const std::vector<const Relation*>& emptied) const {
    const std::string fresh = qualified(table.schema, new_name(table.name));
    const std::string function = qualified(table.schema, sync_name(table));
    const std::vector<std::string> same = tells_apart(table, now);
    const std::vector<std::string> columns = carried(table);
    // Writers need no rights on a table that they do not know.
    swap.prepare.push_back(fmt::format(
        "CREATE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = "
        "pg_catalog, pg_temp AS $sync$ BEGIN IF TG_OP = 'TRUNCATE' THEN {6}; RETURN NULL; "
        "END IF; IF TG_OP <> 'INSERT' THEN DELETE FROM {1} WHERE ({2}) = ({3}); END IF; IF TG_OP "
        "<> 'DELETE' THEN INSERT INTO {1} ({4}) VALUES ({5}); END IF; RETURN NULL; END $sync$",
        function, fresh, list_of(same), list_of(same, table, now, "OLD."), list_of(columns),
        list_of(columns, table, now, "NEW."), empty(table, fresh)));
    swap.trial = {fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} WHERE false", fresh,
                              list_of(columns), list_of(columns, table, now),
                              qualified(table.schema, table.name))};
    for (const Relation* each : written)
      swap.prepare.push_back(fmt::format(
          "CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION "
          "{}()",
          quote_identifier(sync_name(table)), qualified(each->schema, each->name), function));
    for (const Relation* each : emptied)
      swap.prepare.push_back(fmt::format(
          "CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
          quote_identifier(derived_name(sync_name(table), "_all")),
          qualified(each->schema, each->name), function));
    // The trigger carries over what is written, if only as it was. To carry it over once more does
    // no harm, and to ask whether it is there takes longer than that.
    for (const Relation* each : written) {
      const std::string touched = quote_identifier(*touched_column(*each));
      swap.fills.push_back({.table = qualified(each->schema, each->name),
                            .key = key_of(*each),
                            .set = touched + " = " + touched,
                            .where = {}});
    }
  }

  static void leave_alone(Swap& swap, const Relation& table,
                          const std::vector<const Relation*>& written,
                          const std::vector<const Relation*>& emptied) {
    const auto drop = [&](const Relation& of, const std::string& trigger) {
      swap.take_place.emplace_back(fmt::format("DROP TRIGGER {} ON {}", quote_identifier(trigger),
                                               qualified(of.schema, of.name)));
    };
    for (const Relation* each : written) drop(*each, sync_name(table));
    for (const Relation* each : emptied) drop(*each, derived_name(sync_name(table), "_all"));
    swap.take_place.emplace_back("DROP FUNCTION " + qualified(table.schema, sync_name(table)) +
                                 "()");
  }

  // Columns by which a row of the one is found in the other: that's key, since rows are to be told
  // apart as they were, and the other's, which leads to the partition and has an index.
  static std::vector<std::string> tells_apart(const Relation& table, const Relation& now) {
    std::vector<std::string> columns = key_of(table);
    if (has_plain_key(now))
      for (const std::string& each : key_of(now))
        if (std::ranges::find(columns, each) == columns.end()) columns.push_back(each);
    return columns;
  }

  // What a TRUNCATE of the table, or of one of its partitions alone, does to the other.
  static std::string empty(const Relation& table, const std::string& fresh) {
    if (table.partition_key.empty()) return "TRUNCATE " + fresh;
    return fmt::format(
        "EXECUTE coalesce('DELETE FROM {0} WHERE ' || pg_get_partition_constraintdef(TG_RELID), "
        "'TRUNCATE {0}')",
        replace_all(fresh, "'", "''"));
  }

  static std::string plain_name(const std::string& name) { return name; }

  // The table and its indexes from one name to the other.
  template <class Name, class Then>
  static void rename(const Relation& table, Name from, Name to, Then then) {
    for (const Index& index : table.indexes)
      then("ALTER INDEX " + qualified(table.schema, from(index.name)) + " RENAME TO " +
           quote_identifier(to(index.name)));
    then("ALTER TABLE " + qualified(table.schema, from(table.name)) + " RENAME TO " +
         quote_identifier(to(table.name)));
  }

  // What makes the new table and these of its partitions.
  std::vector<std::string> definitions(const Relation& now, std::vector<const Relation*> all,
                                       const std::vector<Namesakes>& both) const {
    Catalog with = from_;
    all.push_back(&now);
    const auto has_namesake = [&](const catalog::ObjectName& name) {
      return std::ranges::any_of(
          both, [&](const Namesakes& each) { return each.is->object_name() == name; });
    };
    for (const Relation* each : all) {
      Relation& made =
          with.relations.emplace_back(has_namesake(each->object_name()) ? apart(*each) : *each);
      for (catalog::ObjectName& parent : made.parents)
        if (has_namesake(parent)) parent.name = new_name(parent.name);
    }
    catalog::sort(with);
    std::vector<std::string> sql;
    for (const postgres::Step& step :
         postgres::transition(from_, with, {.version = from_.server.version_number, .role = role_})
             .steps)
      sql.insert(sql.end(), step.statements.begin(), step.statements.end());
    return sql;
  }

  const Catalog& from_;
  const Catalog& to_;
  const std::string& role_;
  const catalog::Lookup lookup_;
  const catalog::Lookup to_lookup_;
};

}  // namespace

std::vector<Swap> table_swaps(const Catalog& from, const Catalog& to, std::int64_t small_bytes,
                              const std::string& role) {
  const Maker maker(from, to, role);
  std::vector<Swap> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.schema, table.name);
    if (now == nullptr) continue;
    if (maker.can(table, *now)) {
      if (maker.bytes(table).value_or(0) > small_bytes) list.push_back(maker.make(table, *now));
    } else if (const auto moves = maker.moves(table, *now)) {
      std::int64_t bytes = 0;
      for (const Relation* each : moves->sources) bytes += maker.bytes(*each).value_or(0);
      if (bytes > small_bytes) list.push_back(maker.make(table, *now, *moves));
    }
  }
  return list;
}

}  // namespace architrave::migration
