#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "migration/files.h"
#include "sql/script.h"
#include "sql/tree.h"

namespace architrave::migration {

namespace {

constexpr std::string_view prefix = "-- architrave:";

// The first words of a statement in lower case, comments and the rest left out.
std::vector<std::string> first_words(std::string_view text, std::size_t most) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size() && words.size() < most) {
    if (text.compare(at, 2, "--") == 0) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.compare(at, 2, "/*") == 0) {
      at = std::min(text.find("*/", at + 2), text.size() - 2) + 2;
    } else if (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_') {
      const std::size_t begin = at;
      while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 ||
                                  text[at] == '_' || text[at] == '.'))
        ++at;
      words.push_back(lower(text.substr(begin, at - begin)));
    } else if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      ++at;
    } else {
      break;
    }
  }
  return words;
}

// SET [LOCAL|SESSION] lock_timeout = '100ms', or RESET of it.
struct Timeout {
  bool local = false;
  bool is_lock = false;              // else statement_timeout
  std::optional<std::string> value;  // absent: back to the default
};
std::optional<Timeout> timeout_of(std::string_view statement) {
  std::vector<std::string> words = first_words(statement, 3);
  if (words.size() < 2 || (words[0] != "set" && words[0] != "reset")) return {};
  Timeout timeout;
  std::size_t name = 1;
  if (words[0] == "set" && (words[1] == "local" || words[1] == "session")) {
    timeout.local = words[1] == "local";
    name = 2;
  }
  if (words.size() <= name) return {};
  if (words[name] != "lock_timeout" && words[name] != "statement_timeout") return {};
  timeout.is_lock = words[name] == "lock_timeout";
  if (words[0] == "reset") return timeout;
  const std::size_t behind = lower(statement).find(words[name]) + words[name].size();
  std::string_view value = trim(statement.substr(behind));
  if (value.starts_with("=")) {
    value = trim(value.substr(1));
  } else if (lower(value.substr(0, 2)) == "to") {
    value = trim(value.substr(2));
  }
  if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'')
    value = value.substr(1, value.size() - 2);
  if (lower(value) != "default") timeout.value = value;
  return timeout;
}

void apply(const Timeout& timeout, Step& step) {
  (timeout.is_lock ? step.lock_timeout : step.statement_timeout) = timeout.value;
}

// What of psql's own commands changes nothing in the database.
bool is_harmless(std::string_view command) {
  constexpr std::array names = {"\\set",      "\\unset", "\\echo",       "\\qecho",     "\\pset",
                                "\\timing",   "\\x",     "\\restrict",   "\\warn",      "\\prompt",
                                "\\encoding", "\\a",     "\\unrestrict", "\\errverbose"};
  const std::string_view name = command.substr(0, command.find_first_of(" \t"));
  return std::ranges::find(names, name) != names.end();
}

std::string without_space(std::string_view text) {
  std::string out;
  for (const char each : text)
    if (std::isspace(static_cast<unsigned char>(each)) == 0) out += each;
  return out;
}

class Parser {
 public:
  Parser(std::string_view text, std::filesystem::path file, bool transaction)
      : text_(text), file_(std::move(file)), may_be_one_(transaction) {}

  Result<std::vector<Step>> parse(Migration* header) {
    const std::vector<sql::ScriptItem> items = sql::split_script(text_);
    const std::size_t first = items.empty() ? text_.size() : offset(items.front().text);
    if (Status read = read_header(text_.substr(0, first), header); !read) return fail(read);
    std::size_t end = 0;
    for (const sql::ScriptItem& item : items) {
      const std::size_t begin = offset(item.text);
      if (Status taken = take(item, text_.substr(end, begin - end)); !taken) return fail(taken);
      end = begin + item.text.size();
    }
    if (directive_in(text_.substr(end)))
      return wrong(end, "no DO block stands below this backfill",
                   "let architrave migrate plan write it");
    if (block_)
      return wrong(block_at_, "this BEGIN has no COMMIT", "end the transaction with COMMIT;");
    return gather();
  }

 private:
  std::size_t offset(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }

