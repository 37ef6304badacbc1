#include "migration/plan/online.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"
#include "migration/effects.h"
#include "migration/plan/accepted.h"
#include "migration/plan/index_swap.h"
#include "migration/plan/keys.h"
#include "migration/plan/phasing.h"
#include "migration/plan/stopped.h"
#include "migration/plan/traffic.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using RouteStep = postgres::Step;

class Online {
 public:
  Online(const Catalog& from, const Catalog& to, const OnlineOptions& options)
      : from_(from), to_(to), options_(options), traffic_(from, options.small_bytes) {
    for (const Relation& relation : to.relations) {
      for (const Column& each : relation.columns)
        columns_[to_string(object_of(relation, each))] = {&relation, &each};
      for (const Constraint& each : relation.constraints)
        constraints_[to_string(object_of(relation, each))] = {&relation, &each};
      for (const Index& each : relation.indexes)
        indexes_[to_string(object_of(relation, each))] = {&relation, &each};
    }
    for (const Relation& relation : from.relations) {
      for (const Index& each : relation.indexes)
        old_indexes_[to_string(object_of(relation, each))] = {&relation, &each};
      if (relation.is_partition() && to.relation(relation.parents.front()) == nullptr)
        wholes_[qualified(relation.schema, relation.name)] =
            qualified(relation.parents.front().schema, relation.parents.front().name);
    }
  }

  Work run(const std::vector<RouteStep>& steps, const std::vector<Swap>& swaps) {
    // New columns beside old ones and new labels of enumerations are of what is renamed already.
    const bool has_swaps = std::ranges::any_of(swaps, [](const Swap& swap) {
      return !keeps_old_name(swap) && swap.kind != Swap::Kind::filled;
    });
    const bool renames_first = !swaps.empty() || std::ranges::any_of(steps, &RouteStep::alone);
    const auto is_rename = [](const RouteStep& step) { return step.act == RouteStep::Act::rename; };
    const auto is_first = [&](const RouteStep& step) { return renames_first && is_rename(step); };
    for (const RouteStep& step : steps)
      if (is_first(step)) rename(step, swaps);
    expand_.close();
    for (const Swap& swap : swaps)
      if (!keeps_old_name(swap)) prepare(swap);
    if (has_swaps) main_ = &swapped_;
    // What is dropped at the end is dropped for good.
    const auto last = std::find_if(steps.rbegin(), steps.rend(), [](const RouteStep& step) {
      return step.priority < postgres::not_wanted;
    });
    const auto contract = last.base();
    // New labels of enumerations are committed before anything may use them.
    for (auto step = steps.begin(); step != contract; ++step)
      if (step->alone)
        for (const std::string& sql : step->statements) expand_.alone(sql, false);
    if (!options_.in_place && (renames_first || std::ranges::none_of(steps, is_rename)))
      for (auto step = steps.begin(); step != contract; ++step)
        if (step->act == RouteStep::Act::make &&
            takes_over(*step, {steps.begin(), contract}, swaps))
          build_first(*step, has_swaps ? beside_ : expand_);
    for (const Swap& swap : swaps)
      for (const Statement& each : swap.take_place)
        if (!keeps_old_name(swap)) main_->together(accepted(each, names_change_hands));
    constexpr std::string_view attached = "attached ";
    for (auto step = steps.begin(); step != contract; ++step) {
      if (step->act == RouteStep::Act::make) made_.insert(step->of);
      if (step->of.starts_with(attached)) attached_.insert(step->of.substr(attached.size()));
    }
    for (auto step = steps.begin(); step != contract; ++step)
      if (!step->alone && !is_first(*step)) add(*step);
    for (auto step = contract; step != steps.end(); ++step) free_column(*step);
    const auto goes_now = [&](const RouteStep& step) {
      return std::ranges::any_of(swaps, [&](const Swap& swap) {
        return std::ranges::any_of(swap.until_then, [&](const std::string& name) {
          return step.of == to_string(catalog::Object{catalog::Kind::constraint, name});
        });
      });
    };
    for (auto step = contract; step != steps.end(); ++step)
      if (goes_now(*step))
        for (const std::string& sql : step->statements) main_->together(sql);
    for (Statement& each : validations_) later_.alone(std::move(each));
    validations_.clear();
    for (auto step = contract; step != steps.end(); ++step)
      if (!goes_now(*step))
        for (const std::string& sql : step->statements) drop(*step, sql);
    Work work{expand_.take(), beside_.take(), contract_.take()};
    std::vector<Step> swapped = swapped_.take();
    if (!swapped.empty()) swapped.front().is_swap = !work.migrate.empty();
    std::ranges::move(swapped, std::back_inserter(work.migrate));
    for (Phasing* phase : {&later_, &adopted_})
      std::ranges::move(phase->take(),
                        std::back_inserter(main_ == &expand_ ? work.expand : work.migrate));
    std::ranges::move(fills_.take(), std::back_inserter(work.migrate));
    return work;
  }

