// Scripts for SQLite, as steps.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/sqlite/tokens.h"
#include "migration/files.h"

namespace architrave::migration {

namespace {

// The first word in lower case, behind comments.
std::string first_word(std::string_view statement) {
  const std::vector<sqlite::Token> tokens = sqlite::tokenize(statement);
  if (tokens.empty() || tokens.front().kind != sqlite::Token::Kind::word) return {};
  return lower(statement.substr(tokens.front().begin, tokens.front().end - tokens.front().begin));
}

bool stands_alone(std::string_view word) {
  constexpr std::array words = {"pragma", "vacuum", "attach", "detach"};
  return std::ranges::find(words, word) != words.end();
}

class SqliteParser {
 public:
  SqliteParser(std::string_view text, const std::filesystem::path& file)
      : text_(text), file_(file) {}

  Result<std::vector<Step>> parse() {
    for (std::size_t at = sqlite::skip_blank(text_, 0); at < text_.size();
         at = sqlite::skip_blank(text_, at)) {
      // The shell's own commands: those that change nothing are left out.
      if (text_[at] == '.') {
        const std::string_view line = text_.substr(at, text_.find('\n', at) - at);
        if (!line.starts_with(".bail") && !line.starts_with(".echo"))
          return wrong(at, "only the sqlite3 shell knows " + std::string(line),
                       "write the SQL itself into the file");
        at += line.size();
        continue;
      }
      const std::size_t end = sqlite::statement_end(text_, at);
      std::string_view statement = trim(text_.substr(at, end - at));
      while (statement.ends_with(';')) statement = trim(statement.substr(0, statement.size() - 1));
      if (!statement.empty())
        if (Status taken = take(statement, at); !taken) return fail(taken);
      at = end;
    }
    if (in_block_) return wrong(block_at_, "this BEGIN has no COMMIT", "end it with COMMIT;");
    return std::move(steps_);
  }

 private:
  std::unexpected<Error> wrong(std::size_t at, std::string message, std::string hint) const {
    const auto [line, column] = place(at);
    return fail("migration.file", std::move(message),
                file_.string() + ':' + std::to_string(line) + ':' + std::to_string(column),
                std::move(hint));
  }

  std::pair<int, int> place(std::size_t at) const {
    const std::string_view before = text_.substr(0, at);
    const std::size_t line = before.rfind('\n');
    return {static_cast<int>(std::ranges::count(before, '\n')) + 1,
            static_cast<int>(at - (line == std::string_view::npos ? 0 : line + 1)) + 1};
  }

  Status take(std::string_view text, std::size_t at) {
    const std::string word = first_word(text);
    if (word == "begin") {
      if (!in_block_) steps_.push_back(Step::transaction({}));
      in_block_ = true;
      block_at_ = at;
      return {};
    }
    if (word == "commit" || word == "end") {
      in_block_ = false;
      return {};
    }
    if (word == "rollback")
      return wrong(at, "a migration does not say ROLLBACK itself",
                   "leave out what is not to be done");
    Statement statement{std::string(text)};
    std::tie(statement.line, statement.column) = place(at);
    if (!in_block_ && stands_alone(word)) {
      steps_.push_back(Step::single(std::move(statement)));
      steps_.back().line = steps_.back().statements.front().line;
      return {};
    }
    if (steps_.empty() || steps_.back().kind != Step::Kind::transaction)
      steps_.push_back(Step::transaction({}));
    if (steps_.back().line == 0) steps_.back().line = statement.line;
    steps_.back().statements.push_back(std::move(statement));
    return {};
  }

  std::string_view text_;
  const std::filesystem::path& file_;
  std::vector<Step> steps_;
  bool in_block_ = false;
  std::size_t block_at_ = 0;
};

}  // namespace

Result<std::vector<Step>> parse_sqlite_steps(std::string_view text,
                                             const std::filesystem::path& file) {
  return SqliteParser(text, file).parse();
}

}  // namespace architrave::migration
