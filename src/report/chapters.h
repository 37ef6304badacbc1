// The seven chapters of an assessment, as values: what is known for each, and for what is not known
// the reason. The Markdown and the HTML writer show the same chapters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "report/report.h"

namespace architrave::report {

// How a cell's number is to be read: bytes, seconds, percent of 1, Unix time.
enum class Unit { text, code, count, bytes, seconds, percent, time, boolean };
std::string_view to_string(Unit unit);

using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
// For people; "–" for what is not known.
std::string human(const Cell& cell, Unit unit);

struct Measure {
  std::string name;
  Cell value;
  Unit unit = Unit::text;
};

struct Grid {
  struct Column {
    std::string name;
    Unit unit = Unit::text;
  };
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

enum class Draws { nothing, diagram, actions };

struct Section {
  std::string id;
  std::string title;
  std::vector<Measure> facts;
  std::vector<Grid> grids;
  std::vector<Area> areas;             // its findings are those of these areas
  std::vector<std::string> not_known;  // sentences: what was not looked at, and why
  Draws draws = Draws::nothing;
};

struct Chapter {
  std::string id;
  std::string title;
  std::vector<Section> sections;
};

// Always the same seven, with the same sections.
std::vector<Chapter> chapters(const Report& report);

}  // namespace architrave::report
