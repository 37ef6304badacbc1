// Results that are asked for again and again: materialized views for costly aggregates, and
// queries whose answers an application may keep for itself.
//
// A materialized view holds the query's groups. What the query compares with a parameter becomes a
// column of the view. Where that is by `=`, one row of the view answers for one group, so that any
// aggregate is right; where it is a range or a list, rows have to be put together again, which is
// right for sum, count, min and max alone: then nothing else is let through.
#pragma once

#include <string>
#include <vector>

#include "advisor/rewrites/rewrites.h"
#include "catalog/lookup.h"
#include "proposal/tuning.h"
#include "workload/workload.h"

namespace architrave::advisor {

struct MaterializedView {
  std::string name;     // app.orders_by_customer_id, quoted where needed
  Proposal proposal;    // makes it with its unique index and comments, and fills it
  std::string refresh;  // REFRESH MATERIALIZED VIEW CONCURRENTLY …: needs that index
  // The queries that it answers, over the view: rule "materialized-view". As fresh as the last
  // REFRESH.
  std::vector<Rewrite> rewrites;
  double seconds = 0;  // that these queries took
  double groups = 0;   // rows that it is expected to hold
};

struct MaterializedOptions {
  std::int64_t calls = 20;  // at least, of a query
  double ms = 50;           // of one call, on average
  double rows = 50'000;     // of the largest table that it reads
  double reduction = 10;    // rows of that table to a row of the view
};

// The most time first.
std::vector<MaterializedView> find_materialized_views(const catalog::Catalog& catalog,
                                                      const catalog::Lookup& lookup,
                                                      const workload::Workload& workload,
                                                      const MaterializedOptions& options = {});

// Fills in the proofs of the rewrites, over a view that is made and filled in the same transaction
// as it is compared, and adds to the proposal's proof a claim `equivalent` (call it after the
// prover has tried the proposals themselves). See prove_rewrites for `sandbox`.
Status prove_materialized_views(std::vector<MaterializedView>& views,
                                const catalog::Catalog& catalog, const catalog::Lookup& lookup,
                                engine::Sandbox& sandbox, const ProofOptions& options = {});

// Rule "cache-candidate": queries with many calls of some length, few rows and the same parameters
// again and again, on tables that are seldom written. Nothing where that was not measured, where
// what a query returns depends on the time, the session or chance, or where its tables are written
// as often as it is called. The most time first.
std::vector<QueryAdvice> find_cache_candidates(const catalog::Catalog& catalog,
                                               const catalog::Lookup& lookup,
                                               const workload::Workload& workload);

}  // namespace architrave::advisor
