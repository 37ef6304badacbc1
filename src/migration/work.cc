#include "migration/work.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "catalog/catalog.h"

namespace architrave::migration {

namespace {

// Between what PostgreSQL 15 takes on an idle machine where the table lies in memory, and on one
// whose cores are all busy, with a table of 850 MB that is written to a disk: the first is half of
// this, the second up to twice as much.
constexpr std::array<WorkRow, static_cast<std::size_t>(WorkKind::count_)> rows = {{
    {WorkKind::read, "reads {}", 400e6, 80e-9},
    {WorkKind::rewrite, "writes {} anew", 150e6, 200e-9},
    {WorkKind::fill_rows, "changes {1} of {0}", 100e6, 3e-6, 3e-6, 3e-6},
    {WorkKind::update_rows, "changes {1} of {0}", 100e6, 2e-6, 3e-6, 15e-6},
    {WorkKind::delete_rows, "deletes {1} of {0}", 400e6, 600e-9},
    {WorkKind::index_of_numbers, "builds {}", 400e6, 700e-9},
    {WorkKind::index_of_text, "builds {}", 400e6, 2e-6},
    {WorkKind::index_hash, "builds {}", 400e6, 1.2e-6},
    {WorkKind::index_brin, "builds {}", 400e6, 80e-9},
    {WorkKind::index_gist, "builds {}", 400e6, 5e-6},
    {WorkKind::index_otherwise, "builds {}", 400e6, 25e-6},
}};
static_assert(std::ranges::is_sorted(rows, {}, &WorkRow::work));

// As the planner's statistics have it; of a primary key it is likely.
bool is_ordered(const catalog::Index& index, const catalog::Relation& table) {
  constexpr double nearly = 0.9;
  const catalog::Column* first =
      index.keys.empty() ? nullptr : table.column(index.keys.front().column);
  if (first == nullptr || !first->stats || !first->stats->correlation) return index.primary;
  return std::abs(*first->stats->correlation) > nearly;
}

}  // namespace

const WorkRow& work_row(WorkKind work) { return rows[static_cast<std::size_t>(work)]; }

WorkKind work_of_index(std::string_view method, bool fixed) {
  if (method == "btree") return fixed ? WorkKind::index_of_numbers : WorkKind::index_of_text;
  if (method == "hash") return WorkKind::index_hash;
  if (method == "brin") return WorkKind::index_brin;
  return method == "gist" || method == "spgist" ? WorkKind::index_gist : WorkKind::index_otherwise;
}

Extent extent_of(const catalog::Relation& table) {
  constexpr double usual_row = 100;  // bytes, of a table that was never analyzed
  Extent extent;
  extent.bytes = static_cast<double>(table.stats->bytes);
  extent.rows = table.stats->rows >= 0   ? table.stats->rows
                : table.stats->live_rows ? static_cast<double>(*table.stats->live_rows)
                                         : extent.bytes / usual_row;
  for (const catalog::Index& each : table.indexes)
    (is_ordered(each, table) ? extent.ordered_indexes : extent.scattered_indexes) += 1;
  return extent;
}

double seconds_of(WorkKind work, const Extent& extent) {
  const WorkRow& row = work_row(work);
  return extent.bytes / row.bytes_per_second +
         extent.rows * (row.seconds_per_row + row.seconds_per_ordered_key * extent.ordered_indexes +
                        row.seconds_per_scattered_key * extent.scattered_indexes);
}

}  // namespace architrave::migration
