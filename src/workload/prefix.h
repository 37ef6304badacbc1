// log_line_prefix: what stands before each message of a log in the stderr format.
#pragma once

#include <cstdint>
#include <optional>
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
  // well-known ones and those that the lines suggest, the one that tells most of them; none if
  // there are no such lines. `anything` fits every line and tells nothing.
  static std::optional<std::string> detect(std::string_view bytes);
  static constexpr std::string_view anything = "%a";

  // Fills the entry's session, transaction, user, database and time, and gives the length of the
  // prefix; none if the line has another. After it comes the severity.
  std::optional<std::size_t> match(std::string_view line, Entry& entry) const;

  const std::string& pattern() const { return pattern_; }

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
// Where the label of a line stands, whatever is before it; npos where there is none.
std::size_t find_label(std::string_view line);

}  // namespace architrave::workload
