// Inside of the linter: what it keeps from file to file, and one file on its way through the rules.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "migration/lint/comments.h"
#include "migration/lint/cost.h"
#include "migration/lint/fix.h"
#include "migration/lint/lint.h"
#include "sql/script.h"

namespace architrave::migration::lint {

struct Linter::Impl {
  explicit Impl(const Options& given);

  const Options options;
  Schema schema;
  State state;
  LintSummary summary;
  std::array<std::vector<const Rule*>, static_cast<std::size_t>(Do::count_)> by_action;
  std::unordered_map<std::string_view, std::vector<const Rule*>> by_node;
  std::vector<const Rule*> for_all;
  std::vector<const Rule*> at_end;
  std::unordered_map<std::string_view, const Rule*> by_name;
  sql::TreeReader reader;
  ActionReader actions;
};

// One file on its way through the rules.
class Pass : public Finder {
 public:
  Pass(Linter::Impl& impl, const File& file, const std::function<void(const LintFinding&)>& take)
      : impl_(impl), state_(impl.state), file_(file), take_(take) {}

  void run();
  std::optional<std::string> fixed_text();

  void find(std::string message, std::string instead, std::string_view relation,
            int location) override;
  void find_at(std::string message, std::string instead, std::string_view relation,
               const Place& place) override;
  void finish();

 private:
  struct Ignore {
    std::string rule;
    int line = 0;             // of the comment
    int first = 0, last = 0;  // lines that it holds for
    bool used = false;
  };

  bool fix(std::size_t location);
  void begin_migration(std::size_t index);
  void end_migration();
  void statement(const sql::ScriptItem& item);
  void meta_command(const sql::ScriptItem& item);
  void recover(std::string_view broken, std::size_t offset);
  void judge(const Statement& statement);
  void after(const Statement& statement, int line);
  void take_directives(const Directives& directives, std::string_view text, int first, int last);
  void give(const LintFinding& finding);
  bool is_ignored(std::string_view rule, int line);
  // Takes what the statement does to the relation, and to its partitions, into the finding.
  void weigh(const Effect& effect, LintFinding& finding);
  // Line and column, counted from the place that was asked for before, or from the statement's.
  std::pair<int, int> place(const char* at);
  struct Cursor {
    const char* at = nullptr;
    const char* line_start = nullptr;
    int line = 1;
    void advance(const char* to);
  };

  Linter::Impl& impl_;
  State& state_;
  const File& file_;
  const std::function<void(const LintFinding&)>& take_;
  static constexpr int most_recoveries = 100;
  std::vector<sql::ScriptItem> items_;
  std::size_t index_ = 0;  // of the one that is looked at
  int recoveries_ = 0;
  const Rule* rule_ = nullptr;
  const Statement* statement_ = nullptr;
  const sql::ScriptItem* item_ = nullptr;
  const Action* action_ = nullptr;
  // Of the statement: where the last relation was found, and what it does to all of them.
  std::size_t effect_at_ = 0;
  std::optional<Effect> of_all_;
  std::vector<Cost> costs_;      // once one is asked for
  std::vector<Ignore> ignores_;  // of statements
  std::vector<Ignore> file_ignores_;
  Cursor statement_place_, last_;
  std::vector<sql::Token> tokens_;  // of the statement, once a fix asks for them
  std::vector<Edit> edits_;         // of the file
  bool transactionless_ = false;
  int migrations_ = 0;
};

}  // namespace architrave::migration::lint
