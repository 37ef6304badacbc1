// What is wrong with a plan, in words, with what would help. Only figures that EXPLAIN gave are
// judged; the thresholds are in diagnose.cc, in one table.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plan/measure.h"

namespace architrave::plan {

enum class Severity { info, warning, error };
std::string_view to_string(Severity severity);

struct Remark {
  std::string check;  // "selective-filter", "sort-on-disk", …
  Severity severity = Severity::info;
  int node = 0;         // its place in measure()'s list
  double at_stake = 0;  // 0..1: the part of the whole plan's time (or cost) that it is about
  std::string message;
  std::string advice;  // in words; may be empty
  std::string sql;     // that does it: a statement or several, or a setting; may be empty
  std::vector<std::pair<std::string, double>> evidence;  // the figures behind it, by name
};

// What the plan itself does not say. Unknown things are left out.
struct Known {
  struct Named {
    std::string name;
    std::vector<std::string> columns;  // as plans print them; of an index, its keys in order
  };
  std::map<std::string, double, std::less<>> table_rows;  // "public.orders" -> 1200000
  // By table, as above: valid indexes of all rows, and extended statistics.
  std::map<std::string, std::vector<Named>, std::less<>> indexes;
  std::map<std::string, std::vector<Named>, std::less<>> statistics;
  int server_version = 0;  // 150020
};

// Worst first: by severity, then by what is at stake.
std::vector<Remark> diagnose(const Plan& plan, const Known& known = {});

// Every check's name, with what it is in one line.
std::vector<std::pair<std::string, std::string>> checks();

// How much work_mem (bytes) would have kept these in memory. For hashes and aggregates it is
// work_mem × hash_mem_multiplier that must reach it.
//
// Of a sort: what it wrote to disk, and for each row what memory has beside it: a SortTuple of 24
// bytes in an array that doubles, and a chunk's header (tuplesort.c). Measured with PostgreSQL 15
// and 18 on rows of 8 to 100 bytes: 29 to 58 bytes a row; taken as 64. Up to 14, chunks are rounded
// up to powers of two, which takes up to a third more. (0: not known which, taken as a new one.)
double sort_memory(double disk_bytes, double rows, int server_version = 0);
// Of a hash join's inner side, as ExecChooseHashTableSize reckons (nodeHash.c): each row with
// headers of 16 and 16 bytes, and 8 bytes for each of 2^n buckets. Measured on 13, 15 and 18: the
// smallest work_mem with one batch is 0 to 2 % more, so 5 % are added.
double hash_memory(double rows, int width);
// Of a hash aggregate: EXPLAIN does not tell how large a group is, which depends on what is
// aggregated. Measured on 13, 15 and 18: 127 bytes (count) to 528 (avg of numeric and max of text);
// taken as 544 and the width of a row, and as twice what was not enough if that is more.
double aggregate_memory(double peak_bytes, double groups, int width);
// Of a bitmap that is to stay exact: 64 bytes for each heap page (tbm_calculate_entries in
// tidbitmap.c: an entry of 48 bytes and two pointers).
double bitmap_memory(double pages);

}  // namespace architrave::plan
