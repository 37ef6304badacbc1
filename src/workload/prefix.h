// log_line_prefix: what stands before each message of a log in the stderr format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "workload/entry.h"

namespace architrave::workload {

class Prefix {
 public:
  // As in postgresql.conf: "%m [%p] %q%u@%d ". Error "workload.prefix" for an unknown escape.
  static Result<Prefix> compile(std::string_view pattern);
  // Finds out which one the lines have, from those that hold "LOG:  " or another severity. Among
  // well-known ones and those that the lines suggest, the one that most lines have; "" if none
  // does.
  static std::string detect(std::string_view bytes);

  // Fills the entry's session, transaction, user, database and time, and gives the length of the
  // prefix; 0 if the line has another. After it comes the severity.
  std::size_t match(std::string_view line, Entry& entry) const;

  const std::string& pattern() const { return pattern_; }
  bool says_user() const { return says_user_; }
  bool says_database() const { return says_database_; }
  bool says_session() const { return says_session_; }

 private:
  struct Part {
    char escape = 0;  // 0: literal text
    bool padded = false;
    std::string text;  // of a literal
  };
  bool match(std::string_view line, std::size_t part, std::size_t at, Entry& entry,
             std::size_t& end) const;

  std::string pattern_;
  std::vector<Part> parts_;
  bool says_user_ = false;
  bool says_database_ = false;
  bool says_session_ = false;
  bool has_session_id_ = false;  // %c, so that %p does not count
};

// What a line's text begins with after its prefix: "LOG:  ", "DETAIL:  ", …
enum class Label : std::uint8_t {
  none,
  log,
  error,
  other,
  detail,
  hint,
  context,
  statement,
  unknown
};
// `length` gets the length of the label with its colon and spaces. `unknown` is a word and ":  ".
Label read_label(std::string_view text, std::size_t& length);

}  // namespace architrave::workload
