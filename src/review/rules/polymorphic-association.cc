#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

bool is_foreign_key(const Relation& table, const Column& column) {
  return std::ranges::any_of(table.constraints, [&](const Constraint& constraint) {
    return constraint.type == ConstraintType::foreign_key &&
           std::ranges::find(constraint.columns, column.name) != constraint.columns.end();
  });
}

// "item_id" beside "item_type" is an item's id where there are items.
bool names_a_table(const Catalog& catalog, const std::string& stem) {
  return std::ranges::any_of(catalog.relations, [&](const Relation& relation) {
    return relation.name == stem || relation.name == stem + "s" || relation.name == stem + "es" ||
           (stem.ends_with('y') && relation.name == stem.substr(0, stem.size() - 1) + "ies");
  });
}

// The name of what somebody else keeps ("pm_1Abc") is text, where the keys here are numbers.
bool may_be_a_key(const Catalog& catalog, const Column& id) {
  if (id.type_category != "S") return true;
  std::size_t keys = 0, texts = 0;
  for (const Relation* table : own_tables(catalog))
    if (const Constraint* key = table->primary_key(); key != nullptr && key->columns.size() == 1)
      if (const Column* column = table->column(key->columns.front()); column != nullptr) {
        ++keys;
        texts += column->type_category == "S" ? 1 : 0;
      }
  return texts * 2 >= keys;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Column& column : table->columns) {
      if (!column.name.ends_with("_type") ||
          !(column.type_category.empty() || column.type_category == "S" ||
            column.type_category == "E"))
        continue;
      const std::string stem = column.name.substr(0, column.name.size() - 5);
      const Column* id = table->column(stem + "_id");
      if (id == nullptr || is_foreign_key(*table, *id) || names_a_table(look.catalog, stem) ||
          !may_be_a_key(look.catalog, *id))
        continue;
      verdict.find(about(*table, *id),
                   fmt::format("{} refers to the table that {} names: no foreign key can hold it, "
                               "and rows stay behind when theirs are deleted",
                               id->name, column.name),
                   {{"type column", column.name}});
    }
}

}  // namespace

extern const Rule polymorphic_association;
const Rule polymorphic_association = {.name = "polymorphic-association",
                                      .area = Area::model,
                                      .summary = "A column refers to one table or another",
                                      .engines = Engines::all,
                                      .serves = {},
                                      .check = check};

}  // namespace architrave::review::rules
