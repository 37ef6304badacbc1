#include "migration/plan/old_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"
#include "migration/plan/column_swap.h"
#include "migration/plan/index_swap.h"
#include "migration/plan/traffic.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Index;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::quote_literal;
using catalog::Relation;

bool can_stand_for(const Catalog& now, const Relation& table, const Column& column) {
  if (table.kind != catalog::RelationKind::table || table.is_partition() ||
      !table.parents.empty() || !table.of_type.empty() || !column.generated.empty() || column.acl ||
      is_published(now, table) || !catalog::Lookup(now).children(table).empty())
    return false;
  const bool is_waited_for =
      std::ranges::any_of(table.triggers, [&](const catalog::Trigger& trigger) {
        return contains_word(trigger.definition, column.name) &&
               trigger.definition.find("UPDATE OF ") != std::string::npos;
      });
  return !is_waited_for && table.column(old_name(column.name)) == nullptr;
}

Swap keep(const Relation& table, const Column& column, const std::string& new_one) {
  const std::string name = qualified(table.schema, table.name);
  const std::string alter = "ALTER TABLE " + name + ' ';
  const std::string old_one = quote_identifier(column.name);
  const std::string meanwhile = quote_identifier(old_name(column.name));
  const std::string function =
      qualified(table.schema, derived_name("keep_" + table.name + '_' + column.name, {})) + "()";
  const std::string trigger = last_trigger("keep_" + column.name);
  const auto body = [&](const std::string& text) {
    return "FUNCTION " + function + " RETURNS trigger LANGUAGE plpgsql AS $keep$ BEGIN " + text +
           " RETURN NEW; END $keep$";
  };

  Swap swap;
  swap.kind = Swap::Kind::old_name;
  swap.of = to_string(object_of(table, column));
  swap.value = new_one;
  swap.replaced = {swap.of};
  swap.prepare = {alter + "ADD COLUMN " + meanwhile + ' ' + column.type +
                      (column.collation.empty() ? "" : " COLLATE " + column.collation),
                  "CREATE " + body("NEW." + meanwhile + " := NEW." + old_one + ";"),
                  "CREATE TRIGGER " + trigger + " BEFORE INSERT OR UPDATE ON " + name +
                      " FOR EACH ROW EXECUTE FUNCTION " + function};
  swap.fills = {{.table = name,
                 .key = key_of(table),
                 .set = meanwhile + " = " + old_one,
                 .where = differ(meanwhile, old_one, column),
                 .past_triggers = !table.triggers.empty()}};
  swap.alone.emplace_back("ANALYZE " + name + " (" + meanwhile + ')');
  for (const Index& index : table.indexes)
    if (uses(index, column) && index.valid && !index.definition.empty() &&
        std::ranges::find(table.indexes, new_name(index.name), &Index::name) ==
            table.indexes.end() &&
        !index.name.ends_with("__new"))
      swap.alone.emplace_back(index_twin(index, {{column, column}}, old_name));
  // Whose application names the old one has written it: it has no default.
  swap.take_place = {
      {alter + "RENAME COLUMN " + meanwhile + " TO " + old_one},
      {"CREATE OR REPLACE " +
       body(fmt::format("IF TG_OP = 'INSERT' AND NEW.{0} IS NOT NULL OR TG_OP = 'UPDATE' AND {2} "
                        "THEN NEW.{1} := NEW.{0}; ELSE NEW.{0} := NEW.{1}; END IF;",
                        old_one, new_one, differ("NEW." + old_one, "OLD." + old_one, column)))}};
  // The names have changed hands if the trigger is there, and the meanwhile's name is not:
  // `new_one` may have been another column's before that.
  swap.back = {
      fmt::format(
          "DO $back$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = "
          "pg_catalog.to_regclass({0}) AND pg_catalog.quote_ident(tgname) = {1}) AND NOT EXISTS "
          "(SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass({0}) AND "
          "pg_catalog.quote_ident(attname) = {2} AND NOT attisdropped) THEN {3}DROP COLUMN {4}; "
          "{3}RENAME COLUMN {5} TO {4}; END IF; END $back$",
          quote_literal(name), quote_literal(trigger), quote_literal(meanwhile), alter, old_one,
          new_one),
      "DROP TRIGGER IF EXISTS " + trigger + " ON " + name, "DROP FUNCTION IF EXISTS " + function,
      alter + "DROP COLUMN IF EXISTS " + meanwhile};
  return swap;
}

}  // namespace

std::optional<Swap> keep_old_column(const Catalog& now, const Catalog& to, const Rename& rename) {
  if (rename.object.kind != catalog::Kind::column || !rename.old_name_is_free) return std::nullopt;
  for (const Relation& table : now.relations)
    for (const Column& column : table.columns) {
      if (object_of(table, column) != rename.object) continue;
      const Relation* then = to.relation(table.object_name());
      if (then == nullptr || then->column(column.name) != nullptr ||
          !can_stand_for(now, table, column))
        return std::nullopt;
      const auto its = std::ranges::find_if(then->columns, [&](const Column& each) {
        return quote_identifier(each.name) == rename.to;
      });
      if (its == then->columns.end() || its->type != column.type ||
          its->generated != column.generated)
        return std::nullopt;
      return keep(table, column, rename.to);
    }
  return std::nullopt;
}

}  // namespace architrave::migration
