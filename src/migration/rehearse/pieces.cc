#include "migration/rehearse/pieces.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "catalog/object.h"

namespace architrave::migration {

namespace {

std::string rows_of(const Piece& piece) {
  if (piece.rows) return "about " + plural(std::llround(*piece.rows), "row");
  return piece.at_most ? "at most all rows" : "all rows";
}

}  // namespace

double seconds_of(const Piece& piece) {
  Extent extent = extent_of(*piece.table);
  if (piece.rows) {
    const double share = std::min(1.0, *piece.rows / std::max(extent.rows, 1.0));
    extent.bytes *= share;
    extent.rows *= share;
  }
  return seconds_of(piece.work, extent);
}

bool has_rows(const catalog::Relation& table) { return table.stats->bytes > 0; }

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
                                  piece.index.empty() ? name : piece.index, rows_of(piece));
    if (i + 1 < pieces.size() && pieces[i + 1].table == &table) continue;
    text += fmt::format(" ({}, {})", human_bytes(table.stats->bytes),
                        plural(static_cast<std::int64_t>(extent_of(table).rows), "row"));
  }
  return text;
}

}  // namespace architrave::migration
