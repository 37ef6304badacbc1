// Transactions and timeouts: how long others wait.
#include <algorithm>

#include "base/text.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

namespace {

constexpr std::int64_t longest_lock_timeout = 10'000;
constexpr std::int64_t longest_statement_timeout = 300'000;

// The lock of the statement that makes writers or readers of a table in use wait, if it takes one.
const Effect* dangerous(const Statement& statement) {
  const Effect* worst = nullptr;
  for (const Effect& each : statement.effects.relations)
    if (each.lock >= Lock::share && statement.state.in_use(each.relation) &&
        (worst == nullptr || each.lock > worst->lock))
      worst = &each;
  return worst;
}

void missing(const Statement& statement, Finder& finder, Watched which, const std::string& why,
             const char* instead) {
  const Effect* lock = dangerous(statement);
  // A timeout of 0 is another rule's.
  if (lock == nullptr || statement.state.settings[which].now().set ||
      statement.state.timeout_reported[which])
    return;
  finder.find(std::string(to_string(lock->lock)) + " on " + quoted(lock->relation) + why, instead,
              lock->relation);
}

void missing_lock_timeout(const Statement& statement, Finder& finder) {
  missing(statement, finder, lock_timeout,
          " without lock_timeout: while it waits behind one long query, everybody else waits "
          "behind it",
          "SET LOCAL lock_timeout = '2s' at the top of the transaction, and try again when it "
          "fails");
}
void missing_statement_timeout(const Statement& statement, Finder& finder) {
  missing(statement, finder, statement_timeout,
          " without statement_timeout: nothing ends it should it take hours",
          "SET LOCAL statement_timeout = '30s' at the top of the transaction");
}
void missing_idle_timeout(const Statement& statement, Finder& finder) {
  missing(statement, finder, idle_timeout,
          " without idle_in_transaction_session_timeout: if the client hangs, the lock is held "
          "until somebody finds out",
          "SET LOCAL idle_in_transaction_session_timeout = '10s' at the top of the transaction");
}
void missing_name(const Statement& statement, Finder& finder) {
  missing(statement, finder, application_name,
          " by a session that can't be told from others in pg_stat_activity",
          "SET application_name = 'migration NNNN' at the top of the file");
}

void timeout_comes_late(const Statement& statement, Finder& finder) {
  if (statement.node["name"].text() != "lock_timeout" || statement.state.dangerous_line == 0)
    return;
  finder.find("line " + std::to_string(statement.state.dangerous_line) +
                  " has taken a lock that others wait behind by then",
              "set lock_timeout before the first statement that locks");
}

// A lock that others wait behind, and the setting that should bound it does not.
void too_long(const Statement& statement, Finder& finder, const Setting& setting,
              std::int64_t longest, const std::string& zero, const std::string& other,
              const char* instead) {
  const Setting::Value& now = setting.now();
  if (!now.milliseconds || (*now.milliseconds > 0 && *now.milliseconds <= longest)) return;
  const Effect* lock = dangerous(statement);
  if (lock == nullptr) return;
  const std::string of = std::string(to_string(lock->lock)) + " on " + quoted(lock->relation);
  const std::string set = "(line " + std::to_string(now.line) + ")";
  finder.find(*now.milliseconds == 0
                  ? of + " is asked for with " + zero + ' ' + set
                  : of + " is asked for with " + other + " of " +
                        human_seconds(static_cast<double>(*now.milliseconds) / 1000) + ' ' + set,
              instead, lock->relation);
}

void bad_lock_timeout(const Statement& statement, Finder& finder) {
  too_long(statement, finder, statement.state.settings[lock_timeout], longest_lock_timeout,
           "lock_timeout off: it waits for ever, with everybody else behind it", "a lock_timeout",
           "SET LOCAL lock_timeout = '2s', and try again when it fails");
}

void bad_statement_timeout(const Statement& statement, Finder& finder) {
  too_long(statement, finder, statement.state.settings[statement_timeout],
           longest_statement_timeout, "statement_timeout off: it may be held for hours",
           "a statement_timeout",
           "a few seconds for what locks; long work belongs into statements that do not lock, or "
           "into batches");
}

void concurrently(const Statement& statement, Finder& finder) {
  if (statement.effects.transactional || !statement.state.surely_transaction()) return;
  const Action& action = statement.actions.front();
  const EffectRow& row = effect_row(action.what, statement.state.version);
  finder.find(std::string(row.words) + " fails in a transaction" +
                  (statement.state.begun_at > 0
                       ? ", and this one began in line " + std::to_string(statement.state.begun_at)
                       : std::string()),
              "a file of its own with -- architrave:transaction none, or COMMIT before it",
              action.relation);
}

bool touches_rows(const Statement& statement) {
  if (statement.node.is("DoStmt") || statement.node.is("CallStmt")) return true;
  return std::ranges::any_of(statement.actions, [&](const Action& each) {
    const EffectRow& row = effect_row(each.what, statement.state.version);
    return (each.what >= Do::read && each.what <= Do::copy_from) || row.scans || row.rewrites;
  });
}

void while_holding(const Statement& statement, Finder& finder) {
  const State& state = statement.state;
  if (state.exclusive_tables == 0 || !state.is_transaction() || !touches_rows(statement)) return;
  finder.find("nobody reads or writes " + quoted(state.exclusive_table) +
                  " while this runs: line " + std::to_string(state.exclusive_line) +
                  " of the same transaction holds ACCESS EXCLUSIVE on it",
              "commit first: what locks goes last, into a transaction of its own");
}

void wide_window(const Statement& statement, Finder& finder) {
  const State& state = statement.state;
  if (!state.is_transaction() || state.exclusive_tables == 0 || state.wide_reported) return;
  for (const Effect& each : statement.effects.relations) {
    if (each.lock != Lock::access_exclusive || !state.in_use(each.relation)) continue;
    const auto held = state.held.find(each.relation);
    if (held != state.held.end() && held->second.lock == Lock::access_exclusive) continue;
    finder.find("the transaction holds ACCESS EXCLUSIVE on " + quoted(state.exclusive_table) +
                    " (line " + std::to_string(state.exclusive_line) + ") while it waits for " +
                    quoted(each.relation) +
                    ": the window widens, and a transaction that takes them in the other order "
                    "deadlocks with it",
                "one table a transaction", each.relation);
    return;
  }
}

void several_alters(const Statement& statement, Finder& finder) {
  if (statement.node["objtype"].text() != "OBJECT_TABLE") return;
  const std::string table = statement.state.schema.name_of(statement.node["relation"]);
  const auto earlier = statement.state.altered.find(table);
  if (earlier == statement.state.altered.end()) return;
  for (const Action& each : statement.actions)
    if (each.what == Do::validate_check || each.what == Do::validate_foreign_key ||
        each.what == Do::attach_partition || each.what == Do::attach_partition_proved)
      return;
  finder.find("line " + std::to_string(earlier->second) + " alters " + quoted(table) +
                  " too: one statement takes its lock once, and rewrites or reads once",
              "ALTER TABLE " + quoted(table) + " …, …", table);
}

void nesting(const Statement& statement, Finder& finder) {
  const std::string_view kind = statement.node["kind"].text();
  const State& state = statement.state;
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") {
    if (state.transaction == Transaction::begun)
      finder.find(
          "the transaction that began in line " + std::to_string(state.begun_at) +
              " still runs: this BEGIN does nothing but warn, and the next COMMIT ends both",
          "COMMIT before it, or leave it out; SAVEPOINT for a part that may fail");
    else if (state.transaction == Transaction::declared)
      finder.find("the file runs in a transaction already: this BEGIN does nothing but warn",
                  "leave BEGIN and COMMIT out, or say -- architrave:transaction none");
  } else if (kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_ROLLBACK") {
    if (state.transaction == Transaction::declared)
      finder.find(
          "ends the transaction in which the file runs: what follows is committed "
          "statement by statement, and can't be taken back as one",
          "leave BEGIN and COMMIT out, or say -- architrave:transaction none");
    else if (state.transaction != Transaction::begun)
      finder.find("no BEGIN is open here",
                  "leave it out, or begin the transaction that it is meant to end");
  }
}

