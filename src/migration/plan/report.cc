#include "migration/plan/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace architrave::migration {

namespace {

std::string indented(std::string_view sql) {
  std::string text = "    ";
  for (const char c : sql) {
    text += c;
    if (c == '\n') text += "    ";
  }
  return text + ";\n";
}

// What another change of the same object says already: a type by its parts, an index by its keys.
bool is_told(const catalog::Change& change, const std::vector<catalog::Change>& all) {
  const bool part_of_type = change.property == "type_schema" || change.property == "type_name" ||
                            change.property == "type_category";
  const bool whole =
      change.property == "definition" && (change.object.kind == catalog::Kind::index ||
                                          change.object.kind == catalog::Kind::constraint);
  if (!part_of_type && !whole) return false;
  return std::ranges::any_of(all, [&](const catalog::Change& other) {
    return other.object == change.object && other.what == change.what &&
           (part_of_type ? other.property == "type" : other.property != "definition");
  });
}

std::string renames(const Plan& plan) {
  std::string text;
  for (const LikelyRename& each : plan.likely)
    text += fmt::format("{} is dropped and {} made; {:.0f} % alike: if it is renamed, {}\n",
                        to_string(each.before), to_string(each.after), 100 * each.confidence,
                        each.option);
  return text;
}

}  // namespace

std::string to_text(const Plan& plan, const std::vector<Migration>& files) {
  std::string notes;
  for (const std::string& note : plan.notes) notes += "note: " + note + '\n';
  if (plan.changes.empty()) return "nothing to do: the two are equal\n" + notes;
  std::string text;
  if (!plan.refused.empty()) {
    text += "not planned:\n";
    for (const Refused& each : plan.refused)
      text += fmt::format("  {}: {}\n", each.object, each.why);
    return text + renames(plan);
  }
  for (const PlannedPhase& phase : plan.phases) {
    text += fmt::format("{}\n", phase.phase == Phase::none ? "up" : word(phase.phase));
    for (const PlannedStep& step : plan.steps)
      if (step.phase == phase.phase) text += indented(step.sql);
    text += "  back\n";
    for (const Step& step : phase.down) {
      if (step.kind == Step::Kind::backfill) text += indented(backfill_block(step.backfill));
      for (const Statement& statement : step.statements) text += indented(statement.text);
    }
  }
  text += renames(plan);
  for (const Refused& each : plan.kept)
    text += fmt::format("kept aside: {} ({})\n", each.object, each.why);
  for (const Refused& each : plan.lost)
    text += fmt::format("lost: {} ({})\n", each.object, each.why);
  text += notes;
  for (const Claim& claim : plan.proof.claims)
    text += fmt::format("{} {:<9} {}\n",
                        !claim.holds   ? "·"
                        : *claim.holds ? "✓"
                                       : "✗",
                        to_string(claim.kind), claim.seen);
  for (const Migration& file : files) text += "wrote " + file.up.file.string() + '\n';
  return text;
}

std::string to_json(const Plan& plan, const std::vector<Migration>& files) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["name"] = plan.name;
  json["changes"] = Json::array();
  for (const catalog::Change& change : plan.changes)
    if (!is_told(change, plan.changes)) json["changes"].push_back(catalog::describe(change));
  json["steps"] = Json::array();
  for (const PlannedStep& step : plan.steps)
    json["steps"].push_back({{"phase", word(step.phase)},
                             {"sql", step.sql},
                             {"down", step.down},
                             {"lock", to_string(step.lock)},
                             {"rewrites", step.rewrites},
                             {"transactional", step.transactional}});
  json["refused"] = Json::array();
  for (const Refused& each : plan.refused)
    json["refused"].push_back({{"object", each.object}, {"why", each.why}});
  json["lost"] = Json::array();
  for (const Refused& each : plan.lost)
    json["lost"].push_back({{"object", each.object}, {"what", each.why}});
  json["notes"] = plan.notes;
  json["kept"] = Json::array();
  for (const Refused& each : plan.kept)
    json["kept"].push_back({{"object", each.object}, {"how", each.why}});
  json["likely_renames"] = Json::array();
  for (const LikelyRename& each : plan.likely)
    json["likely_renames"].push_back({{"before", to_string(each.before)},
                                      {"after", to_string(each.after)},
                                      {"confidence", each.confidence},
                                      {"option", each.option}});
  Json claims = Json::array();
  for (const Claim& claim : plan.proof.claims) {
    Json each = {{"kind", to_string(claim.kind)}, {"ran", claim.ran}, {"seen", claim.seen}};
    each["holds"] = claim.holds ? Json(*claim.holds) : Json();
    claims.push_back(std::move(each));
  }
  json["proof"] = {{"status", to_string(plan.proof.status())},
                   {"server", plan.proved_on},
                   {"claims", std::move(claims)}};
  json["files"] = Json::array();
  for (const Migration& file : files) {
    json["files"].push_back(file.up.file.string());
    if (file.down) json["files"].push_back(file.down->file.string());
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string to_text(const std::vector<catalog::Change>& changes) {
  if (changes.empty()) return "no difference\n";
  std::string text;
  for (const catalog::Change& change : changes) {
    if (is_told(change, changes)) continue;
    const std::string object = to_string(change.object);
    switch (change.what) {
      case catalog::Change::What::added:
        text += "+ " + object + '\n';
        break;
      case catalog::Change::What::removed:
        text += "- " + object + '\n';
        break;
      case catalog::Change::What::changed: {
        const bool long_text = change.before.size() + change.after.size() > 100;
        text += fmt::format("~ {}: {}", object, change.property);
        text += long_text
                    ? fmt::format("\n    - {}\n    + {}\n", change.before, change.after)
                    : fmt::format(" {} -> {}\n", change.before.empty() ? "none" : change.before,
                                  change.after.empty() ? "none" : change.after);
      }
    }
  }
  return text;
}

std::string to_json(const std::vector<catalog::Change>& changes) {
  using Json = nlohmann::ordered_json;
  Json json = {{"changes", Json::array()}};
  for (const catalog::Change& change : changes) {
    if (is_told(change, changes)) continue;
    Json each;
    each["what"] = change.what == catalog::Change::What::added     ? "added"
                   : change.what == catalog::Change::What::removed ? "removed"
                                                                   : "changed";
    each["kind"] = to_string(change.object.kind);
    each["object"] = change.object.name;
    if (change.what == catalog::Change::What::changed) {
      each["property"] = change.property;
      each["before"] = change.before;
      each["after"] = change.after;
    }
    json["changes"].push_back(std::move(each));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace architrave::migration