 private:
  template <class T>
  using Known = std::unordered_map<std::string, std::pair<const Relation*, const T*>>;

  const Relation* busy(const Relation& table) const {
    return options_.in_place ? nullptr : traffic_.busy(table);
  }
  // Where a statement goes: behind a backfill if it may look at a column which that fills, or at
  // what stands there; behind what can't be in a transaction if it needs that; else into the one
  // transaction that changes what a reader sees.
  Phasing& place(const std::string& of, const std::string& sql) {
    const auto names_any = [&](const std::set<std::string>& names) {
      return std::ranges::any_of(names,
                                 [&](const std::string& name) { return contains_word(sql, name); });
    };
    const auto refers_to = [&](const std::set<catalog::ObjectName>& tables) {
      const auto key = constraints_.find(of);
      return key != constraints_.end() && key->second.second->type == ConstraintType::foreign_key &&
             sql.find(" DROP CONSTRAINT ") == std::string::npos &&
             tables.contains(
                 {key->second.second->references_schema, key->second.second->references_table});
    };
    if (names_any(behind_fills_) || refers_to(keys_behind_fills_) ||
        std::ranges::any_of(filling_, [&](const std::string& column) { return uses(of, column); }))
      return fills_;
    if (adopted_of_.contains(of)) return adopted_;
    if (postponed_of_.contains(of) || names_any(postponed_) || waits_for_not_null(of, sql)) {
      postponed_of_.insert(of);  // so that what is said of it comes after it
      return later_;
    }
    return refers_to(postponed_keys_) ? later_ : *main_;
  }
  // What identifies a table's rows to subscribers takes no nulls.
  bool waits_for_not_null(const std::string& of, const std::string& sql) const {
    return sql.find(" REPLICA IDENTITY USING INDEX ") != std::string::npos &&
           std::ranges::any_of(to_.relations, [&](const Relation& table) {
             return to_string(object_of(table)) == of &&
                    std::ranges::any_of(table.columns, [&](const Column& each) {
                      return is_postponed(table, each.name);
                    });
           });
  }
  // The same for what can't be in that transaction.
  Phasing& place_apart(const std::string& of, const std::string& sql) {
    Phasing& phase = place(of, sql);
    return &phase == main_ ? later_ : phase;
  }
  bool uses(const std::string& of, const std::string& column) const {
    if (of == column) return true;
    const auto [table, its] = columns_.at(column);
    if (const auto found = constraints_.find(of); found != constraints_.end())
      return is_below(*found->second.first, *table) &&
             contains_word(found->second.second->definition, its->name);
    if (const auto found = indexes_.find(of); found != indexes_.end())
      return is_below(*found->second.first, *table) &&
             contains_word(found->second.second->definition, its->name);
    return false;
  }
  // Whether it is the table, its heir or its partition.
  bool is_below(const Relation& relation, const Relation& table) const {
    return &relation == &table ||
           std::ranges::any_of(relation.parents, [&](const catalog::ObjectName& name) {
             const Relation* parent = to_.relation(name);
             return parent != nullptr && is_below(*parent, table);
           });
  }

