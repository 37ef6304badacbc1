#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/terminal.h"
#include "base/text.h"
#include "migration/run/standing.h"

namespace architrave::migration {

namespace {

std::string progress_of(const Standing& each) {
  if (!each.entry) return {};
  if (!each.entry->is_under_way())
    return each.entry->finished.substr(0, 16) + "  " + each.entry->by;
  std::string text =
      "step " + std::to_string(each.entry->step + 1) + " of " + std::to_string(each.entry->steps);
  if (each.entry->rows > 0) text += ", " + plural(each.entry->rows, "row") + " filled";
  return text + ", begun " + each.entry->started.substr(0, 16);
}

std::string padded(std::string text, int width) {
  const int missing = width - display_width(text);
  if (missing > 0) text.append(static_cast<std::size_t>(missing), ' ');
  return text;
}

Style style_of(const std::string& state) {
  if (state == "applied" || state == "baseline") return Style::green;
  return state == "pending" || state == "running" ? Style::plain : Style::red;
}

}  // namespace

std::string to_text(const Situation& situation) {
  const auto label = [&](const Standing& each) {
    std::string text = title(each.version, each.name);
    if (each.migration) {
      const Migration& migration = situation.folder.migrations[*each.migration];
      if (migration.phase != Phase::none) text += " (" + std::string(word(migration.phase)) + ')';
      for (const std::string& tag : migration.tags) text += ' ' + tag;
    }
    return text;
  };
  int width = 0;
  for (const Standing& each : situation.list) width = std::max(width, display_width(label(each)));
  std::string text;
  for (const Standing& each : situation.list) {
    const std::string line = padded(label(each), width) + "  " +
                             styled(padded(each.state, 8), style_of(each.state)) + "  " +
                             progress_of(each);
    text += std::string(line.substr(0, line.find_last_not_of(' ') + 1)) + '\n';
  }
  if (situation.list.empty()) text += "no migrations\n";
  if (!situation.at_work.empty()) text += "another runner is at work: " + situation.at_work + '\n';
  for (const std::string& each : situation.problems) text += "problem: " + each + '\n';
  for (const std::string& each : situation.down_problems) text += "problem: " + each + '\n';
  for (const std::string& each : {situation.next, situation.down_next})
    if (!each.empty()) text += "next: " + each + '\n';
  return text;
}

std::string to_json(const Situation& situation) {
  nlohmann::ordered_json json;
  json["folder"] = situation.folder.path.string();
  json["layout"] = word(situation.folder.layout);
  json["migrations"] = nlohmann::ordered_json::array();
  for (const Standing& each : situation.list) {
    nlohmann::ordered_json one;
    one["version"] = each.version;
    one["name"] = each.name;
    one["state"] = each.state;
    if (each.migration) {
      const Migration& migration = situation.folder.migrations[*each.migration];
      one["phase"] = word(migration.phase);
      if (!migration.tags.empty()) one["tags"] = migration.tags;
      one["checksum"] = migration.up.checksum;
      one["steps"] = migration.up.steps.size();
      one["down"] = migration.down.has_value();
      one["down_changed"] = each.down_changed;
    }
    if (each.entry) {
      one["started"] = each.entry->started;
      one["finished"] = each.entry->finished;
      one["by"] = each.entry->by;
      if (each.entry->is_under_way()) {
        one["steps_done"] = each.entry->step;
        one["rows"] = each.entry->rows;
        one["batch"] = each.entry->batch;
      }
    }
    json["migrations"].push_back(std::move(one));
  }
  json["problems"] = situation.problems;
  json["down_problems"] = situation.down_problems;
  json["at_work"] = situation.at_work;
  json["foreign"] = situation.foreign;
  json["next"] = situation.next;
  json["down_next"] = situation.down_next;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace architrave::migration
