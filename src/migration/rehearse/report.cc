#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "migration/rehearse/rehearse.h"

namespace architrave::migration {

namespace {

std::string first_line(const std::string& sql) {
  std::string line = sql.substr(0, sql.find('\n'));
  constexpr std::size_t most = 90;
  if (line.size() < sql.size() || line.size() > most) line = line.substr(0, most) + "…";
  return line;
}

}  // namespace

std::string to_text(const Rehearsal& rehearsal) {
  if (rehearsal.pending.empty())
    return "nothing to rehearse: there is no migration that is not applied\n";
  std::string text;
  std::string version;
  for (const RehearsedStatement& each : rehearsal.statements) {
    if (each.version != version) text += each.file + '\n';
    version = each.version;
    text += fmt::format("  {}\n", first_line(each.sql));
    for (const HeldLock& held : each.locks)
      text += fmt::format("      {} on {}, blocks {}\n", to_string(held.lock), held.relation,
                          blocked_by(held.lock));
    for (const std::string& relation : each.rewritten)
      text += fmt::format("      writes {} anew\n", relation);
    std::string took = rehearsal.has_rows ? human_seconds(each.seconds) : std::string();
    if (rehearsal.has_rows && each.wal_bytes > 0)
      took += ", " + human_bytes(each.wal_bytes) + " of WAL";
    if (each.estimate)
      took += (took.empty() ? "" : "; ") + std::string("about ") + human_seconds(*each.estimate) +
              " in production: " + each.reckoned_from;
    if (!took.empty()) text += "      " + took + '\n';
  }
  if (rehearsal.failed)
    text += fmt::format("failed at {}: {}\n", rehearsal.failed->where, rehearsal.failed->message);
  text += fmt::format("rehearsed {} on {}",
                      plural(static_cast<std::int64_t>(rehearsal.pending.size()), "migration"),
                      rehearsal.on);
  if (rehearsal.has_rows) text += fmt::format(", {} of disk", human_bytes(rehearsal.disk_bytes));
  if (rehearsal.longest_write > 0)
    text += fmt::format(", other writers wait {} at most", human_seconds(rehearsal.longest_write));
  if (!rehearsal.has_rows)
    text += ", which holds no rows: locks and rewrites are real, times are reckoned";
  return text + '\n';
}

std::string to_json(const Rehearsal& rehearsal) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["on"] = rehearsal.on;
  json["has_rows"] = rehearsal.has_rows;
  json["pending"] = rehearsal.pending;
  json["statements"] = Json::array();
  for (const RehearsedStatement& each : rehearsal.statements) {
    Json locks = Json::array();
    for (const HeldLock& held : each.locks)
      locks.push_back({{"relation", held.relation}, {"lock", to_string(held.lock)}});
    json["statements"].push_back(
        {{"version", each.version},
         {"file", each.file},
         {"line", each.line},
         {"sql", each.sql},
         {"locks", std::move(locks)},
         {"rewritten", each.rewritten},
         {"seconds", rehearsal.has_rows ? Json(each.seconds) : Json()},
         {"estimate", each.estimate ? Json(*each.estimate) : Json()},
         {"reckoned_from", each.estimate ? Json(each.reckoned_from) : Json()},
         {"wal_bytes", rehearsal.has_rows ? Json(each.wal_bytes) : Json()}});
  }
  json["disk_bytes"] = rehearsal.has_rows ? Json(rehearsal.disk_bytes) : Json();
  if (rehearsal.longest_write > 0) json["longest_write_seconds"] = rehearsal.longest_write;
  json["failed"] =
      rehearsal.failed
          ? Json({{"message", rehearsal.failed->message}, {"where", rehearsal.failed->where}})
          : Json();
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace architrave::migration