  std::string place(std::size_t at, int* line_out = nullptr, int* column_out = nullptr) const {
    int line = 1;
    std::size_t start = 0;
    for (std::size_t i = 0; i < at; ++i)
      if (text_[i] == '\n') {
        ++line;
        start = i + 1;
      }
    const int column = static_cast<int>(at - start) + 1;
    if (line_out != nullptr) *line_out = line;
    if (column_out != nullptr) *column_out = column;
    return file_.string() + ':' + std::to_string(line) + ':' + std::to_string(column);
  }

  std::unexpected<Error> wrong(std::size_t at, std::string message, std::string hint) const {
    return fail("migration.file", std::move(message), place(at), std::move(hint));
  }

  Status read_header(std::string_view comments, Migration* header) {
    for (std::size_t at = comments.find(prefix); at != std::string_view::npos;
         at = comments.find(prefix, at + 1)) {
      const std::string_view line = comments.substr(at, comments.find('\n', at) - at);
      const std::string_view rest = line.substr(prefix.size());
      const std::string_view key = rest.substr(0, rest.find_first_of(" \t\r"));
      const std::string value(trim(rest.substr(key.size())));
      if (key == "transaction") {
        if (value != "one" && value != "none")
          return wrong(at, "the transaction is neither one nor none: " + value,
                       "write -- architrave:transaction one, or none");
        says_one_ = value == "one";
        may_be_one_ = says_one_;
      } else if (key == "phase") {
        Phase phase = Phase::none;
        for (const Phase each : {Phase::expand, Phase::migrate, Phase::contract})
          if (word(each) == value) phase = each;
        if (phase == Phase::none)
          return wrong(at, "there is no phase " + value, "it is expand, migrate or contract");
        if (header != nullptr) header->phase = phase;
      } else if (key == "migration" && header != nullptr) {
        header->name = value;
      } else if (key == "proof" && header != nullptr) {
        header->proof.push_back(value);
      }
    }
    return {};
  }

  static std::optional<std::string_view> directive_in(std::string_view gap) {
    const std::size_t at = gap.rfind("-- architrave:backfill");
    if (at == std::string_view::npos) return {};
    const std::string_view line = gap.substr(at, gap.find('\n', at) - at);
    return trim(line.substr(std::string_view("-- architrave:backfill").size()));
  }

  Status take(const sql::ScriptItem& item, std::string_view gap) {
    const std::size_t at = offset(item.text);
    next_is_swap_ |= gap.find("-- architrave:swap") != std::string_view::npos;
    if (item.kind == sql::ScriptItem::Kind::meta_command) {
      if (is_harmless(item.text)) return {};
      return wrong(at, "only psql knows " + std::string(item.text.substr(0, item.text.find('\n'))),
                   "write the SQL itself into the file");
    }
    if (item.kind == sql::ScriptItem::Kind::copy_data) {
      Step* last = block_ ? &*block_ : steps_.empty() ? nullptr : &steps_.back();
      if (last != nullptr && !last->statements.empty())
        last->statements.back().copy_data = std::string(item.text);
      return {};
    }
    if (const auto directive = directive_in(gap)) return backfill(item, *directive);
    Statement statement(std::string(item.text));
    place(at, &statement.line, &statement.column);
    const std::vector<std::string> words = first_words(item.text, 3);
    const std::string first = words.empty() ? "" : words[0];
    const std::string second = words.size() > 1 ? words[1] : "";
    if (first == "begin" || (first == "start" && second == "transaction"))
      return begin(std::move(statement), at);
    if ((first == "commit" || first == "end") && second != "prepared") return commit();
    const bool to_savepoint = second == "to" || (words.size() > 2 && words[2] == "to");
    if (((first == "rollback" && !to_savepoint) || first == "abort" || second == "prepared" ||
         (first == "prepare" && second == "transaction")))
      return wrong(at, "a migration does not say " + first + " itself",
                   "leave out what is not to be done; BEGIN and COMMIT alone stand in a migration");
    if (block_) {
      const auto timeout = timeout_of(item.text);
      if (timeout && timeout->local && block_is_fresh_) {
        apply(*timeout, *block_);
        return {};
      }
      if (!runs_in_transaction(item.text)) return not_in_transaction(at);
      block_is_fresh_ = false;
      block_->statements.push_back(std::move(statement));
      return {};
    }
    Step step = Step::single(std::move(statement));
    step.line = item.line;
    if (!timeout_of(item.text)) step.is_swap = std::exchange(next_is_swap_, false);
    steps_.push_back(std::move(step));
    return {};
  }

