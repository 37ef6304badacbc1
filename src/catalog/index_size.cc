#include "catalog/index_size.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/text.h"

namespace architrave::catalog {

namespace {

// From PostgreSQL's headers: bufpage.h, itup.h, nbtree.h.
constexpr double page = 8192;
constexpr double usable = page - 24 - 16;  // without its header and the B-tree's special space
constexpr double line_pointer = 4;
constexpr double tuple_header = 8;
constexpr double null_bitmap = 8;  // with its alignment
constexpr double item_pointer = 6;
constexpr double largest_posting = 816 - line_pointer;  // while building: a tenth of a page
constexpr double inner_fill = 0.70;                     // BTREE_NONLEAF_FILLFACTOR

double aligned(double bytes, double to) { return std::ceil(bytes / to) * to; }

struct Type {
  std::string_view name;  // pg_type.typname
  double length;          // 0: varies
  double alignment;
  bool deduplicates;  // its B-tree operator class has an equalimage support function
  bool same_width;    // of a varying type: values of a column are about equally long
};

// What is not here varies in length, is aligned as short varlenas are, and deduplicates.
constexpr std::array types = {
    Type{"bool", 1, 1, true, true},      Type{"char", 1, 1, true, true},
    Type{"int2", 2, 2, true, true},      Type{"int4", 4, 4, true, true},
    Type{"int8", 8, 8, true, true},      Type{"oid", 4, 4, true, true},
    Type{"float4", 4, 4, false, true},   Type{"float8", 8, 8, false, true},
    Type{"money", 8, 8, true, true},     Type{"date", 4, 4, true, true},
    Type{"time", 8, 8, true, true},      Type{"timetz", 12, 8, true, true},
    Type{"timestamp", 8, 8, true, true}, Type{"timestamptz", 8, 8, true, true},
    Type{"interval", 16, 8, true, true}, Type{"uuid", 16, 1, true, true},
    Type{"macaddr", 6, 4, true, true},   Type{"macaddr8", 8, 4, true, true},
    Type{"name", 64, 1, true, true},     Type{"numeric", 0, 1, false, true},
    Type{"jsonb", 0, 1, false, false},   Type{"bpchar", 0, 1, false, true},
};

Type type_of(const Column& column) {
  const auto found = std::ranges::find(types, column.type_name, &Type::name);
  if (found != types.end()) return *found;
  if (column.type_category == "E") return {"enum", 4, 4, true, true};
  const bool container =
      column.type_category == "A" || column.type_category == "R" || column.type_category == "C";
  return {"", 0, 1, !container, false};
}

double width_of(const Column& column) {
  const Type type = type_of(column);
  if (type.length > 0) return type.length;
  return column.stats && column.stats->width > 0 ? column.stats->width : 16;
}

// What one tuple is like.
struct Shape {
  double key = 0;            // bytes of header and data, aligned
  double distinct = 1;       // keys that differ
  double null_fraction = 0;  // of a single column
  bool deduplicates = true;
};

Shape shape_of(const Relation& table, const Index& index, double rows,
               const KeyStatistics& statistics) {
  Shape shape;
  std::map<std::string, double> values;
  double data = 0;
  bool same_width = true;
  double nulls = 0;
  const auto take = [&](const Column* column, bool is_key, const std::string& name) {
    if (column == nullptr) {  // of which nothing is known: as a short text
      data += 12;
      same_width = false;
      if (is_key) values[name] = rows;
      return;
    }
    const Type type = type_of(*column);
    data = aligned(data, type.alignment) + width_of(*column);
    same_width &= type.same_width;
    if (column->stats) nulls = std::max(nulls, column->stats->null_fraction);
    if (!is_key) return;
    shape.deduplicates &= type.deduplicates;
    values[name] = distinct_of(*column, rows);
  };
  for (const IndexKey& key : index.keys)
    take(key.column.empty() ? statistics.expression(table, key.expression)
                            : table.column(key.column),
         true, key.column + key.expression);
  for (const std::string& name : index.include) take(table.column(name), false, name);
  shape.distinct = statistics.combinations(table, values, rows);
  shape.deduplicates &= index.include.empty();
  shape.null_fraction = index.keys.size() == 1 ? nulls : 0;
  // Where widths differ from row to row, rounding up costs half a step on the average.
  shape.key = tuple_header + (same_width ? aligned(data, 8) : data + 3.5);
  if (nulls > 0 && index.keys.size() > 1) shape.key += null_bitmap * nulls;
  return shape;
}

// Bytes of leaf items for `rows` rows with `distinct` keys, line pointers included.
double leaf_bytes(double rows, double distinct, const Shape& shape) {
  const double plain = shape.key + line_pointer;
  if (!shape.deduplicates || rows <= distinct) return rows * plain;
  const double most = std::floor((largest_posting - shape.key) / item_pointer);
  if (most < 2) return rows * plain;
  // How often a key comes back: at least once, and further times as chance has it. Where keys come
  // often, their number hardly varies and whole posting lists are what counts.
  const double copies = rows / distinct;
  const auto bytes_of = [&](double times) {
    if (times < 1.5) return plain;
    const double lists = std::ceil(times / most);
    return lists * (aligned(shape.key + item_pointer * times / lists, 8) + line_pointer);
  };
  if (copies > 50) return distinct * bytes_of(copies);
  const double mean = copies - 1;
  double probability = std::exp(-mean);
  double expected = 0;
  double sum = 0;
  for (int further = 0; further < 200; ++further) {
    expected += probability * bytes_of(1 + further);
    sum += probability;
    probability *= mean / (further + 1);
  }
  return distinct * expected / sum;
}

double btree_bytes(const Relation& table, const Index& index, double rows, int server_version,
                   const KeyStatistics& statistics) {
  Shape shape = shape_of(table, index, rows, statistics);
  if (server_version < 130000) shape.deduplicates = false;
  double fill = 90;
  for (const auto& [name, value] : index.options)
    if (name == "fillfactor") fill = std::clamp(std::atof(value.c_str()), 10.0, 100.0);
  const double null_rows = rows * shape.null_fraction;
  double leaf = leaf_bytes(rows - null_rows, std::min(shape.distinct, rows - null_rows), shape);
  if (null_rows > 0) {
    Shape nothing = shape;
    nothing.key = tuple_header + null_bitmap;
    leaf += leaf_bytes(null_rows, 1, nothing);
  }
  // A page is closed by the item that leaves less free than the fill factor asks; its high key
  // takes a place too.
  const double filled = usable - page * (100 - fill) / 100 - (shape.key + line_pointer);
  double pages = std::max(1.0, std::ceil(leaf / filled));
  const double fanout = std::floor(usable * inner_fill / (shape.key + line_pointer));
  double total = pages + 1;  // the metapage
  while (pages > 1) {
    pages = std::ceil(pages / fanout);
    total += pages;
  }
  return total * page;
}

// hashpage.h: buckets are added in steps, filled to three quarters on the average.
double hash_bytes(double rows) {
  const double per_page = std::floor((page - 24 - 16) * 0.75 / (16 + line_pointer));
  const double buckets = std::max(2.0, std::ceil(rows / per_page));
  const double power = std::pow(2, std::ceil(std::log2(buckets)));
  const double quarter = power / 8;  // a doubling happens in four steps
  return (std::ceil(buckets / quarter) * quarter + 4) * page;
}

// One summary of 128 pages: two values of each column.
double brin_bytes(const Relation& table, const Index& index) {
  const double ranges =
      std::ceil((table.stats ? static_cast<double>(table.stats->pages) : 0) / 128);
  double summary = 24;
  for (const IndexKey& key : index.keys)
    if (const Column* column = table.column(key.column)) summary += 2 * width_of(*column);
  return (3 + std::ceil(ranges * summary / usable)) * page;
}

// Measured on texts of 40 to 200 bytes and on documents of 5 to 30 keys: what an inverted index
// takes beside the bytes that it indexes.
double inverted_bytes(const Relation& table, const Index& index, double rows) {
  double bytes = 0;
  for (const IndexKey& key : index.keys) {
    const Column* column = table.column(key.column);
    const double share = key.opclass.find("trgm") != std::string::npos   ? 1.1
                         : key.opclass.find("path") != std::string::npos ? 0.4
                                                                         : 0.6;
    bytes += rows * share * (column != nullptr ? width_of(*column) : 40);
  }
  return std::max(2.0, std::ceil(bytes / usable)) * page;
}

}  // namespace

double distinct_of(const Column& column, double rows) {
  if (!column.stats || column.stats->distinct == 0) return std::min(rows, 200.0);
  const double distinct = column.stats->distinct;
  return std::max(1.0, distinct > 0 ? distinct : -distinct * rows);
}

std::optional<double> rows_of(const Relation& table) {
  if (!table.stats || table.stats->rows < 0) return {};
  return table.stats->rows;
}

std::optional<std::int64_t> index_bytes(const Relation& table, const Index& index,
                                        int server_version, std::optional<double> rows,
                                        const KeyStatistics& statistics) {
  const std::optional<double> all = rows_of(table);
  if (!all) return {};
  const double counted = std::max(rows.value_or(*all), 0.0);
  const double bytes = index.method == "hash"   ? hash_bytes(counted)
                       : index.method == "brin" ? brin_bytes(table, index)
                       : index.method == "gin" || index.method == "gist"
                           ? inverted_bytes(table, index, counted)
                           : btree_bytes(table, index, counted, server_version, statistics);
  return std::llround(bytes);
}

}  // namespace architrave::catalog
