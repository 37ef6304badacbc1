#include <algorithm>
#include <filesystem>
#include <map>
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
    const std::uint64_t offset = each["offset"].get<std::uint64_t>();
    const Json seen = each.value("seen", Json());
    state.places_.push_back(
        {each["length"].get<std::size_t>(),
         each["hash"].get<std::string>(),
         {offset, seen.is_number_unsigned() ? seen.get<std::uint64_t>() : offset}});
  }
  return state;
}

Status LogState::write(const std::string& path) const {
  Json logs = Json::array();
  for (const Place& each : places_)
    logs.push_back({{"length", each.length},
                    {"hash", each.hash},
                    {"offset", each.read.offset},
                    {"seen", each.read.seen}});
  return write_file(
      path,
      Json{{"format", "architrave-workload-state"}, {"logs", std::move(logs)}}.dump(1) + '\n');
}

namespace {

// Most logs are known by heads of the same length, of which each is hashed once.
class HeadHashes {
 public:
  explicit HeadHashes(std::string_view head) : head_(head) {}
  bool fits(std::size_t length, const std::string& hash) {
    if (length > head_.size()) return false;
    std::string& known = hashes_[length];
    if (known.empty()) known = stable_hash(head_.substr(0, length));
    return known == hash;
  }

 private:
  std::string_view head_;
  std::map<std::size_t, std::string> hashes_;
};

}  // namespace

LogState::Read LogState::known(std::string_view head) const {
  HeadHashes hashes(head);
  for (const Place& each : places_)
    if (hashes.fits(each.length, each.hash)) return each.read;
  return {};
}

void LogState::remember(std::string_view head, Read read) {
  HeadHashes hashes(head);
  std::erase_if(places_, [&](const Place& each) { return hashes.fits(each.length, each.hash); });
  // A log that is still small is known by what it has so far.
  places_.push_back({head.size(), stable_hash(head), read});
}

}  // namespace architrave::workload