  std::unexpected<Error> not_in_transaction(std::size_t at) const {
    return wrong(at, "the server does not take this statement in a transaction",
                 "put it outside of BEGIN and COMMIT, and write -- architrave:transaction none at "
                 "the top");
  }

  Status backfill(const sql::ScriptItem& item, std::string_view directive) {
    const std::size_t at = offset(item.text);
    Result<Backfill> read = parse_backfill(directive);
    if (!read) return wrong(offset(directive), read.error().message, read.error().hint);
    if (block_)
      return wrong(at, "a backfill commits each batch and can't stand in a transaction",
                   "put it outside of BEGIN and COMMIT");
    const std::vector<std::string> words = first_words(item.text, 1);
    if (words.empty() || words[0] != "do")
      return wrong(at, "no DO block stands below the backfill",
                   "let architrave migrate plan write it");
    Statement statement(std::string(item.text));
    place(at, &statement.line, &statement.column);
    // A block that somebody has changed by hand is run as it stands.
    const bool same = without_space(item.text) == without_space(backfill_block(*read));
    Step step = same ? Step::fill(std::move(*read)) : Step::single(std::move(statement));
    step.line = item.line;
    step.is_swap = std::exchange(next_is_swap_, false);
    steps_.push_back(std::move(step));
    return {};
  }

  Status begin(Statement statement, std::size_t at) {
    if (block_) return {};  // psql warns and goes on
    block_ = Step::transaction({});
    block_->line = statement.line;
    block_->is_swap = std::exchange(next_is_swap_, false);
    block_at_ = at;
    saw_block_ = true;
    block_is_fresh_ = true;
    // BEGIN ISOLATION LEVEL SERIALIZABLE
    std::string_view rest = trim(statement.text);
    for (const char* skipped : {"begin", "start", "work", "transaction"})
      if (lower(rest.substr(0, std::string_view(skipped).size())) == skipped)
        rest = trim(rest.substr(std::string_view(skipped).size()));
    if (!rest.empty()) {
      statement.text = "SET TRANSACTION " + std::string(rest);
      block_->statements.push_back(std::move(statement));
    }
    return {};
  }

  Status commit() {
    if (!block_) return {};
    steps_.push_back(std::move(*block_));
    block_.reset();
    return {};
  }

  // What is known once all is read: whether a script without BEGIN is one transaction, and which
  // timeouts the session has at each step.
  Result<std::vector<Step>> gather() {
    const Step* alone = nullptr;  // the first that no transaction can hold
    bool outside = false;
    for (const Step& step : steps_) {
      if (step.kind == Step::Kind::transaction) continue;
      const bool fits =
          step.kind == Step::Kind::statement && runs_in_transaction(step.statements.front().text);
      if (!fits && alone == nullptr) alone = &step;
      outside |=
          step.kind != Step::Kind::statement || !is_session_setting(step.statements.front().text);
    }
    if (says_one_ && (alone != nullptr || (saw_block_ && outside))) {
      const Step& step = alone != nullptr ? *alone : first_outside();
      return fail("migration.file",
                  "the file says that it is one transaction, and this stands outside of it",
                  file_.string() + ':' + std::to_string(step.line) + ":1",
                  "write -- architrave:transaction none at the top");
    }
    if (!saw_block_ && may_be_one_ && alone == nullptr) return one_transaction();
    std::vector<Step> steps;
    Step session;
    for (Step& step : steps_) {
      if (step.kind == Step::Kind::statement) {
        const std::string& text = step.statements.front().text;
        if (const auto timeout = timeout_of(text)) {
          if (!timeout->local) apply(*timeout, session);
          continue;
        }
        if (is_session_setting(text)) step.kind = Step::Kind::setting;
      }
      if (!step.lock_timeout) step.lock_timeout = session.lock_timeout;
      if (!step.statement_timeout) step.statement_timeout = session.statement_timeout;
      steps.push_back(std::move(step));
    }
    return steps;
  }

  const Step& first_outside() const {
    for (const Step& step : steps_)
      if (step.kind != Step::Kind::transaction &&
          !(step.kind == Step::Kind::statement && is_session_setting(step.statements.front().text)))
        return step;
    return steps_.front();
  }

