// The frame of lint's rules. A rule is data: a name, how bad it is, what it says, what to write
// instead; and either the actions that it is about (migration/actions.h), so that its lock and
// rewrite are those of the table of effects, or a check of its own. Each is a file, rules/NAME.cc,
// with its page, docs/lint/NAME.md, whose examples are tests, and where there is more to show its
// cases, rules/NAME.test. The build makes the registry from the files.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "migration/actions.h"
#include "migration/effects.h"
#include "migration/schema.h"
#include "proposal/lint.h"

namespace architrave::migration::lint {

// Whether statements run in a transaction. Without a word in the file it is presumed that tools
// which apply files make one of each, and rules take what would be worse for granted.
enum class Transaction {
  none,      // each statement is one
  presumed,  // nobody says
  declared,  // by the file's header, or on the command line
  begun      // BEGIN
};

// A setting of the session, and what SET LOCAL puts in its place until the transaction ends.
struct Setting {
  struct Value {
    bool set = false;
    std::optional<std::int64_t> milliseconds;  // absent if it is no time; 0: no limit
    int line = 0;                              // of its SET
  };
  Value session, local;
  const Value& now() const { return local.set ? local : session; }
};

// Those that rules ask about.
enum Watched : std::size_t { lock_timeout, statement_timeout, idle_timeout, application_name };
using Settings = std::array<Setting, 4>;

// Of the transaction that runs, what it did to tables that others use.
struct Held {
  Lock lock = Lock::none;
  int line = 0;
  bool rewritten = false;
};

struct Place {
  std::string_view file;  // File::path; empty: the one that is read
  int line = 0;
  int column = 1;
};

// A key or a table that is looked at when more is known.
struct Pending {
  std::string table;
  std::vector<std::string> columns;
  Place place;
};

// Where the linter stands in the file: what was there before the statement.
struct State {
  explicit State(const Schema& known) : schema(known) {}

  const Schema& schema;
  int version = 15;
  int minor = -1;          // of the server, if it was said
  std::uint32_t unit = 0;  // the migration: what it makes is new, and nobody uses it yet
  int statements = 0;      // of the migration, before this one
  int statements_in_all = 0;
  int settings_in_all = 0;        // of them those that only set something
  bool last_file_before = false;  // it comes before files that were there already
  Transaction transaction = Transaction::presumed;
  int begun_at = 0;  // line of BEGIN

  Settings settings;
  Settings before;  // BEGIN, to which ROLLBACK goes back

  // Of this transaction.
  std::unordered_map<std::string, Held> held;
  std::vector<std::string> first_held;  // of them the first two that keep writers out
  int exclusive_tables = 0;             // held under ACCESS EXCLUSIVE
  std::string exclusive_table;
  int exclusive_line = 0;
  bool wide_reported = false;
  std::unordered_map<std::string, int> altered;  // table: line of its ALTER TABLE
  std::unordered_set<std::string> not_valid;     // "table.constraint" added so
  std::unordered_set<std::string> enum_values;   // types that got one
  int dangerous_line = 0;  // of the first lock that blocks writers, asked for without lock_timeout
  std::array<bool, 4> timeout_reported = {};

  // Of this migration.
  std::unordered_set<std::string> dropped;              // tables
  std::unordered_set<std::string> dropped_constraints;  // "table.constraint", IF EXISTS
  std::vector<Pending> foreign_keys;                    // without an index so far
  std::vector<Pending> tables;                          // made without a primary key

  bool is_transaction() const { return transaction != Transaction::none; }
  bool surely_transaction() const {
    return transaction == Transaction::begun || transaction == Transaction::declared;
  }
  // Whether others may use the relation: it was there before this migration.
  bool in_use(std::string_view relation) const;
};

struct Statement {
  sql::Node node;
  std::string_view text;
  const std::vector<Action>& actions;
  const Effects& effects;
  const State& state;
};

// Takes what a rule says.
class Finder {
 public:
  virtual ~Finder() = default;
  // `location` is in the statement, in bytes; below 0: its beginning.
  virtual void find(std::string message, std::string instead, std::string_view relation = {},
                    int location = -1) = 0;
  // Of an earlier statement.
  virtual void find_at(std::string message, std::string instead, std::string_view relation,
                       const Place& place) = 0;
};

struct Rule {
  LintRule is;
  std::initializer_list<Do> actions = {};
  bool in_use = true;  // says nothing of tables that this migration made
  // In addition; null: always.
  bool (*when)(const Action& action, const Statement& statement) = nullptr;
  // {table}, {column} (or constraint, index, trigger), {other}; quoted as SQL wants them.
  std::string_view message = {};
  std::string_view instead = {};
  // Put behind the message: what statistics say.
  std::string (*detail)(const Action& action, const Statement& statement) = nullptr;
  // What no action says. Of statements with one of these nodes, or of all if there are none.
  std::initializer_list<std::string_view> nodes = {};
  void (*check)(const Statement& statement, Finder& finder) = nullptr;
  // What is known when the migration has ended.
  void (*at_end)(const State& state, Finder& finder) = nullptr;
  // What is known when all have ended: a later one may mend it.
  void (*at_finish)(const State& state, Finder& finder) = nullptr;
};

// All of them, by name.
std::span<const Rule* const> all_rules();

// What a setting is set to, if that is a time: '2s', 500, '1min'.
std::optional<std::int64_t> setting_milliseconds(sql::Node value);

// "app.orders" as SQL: each part quoted where it must be.
std::string quoted(std::string_view relation);

}  // namespace architrave::migration::lint
