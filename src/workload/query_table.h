// The statements seen so far, each fingerprint once. Bounded: where there are more fingerprints or
// more text than fits, the rarest are dropped, and what was dropped is counted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workload/scanner.h"
#include "workload/workload.h"

namespace architrave::workload {

struct TableLimits {
  std::size_t queries = 20'000;
  std::size_t text_bytes = std::size_t{48} << 20U;
  std::size_t forms = 100'000;  // distinct texts but for their literals
  std::size_t samples = 8;      // of parameters, for each query
};

// What one call of a statement said about itself.
struct Call {
  std::string_view text;        // as sent, or with a tab after each newline:
  bool tabbed = false;          // as logs in the stderr format have it
  std::string_view parameters;  // "$1 = 'a', $2 = NULL"; may be empty
  double ms = -1;               // unknown
  bool failed = false;
  std::string_view user;
  std::string_view database;
};

class QueryTable {
 public:
  explicit QueryTable(TableLimits limits = {}) : limits_(limits) {}

  // Where a text's value for one of its query's $1, $2, … comes from.
  struct Value {
    enum class From : std::uint8_t { none, literal, parameter, constant } from = From::none;
    std::uint32_t literal = 0;  // its place among the text's literals and parameters, from 0
    std::uint32_t number = 0;   // of a parameter, from 1
    bool negative = false;
    std::string constant;  // TRUE, FALSE; empty: NULL
  };
  // All texts with one key.
  struct Form {
    bool understood = false;
    std::vector<std::uint32_t> queries;  // what it is made of, mostly one
    std::vector<Value> values;           // for the one query's parameters; empty: not known
    std::uint32_t literals = 0;          // that the first of them had
    std::uint32_t plans = 1;             // that auto_explain writes for it, at most
    enum class Boundary : std::uint8_t { none, begin, end } boundary = Boundary::none;
  };

  // The form of a text, which is parsed if it is a new one. Valid until the next look_up; numbers
  // of queries until `generation` changes.
  struct Found {
    Form* form = nullptr;
    std::uint64_t key = 0;
  };
  Found look_up(std::string_view text, bool tabbed = false);
  // The same by its key; no form where it is no longer known.
  Found find(std::uint64_t key);
  const std::vector<Literal>& literals() const { return scanner_.literals(); }

  // Counts one call of what look_up has just found.
  void count(const Found& found, const Call& call);
  // More of a call that was counted before: its time, said on a later line.
  void add_time(const Found& found, const Call& call);
  // Its parameters, where count() did not have them.
  void add_parameters(const Found& found, const Call& call);
  void add_error(const Found& found);  // of a call that was counted before
  void add_planning(const Found& found, double ms);
  void keep_plan(const Found& found, std::string_view plan, bool tabbed, double ms);
  void add_temporary(const Found& found, std::int64_t blocks);
  // Rows of pg_stat_statements: sums them up under the text's fingerprint. False if it can't be
  // parsed; then it is counted as such.
  bool add(std::string_view text, const Query& sums);

  Query& query(std::uint32_t number) { return entries_[number]->query; }
  const Query& query(std::uint32_t number) const { return entries_[number]->query; }
  std::uint32_t generation() const { return generation_; }

  // Moves the queries, counts and notes into the workload.
  void finish(Workload& workload);

 private:
  struct Entry {
    Query query;
    double plan_max_ms = -1;
    std::int64_t sampled = 0;  // calls that a sample was taken from
  };
  void understand(Form& form, std::string_view text);
  std::uint32_t enter(std::string fingerprint, std::string normalized, std::string_view node);
  void sample(Entry& entry, const Form& form, const Call& call);
  void make_room();

  TableLimits limits_;
  Scanner scanner_;
  std::unordered_map<std::uint64_t, Form> forms_;
  std::unordered_map<std::string, std::uint32_t> by_fingerprint_;
  // By the fingerprint of a whole text: a text that differs in what no fingerprint shows, such as
  // the digits in a table's name, is not taken apart again.
  std::unordered_map<std::string, Form> by_whole_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::size_t text_bytes_ = 0;
  std::uint32_t generation_ = 0;
  std::uint64_t random_ = 0x2545f4914f6cdd1dU;
  std::int64_t statements_ = 0;
  std::int64_t unparsed_ = 0;
  std::int64_t dropped_calls_ = 0;
  std::int64_t dropped_queries_ = 0;
  std::vector<std::string> not_understood_;  // examples
};

// "$1 = 'it''s', $2 = NULL" as values by number, from 1; stops at what is not of this form.
std::vector<std::optional<std::string>> read_parameters(std::string_view text);

// A literal of SQL as its value: without quotes, escapes resolved.
std::string literal_value(std::string_view literal);
// The text with its $1, $2, … replaced by literals of these values; those that lack one stay.
std::string with_values(std::string_view text,
                        const std::vector<std::optional<std::string>>& values);

}  // namespace architrave::workload