  std::vector<Step> one_transaction() {
    Step all = Step::transaction({});
    for (Step& step : steps_) {
      Statement& statement = step.statements.front();
      if (all.line == 0) all.line = statement.line;
      const auto timeout = timeout_of(statement.text);
      if (timeout && all.statements.empty()) {
        apply(*timeout, all);
      } else {
        all.statements.push_back(std::move(statement));
      }
    }
    if (all.statements.empty()) return {};
    std::vector<Step> steps;
    steps.push_back(std::move(all));
    return steps;
  }

  std::string_view text_;
  std::filesystem::path file_;
  bool may_be_one_;
  bool says_one_ = false;
  bool saw_block_ = false;
  bool block_is_fresh_ = false;  // nothing but settings of it yet
  bool next_is_swap_ = false;
  std::optional<Step> block_;
  std::size_t block_at_ = 0;
  std::vector<Step> steps_;
};

}  // namespace

Result<Script> parse_script(std::string_view text, const std::filesystem::path& file,
                            Migration* header, bool transaction, Dialect dialect) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Script script;
  script.file = file;
  script.text = text;
  script.checksum = checksum(text);
  const std::string filled =
      dialect == Dialect::sqlite ? std::string(text) : sql::substitute_variables(text);
  Result<std::vector<Step>> steps = dialect == Dialect::sqlite
                                        ? parse_sqlite_steps(filled, file)
                                        : Parser(filled, file, transaction).parse(header);
  if (!steps) return fail(steps);
  script.steps = std::move(*steps);
  return script;
}

std::string checksum(std::string_view text) {
  return stable_hash(replace_all(std::string(text), "\r\n", "\n"));
}

bool runs_in_transaction(std::string_view statement) {
  const std::string text = lower(statement);
  constexpr std::array signs = {"concurrently", "vacuum",       "database", "tablespace", "system",
                                "reindex",      "subscription", "cluster",  "discard",    "commit"};
  if (std::ranges::none_of(signs, [&](const char* sign) { return contains_word(text, sign); }))
    return true;
  const auto parsed = sql::parse(statement);
  // What only a newer server understands.
  if (!parsed || parsed->size() != 1) return !contains_word(text, "concurrently");
  const sql::Tree& tree = parsed->front();
  constexpr std::array never = {"CreatedbStmt",        "DropdbStmt",      "CreateTableSpaceStmt",
                                "DropTableSpaceStmt",  "AlterSystemStmt", "CreateSubscriptionStmt",
                                "DropSubscriptionStmt"};
  if (std::ranges::find(never, tree.type) != never.end()) return false;
  if (tree.is("IndexStmt") || tree.is("DropStmt")) return !tree["concurrent"].flag();
  if (tree.is("VacuumStmt")) return !tree["is_vacuumcmd"].flag();
  if (tree.is("ClusterStmt")) return !tree["relation"].empty();
  if (tree.is("DiscardStmt")) return tree["target"].text() != "DISCARD_ALL";
  if (tree.is("DoStmt") || tree.is("CallStmt")) return !contains_word(text, "commit");
  if (tree.is("ReindexStmt")) {
    const std::string_view kind = tree["kind"].text();
    return !contains_word(text, "concurrently") && kind != "REINDEX_OBJECT_DATABASE" &&
           kind != "REINDEX_OBJECT_SYSTEM" && kind != "REINDEX_OBJECT_SCHEMA";
  }
  if (tree.is("AlterTableStmt")) {
    for (const sql::Tree& command : tree["cmds"].list)
      if (command["subtype"].text() == "AT_DetachPartition" && command["def"]["concurrent"].flag())
        return false;
  }
  return true;
}

bool is_session_setting(std::string_view statement) {
  const std::vector<std::string> words = first_words(statement, 3);
  if (words.size() < 2) return false;
  if (words[0] == "reset") return true;
  if (words[0] == "set")
    return words[1] != "local" && words[1] != "constraints" && words[1] != "transaction";
  return words[0] == "select" &&
         (words[1] == "set_config" || words[1] == "pg_catalog.set_config") &&
         contains_word(lower(statement), "false");
}

}  // namespace architrave::migration
