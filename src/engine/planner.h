// Asks a server's planner what queries would cost if other indexes were there. Nothing is built:
// the indexes are hypothetical (HypoPG), live in sessions of this process, and end with them; or,
// in a twin, they are empty like all that it holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace architrave::engine {

// A query to plan. With $1, $2, … it is planned with `parameters` where these are given (one for
// each; absent: NULL), else by its generic plan.
struct PlannerQuery {
  std::string sql;
  std::vector<std::optional<std::string>> parameters;
};

// An index that could be there: on a table, or on each partition that holds rows.
struct HypotheticalPart {
  std::string table;           // qualified and quoted
  std::string create;          // CREATE INDEX ON …, without a name
  std::int64_t bytes = 0;      // that it will take, as the asker reckons; 0: the planner may
  std::optional<double> rows;  // of a partial one
};
struct HypotheticalIndex {
  std::vector<HypotheticalPart> parts;
  std::string table;   // the partitioned one, qualified and quoted; empty if it is not
  std::string create;  // on that table
};

struct RealIndex {
  std::string schema, name;
};

struct Question {
  std::size_t query = 0;             // into the queries of the planner
  std::vector<std::size_t> indexes;  // into its hypothetical indexes: those that are there
  std::vector<std::size_t> without;  // into those of set_dispensable: that are not there
  bool serial = false;               // without parallel workers, which are not always to be had
};

// An expression over one column of a table.
struct Expression {
  std::string schema, table, column;
  std::string column_type;  // with its modifier
  std::string text;         // names the column without the table
};

// What it gives for the column's sampled values.
struct ExpressionSample {
  double values = 0;    // how many were sampled
  double distinct = 0;  // results that differ
  double once = 0;      // of these, that came once
  double width = 0;     // average bytes, as stored
  std::string type_name;
  std::string type_category;
};

struct Answer {
  double cost = 0;                    // the planner's total, in its own units
  std::vector<std::size_t> used;      // hypothetical indexes that the plan uses, sorted
  std::vector<std::string> existing;  // names of real indexes that it uses, sorted
  std::string plan;                   // EXPLAIN's JSON
  std::vector<std::size_t> kept;      // of those of set_dispensable, that it uses, sorted
  // How it calls those of `used`: one may have several names, each that of a part.
  std::vector<std::pair<std::string, std::size_t>> names;
};

class Planner {
 public:
  virtual ~Planner() = default;

  // The queries that can be asked about from now on. Those that the server can't plan get its
  // complaint, in the order given; the others nothing.
  virtual Result<std::vector<std::string>> set_queries(std::vector<PlannerQuery> queries) = 0;
  // Their places in the list are their numbers from now on. Gives the bytes that the planner takes
  // each to have; absent for one that the server does not take. Of some that serve a plan
  // equally well the last is used.
  virtual Result<std::vector<std::optional<std::int64_t>>> set_indexes(
      std::vector<HypotheticalIndex> indexes) = 0;
  // Real indexes that questions may leave out; their places in the list are their numbers from now
  // on. False where none can be left out: a server that is not a sandbox is not touched.
  virtual bool set_dispensable(std::vector<RealIndex> indexes) = 0;
  // How many rows the planner expects of each SELECT; absent where it can't plan it.
  virtual Result<std::vector<std::optional<double>>> expected_rows(
      const std::vector<std::string>& selects) = 0;
  // Tries expressions on the values that the statistics of their columns hold; absent where there
  // are none, or it fails on them.
  virtual Result<std::vector<std::optional<ExpressionSample>>> sample(
      const std::vector<Expression>& expressions) {
    return std::vector<std::optional<ExpressionSample>>(expressions.size());
  }
  // Plans every question, in order; absent where the server could not.
  virtual Result<std::vector<std::optional<Answer>>> ask(
      const std::vector<Question>& questions) = 0;
  // The same without some real indexes (qualified, quoted names), as if they had been dropped.
  // Nothing where that can't be tried: a server that is not a sandbox is not touched.
  virtual Result<std::vector<std::optional<Answer>>> ask_without(
      const std::vector<std::string>& dropped, const std::vector<Question>& questions) = 0;
  // The same with indexes that are really built (statements CREATE INDEX …, without CONCURRENTLY)
  // and thrown away again: for those that can't be hypothetical. In a twin they are empty, and as
  // long as they would be. Nothing where ask_without has nothing.
  virtual Result<std::vector<std::optional<Answer>>> ask_with(
      const std::vector<std::string>& built, const std::vector<Question>& questions) = 0;
  // The plan's JSON, for showing it.
  virtual Result<std::string> plan(const Question& question) = 0;

  virtual std::int64_t calls() const = 0;     // plans made so far
  virtual double server_seconds() const = 0;  // CPU of its sessions, where they are of this machine
  virtual std::string description() const = 0;  // "PostgreSQL 15.20 twin, HypoPG 1.3.1"
};

// A planner for an opened source: the live server itself where it has HypoPG; else a twin of it (or
// the sandbox that holds the file's rows, analyzed, and `opened.catalog` read again with what that
// has counted), which `opened.sandbox` then keeps. Where the sandbox's server has no HypoPG either,
// the twin gets real indexes, empty and of the length that they would have. Errors: those of
// make_sandbox; "planner.engine" for engines without one.
Result<std::unique_ptr<Planner>> make_planner(Opened& opened);

}  // namespace architrave::engine