  void add(const RouteStep& step) {
    for (const std::string& sql : step.statements) {
      if (!runs_in_transaction(sql))
        alone(step, sql);
      else if (!(index(step, sql) || constraint(step, sql) || column(step, sql)))
        place(step.of, sql).together(sql);
    }
    if (step.act == RouteStep::Act::make) attach_late(step);
  }

  void alone(const RouteStep& step, const std::string& sql) {
    Phasing& phase = place_apart(step.of, sql);
    phase.alone(sql, false);
    // What is said of it comes after it.
    if (&phase == &later_) postponed_of_.insert(step.of);
  }

  bool index(const RouteStep& step, const std::string& sql) {
    const auto found = indexes_.find(step.of);
    if (found == indexes_.end() || step.act != RouteStep::Act::make) return false;
    const auto& [relation, index] = found->second;
    const Relation* table = busy(*relation);
    const bool plain = sql.starts_with("CREATE INDEX ") || sql.starts_with("CREATE UNIQUE INDEX ");
    if (table == nullptr || !plain || traffic_.is_attached(*relation)) return false;
    const bool is_partitioned = !table->partition_key.empty();
    Phasing& phase = is_partitioned ? place(step.of, sql) : place_apart(step.of, sql);
    // A foreign key may need it, as it would a constraint.
    if (index->unique) postpone_keys_of(*relation, phase);
    const Leftover leftover = index->inherited ? leftover_part(*relation, *index) : Leftover{};
    if (is_partitioned) {
      // It holds nothing: its partitions' are attached to it.
      phase.together({sql, {}, leftover});
      if (&phase == &fills_) behind_fills_.insert(index->name);
      if (&phase != main_) late_[step.of] = &phase;
      return true;
    }
    phase.alone({concurrently(sql),
                 Made{Made::What::index, relation->object_name(), index->name,
                      concurrently(sql, "IF NOT EXISTS ")},
                 leftover});
    (&phase == &fills_ ? behind_fills_ : postponed_).insert(index->name);
    return true;
  }

  // Its index is there before the key that goes, so that no row comes twice in between.
  bool takes_over(const RouteStep& step, std::span<const RouteStep> steps,
                  const std::vector<Swap>& swaps) const {
    const auto found = constraints_.find(step.of);
    if (found == constraints_.end() || traffic_.is_attached(*found->second.first)) return false;
    const Relation* table = busy(*found->second.first);
    return table != nullptr && migration::takes_over(from_, *table, *found->second.first,
                                                     *found->second.second, steps, swaps);
  }

  void build_first(const RouteStep& step, Phasing& phase) {
    const auto& [table, key] = constraints_.at(step.of);
    phase.alone(key_index(*table, *key, *index_of(*table, *key)));
    built_.insert(step.of);
  }

  // A partition's are its whole's.
  void postpone_keys_of(const Relation& table, const Phasing& phase) {
    (&phase == &fills_ ? keys_behind_fills_ : postponed_keys_).insert(table.object_name());
    if (!table.is_partition()) return;
    for (const catalog::ObjectName& name : table.parents)
      if (const Relation* whole = to_.relation(name)) postpone_keys_of(*whole, phase);
  }

