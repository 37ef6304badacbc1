#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/terminal.h"
#include "base/text.h"
#include "migration/verify.h"

namespace architrave::migration {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_differences = 5;

std::string failure(const char* what, const Error& error) {
  return std::string(what) + " failed: " + error.message +
         (error.where.empty() ? "" : "\n    at " + error.where);
}

// On one line, and not too long a one: definitions of views run over pages. JSON has all of it.
std::string shortened(const std::string& difference) {
  constexpr std::size_t most = 160;
  std::string line;
  for (const char each : difference) {
    const bool space = each == ' ' || each == '\n' || each == '\t';
    if (!space || (!line.empty() && line.back() != ' ')) line += space ? ' ' : each;
  }
  if (line.size() <= most) return line;
  std::size_t end = most;
  while ((line[end] & 0xC0) == 0x80) --end;  // not inside of a character
  return line.substr(0, end) + " …";
}

void list(std::string& text, const char* what, const std::vector<std::string>& items) {
  if (items.empty()) return;
  text += std::string("  ") + what + ":\n";
  for (std::size_t i = 0; i < items.size() && i < most_differences; ++i)
    text += "    " + shortened(items[i]) + '\n';
  if (items.size() > most_differences)
    text += "    and " + std::to_string(items.size() - most_differences) + " more\n";
}

Json json_of(const Error& error) {
  return {{"code", error.code}, {"message", error.message}, {"where", error.where}};
}

}  // namespace

std::string to_text(const Verification& verification) {
  std::string text;
  std::int64_t restored = 0;
  std::int64_t without = 0;
  std::int64_t reordered = 0;
  for (const VerifiedStep& step : verification.steps) {
    restored += step.restores() ? 1 : 0;
    without += !step.has_down && !step.up_failed ? 1 : 0;
    reordered += step.restores() && !step.reordered.empty() ? 1 : 0;
    if (step.holds()) continue;
    text += styled(step.version + (step.name == step.version ? "" : ' ' + step.name), Style::bold) +
            '\n';
    if (step.up_failed) text += "  " + failure("up", *step.up_failed) + '\n';
    if (step.check_failed) text += "  " + failure("its check", *step.check_failed) + '\n';
    if (!step.has_down && !step.up_failed) text += "  there is no way back\n";
    if (step.down_failed) text += "  " + failure("down", *step.down_failed) + '\n';
    list(text, "after the down, different from before", step.differences);
    list(text, "after the down, other rows than before in", step.lost);
    if (step.again_failed) text += "  " + failure("up after the down", *step.again_failed) + '\n';
    list(text, "up after the down makes something else", step.again_differences);
  }
  for (const std::string& each : verification.problems) text += "problem: " + each + '\n';
  for (const std::string& each : verification.next) text += "next: " + each + '\n';
  const auto count = static_cast<std::int64_t>(verification.steps.size());
  if (count == 0) return text + "there are no migrations to try\n";
  text += plural(count, "migration") + " tried on " + verification.server + ": the downs of " +
          std::to_string(restored) + " restore the catalog";
  if (reordered > 0) text += " (" + std::to_string(reordered) + " with columns in another order)";
  if (without > 0) text += ", " + std::to_string(without) + " have none";
  return text + '\n';
}

std::string to_json(const Verification& verification) {
  Json json;
  json["server"] = verification.server;
  json["holds"] = verification.holds();
  json["steps"] = Json::array();
  std::int64_t restored = 0;
  for (const VerifiedStep& step : verification.steps) {
    restored += step.restores() ? 1 : 0;
    Json one = {{"version", step.version},
                {"name", step.name},
                {"phase", word(step.phase)},
                {"up", !step.up_failed},
                {"has_down", step.has_down},
                {"restores", step.restores()},
                {"holds", step.holds()},
                {"differences", step.differences},
                {"reordered", step.reordered},
                {"lost", step.lost},
                {"again_differences", step.again_differences}};
    if (step.up_failed) one["up_error"] = json_of(*step.up_failed);
    if (step.down_failed) one["down_error"] = json_of(*step.down_failed);
    if (step.again_failed) one["again_error"] = json_of(*step.again_failed);
    if (step.check_failed) one["check_error"] = json_of(*step.check_failed);
    json["steps"].push_back(std::move(one));
  }
  json["restored"] = restored;
  json["problems"] = verification.problems;
  json["next"] = verification.next;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace architrave::migration
