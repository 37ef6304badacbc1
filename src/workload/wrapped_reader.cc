#include "workload/wrapped_reader.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "workload/log_time.h"
#include "workload/prefix.h"

namespace architrave::workload {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where a number of at least so many digits ends that stands at `at`; npos if it does not.
std::size_t past_digits(std::string_view text, std::size_t at, std::size_t least = 1) {
  const std::size_t begin = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at >= begin + least ? at : std::string_view::npos;
}

// "[pod/db-1/postgres] "
std::size_t past_pod(std::string_view line) {
  if (!line.starts_with("[pod/")) return 0;
  const std::size_t end = line.find("] ");
  return end > 300 ? 0 : end + 2;
}

// "db-1  | "
std::size_t past_service(std::string_view line) {
  const std::size_t bar = line.find(" | ");
  return bar < 60 && line.substr(0, bar).find_first_of(":[\t") == std::string_view::npos ? bar + 3
                                                                                         : 0;
}

// "2026-11-21T04:44:51.123456789Z ", perhaps with "stderr F ", a stream's name or {labels}: no
// log_line_prefix writes a T.
std::size_t past_time(std::string_view line, bool& cut) {
  std::size_t length = 0;
  if (line.size() < 21 || line[10] != 'T' || !read_time(line, &length)) return 0;
  if (length >= line.size() || line[length] != ' ') return 0;
  std::size_t at = length + 1;
  const std::string_view rest = line.substr(at);
  for (const std::string_view stream : {"stdout ", "stderr "})
    if (rest.starts_with(stream) && rest.size() > 8 && rest[8] == ' ' &&
        (rest[7] == 'F' || rest[7] == 'P')) {
      cut = rest[7] == 'P';
      return at + 9;
    }
  const std::size_t word = rest.starts_with('{') ? rest.find("} ") + 1 : rest.find(' ');
  const auto begins_line = [](std::string_view text) {
    return text.starts_with('\t') || (text.size() > 10 && text[10] == ' ' && read_time(text));
  };
  if (word > 0 && word < 200 && !begins_line(rest) && begins_line(rest.substr(word + 1)))
    at += word + 1;
  return at;
}

// "Nov 21 04:44:51 host postgres[123]: " and with other times, as journalctl -o and rsyslog write
// them.
std::size_t past_journal(std::string_view line) {
  const std::size_t close = line.substr(0, 160).find("]: ");
  if (close == std::string_view::npos) return 0;
  const std::size_t open = line.rfind('[', close);
  if (open == std::string_view::npos || past_digits(line, open + 1) != close) return 0;
  const std::size_t word = line.find(' ');
  const bool month = word == 3 && line.size() > 15 && line[9] == ':' && line[12] == ':';
  const bool iso = line.size() > 20 && line[10] == 'T' && read_time(line);
  const bool weekday = word == 3 && read_time(line.substr(4));
  const std::size_t point = past_digits(line, 0, 10);
  const bool seconds = point == 10 && line[point] == '.' && past_digits(line, 11, 6) == word;
  return month || iso || weekday || seconds ? close + 3 : 0;
}

// "[7-1] ": which of syslog's messages, and which piece of it.
std::size_t past_sequence(std::string_view line) {
  if (!line.starts_with('[')) return 0;
  const std::size_t dash = past_digits(line, 1);
  if (dash >= line.size() || line[dash] != '-') return 0;
  const std::size_t close = past_digits(line, dash + 1);
  return close != std::string_view::npos && line.substr(close, 2) == "] " ? close + 2 : 0;
}

}  // namespace

bool unwrap_json(std::string_view line, JsonReader& json, std::string& text, bool&) {
  Entry entry;
  JsonReader::Holds holds = JsonReader::Holds::nothing;
  if (!json.read(line, entry, holds)) return false;
  if (holds == JsonReader::Holds::text) text = json.text();
  return true;
}

bool unwrap_shell(std::string_view line, JsonReader&, std::string& text, bool& cut) {
  for (int layers = 0; layers < 4; ++layers) {
    if (const std::size_t past = past_journal(line)) {
      line.remove_prefix(past);
      const std::size_t sequence = past_sequence(line);
      const bool first = line.substr(0, sequence).ends_with("-1] ");
      line.remove_prefix(sequence);
      text = line;
      if (sequence == 0) return true;
      text = replace_all(std::move(text), "#011", "\t");
      // A further piece of a line that was too long for one.
      if (!first && !text.starts_with('\t') && find_label(text) == std::string_view::npos)
        text.insert(text.begin(), '\t');
      return true;
    }
    std::size_t past = past_pod(line);
    if (past == 0) past = past_time(line, cut);
    if (past == 0) past = past_service(line);
    if (past == 0) break;
    line.remove_prefix(past);
  }
  text = line;
  return true;
}

// A whole message may have lost the tabs after its newlines, a line of Docker's brings its newline.
void WrappedReader::add(std::string_view text, bool cut) {
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    text_ += text.substr(0, newline);
    inside_ = newline == std::string_view::npos && cut;
    if (!inside_) text_ += '\n';
    if (newline == std::string_view::npos) return;
    text.remove_prefix(newline + 1);
    if (text.empty() || text.front() == '\t') continue;
    const std::size_t label = find_label(text.substr(0, text.find('\n')));
    if (label == 0 || label == std::string_view::npos) text_ += '\t';
  }
}

std::size_t WrappedReader::feed(std::string_view bytes, bool end, bool hold_last) {
  // What is inside is read to its end each time but for its last message, for which all its lines
  // are kept: so the place in the file is that of whole lines, and this reader holds the rest.
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::size_t newline = bytes.find('\n', at);
    if (newline == std::string_view::npos) {
      if (!end || hold_last) break;
      newline = bytes.size();
    }
    std::string_view line = bytes.substr(at, newline - at);
    at = std::min(newline + 1, bytes.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    line_text_.clear();
    bool cut = false;
    if (!unwrap_(line, json_, line_text_, cut))
      ++unreadable_lines;
    else if (!line_text_.empty())
      add(line_text_, cut || (ends_say_ && !line_text_.ends_with('\n')));
  }
  if (end && inside_) text_ += '\n';
  const std::int64_t before = inner_->unreadable_lines;
  const std::int64_t language = inner_->other_language;
  text_.erase(0, inner_->feed(text_, end, false));
  unreadable_lines += inner_->unreadable_lines - before;
  other_language += inner_->other_language - language;
  return at;
}

}  // namespace architrave::workload