  bool constraint(const RouteStep& step, const std::string& sql) {
    const auto found = constraints_.find(step.of);
    if (found == constraints_.end() || step.act != RouteStep::Act::make ||
        sql.find(" ADD CONSTRAINT ") == std::string::npos)
      return false;
    const auto& [relation, constraint] = found->second;
    const Made made{Made::What::constraint, relation->object_name(), constraint->name, {}};
    Phasing& phase = place(step.of, sql);
    const auto as_it_is = [&] {
      phase.together({sql, made});
      return true;
    };
    const Relation* table = busy(*relation);
    if (table == nullptr && is_part_of_new_key(*relation, *constraint)) {
      phase.together({sql, made, leftover_part(*relation, *constraint)});
      return true;
    }
    if (table == nullptr) return as_it_is();
    const bool is_partitioned = !table->partition_key.empty();
    switch (constraint->type) {
      case ConstraintType::foreign_key:
      case ConstraintType::check: {
        // A foreign key that refers to a partitioned table is checked at once by old versions too.
        if (sql.ends_with(" NOT VALID") || sql.ends_with(" NOT ENFORCED")) return as_it_is();
        // No table becomes a partition, or an heir, without its checks.
        if (traffic_.is_attached(*relation)) return as_it_is();
        if (is_partitioned && constraint->type == ConstraintType::foreign_key)
          return foreign_key_of_partitions(phase, step.of, *table, *constraint, {sql, made});
        const bool adopted =
            constraint->inherited && constraint->type == ConstraintType::foreign_key;
        phase.together({sql + " NOT VALID", made,
                        adopted ? leftover_part(*relation, *constraint) : Leftover{}});
        validate(phase, *relation, *constraint);
        return true;
      }
      case ConstraintType::primary_key:
      case ConstraintType::unique: {
        const Index* its_index = index_of(*relation, *constraint);
        if (its_index == nullptr || traffic_.is_attached(*relation)) return as_it_is();
        if (built_.contains(step.of)) {
          phase.together({add_key(*relation, *constraint, constraint->index), made});
          return true;
        }
        // That of a partitioned table is an index that holds nothing, too; but a NOT NULL may have
        // to be there first.
        const bool is_apart =
            !is_partitioned ||
            std::ranges::any_of(constraint->columns, [&](const std::string& each) {
              return is_postponed(*relation, each);
            });
        Phasing& apart = is_apart ? place_apart(step.of, sql) : phase;
        postpone_keys_of(*relation, apart);
        if (&apart == &fills_) behind_fills_.insert(constraint->name);
        if (&apart == &later_) {
          postponed_.insert(constraint->name);
          for (const catalog::Dependency& edge : to_.dependencies)
            if (to_string(edge.needs) == step.of) postponed_of_.insert(to_string(edge.object));
        }
        if (is_partitioned) {
          apart.together(
              {sql, made,
               constraint->inherited ? leftover_part(*relation, *its_index) : Leftover{}});
          if (&apart != main_) late_[to_string(object_of(*relation, *its_index))] = &apart;
          return true;
        }
        apart.alone(key_index(*relation, *constraint, *its_index));
        // An index of that name may have been there before, and no such constraint.
        apart.together(
            {add_key(*relation, *constraint, constraint->index), made,
             constraint->inherited ? leftover_part(*relation, *constraint) : Leftover{}});
        return true;
      }
      case ConstraintType::exclusion:
        return as_it_is();
    }
    return false;
  }

  // Whether a partition's key is to be its whole's that comes in the same plan, maybe later: until
  // then it does not go with that.
  bool is_part_of_new_key(const Relation& part, const Constraint& key) const {
    const auto index = std::ranges::find(part.indexes, key.index, &Index::name);
    if (!key.inherited || key.index.empty() || index == part.indexes.end()) return false;
    const Relation* whole = to_.relation(part.parents.front());
    return whole != nullptr && from_.relation(whole->object_name()) != nullptr &&
           std::ranges::any_of(whole->constraints, [&](const Constraint& each) {
             return each.index == index->whole &&
                    made_.contains(to_string(object_of(*whole, each)));
           });
  }

  // Whether a column's NOT NULL, of the table or of its whole, comes later.
  bool is_postponed(const Relation& table, const std::string& column) const {
    const Column* its = table.column(column);
    return (its != nullptr && postponed_of_.contains(to_string(object_of(table, *its)))) ||
           std::ranges::any_of(table.parents, [&](const catalog::ObjectName& name) {
             const Relation* parent = to_.relation(name);
             return parent != nullptr && is_postponed(*parent, column);
           });
  }

