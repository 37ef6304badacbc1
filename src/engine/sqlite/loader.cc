#include "engine/sqlite/loader.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/process.h"
#include "base/text.h"
#include "engine/sqlite/tokens.h"

namespace architrave::sqlite {
namespace {

constexpr std::size_t shown_length = 200;

struct Hint {
  const char* message;  // what the library's message holds
  const char* hint;
};
constexpr Hint hints[] = {
    {"not authorized",
     "a script is run where it can touch no other file: ATTACH, VACUUM INTO and extensions are "
     "refused"},
    {"authorization denied",
     "a script is run where it can touch no other file: ATTACH, VACUUM INTO and extensions are "
     "refused"},
    {"no such module", "this SQLite has no such module; its virtual tables can't be made here"},
    {"no such function", "the application that uses this database adds the function"},
    {"no such collation", "the application that uses this database adds the collation"},
    {"no such table", "the table is made later, in another file, or by a statement that failed"},
    {"already exists", "the script has been run twice, or two of its statements make the same"},
    {"syntax error", "if this is another database's dialect, name it with --engine"},
};

std::string first_line(std::string_view statement) {
  std::string_view line = trim(statement.substr(0, statement.find('\n')));
  if (line.size() <= shown_length) return std::string(line);
  std::size_t end = shown_length;
  while (end > 0 && (line[end] & 0xC0) == 0x80) --end;  // not within a UTF-8 character
  return std::string(line.substr(0, end)) + "…";
}

class Script {
 public:
  Script(Connection& connection, const std::string& text, const std::string& file)
      : connection_(connection), text_(text), file_(file) {}

  Result<Loaded> run() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (next()) {
      if (interrupted()) return fail("interrupted", "interrupted", file_);
      if (text_[at_] == '.') {
        shell_command();
      } else if (text_[at_] == '\0') {
        problem(at_, at_ + 1, "a NUL byte", "only UTF-8 text can be loaded");
        break;
      } else {
        statement();
      }
    }
    finish();
    return std::move(loaded_);
  }

 private:
  bool next() {
    do {
      at_ = skip_blank(text_, at_);
    } while (at_ < text_.size() && text_[at_] == ';' && ++at_ > 0);
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
    counted_ = at_;
    return at_ < text_.size();
  }

  void shell_command() {
    if (shell_commands_++ == 0) {
      std::size_t line_end = std::min(text_.find('\n', at_), text_.size());
      first_command_ = first_line(std::string_view(text_).substr(at_, line_end - at_));
      first_command_line_ = line_;
    }
    at_ = std::min(text_.find('\n', at_), text_.size());
  }

  void statement() {
    const std::size_t begin = at_;
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    int code = sqlite3_prepare_v2(connection_.handle(), text_.c_str() + begin, -1, &raw, &tail);
    if (code != SQLITE_OK) {
      // Where the parser stopped is not where the statement ends.
      at_ = statement_end(text_, begin);
      failed(begin);
      return;
    }
    at_ = static_cast<std::size_t>(tail - text_.c_str());
    if (raw == nullptr) return;
    // A question's rows change nothing: its first shows whether it can be answered.
    const bool question = sqlite3_stmt_readonly(raw) != 0 && sqlite3_column_count(raw) > 0;
    do {
      code = sqlite3_step(raw);
    } while (code == SQLITE_ROW && !question);
    if (code != SQLITE_DONE && code != SQLITE_ROW) failed(begin);
    sqlite3_finalize(raw);
  }

  void failed(std::size_t begin) {
    Error error = connection_.last_error();
    for (const Hint& hint : hints) {
      if (error.message.find(hint.message) != std::string::npos) error.hint = hint.hint;
    }
    problem(begin, at_, std::move(error.message), std::move(error.hint));
  }

  void problem(std::size_t begin, std::size_t end, std::string message, std::string hint) {
    loaded_.problems.push_back({file_, line_,
                                first_line(std::string_view(text_).substr(begin, end - begin)),
                                std::move(message), std::move(hint)});
  }

  void finish() {
    if (shell_commands_ > 0) {
      loaded_.notes.push_back(file_ + ":" + std::to_string(first_command_line_) + ": skipped " +
                              plural(shell_commands_, "command") + " of the sqlite3 shell, first " +
                              first_command_);
    }
    if (sqlite3_get_autocommit(connection_.handle()) == 0) {
      Status committed = connection_.execute("COMMIT");
      loaded_.notes.push_back(file_ + " ends within a transaction, which was " +
                              (committed ? "committed" : "rolled back"));
      if (!committed) (void)connection_.execute("ROLLBACK");
    }
    // A dump writes its virtual tables into sqlite_schema directly: this reads them.
    (void)connection_.execute("PRAGMA writable_schema = RESET");
  }

  Connection& connection_;
  const std::string& text_;
  const std::string& file_;
  Loaded loaded_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;  // up to where lines have been counted
  int line_ = 1;
  int shell_commands_ = 0;
  std::string first_command_;
  int first_command_line_ = 0;
};

}  // namespace

Result<Loaded> run_script(Connection& connection, const std::string& script,
                          const std::string& file) {
  connection.confine();
  return Script(connection, script, file).run();
}

}  // namespace architrave::sqlite
