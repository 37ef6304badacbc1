// Logs of one JSON object a line: PostgreSQL's jsonlog, and what clouds and operators make of a
// message: CloudNativePG's "record", Azure's "properties", or a line of stderr in "log", "message"
// or "textPayload".
#pragma once

#include <array>
#include <string>

#include "workload/entry.h"
#include "workload/prefix.h"

namespace architrave::workload {

class JsonReader final : public LogReader {
 public:
  explicit JsonReader(EntrySink& sink) : sink_(sink) {}
  std::size_t feed(std::string_view bytes, bool end, bool hold_last) override;

  // What a line's object holds.
  enum class Holds : std::uint8_t { nothing, entry, text };

  // Reads the object of a line. `entry`: `entry` is filled. `text`: text() is a piece of a log in
  // the stderr format. `nothing`: JSON, but no message of a server. False: no JSON object.
  bool read(std::string_view line, Entry& entry, Holds& holds);
  std::string_view text() const { return text_; }

 private:
  enum Field : std::uint8_t {
    time,
    user,
    database,
    session,
    process,
    transaction,
    severity,
    message,
    detail,
    context,
    statement,
    wrapped,
    field_count
  };
  struct Value {
    std::string_view raw;  // without quotes
    bool escaped = false;
    int depth = 0;
  };
  bool object(std::string_view line, std::size_t& at, int depth);
  bool skip_value(std::string_view line, std::size_t& at, int depth);
  static bool string(std::string_view line, std::size_t& at, Value& value);
  std::string_view value(Field field);

  EntrySink& sink_;
  std::array<Value, field_count> values_{};
  std::array<std::string, field_count> unescaped_;
  std::string_view text_;
};

// Appends the text of a JSON string that is without its quotes.
void unescape_json(std::string_view raw, std::string& out);

}  // namespace architrave::workload