  // A partition that comes in the same plan would give what it has to an index that is there; to
  // one that is made later it is attached, once both are made.
  void attach_late(const RouteStep& step) {
    const Relation* table = nullptr;
    const Index* index = nullptr;
    if (const auto found = indexes_.find(step.of); found != indexes_.end()) {
      std::tie(table, index) = found->second;
    } else if (const auto key = constraints_.find(step.of); key != constraints_.end()) {
      table = key->second.first;
      for (const Index& each : table->indexes)
        if (!each.constraint.empty() && each.constraint == key->second.second->name) index = &each;
    }
    if (index == nullptr) return;
    const auto attach = [](Phasing& phase, const Relation& whole, const std::string& its_name,
                           const Relation& part, const Index& its) {
      phase.together("ALTER INDEX " + qualified(whole.schema, its_name) + " ATTACH PARTITION " +
                     qualified(part.schema, its.name));
    };
    made_indexes_.insert(to_string(object_of(*table, *index)));
    if (const auto late = late_.find(to_string(object_of(*table, *index))); late != late_.end())
      for (const Relation& part : to_.relations) {
        if (!part.is_partition() || part.parents.front() != table->object_name() || !comes(part))
          continue;
        for (const Index& its : part.indexes)
          if (const std::string key = to_string(object_of(part, its));
              its.whole == index->name && !attached_.contains(key) &&
              (made_indexes_.contains(key) || old_indexes_.contains(key)))
            attach(*late->second, *table, index->name, part, its);
      }
    if (!table->is_partition() || index->whole.empty() || !comes(*table) ||
        attached_.contains(to_string(object_of(*table, *index))))
      return;
    const std::string whole = to_string(catalog::Object{
        catalog::Kind::index, qualified(table->parents.front().schema, index->whole)});
    if (const auto late = late_.find(whole); late != late_.end() && made_indexes_.contains(whole))
      attach(*late->second, *to_.relation(table->parents.front()), index->whole, *table, *index);
  }

  // Whether a partition is new, or none of this table's until now.
  bool comes(const Relation& part) const {
    return from_.relation(part.object_name()) == nullptr || traffic_.is_attached(part);
  }

  void validate(Phasing& phase, const Relation& table, const Constraint& constraint) {
    Statement statement{"ALTER TABLE " + qualified(table.schema, table.name) +
                            " VALIDATE CONSTRAINT " + quote_identifier(constraint.name),
                        {Made::What::validation, table.object_name(), constraint.name, {}}};
    if (&phase == main_ || &phase == &later_)
      validations_.push_back(std::move(statement));
    else
      phase.alone(std::move(statement));
  }

  // Each partition has it, validated, before the whole adopts them all.
  bool foreign_key_of_partitions(Phasing& phase, const std::string& of, const Relation& before,
                                 const Constraint& key, Statement statement) {
    constexpr std::string_view words = " ADD CONSTRAINT ";
    const std::string definition = statement.text.substr(statement.text.find(words) + words.size() +
                                                         quote_identifier(key.name).size());
    for (const Relation* part : traffic_.holders(before)) {
      const Relation* now = to_.relation(part->object_name());
      if (now == nullptr || traffic_.is_attached(*now)) continue;
      // One of its own comes after that, or it would be adopted in the other's place.
      for (const Constraint& each : now->constraints)
        if (!each.inherited && each.definition == key.definition && &phase != &fills_)
          adopted_of_.insert(to_string(object_of(*now, each)));
      const auto its = std::ranges::find_if(now->constraints, [&](const Constraint& each) {
        return each.inherited && each.definition == key.definition &&
               !adopted_of_.contains(to_string(object_of(*now, each)));
      });
      // One that it has by itself is adopted as well.
      if (its == now->constraints.end() || made_.contains(to_string(object_of(*now, *its))) ||
          std::ranges::find(part->constraints, its->name, &Constraint::name) !=
              part->constraints.end())
        continue;
      adopted_of_.insert(to_string(object_of(*now, *its)));
      const std::string name = qualified(now->schema, now->name);
      phase.together({"ALTER TABLE " + name + " ADD CONSTRAINT " + quote_identifier(its->name) +
                          definition + " NOT VALID",
                      Made{}, leftover_part(*now, *its)});
      validate(phase, *now, *its);
    }
    (&phase == &fills_ ? fills_ : adopted_).together(std::move(statement));
    if (&phase != &fills_) adopted_of_.insert(of);
    return true;
  }

