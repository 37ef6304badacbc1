#include "migration/syntax.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "sql/statement.h"

namespace architrave::migration {

namespace {

// What no server takes as text: bytes that are no UTF-8 (but where the file names its encoding),
// and NUL, at which a statement would be cut off.
Status check_bytes(const Script& script, const Statement& statement) {
  const bool other = script.text.find("client_encoding") != std::string::npos;
  int line = statement.line;
  int column = statement.column;
  for (std::string_view rest = statement.text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (rest.front() == '\0' || (length == 0 && !other)) {
      const bool wide = script.text.starts_with("\xFF\xFE") || script.text.starts_with("\xFE\xFF");
      return fail("migration.syntax",
                  wide                   ? "the file is UTF-16"
                  : rest.front() == '\0' ? "there is a zero byte here"
                                         : "this is not UTF-8",
                  fmt::format("{}:{}:{}", script.file.string(), line, column),
                  "nothing was run: save the file as UTF-8, then run the same command again");
    }
    ++column;
    if (rest.front() == '\n') {
      ++line;
      column = 1;
    }
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return {};
}

}  // namespace

Status check_syntax(postgres::Connection& connection, const Script& script) {
  for (const Step& step : script.steps)
    for (const Statement& statement : step.statements) {
      if (Status fine = check_bytes(script, statement); !fine) return fine;
      const auto wrong = sql::syntax_error(statement.text);
      if (!wrong) continue;
      auto asked = connection.query("DO $architrave_syntax$ BEGIN RETURN; " + statement.text +
                                    "; END $architrave_syntax$");
      if (asked || asked.error().code != "postgres.42601") continue;
      int line = statement.line;
      int column = statement.column;
      for (int i = 0; i < wrong->offset && i < static_cast<int>(statement.text.size()); ++i) {
        ++column;
        if (statement.text[static_cast<std::size_t>(i)] == '\n') {
          ++line;
          column = 1;
        }
      }
      return fail("migration.syntax", wrong->message,
                  fmt::format("{}:{}:{}", script.file.string(), line, column),
                  fmt::format("nothing was run: mend the file (the server is PostgreSQL {}), then "
                              "run the same command again",
                              connection.server_version() / 10000));
    }
  return {};
}

}  // namespace architrave::migration
