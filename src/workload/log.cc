#include "workload/log.h"

#include <algorithm>
#include <cstring>

#include "base/process.h"
#include "base/text.h"
#include "workload/csv_reader.h"
#include "workload/input.h"
#include "workload/json_reader.h"
#include "workload/stderr_reader.h"
#include "workload/wrapped_reader.h"

namespace architrave::workload {

namespace {

constexpr std::size_t piece = 512 << 10U;
// A message longer than that is given up.
constexpr std::size_t longest = 48 << 20U;
constexpr std::size_t sniffed = 128 << 10U;

class NoSink final : public EntrySink {
 public:
  void take(const Entry&) override {}
};

// What is inside of the first lines, and whether most of them bring their newline.
std::string unwrapped(std::string_view first, WrappedReader::Unwrap unwrap, bool& ends_say) {
  NoSink nobody;
  JsonReader json(nobody);
  std::string all;
  std::string text;
  std::int64_t lines = 0;
  std::int64_t ends = 0;
  for (std::size_t at = 0; at < first.size();) {
    const std::size_t newline = first.find('\n', at);
    if (newline == std::string_view::npos && at > 0) break;
    text.clear();
    bool cut = false;
    if (unwrap(first.substr(at, newline - at), json, text, cut) && !text.empty()) {
      ++lines;
      all += text;
      if (text.ends_with('\n'))
        ++ends;
      else if (!cut)
        all += '\n';
    }
    if (newline == std::string_view::npos) break;
    at = newline + 1;
  }
  ends_say = ends * 2 > lines;
  return all;
}

}  // namespace

namespace {

constexpr int most_layers = 4;

Result<std::unique_ptr<LogReader>> choose(std::string_view first, std::string& prefix,
                                          EntrySink& sink, int layers);

// The reader for what is inside of something that wraps each line; null where that is no log.
Result<std::unique_ptr<LogReader>> choose_wrapped(std::string_view first, std::string& prefix,
                                                  EntrySink& sink, int layers,
                                                  WrappedReader::Unwrap unwrap) {
  bool ends_say = false;
  const std::string inner = unwrapped(first, unwrap, ends_say);
  // "db-1  | " and journals' hosts would be taken for a part of the prefix.
  if (inner.size() + 8 >= first.size() || layers >= most_layers ||
      std::string_view(inner).substr(0, 200) == first.substr(0, 200))
    return nullptr;
  auto reader = choose(inner, prefix, sink, layers + 1);
  if (!reader || *reader == nullptr) return reader;
  return std::make_unique<WrappedReader>(std::move(*reader), unwrap, ends_say, sink);
}

bool holds_entries(std::string_view first) {
  NoSink nobody;
  JsonReader json(nobody);
  for (std::size_t at = 0; at < first.size();) {
    const std::size_t newline = std::min(first.find('\n', at), first.size());
    Entry entry;
    JsonReader::Holds holds = JsonReader::Holds::nothing;
    json.read(first.substr(at, newline - at), entry, holds);
    if (holds == JsonReader::Holds::entry) return true;
    at = newline + 1;
  }
  return false;
}

Result<std::unique_ptr<LogReader>> choose(std::string_view first, std::string& prefix,
                                          EntrySink& sink, int layers) {
  if (const std::size_t begin = first.find_first_not_of(" \r\n");
      begin != std::string_view::npos && first[begin] == '{') {
    if (holds_entries(first)) return std::make_unique<JsonReader>(sink);
    return choose_wrapped(first, prefix, sink, layers, unwrap_json);
  }
  if (CsvReader::looks_like(first)) return std::make_unique<CsvReader>(sink);
  auto wrapped = choose_wrapped(first, prefix, sink, layers, unwrap_shell);
  if (!wrapped || *wrapped != nullptr) return wrapped;
  if (const std::optional<std::string> found = Prefix::detect(first)) {
    if (prefix.empty()) prefix = *found;
    Result<Prefix> compiled = Prefix::compile(prefix);
    if (!compiled) return std::unexpected(compiled.error());
    return std::make_unique<StderrReader>(std::move(*compiled), sink);
  }
  // It may begin in the middle of a message.
  if (holds_entries(first)) return std::make_unique<JsonReader>(sink);
  for (std::size_t at = first.find('\n'); at != std::string_view::npos;
       at = first.find('\n', at + 1))
    if (CsvReader::looks_like(first.substr(at + 1))) return std::make_unique<CsvReader>(sink);
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<LogReader>> choose_reader(std::string_view first, std::string& prefix,
                                                 EntrySink& sink) {
  return choose(first, prefix, sink, 0);
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
  LogState::Read before;
  if (log.state != nullptr) {
    before = log.state->known(head);
    offset = before.offset;
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
    // More of the last message may follow, unless the log has not grown since the last run.
    const bool whole = input.settled() && std::string_view(buffer).substr(0, have).ends_with('\n');
    const bool grows = log.state != nullptr && !whole && offset + have != before.seen;
    const std::size_t taken = reader.feed(std::string_view(buffer).substr(0, have), end, grows);
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
  if (log.state != nullptr) log.state->remember(head, {offset, offset + have});
  workload.unreadable_lines += reader.unreadable_lines;
  if (reader.unreadable_lines > 0)
    partial(
        plural(reader.unreadable_lines, "line") + " of " + log.path + " could not be read" +
        (prefix.empty() ? "" : " (log_line_prefix = '" + prefix + "')") +
        (reader.other_language > 0 ? "; messages have to be in English (lc_messages = C)" : ""));
  return {};
}

}  // namespace architrave::workload
