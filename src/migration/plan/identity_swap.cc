#include "migration/plan/identity_swap.h"

#include <fmt/format.h>

#include <utility>

#include "base/quoting.h"
#include "catalog/lookup.h"
#include "catalog/postgres/statements.h"
#include "migration/plan/traffic.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;
using catalog::Sequence;

// Where the column was never dropped its numbers are not made either.
std::string all_or_nothing(const std::vector<std::string>& statements) {
  std::string work;
  for (const std::string& sql : statements) work += ' ' + sql + ';';
  return "DO $column$ BEGIN" + work + " END $column$";
}

std::string name_of(const Sequence& sequence) { return qualified(sequence.schema, sequence.name); }

Swap identity_swap(const Relation& table, const Relation& now, const Column& column, bool is_undo) {
  const std::string name = qualified(table.schema, table.name);
  const std::string quoted = quote_identifier(column.name);
  const std::string alter = "ALTER TABLE " + name + " ALTER COLUMN " + quoted + ' ';
  const Sequence& wanted = *column.identity_sequence;
  Sequence numbers = wanted;
  numbers.name = new_name(wanted.name);
  const std::string next = "nextval(" + quote_literal(name_of(numbers)) + "::regclass)";
  const std::vector<std::string> numbered = {
      postgres::create_sequence(numbers),
      "ALTER SEQUENCE " + name_of(numbers) + " OWNED BY " + name + '.' + quoted,
      alter + "SET DEFAULT " + next};

  Swap swap;
  swap.of = to_string(object_of(now, column));
  swap.prepare = numbered;
  swap.prepare.insert(swap.prepare.begin(),
                      "ALTER TABLE " + name + " ADD COLUMN " + quoted + ' ' + column.type);
  if (is_undo) swap.prepare = {all_or_nothing(swap.prepare)};
  swap.fills = {{.table = name,
                 .key = key_of(table),
                 .set = quoted + " = " + next,
                 .where = quoted + " IS NULL",
                 .past_triggers = !table.triggers.empty()}};
  swap.alone.emplace_back("ANALYZE " + name + " (" + quoted + ')');
  swap.not_null_table = table.object_name();
  swap.not_null_column = column.name;
  swap.take_place.emplace_back(hand_over(
      numbers,
      {alter + "DROP DEFAULT", "DROP SEQUENCE " + name_of(numbers), add_identity(now, column)},
      wanted));
  std::vector<std::string> back = numbered;
  back.insert(back.begin(), alter + "DROP IDENTITY");
  swap.back = {hand_over(wanted, back, numbers)};
  return swap;
}

}  // namespace

std::vector<Swap> identity_swaps(const Catalog& from, const Catalog& to, std::int64_t small_bytes,
                                 const std::set<std::string>& others, bool is_undo) {
  const catalog::Lookup lookup(from);
  const catalog::Lookup to_lookup(to);
  const Traffic traffic(from, small_bytes);
  std::vector<Swap> list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.object_name());
    if (now == nullptr || table.kind != RelationKind::table || now->kind != table.kind ||
        !table.parents.empty() || !now->parents.empty() || !lookup.children(table).empty() ||
        !to_lookup.children(*now).empty() || traffic.busy(*now) == nullptr ||
        others.contains(to_string(object_of(table))))
      continue;
    for (const Column& column : now->columns)
      if (column.identity_sequence && table.column(column.name) == nullptr)
        list.push_back(identity_swap(table, *now, column, is_undo));
  }
  return list;
}

std::string add_identity(const Relation& table, const Column& column) {
  const std::string options = postgres::identity_options(table, column);
  return fmt::format("ALTER TABLE {} ALTER COLUMN {} ADD GENERATED {} AS IDENTITY{}",
                     qualified(table.schema, table.name), quote_identifier(column.name),
                     column.identity == "always" ? "ALWAYS" : "BY DEFAULT",
                     options.empty() ? "" : " (" + options + ')');
}

std::string hand_over(const Sequence& from, const std::vector<std::string>& statements,
                      const Sequence& to) {
  std::string work;
  for (const std::string& sql : statements) work += ' ' + sql + ';';
  return fmt::format(
      "DO $identity$ DECLARE place bigint; used boolean; BEGIN SELECT last_value, is_called INTO "
      "place, used FROM {};{} PERFORM pg_catalog.setval({}, place, used); END $identity$",
      name_of(from), work, quote_literal(name_of(to)));
}

}  // namespace architrave::migration
