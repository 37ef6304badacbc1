// One message of a server's log, whatever the format it was written in.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace architrave::workload {

struct Entry {
  enum class Severity : std::uint8_t { log, error, other };  // error: ERROR, FATAL and PANIC
  Severity severity = Severity::other;
  bool tabbed = false;  // the texts have a tab after each newline
  std::string_view message;
  std::string_view detail;
  std::string_view context;
  std::string_view statement;  // that an error or a temporary file belongs to
  std::string_view user;
  std::string_view database;
  std::uint64_t session = 0;      // hash of the session's id, or of its process's; 0: not said
  std::uint64_t line = 0;         // its number in the session; 0: not said
  std::uint64_t transaction = 0;  // hash of the virtual transaction; 0: not said, or none
  double time = std::numeric_limits<double>::quiet_NaN();  // Unix time; NaN: not said
};

// Takes the messages of a log, in order. Their texts are valid during the call.
class EntrySink {
 public:
  virtual ~EntrySink() = default;
  virtual void take(const Entry& entry) = 0;
};

// Reads one format. Bytes are pushed in; what is not yet complete stays with the caller.
class LogReader {
 public:
  virtual ~LogReader() = default;
  // Takes complete messages from the front of the bytes and gives how many bytes they were. At the
  // `end` all bytes are taken, unless `hold_last` keeps back a message that more may follow to.
  virtual std::size_t feed(std::string_view bytes, bool end, bool hold_last) = 0;
  std::int64_t unreadable_lines = 0;
  std::int64_t other_language = 0;  // of them, with a severity in another language than English
};

std::uint64_t hash_bytes(std::string_view bytes);
// "LOG" and so on; `other` for what is neither.
Entry::Severity severity_of(std::string_view word);
// The virtual transaction 3/17; 0 for 3/0, which is none.
std::uint64_t transaction_of(std::string_view virtual_transaction);

}  // namespace architrave::workload
