#include "workload/json_reader.h"

#include <algorithm>
#include <utility>

#include "workload/log_time.h"

namespace architrave::workload {

namespace {

constexpr int deepest = 100;

void add_code_point(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0U | c >> 6U);
    out += static_cast<char>(0x80U | (c & 0x3fU));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0U | c >> 12U);
    out += static_cast<char>(0x80U | (c >> 6U & 0x3fU));
    out += static_cast<char>(0x80U | (c & 0x3fU));
  } else {
    out += static_cast<char>(0xf0U | c >> 18U);
    out += static_cast<char>(0x80U | (c >> 12U & 0x3fU));
    out += static_cast<char>(0x80U | (c >> 6U & 0x3fU));
    out += static_cast<char>(0x80U | (c & 0x3fU));
  }
}

std::uint32_t hexadecimal(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits)
    value = value << 4U | static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  return value;
}

void pass_space(std::string_view line, std::size_t& at) {
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t' || line[at] == '\r')) ++at;
}

}  // namespace

void unescape_json(std::string_view raw, std::string& out) {
  while (true) {
    const std::size_t backslash = raw.find('\\');
    out += raw.substr(0, backslash);
    if (backslash == std::string_view::npos || backslash + 1 >= raw.size()) return;
    const char c = raw[backslash + 1];
    raw.remove_prefix(backslash + 2);
    switch (c) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u': {
        std::uint32_t point = hexadecimal(raw.substr(0, 4));
        raw.remove_prefix(std::min<std::size_t>(4, raw.size()));
        if (point >= 0xd800 && point < 0xdc00 && raw.starts_with("\\u") && raw.size() >= 6) {
          point = 0x10000 + ((point - 0xd800) << 10U) + (hexadecimal(raw.substr(2, 4)) - 0xdc00);
          raw.remove_prefix(6);
        }
        add_code_point(out, point & 0x1fffffU);
        break;
      }
      default:
        out += c;
    }
  }
}

bool JsonReader::string(std::string_view line, std::size_t& at, Value& value) {
  if (at >= line.size() || line[at] != '"') return false;
  const std::size_t begin = ++at;
  while (true) {
    at = line.find('"', at);
    if (at == std::string_view::npos) return false;
    // A quote after an odd number of backslashes belongs to the text.
    std::size_t slashes = 0;
    while (at - slashes > begin && line[at - slashes - 1] == '\\') ++slashes;
    ++at;
    if (slashes % 2 == 0) break;
  }
  value.raw = line.substr(begin, at - 1 - begin);
  value.escaped = value.raw.contains('\\');
  return true;
}

bool JsonReader::skip_value(std::string_view line, std::size_t& at, int depth) {
  if (at >= line.size()) return false;
  if (line[at] == '"') {
    Value ignored;
    return string(line, at, ignored);
  }
  // Objects in lists hold no message.
  if (line[at] == '{') return object(line, at, std::max(depth, 3) + 1);
  if (line[at] == '[') {
    if (depth > deepest) return false;
    ++at;
    pass_space(line, at);
    if (at < line.size() && line[at] == ']') return ++at, true;
    while (true) {
      pass_space(line, at);
      if (!skip_value(line, at, depth + 1)) return false;
      pass_space(line, at);
      if (at >= line.size()) return false;
      if (line[at] == ']') return ++at, true;
      if (line[at++] != ',') return false;
    }
  }
  const std::size_t begin = at;
  while (at < line.size() && line[at] != ',' && line[at] != '}' && line[at] != ']' &&
         line[at] != ' ')
    ++at;
  return at > begin;
}