void uncommitted(const State& state, Finder& finder) {
  if (state.transaction == Transaction::begun)
    finder.find_at(
        "BEGIN has no COMMIT: the file's changes are rolled back when the session ends, "
        "and its locks are held until then",
        "COMMIT at the end of the file", {}, {.file = {}, .line = state.begun_at});
}

// What rewrites and has no rule of its own.
bool has_no_rule(Do what) {
  return what == Do::set_access_method || what == Do::set_tablespace ||
         what == Do::add_column_constrained_domain;
}

void rewritten(const Statement& statement, Finder& finder) {
  if (statement.node.is("TruncateStmt")) return;
  const State& state = statement.state;
  for (const Effect& each : statement.effects.relations) {
    if (!each.rewrites || !state.in_use(each.relation)) continue;
    std::string message;
    for (const std::string& other : state.first_held) {
      if (other == each.relation || !message.empty()) continue;
      const Held& held = state.held.at(other);
      message = "all of " + quoted(each.relation) + " is written anew while line " +
                std::to_string(held.line) + " of the same transaction holds " +
                std::string(to_string(held.lock)) + " on " + quoted(other) + " too";
    }
    if (message.empty() && std::ranges::any_of(statement.actions, has_no_rule, &Action::what))
      message = "all of " + quoted(each.relation) + " is written anew under " +
                std::string(to_string(each.lock));
    if (message.empty()) continue;
    finder.find(std::move(message),
                "the rewrite in a transaction of its own; better, in steps: a new column or table "
                "beside it, filled in batches, and a short swap, which architrave migrate plan "
                "writes",
                each.relation);
    return;
  }
}

