// How long the work of a statement takes on so many rows, where it can't be measured: reading a
// table, writing it anew, building an index.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::migration {

enum class Work {
  read,
  rewrite,
  change_rows,
  index_of_numbers,  // a B-tree whose keys have one length
  index_of_text,     // or not
  index_hash,
  index_brin,
  index_gist,
  index_otherwise,  // GIN and what extensions bring
  count_
};

struct WorkRow {
  Work work;
  std::string_view words;  // "reads {}"
  double bytes_per_second;
  double seconds_per_row;
  double seconds_per_row_and_index = 0;  // that the table has
};
const WorkRow& work_row(Work work);
// Of an index of that access method; whether its keys have one length.
Work work_of_index(std::string_view method, bool fixed);

// Work on a table of production's.
struct Piece {
  Work work = Work::read;
  const catalog::Relation* table = nullptr;
  std::string index = {};  // that is built
};
double seconds_of(const Piece& piece);
bool has_work(const Piece& piece);  // the table is not empty
// "writes orders anew, builds orders_pkey, orders_note (12 GB, 80,000,000 rows)"
std::string describe(const std::vector<Piece>& pieces);

}  // namespace architrave::migration
