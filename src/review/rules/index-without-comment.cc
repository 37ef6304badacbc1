#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"
#include "review/index_facts.h"

namespace architrave::review::rules {

namespace {

std::string keys_of(const Index& index) {
  std::vector<std::string> keys;
  for (const IndexKey& key : index.keys)
    keys.push_back((key.column.empty() ? key.expression : key.column) +
                   (key.descending ? " descending" : ""));
  return join(keys, ", ");
}

// What its structure tells of its purpose.
std::string purpose(const Relation& table, const Index& index) {
  const std::string keys = keys_of(index);
  std::string text;
  for (const Constraint& key : table.constraints)
    if (key.type == ConstraintType::foreign_key && !key.columns.empty() &&
        columns_of(index).size() >= key.columns.size() && text.empty()) {
      const std::vector<std::string> columns = columns_of(index);
      if (std::is_permutation(key.columns.begin(), key.columns.end(), columns.begin()))
        text = fmt::format(
            "Foreign key {}. Serves joins to {}, deletes from it, and look-ups by ({}).", key.name,
            key.references_table, keys);
    }
  if (index.unique)
    text = fmt::format("Keeps ({}) unique. Serves look-ups by it.", keys);
  else if (text.empty() && index.method == "gin")
    text = fmt::format("Serves searches inside ({}).", keys);
  else if (text.empty() && index.method == "gist")
    text = fmt::format("Serves overlap, containment and nearest-neighbour searches by ({}).", keys);
  else if (text.empty() && index.method == "brin")
    text = fmt::format("Serves range scans by ({}) where rows lie in its order.", keys);
  else if (text.empty() && index.method == "hash")
    text = fmt::format("Serves look-ups of equal ({}).", keys);
  else if (text.empty())
    text = fmt::format("Serves look-ups, ranges and sorting by ({}).", keys);
  if (!index.include.empty()) text += fmt::format(" Carries {}.", join(index.include, ", "));
  if (!index.predicate.empty()) text += fmt::format(" Only rows where {}.", index.predicate);
  return text;
}

void check(const Look& look, Verdict& verdict) {
  struct Bare {
    std::vector<std::string> indexes;
    Proposal fix;
  };
  std::map<std::string, Bare> schemas;
  for (const Relation& table : look.catalog.relations) {
    if (table.is_partition() || is_machinery(look.catalog, table)) continue;
    for (const Index& index : table.indexes) {
      // A constraint's name says what its index is for; what goes needs no comment.
      if (!index.comment.empty() || !index.constraint.empty() || index.primary || !index.valid ||
          index.inherited || will_go(look, table, index))
        continue;
      auto& [indexes, fix] = schemas[table.schema];
      indexes.push_back(index.name);
      const Proposal one =
          set_comment("INDEX " + name_of(table, index), index.comment, purpose(table, index));
      fix.up.push_back(one.up.front());
      fix.down.push_back(one.down.front());
    }
  }
  for (auto& [schema, bare] : schemas) {
    auto& [indexes, fix] = bare;
    const std::string name = catalog::quote_identifier(schema);
    fix.kind = "comment";
    fix.title = fmt::format("Say what the indexes of {} are for", name);
    fix.why =
        "Whoever wants to drop or change an index knows whom it serves. Add the queries that "
        "only you know.";
    fix.impact.lock = Lock::share_update_exclusive;
    verdict.find(about_schema(schema),
                 fmt::format("Nothing says what {} of {} {} for.",
                             indexes.size() > 5 ? plural(std::ssize(indexes), "index", "indexes")
                                                : list_of(indexes),
                             name, indexes.size() == 1 ? "is" : "are"),
                 {{"indexes", some_of(indexes, 20)}}, std::move(fix));
  }
}

}  // namespace

extern const Rule index_without_comment;
const Rule index_without_comment = {.name = "index-without-comment",
                                    .severity = Severity::info,
                                    .area = Area::indexes,
                                    .summary = "Indexes whose purpose is written nowhere",
                                    .engines = Engines::postgresql,
                                    .serves = {"DB-2"},
                                    .needs_workload = false,
                                    .check = check};

}  // namespace architrave::review::rules
