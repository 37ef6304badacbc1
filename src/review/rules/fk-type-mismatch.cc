#include <fmt/format.h>

#include <algorithm>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/obstacles.h"
#include "review/relationships.h"

namespace architrave::review::rules {

namespace {

int integer_bytes(const std::string& type) {
  return type == "smallint" ? 2 : type == "integer" ? 4 : type == "bigint" ? 8 : 0;
}
bool is_text(const std::string& type) {
  return type == "text" || type == "character varying" || type == "character";
}

// What is wrong with the pair, or "" if nothing is.
std::string harm(const Catalog& catalog, const Column& child, const Column& parent) {
  const std::string type = compared_type(catalog, child), key = compared_type(catalog, parent);
  if (is_text(type) && is_text(key)) {
    const int limit = length_limit(child), key_limit = length_limit(parent);
    if (limit == 0 || (key_limit != 0 && limit >= key_limit)) return {};
    return "longer keys can't be referred to";
  }
  if (type == key) return {};
  const int bytes = integer_bytes(type), key_bytes = integer_bytes(key);
  if (bytes > 0 && key_bytes > 0)
    return bytes < key_bytes ? "larger keys can't be referred to"
                             : "the wider column holds what the key never can";
  return "joins have to convert, and may not use an index";
}

std::optional<Proposal> mend(const Look& look, const Relation& table, const Constraint& key,
                             const Column& child, const Column& parent) {
  const std::string type = compared_type(look.catalog, child);
  const bool widens = integer_bytes(type) > 0
                          ? integer_bytes(type) < integer_bytes(compared_type(look.catalog, parent))
                          : child.type_name == "varchar" &&
                                (parent.type_name == "varchar" || parent.type_name == "text");
  const auto keys_on_it = std::ranges::count_if(table.constraints, [&](const Constraint& each) {
    return each.type == ConstraintType::foreign_key &&
           std::ranges::find(each.columns, child.name) != each.columns.end();
  });
  const bool referred_to = std::ranges::any_of(
      look.lookup.referencing(table), [&](const catalog::Lookup::ForeignKey& each) {
        const auto& columns = each.constraint->references_columns;
        return std::ranges::find(columns, child.name) != columns.end();
      });
  if (!widens || keys_on_it != 1 || referred_to || parent.type_schema != "pg_catalog" ||
      child.type_schema != "pg_catalog" || !is_own(look, table, child) || key.inherited ||
      !look.lookup.children(table).empty() || !child.identity.empty() ||
      !child.default_value.empty())
    return std::nullopt;
  // The key itself is no obstacle: it is what the change is for.
  Relation bare = table;
  std::erase_if(bare.constraints,
                [](const Constraint& each) { return each.type == ConstraintType::foreign_key; });
  const Obstacles found = obstacles(look, bare, child);
  if (!found.why.empty()) return std::nullopt;
  const std::string column = catalog::quote_identifier(child.name);
  Proposal fix = alter_table(
      table, "alter_type", fmt::format("ALTER COLUMN {} TYPE {}", column, parent.type),
      fmt::format("ALTER COLUMN {} TYPE {}", column, child.type), Lock::access_exclusive);
  fix.title = fmt::format("Make {}.{} {}", name_of(table), column, parent.type);
  fix.why = fmt::format("It then holds every key of {}.",
                        catalog::qualified(key.references_schema, key.references_table));
  fix.impact.rewrites = integer_bytes(type) > 0;
  if (fix.impact.rewrites) fix.impact.seconds_estimate = seconds_for(look, table, Rates::rewrite);
  fix.effort = fix.impact.rewrites ? 2 : 1;
  fix.risk = fix.impact.rewrites ? 3 : 2;
  put_views_around(look, found.views, fix);
  return fix;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Constraint& key : table->constraints) {
      if (key.type != ConstraintType::foreign_key || key.inherited) continue;
      const Relation* parent = look.catalog.relation(key.references_schema, key.references_table);
      if (parent == nullptr) continue;
      for (std::size_t i = 0; i < std::min(key.columns.size(), key.references_columns.size());
           ++i) {
        const Column* child = table->column(key.columns[i]);
        const Column* column = parent->column(key.references_columns[i]);
        if (child == nullptr || column == nullptr) continue;
        const std::string why = harm(look.catalog, *child, *column);
        if (why.empty()) continue;
        verdict.find(
            subject_of(*table, *child),
            fmt::format("{}.{} is {} and refers to {}.{}, which is {}: {}.", name_of(*table),
                        catalog::quote_identifier(child->name), child->type, name_of(*parent),
                        catalog::quote_identifier(column->name), column->type, why),
            {{"type", child->type}, {"key's type", column->type}, {"constraint", key.name}},
            mend(look, *table, key, *child, *column));
        break;  // one finding a key
      }
    }
}

}  // namespace

extern const Rule fk_type_mismatch;
const Rule fk_type_mismatch = {
    .name = "fk-type-mismatch",
    .severity = Severity::warning,
    .area = Area::keys,
    .summary = "A foreign key whose columns have another type than what they refer to",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