  bool column(const RouteStep& step, const std::string& sql) {
    const auto found = columns_.find(step.of);
    if (found == columns_.end()) return false;
    const auto& [relation, column] = found->second;
    const std::string name = qualified(relation->schema, relation->name);
    const std::string alter =
        "ALTER TABLE " + name + " ALTER COLUMN " + quote_identifier(column->name) + ' ';
    const bool named = sql.starts_with("ALTER TABLE " + name + " ADD CONSTRAINT ") &&
                       sql.ends_with(" NOT NULL " + quote_identifier(column->name));
    if (named || sql == alter + "SET NOT NULL") {
      const Made made{Made::What::not_null, relation->object_name(), column->name, {}};
      const auto as_it_is = [&] {
        place(step.of, sql).together({sql, made});
        return true;
      };
      const Relation* table = busy(*relation);
      if (const auto given = options_.fill.find(name + '.' + quote_identifier(column->name));
          given != options_.fill.end()) {
        const std::string quoted = quote_identifier(column->name);
        if (table == nullptr || !table->parents.empty()) {
          place(step.of, sql)
              .together("UPDATE " + name + " SET " + quoted + " = " + given->second + " WHERE " +
                        quoted + " IS NULL");
          return as_it_is();
        }
        fill(step.of, *table, *column, given->second);
        fills_.not_null(relation->object_name(), column->name);
        return true;
      }
      // It has it from its parent by then.
      if (table != nullptr && is_parents(*relation, *column) &&
          is_postponed(*relation, column->name)) {
        later_.together({sql, made});
        return true;
      }
      if (named || table == nullptr || is_parents(*relation, *column)) return as_it_is();
      place_apart(step.of, sql).not_null(relation->object_name(), column->name);
      // It may become an identity; and PostgreSQL 18 gives the constraint a name, which may change.
      postponed_of_.insert(step.of);
      return true;
    }
    if (step.act == RouteStep::Act::make && sql.starts_with("ALTER TABLE " + name + " ADD COLUMN "))
      return add_column(step, sql, *relation, *column);
    return false;
  }

  // Whether a parent has it NOT NULL as well, and says so to its heirs itself.
  bool is_parents(const Relation& table, const Column& column) const {
    return std::ranges::any_of(table.parents, [&](const catalog::ObjectName& name) {
      const Relation* parent = to_.relation(name);
      const Column* its = parent == nullptr ? nullptr : parent->column(column.name);
      return its != nullptr && its->not_null;
    });
  }

