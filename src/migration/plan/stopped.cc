#include "migration/plan/stopped.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quoting.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Constraint;
using catalog::ObjectName;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;

const Constraint* find_constraint(const Catalog& catalog, const Made& made) {
  const Relation* table = catalog.relation(made.table);
  if (table == nullptr) return nullptr;
  const auto found = std::ranges::find(table->constraints, made.name, &Constraint::name);
  return found == table->constraints.end() ? nullptr : &*found;
}

const catalog::Index* find_index(const Catalog& catalog, const Made& made) {
  const Relation* table = catalog.relation(made.table);
  if (table == nullptr) return nullptr;
  const auto found = std::ranges::find(table->indexes, made.name, &catalog::Index::name);
  return found == table->indexes.end() ? nullptr : &*found;
}

// Tables that are the table's heirs after it, and had the column NOT NULL before, of their own.
std::vector<std::string> not_null_heirs(const Catalog& before, const Catalog& after,
                                        const Made& made) {
  std::vector<std::string> heirs;
  for (const Relation& relation : after.relations) {
    const Relation* was = before.relation(relation.object_name());
    if (was == nullptr || !was->parents.empty() ||
        std::ranges::find(relation.parents, made.table) == relation.parents.end())
      continue;
    const catalog::Column* column = was->column(made.name);
    if (column != nullptr && column->not_null)
      heirs.push_back(qualified(relation.schema, relation.name));
  }
  return heirs;
}

}  // namespace

Leftover leftover_index(const ObjectName& table, const std::string& index,
                        bool becomes_constraint) {
  const std::string name = qualified(table.schema, index);
  std::string drop = "DROP INDEX IF EXISTS " + name;
  if (becomes_constraint)
    drop = fmt::format(
        "DO $left$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE"
        " conindid = pg_catalog.to_regclass({})) THEN {}; END IF; END $left$",
        quote_literal(name), drop);
  return {std::move(drop), table, index};
}

Leftover leftover_part(const Relation& partition, const catalog::Index& index) {
  const std::string name = qualified(partition.schema, index.name);
  const std::string drop =
      index.constraint.empty()
          ? "DROP INDEX " + name
          : fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}; DROP INDEX IF EXISTS {}",
                        qualified(partition.schema, partition.name),
                        quote_identifier(index.constraint), name);
  return {fmt::format("DO $left$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE"
                      " oid = pg_catalog.to_regclass({}) AND NOT relispartition) THEN {}; END IF;"
                      " END $left$",
                      quote_literal(name), drop),
          partition.object_name(), index.name};
}

Leftover leftover_part(const Relation& partition, const Constraint& constraint) {
  const std::string table = qualified(partition.schema, partition.name);
  return {fmt::format("DO $left$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE"
                      " conrelid = pg_catalog.to_regclass({}) AND pg_catalog.quote_ident(conname)"
                      " = {} AND conparentid = 0) THEN ALTER TABLE {} DROP CONSTRAINT {}; END IF;"
                      " END $left$",
                      quote_literal(table), quote_literal(quote_identifier(constraint.name)), table,
                      quote_identifier(constraint.name)),
          {},
          {}};
}

Leftover leftover_not_null(const ObjectName& table, const std::string& column) {
  const std::string name = qualified(table.schema, table.name);
  const std::string quoted = quote_identifier(column);
  return {fmt::format("DO $left$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE"
                      " attrelid = pg_catalog.to_regclass({}) AND pg_catalog.quote_ident(attname)"
                      " = {} AND NOT attisdropped AND attidentity = '') THEN ALTER TABLE {} ALTER"
                      " COLUMN {} DROP NOT NULL; END IF; END $left$",
                      quote_literal(name), quote_literal(quoted), name, quoted),
          {},
          {}};
}

std::vector<std::string> leftovers(const std::vector<Step>& phase, const Catalog& before) {
  std::vector<std::string> left;
  for (const Step& step : phase)
    for (const Statement& each : step.statements) {
      const Leftover& leftover = each.leftover;
      if (leftover.gone_by.empty()) continue;
      // Its table is new and goes, or an index of that name was there before.
      if (!leftover.index.empty()) {
        const Relation* table = before.relation(leftover.table);
        const auto is_anothers = [&](const Relation& relation) {
          return relation.schema == leftover.table.schema &&
                 std::ranges::any_of(relation.indexes, [&](const catalog::Index& index) {
                   return index.name == leftover.index && index.constraint.empty();
                 });
        };
        if (table == nullptr || std::ranges::any_of(before.relations, is_anothers)) continue;
      }
      left.push_back(leftover.gone_by);
    }
  return left;
}

std::vector<Step> unmade(const std::vector<Step>& phase, const std::vector<Step>& back,
                         const Catalog& before, const Catalog& after) {
  const auto is_made_by_it = [&](Made::What what, const std::string& name) {
    return std::ranges::any_of(back, [&](const Step& step) {
      return std::ranges::any_of(step.statements, [&](const Statement& each) {
        return each.made.what == what && each.made.name == name;
      });
    });
  };
  const auto is_kept = [&](const Made& made) {
    if (made.what == Made::What::index) {
      const catalog::Index* was = find_index(before, made);
      const catalog::Index* is = find_index(after, made);
      return was != nullptr && is != nullptr && was->definition == is->definition &&
             !is_made_by_it(made.what, made.name);
    }
    const Constraint* was = find_constraint(before, made);
    const Constraint* is = find_constraint(after, made);
    return was != nullptr && is != nullptr && was->definition == is->definition && was->validated &&
           !is_made_by_it(Made::What::constraint, made.name);
  };
  std::vector<Step> steps;
  const auto add = [&](const Step& like, std::string sql) {
    steps.push_back(Step::transaction({std::move(sql)}));
    steps.back().lock_timeout = like.lock_timeout;
  };
  for (std::size_t i = 1; i < phase.size(); ++i)
    for (const Statement& each : phase[i].statements) {
      switch (each.made.what) {
        case Made::What::nothing:
          break;
        case Made::What::not_null:
          for (const std::string& heir : not_null_heirs(before, after, each.made))
            add(phase[i], fmt::format("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", heir,
                                      quote_identifier(each.made.name)));
          break;
        case Made::What::index:
        case Made::What::key_index:
        case Made::What::validation:
          if (!is_kept(each.made)) break;
          steps.push_back(phase[i]);
          if (!each.made.again.empty()) steps.back().statements = {each.made.again};
          break;
        case Made::What::constraint:
          if (!is_kept(each.made)) break;
          add(phase[i],
              fmt::format("DO $unmade$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint"
                          " WHERE conrelid = pg_catalog.to_regclass({}) AND"
                          " pg_catalog.quote_ident(conname) = {}) THEN {}; END IF; END $unmade$",
                          quote_literal(qualified(each.made.table.schema, each.made.table.name)),
                          quote_literal(quote_identifier(each.made.name)), each.text));
          break;
      }
    }
  return steps;
}

}  // namespace architrave::migration
