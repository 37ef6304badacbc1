#include <fmt/format.h>

#include <algorithm>

#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

// True for an enumeration or boolean of which every value has its partition.
bool is_complete(const Look& look, const Relation& table) {
  const auto open = table.partition_key.find('('), close = table.partition_key.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return false;
  const std::string key = table.partition_key.substr(open + 1, close - open - 1);
  const auto column = std::ranges::find_if(table.columns, [&](const Column& each) {
    return catalog::quote_identifier(each.name) == key;
  });
  if (column == table.columns.end()) return false;
  std::vector<std::string> values;
  if (is_builtin(*column, "bool")) values = {"true", "false"};
  if (const catalog::Type* type = look.catalog.type(column->type_schema, column->type_name))
    for (const std::string& label : type->labels) values.push_back(catalog::quote_literal(label));
  std::string bounds;
  for (const Relation* child : look.lookup.children(table)) bounds += child->partition_bound;
  return !values.empty() && std::ranges::all_of(values, [&](const std::string& value) {
    return bounds.find(value) != std::string::npos;
  });
}

void check(const Look& look, Verdict& verdict) {
  Names names(look.catalog);
  for (const Relation& table : look.catalog.relations) {
    if (table.kind != RelationKind::partitioned_table || !table.partition_key.starts_with("LIST"))
      continue;
    const auto& children = look.lookup.children(table);
    const bool has_default = std::ranges::any_of(
        children, [](const Relation* child) { return child->partition_bound == "DEFAULT"; });
    if (children.empty() || has_default || is_complete(look, table)) continue;
    const std::string name =
        catalog::qualified(table.schema, names.make(table.schema, {table.name}, "default"));
    Proposal fix;
    fix.kind = "create_partition";
    fix.title = fmt::format("Give {} a default partition", name_of(table));
    fix.why =
        "A value that nobody thought of is kept, and can be moved when its partition is made.";
    fix.up = {fmt::format("CREATE TABLE {} PARTITION OF {} DEFAULT", name, name_of(table))};
    // Detached first: a foreign key that refers to the parent would hold it.
    fix.down = {fmt::format("ALTER TABLE {} DETACH PARTITION {}", name_of(table), name),
                fmt::format("DROP TABLE {}", name)};
    fix.impact.lock = Lock::access_exclusive;
    fix.risk = 2;
    verdict.find(
        subject_of(table),
        fmt::format("{} has a partition for each of some values and no default: an insert "
                    "with any other value fails.",
                    name_of(table)),
        {{"key", table.partition_key}, {"partitions", static_cast<std::int64_t>(children.size())}},
        std::move(fix));
  }
}

}  // namespace

extern const Rule partition_without_default;
const Rule partition_without_default = {
    .name = "partition-without-default",
    .severity = Severity::info,
    .area = Area::scaling,
    .summary = "A table partitioned by a list of values, where a new value has nowhere to go",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
