#include <fmt/format.h>

#include <map>
#include <set>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/relationships.h"

namespace architrave::review::rules {

namespace {

// Who has so many tables and not one foreign key has decided so: that is one finding.
constexpr std::size_t decided = 5;

void check(const Look& look, Verdict& verdict) {
  Names names(look.catalog);
  std::set<std::string> with_keys;  // schemas that use foreign keys
  for (const Relation& table : look.catalog.relations)
    for (const Constraint& constraint : table.constraints)
      if (constraint.type == ConstraintType::foreign_key) with_keys.insert(table.schema);
  const std::vector<Implied> references = implied_references(look);
  std::map<std::string, std::vector<std::string>> keyless;  // schemas that use none, and where
  for (const Implied& each : references)
    if (each.state != KeyState::invented && !with_keys.contains(each.child->schema))
      keyless[each.child->schema].push_back(each.child->name + '.' + each.column->name);
  std::erase_if(keyless, [](const auto& each) { return each.second.size() < decided; });
  for (const auto& [schema, columns] : keyless)
    verdict
        .find({"schema", catalog::quote_identifier(schema)},
              fmt::format("{} has no foreign key at all, though {} of its columns look like "
                          "references: {}.",
                          catalog::quote_identifier(schema), columns.size(), some_of(columns, 3)),
              {{"columns", static_cast<std::int64_t>(columns.size())}})
        .severity = Severity::info;
  for (const auto& [child, column, parent, key, state] : references) {
    if (state == KeyState::invented || keyless.contains(child->schema)) continue;
    const bool has_key = state == KeyState::declared;
    const std::string name = catalog::quote_identifier(column->name);
    const std::string target =
        fmt::format("{} ({})", name_of(*parent), catalog::quote_identifier(key));
    std::optional<Proposal> fix;
    // A partitioned table can be referred to since PostgreSQL 12; a circle would need more thought.
    if (has_key && !leads_to(look, *parent, *child)) {
      fix = add_constraint(look, *child,
                           names.make(child->schema, {child->name, column->name}, "fkey"),
                           fmt::format("FOREIGN KEY ({}) REFERENCES {}", name, target),
                           fmt::format("A row can no longer refer to one of {} that is not there.",
                                       name_of(*parent)));
      fix->title =
          fmt::format("Make {}.{} a foreign key to {}", name_of(*child), name, name_of(*parent));
      if (!is_served(*child, {column->name})) {
        NewIndex index;
        index.name = names.make(child->schema, {child->name, column->name}, "idx");
        index.keys = {name};
        index.comment = fmt::format("Foreign key to {0}. Serves joins to it and deletes from it.",
                                    parent->name);
        const Proposal indexed = create_index(look, *child, index, "");
        fix->up.insert(fix->up.begin(), indexed.up.begin(), indexed.up.end());
        fix->down.insert(fix->down.end(), indexed.down.begin(), indexed.down.end());
        fix->transactional = indexed.transactional;
        fix->impact.bytes = indexed.impact.bytes;
      }
    }
    Finding& finding = verdict.find(
        subject_of(*child, *column),
        has_key ? fmt::format("{}.{} looks like a reference to {} and is no foreign key: nothing "
                              "keeps it from pointing nowhere.",
                              name_of(*child), name, target)
                : fmt::format("{}.{} looks like a reference to {}, which has no key to refer to.",
                              name_of(*child), name, name_of(*parent)),
        {{"references", name_of(*parent)}, {"type", column->type}}, std::move(fix));
    // no-primary-key speaks of what matters more.
    if (!has_key || !with_keys.contains(child->schema)) finding.severity = Severity::info;
  }
}

}  // namespace

extern const Rule missing_fk;
const Rule missing_fk = {
    .name = "missing-fk",
    .severity = Severity::warning,
    .area = Area::keys,
    .summary = "A column that is named and typed after another table's key, without a foreign key",
    .engines = Engines::postgresql,
    .serves = {},
    .needs_workload = false,
    .check = check};

}  // namespace architrave::review::rules
