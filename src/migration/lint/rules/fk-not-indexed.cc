#include <algorithm>

#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

// Whether an index of the table begins with the columns, in any order.
bool is_indexed(const Schema& schema, const std::string& name,
                const std::vector<std::string>& columns) {
  const Table* table = schema.table(name);
  if (table == nullptr) return false;
  return std::ranges::any_of(table->indexes, [&](const Index& index) {
    if (index.partial || index.columns.size() < columns.size()) return false;
    return std::ranges::all_of(columns, [&](const std::string& column) {
      const auto first = index.columns.begin();
      const auto last = first + static_cast<std::ptrdiff_t>(columns.size());
      return std::find(first, last, column) != last;
    });
  });
}

void keys_without_index(const State& state, Finder& finder) {
  for (const Pending& each : state.foreign_keys) {
    if (is_indexed(state.schema, each.table, each.columns)) continue;
    std::string columns;
    for (const std::string& column : each.columns)
      columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
    finder.find_at("no index of " + quoted(each.table) + " begins with (" + columns +
                       "): deleting or changing a row of the referenced table reads all of " +
                       quoted(each.table) + ", under its lock",
                   "CREATE INDEX CONCURRENTLY ON " + quoted(each.table) + " (" + columns + ")",
                   each.table, each.place);
  }
}

}  // namespace

extern const Rule fk_not_indexed;
const Rule fk_not_indexed = {
    .is = {.name = "fk-not-indexed",
           .severity = Severity::warning,
           .summary = "A foreign key without an index makes deletes of the referenced table slow",
           .needs = "schema"},
    .at_finish = keys_without_index};

}  // namespace architrave::migration::lint::rules