// The keys that matter, at any of the first levels: what wraps a message names it as it likes.
bool JsonReader::object(std::string_view line, std::size_t& at, int depth) {
  static constexpr std::array<std::pair<std::string_view, Field>, 30> keys = {
      {{"timestamp", time},
       {"time", time},
       {"log_time", time},
       {"user", user},
       {"user_name", user},
       {"dbname", database},
       {"database_name", database},
       {"session_id", session},
       {"pid", process},
       {"process_id", process},
       {"processId", process},
       {"vxid", transaction},
       {"virtual_transaction_id", transaction},
       {"error_severity", severity},
       {"errorLevel", severity},
       {"message", message},
       {"detail", detail},
       {"context", context},
       {"statement", statement},
       {"query", statement},
       {"log", wrapped},
       {"textPayload", wrapped},
       {"MESSAGE", wrapped},
       {"Message", message},
       {"@timestamp", field_count},
       {"hint", field_count},
       {"func_name", field_count},
       {"line_num", field_count},
       {"ps", field_count},
       {"session_start", field_count}}};
  if (at >= line.size() || line[at] != '{' || depth > deepest) return false;
  ++at;
  pass_space(line, at);
  if (at < line.size() && line[at] == '}') return ++at, true;
  while (true) {
    pass_space(line, at);
    Value key;
    if (!string(line, at, key)) return false;
    pass_space(line, at);
    if (at >= line.size() || line[at++] != ':') return false;
    pass_space(line, at);
    if (at >= line.size()) return false;
    Field field = field_count;
    if (depth < 3)
      for (const auto& [name, meant] : keys)
        if (key.raw == name) {
          field = meant;
          break;
        }
    if (line[at] == '{') {
      if (!object(line, at, depth + 1)) return false;
    } else {
      Value value;
      if (line[at] == '"') {
        if (!string(line, at, value)) return false;
      } else {
        const std::size_t begin = at;
        if (!skip_value(line, at, depth + 1)) return false;
        value.raw = line.substr(begin, at - begin);
        if (value.raw == "null") value.raw = {};
      }
      // The innermost says it best: Azure has a time of its own around the server's.
      value.depth = depth;
      if (field != field_count && value.raw.data() != nullptr &&
          (values_[field].raw.data() == nullptr || depth >= values_[field].depth))
        values_[field] = value;
    }
    pass_space(line, at);
    if (at >= line.size()) return false;
    if (line[at] == '}') return ++at, true;
    if (line[at++] != ',') return false;
  }
}

std::string_view JsonReader::value(Field field) {
  const Value& value = values_[field];
  if (!value.escaped) return value.raw;
  unescaped_[field].clear();
  unescape_json(value.raw, unescaped_[field]);
  return unescaped_[field];
}

bool JsonReader::read(std::string_view line, Entry& entry, Holds& holds) {
  values_.fill({});
  std::size_t at = 0;
  pass_space(line, at);
  holds = Holds::nothing;
  if (!object(line, at, 0)) return false;
  pass_space(line, at);
  if (at != line.size()) return false;
  if (values_[wrapped].raw.data() != nullptr) {
    text_ = value(wrapped);
    holds = Holds::text;
    return true;
  }
  const std::string_view text = value(message);
  // Azure says a severity, and writes the whole line into the message all the same.
  if (values_[severity].raw.empty() ||
      (read_time(text) && find_label(text) != std::string_view::npos)) {
    text_ = text;
    holds = text.empty() ? Holds::nothing : Holds::text;
    return true;
  }
  holds = Holds::entry;
  entry.severity = severity_of(value(severity));
  entry.message = text;
  entry.detail = value(detail);
  entry.context = value(context);
  entry.statement = value(statement);
  entry.user = value(user);
  entry.database = value(database);
  const std::string_view id = value(values_[session].raw.empty() ? process : session);
  if (!id.empty()) entry.session = hash_bytes(id);
  entry.transaction = transaction_of(value(transaction));
  if (const auto seconds = read_time(value(time))) entry.time = *seconds;
  return true;
}

std::size_t JsonReader::feed(std::string_view bytes, bool end, bool hold_last) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::size_t newline = bytes.find('\n', at);
    if (newline == std::string_view::npos) {
      if (!end || hold_last) return at;
      newline = bytes.size();
    }
    const std::string_view line = bytes.substr(at, newline - at);
    at = std::min(newline + 1, bytes.size());
    if (line.empty() || line == "\r") continue;
    Entry entry;
    Holds holds = Holds::nothing;
    if (!read(line, entry, holds))
      ++unreadable_lines;
    else if (holds == Holds::entry)
      sink_.take(entry);
  }
  return at;
}

}  // namespace architrave::workload
