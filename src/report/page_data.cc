#include "report/page_data.h"

#include <array>
#include <unordered_map>

#include "catalog/lookup.h"
#include "report/chapters.h"
#include "report/diagram.h"
#include "report/schema_formats.h"
#include "report/value.h"

namespace architrave::report {

using catalog::Column;
using catalog::Relation;
using catalog::RelationKind;

namespace {

std::string_view kind_name(RelationKind kind) {
  if (kind == RelationKind::partitioned_table) return "partitioned table";
  return kind == RelationKind::foreign_table ? "foreign table" : "table";
}

Json write_table(const Relation& table, std::size_t cluster) {
  Json columns = Json::array();
  for (const Column& column : table.columns) {
    const Role role = role_of(table, column);
    columns.push_back({{"name", column.name},
                       {"type", column.type},
                       {"pk", role.primary},
                       {"fk", role.foreign},
                       {"not_null", column.not_null},
                       {"comment", column.comment}});
  }
  Json rows, bytes;  // null where not known
  if (table.stats && table.stats->live_rows)
    rows = *table.stats->live_rows;
  else if (table.stats && table.stats->rows >= 0)
    rows = static_cast<std::int64_t>(table.stats->rows);
  if (table.stats && table.stats->total_bytes > 0) bytes = table.stats->total_bytes;
  return {{"id", catalog::object_of(table).name},
          {"schema", table.schema},
          {"name", table.name},
          {"kind", kind_name(table.kind)},
          {"comment", table.comment},
          {"columns", std::move(columns)},
          {"rows", std::move(rows)},
          {"bytes", std::move(bytes)},
          {"cluster", cluster}};
}

Json write_schema(const catalog::Catalog& catalog) {
  std::unordered_map<const Relation*, std::size_t> numbers;
  Json groups = Json::array(), tables = Json::array(), relations = Json::array();
  for (const Cluster& cluster : clusters(catalog)) {
    Json members = Json::array();
    for (const Relation* table : cluster.tables) {
      members.push_back(numbers.size());
      numbers.emplace(table, numbers.size());
      tables.push_back(write_table(*table, groups.size()));
    }
    groups.push_back({{"name", cluster.name}, {"tables", std::move(members)}});
  }
  for (const Edge& edge : edges(catalog))
    relations.push_back({{"name", edge.key->name},
                         {"from", numbers.at(edge.child)},
                         {"to", numbers.at(edge.parent)},
                         {"columns", edge.key->columns},
                         {"references", edge.key->references_columns},
                         {"not_null", edge.not_null},
                         {"unique", edge.unique}});
  return {{"clusters", std::move(groups)},
          {"tables", std::move(tables)},
          {"relations", std::move(relations)}};
}

Json write_cell(const Cell& cell) {
  return std::visit(
      [](const auto& value) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
          return nullptr;
        else
          return value;
      },
      cell);
}

Json write_grid(const Grid& grid) {
  Json columns = Json::array(), rows = Json::array();
  for (const Grid::Column& each : grid.columns)
    columns.push_back({{"name", each.name}, {"unit", to_string(each.unit)}});
  for (const std::vector<Cell>& each : grid.rows) {
    Json row = Json::array();
    for (const Cell& cell : each) row.push_back(write_cell(cell));
    rows.push_back(std::move(row));
  }
  return {{"title", grid.title}, {"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

Json write_section(const Section& section) {
  static constexpr std::array<std::string_view, 3> draws = {"", "diagram", "actions"};
  Json facts = Json::array(), grids = Json::array(), areas = Json::array();
  for (const Measure& each : section.facts)
    facts.push_back(
        {{"name", each.name}, {"value", write_cell(each.value)}, {"unit", to_string(each.unit)}});
  for (const Grid& each : section.grids) grids.push_back(write_grid(each));
  for (const Area each : section.areas) areas.push_back(to_string(each));
  return {{"id", section.id},
          {"title", section.title},
          {"facts", std::move(facts)},
          {"tables", std::move(grids)},
          {"areas", std::move(areas)},
          {"not_known", section.not_known},
          {"draws", draws.at(static_cast<std::size_t>(section.draws))}};
}

}  // namespace

std::string to_page_data(const Report& report) {
  Json out = to_value(report);
  out["command"] = report.command;
  static const catalog::Catalog none;
  out["schema"] = write_schema(report.catalog != nullptr ? *report.catalog : none);
  Json list = Json::array();
  for (const Chapter& chapter : chapters(report)) {
    Json sections = Json::array();
    for (const Section& each : chapter.sections) sections.push_back(write_section(each));
    list.push_back(
        {{"id", chapter.id}, {"title", chapter.title}, {"sections", std::move(sections)}});
  }
  out["chapters"] = std::move(list);
  return print(out, -1);
}

}  // namespace architrave::report
