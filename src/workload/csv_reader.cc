#include "workload/csv_reader.h"

#include <algorithm>

#include "workload/log_time.h"

namespace architrave::workload {

namespace {

constexpr std::size_t incomplete = std::string_view::npos;
constexpr std::size_t broken = std::string_view::npos - 1;

enum Column : std::uint8_t {
  log_time = 0,
  user_name = 1,
  database_name = 2,
  process_id = 3,
  session_id = 5,
  virtual_transaction = 9,
  severity = 11,
  message = 13,
  detail = 14,
  context = 18,
  query = 19
};

}  // namespace

bool CsvReader::looks_like(std::string_view bytes) {
  // A time, a comma, and a quoted name or nothing.
  std::size_t end = 0;
  return read_time(bytes.substr(0, std::min(bytes.find(','), bytes.size())), &end) &&
         end < bytes.size() && bytes[end] == ',' && end + 1 < bytes.size() &&
         (bytes[end + 1] == '"' || bytes[end + 1] == ',');
}

std::size_t CsvReader::split(std::string_view bytes, std::size_t at, bool end) {
  count_ = 0;
  while (true) {
    std::string_view field;
    if (at < bytes.size() && bytes[at] == '"') {
      const std::size_t begin = ++at;
      bool doubled = false;
      while (true) {
        at = bytes.find('"', at);
        if (at == std::string_view::npos) return end ? broken : incomplete;
        if (at + 1 >= bytes.size() || bytes[at + 1] != '"') break;
        doubled = true;
        at += 2;
      }
      field = bytes.substr(begin, at - begin);
      ++at;
      if (doubled) {
        std::string& text = unquoted_[std::min(count_, unquoted_.size() - 1)];
        text.clear();
        for (std::size_t from = 0; from < field.size();) {
          const std::size_t quote = field.find('"', from);
          text += field.substr(from, quote == std::string_view::npos ? quote : quote + 1 - from);
          from = quote == std::string_view::npos ? field.size() : quote + 2;
        }
        field = text;
      }
    } else {
      const std::size_t begin = at;
      while (at < bytes.size() && bytes[at] != ',' && bytes[at] != '\n') ++at;
      field = bytes.substr(begin, at - begin);
    }
    if (count_ < fields_.size()) fields_[count_++] = field;
    if (at >= bytes.size()) return end ? bytes.size() : incomplete;
    if (bytes[at] == '\r') ++at;
    if (at < bytes.size() && bytes[at] == '\n') return at + 1;
    if (at >= bytes.size() || bytes[at] != ',') return broken;
    ++at;
  }
}

std::size_t CsvReader::feed(std::string_view bytes, bool end, bool hold_last) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t next = split(bytes, at, end);
    if (next == incomplete) return at;
    std::size_t time_end = 0;
    const auto time = next == broken ? std::nullopt : read_time(fields_[log_time], &time_end);
    if (!time || count_ < least_columns) {
      if (end && hold_last && (next == broken || next == bytes.size())) return at;
      // One line is given up, and what comes after it is tried.
      const std::size_t newline = bytes.find('\n', at);
      if (newline == std::string_view::npos && !end) return at;
      if (newline == std::string_view::npos || newline > at + 1) ++unreadable_lines;
      at = newline == std::string_view::npos ? bytes.size() : newline + 1;
      continue;
    }
    at = next;
    Entry entry;
    entry.time = *time;
    entry.severity = severity_of(fields_[severity]);
    if (entry.severity == Entry::Severity::other && !fields_[severity].empty() &&
        static_cast<unsigned char>(fields_[severity].front()) >= 128)
      ++other_language;
    entry.user = fields_[user_name];
    entry.database = fields_[database_name];
    if (!fields_[session_id].empty()) entry.session = hash_bytes(fields_[session_id]);
    entry.transaction = transaction_of(fields_[virtual_transaction]);
    entry.message = fields_[message];
    entry.detail = fields_[detail];
    entry.context = fields_[context];
    entry.statement = fields_[query];
    sink_.take(entry);
  }
  return at;
}

}  // namespace architrave::workload
