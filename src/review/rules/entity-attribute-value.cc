#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

constexpr std::array<std::string_view, 14> attribute_names = {
    "attribute",     "attribute_name", "attribute_id", "attr",       "attr_name",
    "attr_id",       "field_name",     "field_id",     "meta_key",   "property",
    "property_name", "property_id",    "key",          "attributeid"};
constexpr std::array<std::string_view, 8> value_names = {
    "value",          "val",        "meta_value",  "attribute_value", "field_value",
    "property_value", "attr_value", "string_value"};

bool holds(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_foreign_key(const Relation& table, const Column& column) {
  return std::ranges::any_of(table.constraints, [&](const Constraint& constraint) {
    return constraint.type == ConstraintType::foreign_key &&
           constraint.columns == std::vector<std::string>{column.name};
  });
}

// What users name themselves ("customer_metadata") has to be open in some way.
bool is_open_by_nature(const Relation& table) {
  static constexpr std::string_view words[] = {"metadata",    "meta",     "settings", "setting",
                                               "preferences", "property", "labels",   "tags"};
  return std::ranges::any_of(name_words(table.name),
                             [](const std::string& word) { return holds(words, word); });
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog)) {
    // What others refer to is an entity of its own.
    if (table->columns.size() > 8 || !look.lookup.referencing(*table).empty()) continue;
    const Column* attribute = nullptr;
    const Column* value = nullptr;
    std::vector<const Column*> entities;
    for (const Column& column : table->columns) {
      const std::string name = lower(column.name);
      if (holds(attribute_names, name))
        attribute = &column;
      else if (holds(value_names, name) || name.starts_with("value_"))
        value = &column;
      else if (name.ends_with("_id") || name.ends_with("id")) {
        if (name == "id" || !is_foreign_key(*table, column)) continue;
        entities.push_back(&column);
      }
    }
    if (attribute == nullptr || value == nullptr || entities.empty()) continue;
    // Of several, the one that is unique together with the attribute (and not, say, the tenant).
    const auto keyed = std::ranges::find_if(entities, [&](const Column* each) {
      return std::ranges::any_of(table->indexes, [&](const Index& index) {
        const std::vector<std::string> columns = columns_of(index);
        const std::vector<std::string> wanted = {each->name, attribute->name};
        return index.unique && std::ranges::is_permutation(columns, wanted);
      });
    });
    const Column* entity = keyed == entities.end() ? entities.back() : *keyed;
    Finding& finding = verdict.find(
        about(*table),
        fmt::format("{} keeps columns as rows ({}, {}, {}): values have neither a type "
                    "nor a constraint, and a row has to be joined together; use columns, "
                    "or one jsonb column for what is really open",
                    table->name, entity->name, attribute->name, value->name),
        {{"entity", entity->name}, {"attribute", attribute->name}, {"value", value->name}});
    if (is_open_by_nature(*table)) finding.severity = Severity::info;
  }
}

}  // namespace

extern const Rule entity_attribute_value;
const Rule entity_attribute_value = {.name = "entity-attribute-value",
                                     .area = Area::model,
                                     .summary = "Columns are kept as rows",
                                     .engines = Engines::all,
                                     .serves = {},
                                     .check = check};

}  // namespace architrave::review::rules