  bool add_column(const RouteStep& step, const std::string& sql, const Relation& relation,
                  const Column& column) {
    const std::string name = qualified(relation.schema, relation.name);
    const auto given = options_.fill.find(name + '.' + quote_identifier(column.name));
    const Relation* table = busy(relation);
    const bool has_default = !column.default_value.empty() && column.generated.empty();
    const bool computed = table != nullptr && has_default && [&] {
      const auto effects = effects_of(sql, options_.version);
      return effects && effects->rewrites();
    }();
    const bool plain = column.identity.empty() && column.generated.empty();
    if (!plain || (!computed && given == options_.fill.end())) return false;
    const std::string quoted = quote_identifier(column.name);
    std::string bare = "ALTER TABLE " + name + " ADD COLUMN " + quoted + ' ' + column.type;
    if (!column.collation.empty()) bare += " COLLATE " + column.collation;
    main_->together(std::move(bare));
    if (has_default)
      main_->together("ALTER TABLE " + name + " ALTER COLUMN " + quoted + " SET DEFAULT " +
                      column.default_value);
    const std::string value = given != options_.fill.end() ? given->second : column.default_value;
    if (table == nullptr) {
      main_->together("UPDATE " + name + " SET " + quoted + " = " + value);
      if (column.not_null)
        main_->together({"ALTER TABLE " + name + " ALTER COLUMN " + quoted + " SET NOT NULL",
                         {Made::What::not_null, relation.object_name(), column.name, {}}});
      return true;
    }
    fill(step.of, *table, column, value, /*is_new=*/true);
    if (!column.not_null) return true;
    if (column.not_null_constraint.empty()) {
      fills_.not_null(relation.object_name(), column.name);
      return true;
    }
    // PostgreSQL 18: by the name that was chosen, which SET NOT NULL can't give.
    const std::string constraint = quote_identifier(column.not_null_constraint);
    fills_.together("ALTER TABLE " + name + " ADD CONSTRAINT " + constraint + " NOT NULL " +
                    quoted + " NOT VALID");
    fills_.alone("ALTER TABLE " + name + " VALIDATE CONSTRAINT " + constraint);
    return true;
  }

  void fill(const std::string& of, const Relation& before, const Column& column,
            const std::string& value, bool is_new = false) {
    filling_.insert(of);
    const std::string quoted = quote_identifier(column.name);
    for (const Relation* table : traffic_.holders(before))
      fills_.fill(
          {.table = qualified(table->schema, table->name),
           .key = key_of(*table),
           .set = quoted + " = " + value,
           .where = quoted + " IS NULL",
           .past_triggers = is_new && !(before.triggers.empty() && table->triggers.empty())});
  }

  // Who does not know a column any more has no value for it, until it is gone.
  void free_column(const RouteStep& step) {
    if (step.act != RouteStep::Act::unmake || !step.of.starts_with("column ")) return;
    for (const Relation& relation : from_.relations)
      for (const Column& column : relation.columns) {
        if (to_string(object_of(relation, column)) != step.of) continue;
        const Constraint* key = relation.primary_key();
        const bool in_key =
            key != nullptr && std::ranges::find(key->columns, column.name) != key->columns.end();
        if (busy(relation) != nullptr && column.not_null && column.default_value.empty() &&
            column.identity.empty() && column.generated.empty() && !in_key && !column.inherited)
          main_->together("ALTER TABLE " + qualified(relation.schema, relation.name) +
                          " ALTER COLUMN " + quote_identifier(column.name) + " DROP NOT NULL");
      }
  }

  static bool keeps_old_name(const Swap& swap) { return swap.kind == Swap::Kind::old_name; }

  // A column's old name is kept by another column, which is filled before the names change hands.
  void rename(const RouteStep& step, const std::vector<Swap>& swaps) {
    const auto kept = std::ranges::find_if(
        swaps, [&](const Swap& swap) { return keeps_old_name(swap) && swap.of == step.of; });
    if (kept != swaps.end()) {
      expand_.close();
      for (const std::string& sql : kept->prepare) expand_.together(sql);
      expand_.close();
      for (const Backfill& each : kept->fills) expand_.fill(each);
      for (const Statement& each : kept->alone) expand_.alone(each);
    }
    for (const std::string& sql : step.statements)
      expand_.together(kept == swaps.end() ? Statement(sql) : accepted(sql, names_change_hands));
    if (kept != swaps.end()) expand_.close();
  }