const Rule rules[] = {
    {.is = {.name = "missing-lock-timeout",
            .severity = Severity::warning,
            .summary = "A lock that others wait behind is asked for without lock_timeout"},
     .check = missing_lock_timeout},
    {.is = {.name = "missing-statement-timeout",
            .severity = Severity::info,
            .summary = "Nothing ends a statement that holds a lock too long"},
     .check = missing_statement_timeout},
    {.is = {.name = "missing-idle-in-transaction-timeout",
            .severity = Severity::info,
            .summary = "Nothing ends a transaction whose client hangs while it holds a lock"},
     .check = missing_idle_timeout},
    {.is = {.name = "missing-application-name",
            .severity = Severity::info,
            .summary = "A session that locks can't be told from others"},
     .check = missing_name},
    {.is = {.name = "lock-timeout-after-dangerous-statement",
            .severity = Severity::warning,
            .summary = "lock_timeout is set after the lock was taken"},
     .nodes = {"VariableSetStmt"},
     .check = timeout_comes_late},
    {.is = {.name = "lock-timeout-zero-or-too-long",
            .severity = Severity::warning,
            .summary = "lock_timeout is off, or longer than others should wait"},
     .check = bad_lock_timeout},
    {.is = {.name = "statement-timeout-too-long",
            .severity = Severity::info,
            .summary = "statement_timeout is off, or longer than a lock should be held"},
     .check = bad_statement_timeout},
    {.is = {.name = "concurrently-in-transaction",
            .severity = Severity::error,
            .summary = "A statement that can't run in a transaction stands in one"},
     .check = concurrently},
    {.is = {.name = "statement-while-holding-access-exclusive",
            .severity = Severity::warning,
            .summary =
                "A statement that takes its time runs while a table is locked for everybody"},
     .check = while_holding},
    {.is = {.name = "wide-lock-window",
            .severity = Severity::warning,
            .summary = "One transaction locks several tables for everybody"},
     .check = wide_window},
    {.is = {.name = "multiple-alter-table",
            .severity = Severity::info,
            .summary = "Several ALTER TABLEs of one table where one will do"},
     .nodes = {"AlterTableStmt"},
     .check = several_alters},
    {.is = {.name = "transaction-nesting",
            .severity = Severity::warning,
            .summary = "BEGIN inside of a transaction, or COMMIT outside of one"},
     .nodes = {"TransactionStmt"},
     .check = nesting},
    {.is = {.name = "uncommitted-transaction",
            .severity = Severity::error,
            .summary = "A BEGIN without COMMIT: nothing of it stays"},
     .at_end = uncommitted},
    {.is = {.name = "rewrite-under-dangerous-lock",
            .severity = Severity::error,
            .summary = "A table is written anew while others wait, for another table too"},
     .check = rewritten},
    {.is = {.name = "set-logged-unlogged",
            .severity = Severity::error,
            .summary = "SET LOGGED and SET UNLOGGED rewrite the table under its lock"},
     .actions = {Do::set_logged},
     .message = "all of {table} is written anew under ACCESS EXCLUSIVE, and into the log",
     .instead = "a new table beside it, filled in batches, and a swap of names"},
};

}  // namespace

std::span<const Rule> transaction_rules() { return rules; }

}  // namespace architrave::migration::lint
