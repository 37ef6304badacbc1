#include "migration/plan/filled_column.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/lookup.h"
#include "migration/plan/column_swap.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

bool can_be_kept(const Catalog& from, const Catalog& to, const catalog::Lookup& lookup,
                 const Relation& table, const Relation& now, const Column& column) {
  const bool is_new_type = to.type(column.type_schema, column.type_name) != nullptr &&
                           from.type(column.type_schema, column.type_name) == nullptr;
  const bool is_plain = table.kind == RelationKind::table && lookup.children(table).empty();
  return table.kind == now.kind && (is_plain || table.kind == RelationKind::partitioned_table) &&
         table.parents.empty() && table.of_type.empty() && column.generated.empty() &&
         column.identity.empty() && !is_new_type;
}

Swap keep(const Relation& table, const Column& column, const std::string& value) {
  const std::string name = qualified(table.schema, table.name);
  const std::string own = quote_identifier(column.name);
  const std::string function =
      qualified(table.schema, derived_name("fill_" + table.name + '_' + column.name, {})) + "()";
  // What it says of a row, which goes by its table's name in it.
  const auto of = [&](const char* row) {
    return fmt::format("(SELECT {} FROM (SELECT {}.*) AS {})", value, row,
                       quote_identifier(table.name));
  };
  const bool is_computed = std::ranges::any_of(table.columns, [&](const Column& each) {
    return contains_word(value, each.name) || contains_word(value, quote_identifier(each.name));
  });
  std::string condition = fmt::format("TG_OP = 'INSERT' AND NEW.{} IS NULL", own);
  if (is_computed)
    condition += fmt::format(" OR TG_OP = 'UPDATE' AND NOT ({}) AND {}",
                             differ("NEW." + own, "OLD." + own, column),
                             differ(of("NEW"), of("OLD"), column));
  // By its name it fires behind those that keep other columns, of which it may be computed:
  // ~keep_….
  Swap swap;
  swap.kind = Swap::Kind::filled;
  swap.of = to_string(object_of(table, column));
  swap.prepare = {
      fmt::format("ALTER TABLE {} ADD COLUMN {} {}{}", name, own, column.type,
                  column.collation.empty() ? "" : " COLLATE " + column.collation),
      fmt::format("CREATE FUNCTION {} RETURNS trigger LANGUAGE plpgsql AS $fill$ BEGIN IF {} THEN "
                  "NEW.{} := {}; END IF; RETURN NEW; END $fill$",
                  function, condition, own, of("NEW")),
      fmt::format(
          "CREATE TRIGGER {} BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION {}",
          last_trigger("value_" + column.name), name, function)};
  swap.trial = {fmt::format("SELECT {} FROM (SELECT * FROM {}) AS {} WHERE false", value, name,
                            quote_identifier(table.name))};
  // Where it takes no nulls, that is filled for.
  if (!column.not_null)
    swap.fills = {{.table = name,
                   .key = key_of(table),
                   .set = own + " = " + value,
                   .where = own + " IS NULL",
                   .past_triggers = !table.triggers.empty()}};
  return swap;
}

}  // namespace

std::vector<Swap> filled_columns(const Catalog& from, const Catalog& to,
                                 const std::map<std::string, std::string>& fill) {
  const catalog::Lookup lookup(from);
  std::vector<Swap> list;
  if (fill.empty()) return list;
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.object_name());
    if (now == nullptr) continue;
    for (const Column& column : now->columns) {
      const auto given =
          fill.find(qualified(table.schema, table.name) + '.' + quote_identifier(column.name));
      if (given != fill.end() && table.column(column.name) == nullptr &&
          can_be_kept(from, to, lookup, table, *now, column))
        list.push_back(keep(table, column, given->second));
    }
  }
  return list;
}

}  // namespace architrave::migration
