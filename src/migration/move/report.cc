#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "migration/move/move.h"

namespace architrave::migration {

namespace {

using Kind = Decision::Kind;

bool refused(const Move& move) {
  return std::ranges::any_of(move.decisions,
                             [](const Decision& each) { return each.kind == Kind::refused; });
}

std::string decisions(const Move& move) {
  std::string text;
  for (const Kind kind : {Kind::refused, Kind::lost, Kind::left_out, Kind::chosen}) {
    bool first = true;
    for (const Decision& each : move.decisions) {
      if (each.kind != kind) continue;
      if (first) text += fmt::format("{}\n", word(kind));
      first = false;
      text += fmt::format("  {}: {}\n", each.object, each.what);
    }
  }
  return text;
}

}  // namespace

std::string to_text(const Move& move) {
  if (!move.earlier.empty())
    return fmt::format("nothing to do: it was moved into {} at {}\n", move.schema, move.earlier);
  std::string text = decisions(move);
  if (refused(move))
    return text + "nothing is moved: --allow-loss=OBJECT if that may be lost, or --allow-loss\n";
  if (!move.done) {
    for (const auto* list : {&move.statements.before, &move.statements.after}) {
      for (const MoveStatement& each : *list) text += each.sql + ";\n";
      if (list == &move.statements.before) text += "-- the rows\n";
    }
    return text + "-- tried on a " + move.tried_on + '\n';
  }
  for (const MovedRows& each : move.tables)
    text += each.equal() ? fmt::format("✓ {}: {}, checksum {}\n", each.table,
                                       plural(each.rows, "row"), each.checksum)
                         : fmt::format("✗ {}: {} and {} sent, {} and {} there\n", each.table,
                                       plural(each.rows, "row"), each.checksum,
                                       plural(each.rows_there, "row"), each.checksum_there);
  for (const Decision& each : move.failed)
    text += fmt::format("✗ {}: {}\n", each.object, each.what);
  return text;
}

std::string to_json(const Move& move) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["source"] = move.source;
  json["schema"] = move.schema;
  json["done"] = move.done;
  json["holds"] = move.holds();
  if (!move.earlier.empty()) json["moved_at"] = move.earlier;
  json["tried_on"] = move.tried_on;
  const auto list = [](const std::vector<Decision>& all) {
    Json result = Json::array();
    for (const Decision& each : all)
      result.push_back(
          {{"decision", word(each.kind)}, {"object", each.object}, {"what", each.what}});
    return result;
  };
  json["decisions"] = list(move.decisions);
  for (const auto& [key, statements] :
       {std::pair{"before", &move.statements.before}, std::pair{"after", &move.statements.after}}) {
    json["ddl"][key] = Json::array();
    for (const MoveStatement& each : *statements) json["ddl"][key].push_back(each.sql);
  }
  json["tables"] = Json::array();
  for (const MovedRows& each : move.tables)
    json["tables"].push_back({{"table", each.table},
                              {"rows", each.rows},
                              {"rows_there", each.rows_there},
                              {"checksum", each.checksum},
                              {"checksum_there", each.checksum_there},
                              {"equal", each.equal()}});
  json["failed"] = list(move.failed);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace architrave::migration