  void prepare(const Swap& swap) {
    for (const std::string& sql : swap.prepare) expand_.together(sql);
    expand_.close();
    for (const Backfill& each : swap.fills) beside_.fill(each);
    Phasing& phase = swap.fills.empty() ? expand_ : beside_;
    for (const Statement& each : swap.alone) phase.alone(each);
    if (!swap.not_null_table.name.empty())
      beside_.not_null(swap.not_null_table, swap.not_null_column,
                       leftover_not_null(swap.not_null_table, swap.not_null_column));
  }

  void drop(const RouteStep& step, const std::string& sql) {
    // A transaction would hold one table while it waits for the next.
    if (const std::string table = whole_of(table_of(sql)); !options_.in_place && !table.empty()) {
      if (table != last_dropped_from_) contract_.close();
      last_dropped_from_ = table;
    }
    const auto found = old_indexes_.find(step.of);
    if (found != old_indexes_.end() && sql.starts_with("DROP INDEX ") && !options_.in_place &&
        found->second.first->partition_key.empty())
      contract_.alone("DROP INDEX CONCURRENTLY " + sql.substr(11));
    else if (step.alone || !runs_in_transaction(sql))
      contract_.alone(accepted(sql, nobody_uses_it), false);
    else
      contract_.together(accepted(sql, nobody_uses_it));
  }

  // "app.orders" of "ALTER TABLE [ONLY] app.orders …" and "DROP TABLE app.orders"; else nothing.
  static std::string table_of(std::string_view sql) {
    for (const std::string_view head : {"ALTER TABLE ", "DROP TABLE "}) {
      if (!sql.starts_with(head)) continue;
      sql.remove_prefix(head.size());
      if (sql.starts_with("ONLY ")) sql.remove_prefix(5);
      return std::string(sql.substr(0, sql.find(' ')));
    }
    return {};
  }

  // A partition goes with the whole where that goes too: one without the other would be made again
  // in another way than both.
  std::string whole_of(const std::string& table) const {
    const auto found = wholes_.find(table);
    return found == wholes_.end() ? table : whole_of(found->second);
  }

  const Catalog& from_;
  const Catalog& to_;
  const OnlineOptions& options_;
  const Traffic traffic_;
  std::unordered_map<std::string, std::string> wholes_;  // of partitions, where they go as well
  Known<Column> columns_;
  Known<Constraint> constraints_;
  Known<Index> indexes_;
  Known<Index> old_indexes_;
  std::set<std::string> made_;            // what the route makes
  std::set<std::string> attached_;        // what it attaches itself
  std::set<std::string> built_;           // keys whose indexes are there before they are
  std::set<std::string> made_indexes_;    // those of it that are made already
  std::map<std::string, Phasing*> late_;  // partitioned ones that come after what is attached
  std::set<std::string> filling_;
  std::set<std::string> postponed_;               // names of what is made outside a transaction
  std::set<std::string> postponed_of_;            // the objects of steps of which a part is
  std::set<catalog::ObjectName> postponed_keys_;  // tables that get such a key
  std::set<std::string> adopted_of_;    // foreign keys that a whole adopts at last, and its parts'
  std::set<std::string> behind_fills_;  // as postponed_, of what waits for a backfill
  std::set<catalog::ObjectName> keys_behind_fills_;
  std::vector<Statement> validations_;  // once all else is there
  Phasing expand_;
  Phasing later_;    // at the end of expand
  Phasing adopted_;  // after it: what all partitions have by then
  Phasing beside_;   // new columns beside old ones: filled, indexed
  Phasing swapped_;  // they take their places
  Phasing fills_;
  Phasing contract_;
  std::string last_dropped_from_;
  Phasing* main_ = &expand_;  // where the transaction is that changes what a reader sees
};

}  // namespace

Work online(const std::vector<RouteStep>& steps, const std::vector<Swap>& swaps,
            const Catalog& from, const Catalog& to, const OnlineOptions& options) {
  return Online(from, to, options).run(steps, swaps);
}

}  // namespace architrave::migration
