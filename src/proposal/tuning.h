// What tuning a workload came to, as values: which indexes, which queries written otherwise, which
// settings, and what each brings to which query. Costs are the planner's units; those of a
// workload are weighted by calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proposal/proposal.h"

namespace architrave {

struct QueryEffect {
  std::string fingerprint;
  double before = 0;  // cost of one call
  double after = 0;
};

struct TunedIndex {
  std::string table;
  std::string name;
  std::string ddl;                   // CREATE INDEX CONCURRENTLY …
  std::int64_t bytes = 0;            // estimated
  double maintenance = 0;            // cost to the workload's writes
  std::vector<QueryEffect> queries;  // that use it in the whole set, the largest gain first
  std::string proposal;              // id
};

// An index that is there and is not needed.
struct TunedDrop {
  std::string index;
  std::string table;
  std::string why;
  std::int64_t bytes = 0;
  std::string proposal;
};

// A query that can be said better: the same by what the catalog proves, and then tried.
struct Rewrite {
  std::string query;         // fingerprint, 16 hexadecimal digits
  std::string rule;          // "not-in-to-not-exists": also its page, docs/rewrites/NAME.md
  std::string before_sql;    // as it was given
  std::string after_sql;     // a clause a line
  std::string precondition;  // what had to hold, with the names of what proves it
  Proof proof;               // claims `equivalent` and `cheaper`
  // What was measured, for the report to show: absent where it was not.
  std::optional<double> cost_before, cost_after;        // the planner's
  std::optional<double> seconds_before, seconds_after;  // over the source's own rows
};

// What changes a query's meaning, or needs the application: said, not proposed.
struct QueryAdvice {
  std::string query;  // fingerprint
  std::string rule;   // "offset-to-keyset"
  std::string message;
  std::string suggestion;
};

struct TunedSetting {
  std::string name;
  std::string table;  // of a table's own, else empty
  std::string current;
  std::string proposed;
  std::string formula;
  std::string source;  // where the formula comes from
  std::string computed_from;
  std::string proposal;
};

// The same statement sent once for each row of an earlier one (DB-4).
struct NPlusOne {
  std::string fingerprint;  // of the repeated one
  std::string text;
  std::string parent;  // fingerprint of the statement that it follows, if known
  std::string parent_text;
  std::int64_t round_trips = 0;  // of the repeated one in all bursts
  std::int64_t bursts = 0;       // sessions or transactions in which it was repeated
  std::string key;               // "orders.customer_id = $1": what varies
  std::string batched;           // the `= ANY($1)` form
  std::string joined;            // the JOIN form, if the parent is known
  std::int64_t saved = 0;        // round trips that the batched form spares
};

struct TunedQuery {
  std::string fingerprint;
  std::string text;
  double calls = 0;
  std::optional<double> before;  // cost of one call; absent where it could not be planned
  std::optional<double> after;
  std::optional<double> seconds_before;  // of a run over the source's own rows
  std::optional<double> seconds_after;
  std::vector<std::string> indexes;  // of those proposed that it uses
  std::string why_not;               // why nothing was proposed for it, or empty
  std::string plan_before;           // EXPLAIN's JSON; empty where it did not change
  std::string plan_after;
};

struct Tuning {
  double before = 0;
  double after = 0;
  double bound = 0;  // no set of the candidates within the budget is below
  double gap() const { return after > 0 ? (after - bound) / after : 0; }
  std::int64_t budget = 0;
  std::int64_t candidates = 0;  // that the bound speaks of
  std::int64_t whatif_calls = 0;
  double cpu_seconds = 0;    // ours and, where it is of this machine, the planner's server's
  double first_seconds = 0;  // until the first answer stood
  std::string planner;       // who was asked: "PostgreSQL 15.20 twin, HypoPG 1.3.1"
  std::vector<TunedIndex> indexes;
  std::vector<TunedDrop> drops;
  std::vector<Rewrite> rewrites;
  std::vector<QueryAdvice> advice;
  std::vector<TunedSetting> settings;
  std::vector<NPlusOne> n_plus_one;
  std::vector<TunedQuery> queries;  // the dearest first
  std::vector<Proposal> proposals;
  std::vector<std::string> missing;  // relations that queries name and the schema has not
  std::vector<std::string> notes;
};

}  // namespace architrave
