// How long work on a table takes, where it can't be measured: reading it, writing it anew, building
// an index. Whoever says a time that was not measured takes it from here.
#pragma once

#include <string_view>

namespace architrave::catalog {
struct Relation;
}  // namespace architrave::catalog

namespace architrave::migration {

enum class WorkKind {
  read,
  rewrite,
  fill_rows,    // in batches, so that what is dead makes room for what follows
  update_rows,  // by one statement
  delete_rows,
  index_of_numbers,  // a B-tree whose keys have one length
  index_of_text,     // or not
  index_hash,
  index_brin,
  index_gist,
  index_otherwise,  // GIN and what extensions bring
  count_
};

struct WorkRow {
  WorkKind work;
  std::string_view words;  // "reads {0}"; {1}: which of its rows
  double bytes_per_second;
  double seconds_per_row;
  // And for each index that the table has: by where the rows' keys lie in it.
  double seconds_per_ordered_key = 0;
  double seconds_per_scattered_key = 0;
};
const WorkRow& work_row(WorkKind work);
// Of an index of that access method; whether its keys have one length.
WorkKind work_of_index(std::string_view method, bool fixed);

// How much there is of a table.
struct Extent {
  double bytes = 0;  // with TOAST, without indexes
  double rows = 0;
  double ordered_indexes = 0;  // in whose order the rows lie
  double scattered_indexes = 0;
};
// Of a relation that was measured.
Extent extent_of(const catalog::Relation& table);
double seconds_of(WorkKind work, const Extent& extent);

}  // namespace architrave::migration
