#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "workload/log.h"

namespace architrave::workload {

using Json = nlohmann::ordered_json;

Result<LogState> LogState::read(const std::string& path) {
  LogState state;
  if (!std::filesystem::exists(path)) return state;
  const Result<std::string> bytes = read_file(path);
  if (!bytes) return std::unexpected(bytes.error());
  const Json json = Json::parse(*bytes, nullptr, false);
  const auto wrong = [&] {
    return fail("workload.state", "this is no file that --state has written", path,
                "give another name; it is made where it is not there");
  };
  if (!json.is_object() || json.value("format", Json()) != "architrave-workload-state")
    return wrong();
  for (const Json& each : json.value("logs", Json::array())) {
    if (!each.is_object() || !each.value("length", Json()).is_number_unsigned() ||
        !each.value("offset", Json()).is_number_unsigned() ||
        !each.value("hash", Json()).is_string())
      return wrong();
    state.places_.push_back({each["length"].get<std::size_t>(), each["hash"].get<std::string>(),
                             each["offset"].get<std::uint64_t>()});
  }
  return state;
}

Status LogState::write(const std::string& path) const {
  Json logs = Json::array();
  for (const Place& each : places_)
    logs.push_back({{"length", each.length}, {"hash", each.hash}, {"offset", each.offset}});
  return write_file(
      path,
      Json{{"format", "architrave-workload-state"}, {"logs", std::move(logs)}}.dump(1) + '\n');
}

std::uint64_t LogState::known(std::string_view head) const {
  for (const Place& each : places_)
    if (each.length <= head.size() && stable_hash(head.substr(0, each.length)) == each.hash)
      return each.offset;
  return 0;
}

void LogState::remember(std::string_view head, std::uint64_t offset) {
  std::erase_if(places_, [&](const Place& each) {
    return each.length <= head.size() && stable_hash(head.substr(0, each.length)) == each.hash;
  });
  // A log that is still small is known by what it has so far.
  places_.push_back({head.size(), stable_hash(head), offset});
}

}  // namespace architrave::workload
