#include "workload/log.h"

#include <algorithm>
#include <cstring>

#include "base/process.h"
#include "base/text.h"
#include "workload/csv_reader.h"
#include "workload/input.h"
#include "workload/json_reader.h"
#include "workload/stderr_reader.h"

namespace architrave::workload {

namespace {

constexpr std::size_t piece = 512 << 10U;
// A message longer than that is given up.
constexpr std::size_t longest = 48 << 20U;
constexpr std::size_t sniffed = 128 << 10U;

std::string unwrapped(std::string_view first, WrappedReader::Unwrap unwrap, JsonReader& json) {
  std::string text;
  std::size_t at = 0;
  while (at < first.size()) {
    const std::size_t newline = first.find('\n', at);
    if (newline == std::string_view::npos && at > 0) break;
    std::string_view inner;
    if (unwrap(first.substr(at, newline - at), json, inner)) {
      text += inner;
      if (!text.ends_with('\n')) text += '\n';
    }
    if (newline == std::string_view::npos) break;
    at = newline + 1;
  }
  return text;
}

class NoSink final : public EntrySink {
 public:
  void take(const Entry&) override {}
};

}  // namespace

Result<std::unique_ptr<LogReader>> choose_reader(std::string_view first, std::string& prefix,
                                                 EntrySink& sink) {
  NoSink nobody;
  JsonReader json(nobody);
  WrappedReader::Unwrap unwrap = nullptr;
  std::string inner;
  if (const std::size_t begin = first.find_first_not_of(" \r\n");
      begin != std::string_view::npos && first[begin] == '{') {
    std::size_t at = begin;
    while (at < first.size()) {
      const std::size_t newline = std::min(first.find('\n', at), first.size());
      Entry entry;
      JsonReader::Holds holds = JsonReader::Holds::nothing;
      json.read(first.substr(at, newline - at), entry, holds);
      if (holds == JsonReader::Holds::entry) return std::make_unique<JsonReader>(sink);
      at = newline + 1;
    }
    unwrap = unwrap_json;
    inner = unwrapped(first, unwrap, json);
    first = inner;
  } else if (CsvReader::looks_like(first)) {
    return std::make_unique<CsvReader>(sink);
  }
  std::string found = prefix.empty() ? Prefix::detect(first) : prefix;
  if (unwrap == nullptr) {
    // "db-1  | " and journals' hosts would be taken for a part of the prefix.
    std::string bare = unwrapped(first, unwrap_shell, json);
    if (bare.size() + 8 < first.size() &&
        std::string_view(bare).substr(0, 200) != first.substr(0, 200)) {
      const std::string inside = prefix.empty() ? Prefix::detect(bare) : prefix;
      if (!inside.empty()) {
        unwrap = unwrap_shell;
        found = inside;
      }
    }
  }
  if (found.empty()) return nullptr;
  Result<Prefix> compiled = Prefix::compile(found);
  if (!compiled) return std::unexpected(compiled.error());
  prefix = found;
  auto reader = std::make_unique<StderrReader>(std::move(*compiled), sink);
  if (unwrap == nullptr) return reader;
  return std::make_unique<WrappedReader>(std::move(reader), unwrap, sink);
}

Status read_log(const LogInput& log, EntrySink& sink, Workload& workload,
                const std::function<void(std::string_view)>& progress) {
  auto opened = Input::open(log.path);
  if (!opened) return fail(opened);
  Input& input = **opened;
  std::string buffer(piece, '\0');
  std::size_t have = 0;
  bool end = false;
  const auto partial = [&](const std::string& why) {
    workload.partial = true;
    workload.notes.push_back(why);
  };
  const auto refill = [&] {
    const auto count = input.read(std::span(buffer).subspan(have));
    if (!count) partial(count.error().message + ": what came before was read");
    have += count.value_or(0);
    end = count.value_or(0) == 0;
  };
  while (!end && have < sniffed) refill();
  if (have == 0) return {};  // an empty log has no statements
  std::string prefix(log.prefix);
  auto chosen =
      choose_reader(std::string_view(buffer).substr(0, std::min(have, sniffed)), prefix, sink);
  if (!chosen) return fail(chosen);
  if (*chosen == nullptr) {
    while (log.otherwise != nullptr && !end) {
      if (have == buffer.size()) buffer.resize(buffer.size() * 2);
      refill();
    }
    if (log.otherwise != nullptr) *log.otherwise = buffer.substr(0, have);
    return fail("workload.unknown", "this is no log of PostgreSQL that is understood", log.path,
                "give --log-line-prefix as it stands in postgresql.conf; messages must be in "
                "English (lc_messages = C)");
  }
  LogReader& reader = **chosen;

  const std::string head = buffer.substr(0, std::min(have, LogState::head_bytes));
  std::uint64_t offset = 0;
  if (log.state != nullptr) {
    offset = log.state->known(head);
    std::uint64_t left = offset;
    const std::size_t here = std::min<std::uint64_t>(left, have);
    buffer.erase(0, here);
    have -= here;
    left -= here;
    buffer.resize(piece);
    if (left > 0) {
      const auto skipped = input.skip(left);
      if (!skipped) partial(skipped.error().message);
      end = false;
    }
  }
  std::uint64_t shown = offset;
  while (true) {
    if (interrupted()) return fail("interrupted", "interrupted");
    const std::size_t taken =
        reader.feed(std::string_view(buffer).substr(0, have), end, log.state != nullptr);
    offset += taken;
    have -= taken;
    std::memmove(buffer.data(), buffer.data() + taken, have);
    if (end) break;
    if (have == buffer.size()) {
      if (buffer.size() >= longest) {
        // Whatever this is, its lines are given up one by one.
        const std::size_t newline = std::string_view(buffer).substr(0, have).find('\n');
        const std::size_t gone = newline == std::string_view::npos ? have : newline + 1;
        ++reader.unreadable_lines;
        offset += gone;
        have -= gone;
        std::memmove(buffer.data(), buffer.data() + gone, have);
      } else {
        buffer.resize(buffer.size() * 2);
      }
    }
    refill();
    if (progress && offset - shown > (64U << 20U)) {
      progress("reading " + log.path + ", " + human_bytes(static_cast<std::int64_t>(offset)));
      shown = offset;
    }
  }
  if (log.state != nullptr) log.state->remember(head, offset);
  workload.unreadable_lines += reader.unreadable_lines;
  if (reader.unreadable_lines > 0)
    partial(
        plural(reader.unreadable_lines, "line") + " of " + log.path + " could not be read" +
        (prefix.empty() ? "" : " (log_line_prefix = '" + prefix + "')") +
        (reader.other_language > 0 ? "; messages have to be in English (lc_messages = C)" : ""));
  return {};
}

}  // namespace architrave::workload
