#include <algorithm>

#include "migration/lint/rule.h"
#include "migration/lint/types.h"

namespace architrave::migration::lint::rules {

namespace {

// Bytes and alignment of a type of fixed length; {0, 1} for others.
std::pair<int, int> layout_of(std::string_view type) {
  struct Layout {
    std::string_view type;
    int bytes, alignment;
  };
  static constexpr Layout layouts[] = {
      {"int8", 8, 8},        {"bigserial", 8, 8}, {"float8", 8, 8}, {"timestamp", 8, 8},
      {"timestamptz", 8, 8}, {"time", 8, 8},      {"money", 8, 8},  {"interval", 16, 8},
      {"timetz", 12, 8},     {"int4", 4, 4},      {"serial", 4, 4}, {"float4", 4, 4},
      {"date", 4, 4},        {"oid", 4, 4},       {"int2", 2, 2},   {"smallserial", 2, 2},
      {"bool", 1, 1},        {"uuid", 16, 1},     {"macaddr", 6, 4}};
  for (const Layout& each : layouts)
    if (each.type == type) return {each.bytes, each.alignment};
  return {0, 1};
}

void check(const Statement& statement, Finder& finder) {
  std::vector<std::pair<int, int>> columns;
  each_column(statement, [&](std::string_view, const TypeName& type, int) {
    const auto layout = type.array ? std::pair{0, 1} : layout_of(type.name);
    if (layout.first > 0) columns.push_back(layout);
  });
  const auto bytes = [&] {
    int at = 0;
    for (const auto& [size, aligned] : columns) at = (at + aligned - 1) / aligned * aligned + size;
    return (at + 7) / 8 * 8;
  };
  const int now = bytes();
  std::ranges::stable_sort(columns, std::greater(), &std::pair<int, int>::second);
  const int best = bytes();
  if (now - best < 8) return;
  finder.find("columns in this order take " + std::to_string(now - best) +
                  " bytes a row of "
                  "padding: " +
                  std::to_string(now) + " bytes where " + std::to_string(best) + " would do",
              "columns of 8 bytes first (bigint, timestamptz), then of 4, of 2, boolean, and those "
              "of varying length last",
              statement.state.schema.name_of(statement.node["relation"]));
}

}  // namespace

extern const Rule column_alignment;
const Rule column_alignment = {
    .is = {.name = "column-alignment",
           .severity = Severity::info,
           .summary = "An order of columns that wastes space on padding"},
    .nodes = {"CreateStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules
