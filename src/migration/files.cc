#include "migration/files.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/file.h"
#include "base/quoting.h"
#include "base/text.h"

namespace architrave::migration {

namespace {

namespace fs = std::filesystem;

// Behind a comment that runs to the end of the line a semicolon would not count.
std::string ended(const std::string& statement) {
  const std::size_t line = statement.rfind('\n');
  const std::string_view last =
      std::string_view(statement).substr(line == std::string::npos ? 0 : line + 1);
  return statement + (last.find("--") == std::string_view::npos ? ";\n" : "\n;\n");
}

std::string written(const Statement& statement) {
  std::string text;
  if (!statement.accepted.empty()) text = "-- architrave:ignore " + statement.accepted + '\n';
  text += ended(statement.text);
  if (statement.copy_data) text += *statement.copy_data + "\\.\n";
  return text;
}

bool is_one_transaction(const std::vector<Step>& steps) {
  return steps.empty() || (steps.size() == 1 && steps[0].kind == Step::Kind::transaction);
}

// Digits at the beginning.
std::string_view number_of(std::string_view name) {
  std::size_t end = 0;
  while (end < name.size() && std::isdigit(static_cast<unsigned char>(name[end])) != 0) ++end;
  return name.substr(0, end);
}

std::string stem(const Migration& migration) {
  std::string text = migration.version + '_' + migration.name;
  if (migration.phase != Phase::none) text += '.' + std::string(word(migration.phase));
  return text;
}

}  // namespace

std::string_view word(Phase phase) {
  constexpr std::array<std::string_view, 4> words = {"", "expand", "migrate", "contract"};
  return words[static_cast<std::size_t>(phase)];
}

std::string_view word(Layout layout) {
  constexpr std::array<std::string_view, 8> words = {
      "architrave", "flyway", "golang-migrate", "dbmate", "sqitch", "prisma", "folders", "plain"};
  return words[static_cast<std::size_t>(layout)];
}

Step Step::transaction(std::vector<Statement> statements) {
  Step step;
  step.statements = std::move(statements);
  return step;
}

Step Step::single(Statement statement) {
  Step step;
  step.kind = Kind::statement;
  step.statements.push_back(std::move(statement));
  return step;
}

Step Step::fill(Backfill backfill) {
  Step step;
  step.kind = Kind::backfill;
  step.backfill = std::move(backfill);
  return step;
}

std::string render(const Migration& migration, const std::vector<Step>& steps) {
  std::string text = "-- architrave:migration " + migration.name + '\n';
  if (migration.phase != Phase::none)
    text += "-- architrave:phase " + std::string(word(migration.phase)) + '\n';
  text += "-- architrave:transaction ";
  text += is_one_transaction(steps) ? "one\n" : "none\n";
  for (const std::string& line : migration.proof) text += "-- architrave:proof " + line + '\n';
  // What SET has made of the session so far.
  std::optional<std::string> lock;
  std::optional<std::string> statement;
  const auto set = [&](const char* name, std::optional<std::string>& has,
                       const std::optional<std::string>& wanted) {
    if (has == wanted) return;
    has = wanted;
    text += wanted ? "SET " + std::string(name) + " = " + quote_literal(*wanted) + ";\n"
                   : "RESET " + std::string(name) + ";\n";
  };
  for (const Step& step : steps) {
    text += step.is_swap ? "\n-- architrave:swap\n" : "\n";
    if (step.kind == Step::Kind::transaction) {
      if (!step.lock_timeout) set("lock_timeout", lock, {});
      if (!step.statement_timeout) set("statement_timeout", statement, {});
      text += "BEGIN;\n";
      if (step.lock_timeout)
        text += "SET LOCAL lock_timeout = " + quote_literal(*step.lock_timeout) + ";\n";
      if (step.statement_timeout)
        text += "SET LOCAL statement_timeout = " + quote_literal(*step.statement_timeout) + ";\n";
      for (const Statement& each : step.statements) text += written(each);
      text += "COMMIT;\n";
      continue;
    }
    set("lock_timeout", lock, step.lock_timeout);
    set("statement_timeout", statement, step.statement_timeout);
    text += step.kind == Step::Kind::backfill ? backfill_statement(step.backfill) + ";\n"
                                              : written(step.statements.front());
  }
  return text;
}

std::string next_number(std::string_view number) {
  std::string next(number);
  for (std::size_t i = next.size(); i-- > 0;) {
    if (next[i] != '9') {
      ++next[i];
      return next;
    }
    next[i] = '0';
  }
  return '1' + next;
}

Result<std::string> next_number(const fs::path& folder) {
  std::string highest = "0000";
  std::error_code error;
  if (!fs::exists(folder, error)) return next_number(std::string_view(highest));
  auto each = fs::directory_iterator(folder, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    const std::string name = each->path().filename().string();
    const std::string_view number = number_of(name);
    if (!number.empty() && version_less(highest, number)) highest = number;
  }
  if (error)
    return fail("migration.folder", "cannot read the folder: " + error.message(), folder.string(),
                "check that you may read it");
  return next_number(std::string_view(highest));
}

Status write_migration(Migration& migration, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail("file.write", "cannot make the folder: " + error.message(), folder.string(),
                "check that you may write there");
  const auto write = [&](Script& script, const char* ending) -> Status {
    script.text = render(migration, script.steps);
    script.checksum = checksum(script.text);
    script.file = folder / (stem(migration) + ending);
    if (fs::exists(script.file, error))
      return fail("migration.exists", "there is such a migration already", script.file.string(),
                  "choose another name, or remove it if it was never applied");
    return write_file(script.file, script.text);
  };
  // The way back first: a migration that is there can be undone.
  if (migration.down) {
    if (Status done = write(*migration.down, ".down.sql"); !done) return done;
  }
  return write(migration.up, ".up.sql");
}

bool version_less(std::string_view a, std::string_view b) {
  const auto digit = [](char each) { return std::isdigit(static_cast<unsigned char>(each)) != 0; };
  while (!a.empty() && !b.empty()) {
    if (digit(a[0]) && digit(b[0])) {
      std::string_view left = number_of(a);
      std::string_view right = number_of(b);
      a.remove_prefix(left.size());
      b.remove_prefix(right.size());
      while (left.size() > 1 && left[0] == '0') left.remove_prefix(1);
      while (right.size() > 1 && right[0] == '0') right.remove_prefix(1);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
    } else {
      if (a[0] != b[0]) return a[0] < b[0];
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

}  // namespace architrave::migration
