#include "migration/rehearse/work.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/object.h"

namespace architrave::migration {

namespace {

// Between what PostgreSQL 15 takes on an idle machine where the table lies in memory, and on one
// whose cores are all busy, with a table of 850 MB that is written to a disk: the first is half of
// this, the second up to twice as much.
constexpr std::array<WorkRow, static_cast<std::size_t>(Work::count_)> rows = {{
    {Work::read, "reads {}", 400e6, 80e-9},
    {Work::rewrite, "writes {} anew", 150e6, 200e-9},
    {Work::change_rows, "changes all rows of {}", 100e6, 3e-6, 3e-6},
    {Work::index_of_numbers, "builds {}", 400e6, 700e-9},
    {Work::index_of_text, "builds {}", 400e6, 2e-6},
    {Work::index_hash, "builds {}", 400e6, 1.2e-6},
    {Work::index_brin, "builds {}", 400e6, 80e-9},
    {Work::index_gist, "builds {}", 400e6, 5e-6},
    {Work::index_otherwise, "builds {}", 400e6, 25e-6},
}};
static_assert(std::ranges::is_sorted(rows, {}, &WorkRow::work));

double rows_of(const catalog::Relation& table) {
  constexpr double usual_row = 100;  // bytes, of a table that was never analyzed
  if (table.stats->rows >= 0) return table.stats->rows;
  if (table.stats->live_rows) return static_cast<double>(*table.stats->live_rows);
  return static_cast<double>(table.stats->bytes) / usual_row;
}

}  // namespace

const WorkRow& work_row(Work work) { return rows[static_cast<std::size_t>(work)]; }

Work work_of_index(std::string_view method, bool fixed) {
  if (method == "btree") return fixed ? Work::index_of_numbers : Work::index_of_text;
  if (method == "hash") return Work::index_hash;
  if (method == "brin") return Work::index_brin;
  return method == "gist" || method == "spgist" ? Work::index_gist : Work::index_otherwise;
}

double seconds_of(const Piece& piece) {
  const WorkRow& row = work_row(piece.work);
  return static_cast<double>(piece.table->stats->bytes) / row.bytes_per_second +
         rows_of(*piece.table) *
             (row.seconds_per_row +
              row.seconds_per_row_and_index * static_cast<double>(piece.table->indexes.size()));
}

bool has_work(const Piece& piece) { return piece.table->stats->bytes > 0; }

std::string describe(const std::vector<Piece>& pieces) {
  std::string text;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    const catalog::Relation& table = *piece.table;
    const bool same = i > 0 && pieces[i - 1].table == &table;
    if (i > 0) text += same ? ", " : "; ";
    const std::string name = table.schema == "public"
                                 ? catalog::quote_identifier(table.name)
                                 : catalog::qualified(table.schema, table.name);
    const bool goes_on = same && !piece.index.empty() && !pieces[i - 1].index.empty();
    text += goes_on ? piece.index
                    : fmt::format(fmt::runtime(work_row(piece.work).words),
                                  piece.index.empty() ? name : piece.index);
    if (i + 1 < pieces.size() && pieces[i + 1].table == &table) continue;
    text += fmt::format(" ({}, {})", human_bytes(table.stats->bytes),
                        plural(static_cast<std::int64_t>(rows_of(table)), "row"));
  }
  return text;
}

}  // namespace architrave::migration
