#include "migration/plan/doubts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "catalog/index_size.h"
#include "catalog/object.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Index;
using catalog::Relation;

constexpr double many_rows = 1000;    // below, a sample says little of what is distinct
constexpr double surely_twice = 0.9;  // different values of all rows: an estimate errs

bool is_unique_on(const Relation& relation, const std::string& column) {
  return std::ranges::any_of(relation.indexes, [&](const Index& index) {
    return index.unique && index.predicate.empty() && index.keys.size() == 1 &&
           index.keys.front().column == column;
  });
}

std::string name_of(const Relation& relation, const Column& column) {
  return catalog::qualified(relation.schema, relation.name) + '.' +
         catalog::quote_identifier(column.name);
}

std::string percent(double share) {
  return share < 0.01 ? "under 1 %" : fmt::format("{:.0f} %", share * 100);
}

}  // namespace

std::vector<std::string> doubts_about_rows(const Catalog& from, const Catalog& to,
                                           const std::map<std::string, std::string>& fill) {
  std::vector<std::string> doubts;
  for (const Relation& relation : from.relations) {
    const Relation* wanted = to.relation(relation.schema, relation.name);
    if (wanted == nullptr) continue;
    const double rows = relation.stats ? relation.stats->rows : 0;
    for (const Column& column : relation.columns) {
      const Column* after = wanted->column(column.name);
      if (after == nullptr || !column.stats) continue;
      const std::string name = name_of(relation, column);
      if (after->not_null && !column.not_null && column.stats->null_fraction > 0 &&
          !fill.contains(name))
        doubts.push_back(fmt::format(
            "{} was NULL in {} of the rows when it was last analyzed, and the migration "
            "stops there: --fill \"{}=…\" gives them a value",
            name, percent(column.stats->null_fraction), name));
      const double distinct = catalog::distinct_of(column, rows);
      const double filled = rows * (1 - column.stats->null_fraction);
      if (is_unique_on(*wanted, column.name) && !is_unique_on(relation, column.name) &&
          filled >= many_rows && column.stats->distinct != 0 && distinct < surely_twice * filled)
        doubts.push_back(fmt::format(
            "{} had about {} different values in {} rows when it was last analyzed, and the "
            "migration stops where two are the same",
            name, human_count(std::llround(distinct)), human_count(std::llround(filled))));
    }
  }
  return doubts;
}

}  // namespace architrave::migration
