// What a plan's nodes took, worked out of what EXPLAIN printed, in which times are averages over
// loops, workers' rows are averages over workers, and a parent's time has its children's in it.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace architrave::plan {

// One node. Without ANALYZE (or with TIMING OFF) the times are 0, and shares are those of the cost.
struct Measured {
  const Node* node = nullptr;  // into the plan, which must outlive this
  int parent = -1;             // its place in the list
  int depth = 0;
  bool ran = false;      // false: never executed, or not known
  double processes = 1;  // that ran it at the same time: a leader and its workers
  double loops = 0;      // in each of these processes
  double total_ms = 0;   // of the wall clock, over all loops, with its children
  double own_ms = 0;     // without them
  double own_cost = 0;   // the planner's, for one loop
  double share = 0;      // of the whole plan's time (or cost), 0..1: own
  double rows = 0;       // that it gave, over all loops and processes
  // Actual rows per loop over estimated ones; both counted as one row at least. 1 where that can't
  // be told: not run, ended early by a LIMIT or its like, or a count that PostgreSQL does not keep.
  double error = 1;
  Buffers own_buffers;  // without its children's
};

// All nodes, parents before their children, in the order in which EXPLAIN prints them.
//
// Exclusive times: children are taken off, except that an InitPlan's or CTE's time is in the node
// that asked for it first. EXPLAIN does not say which that is, so it is taken off those that name
// it (CTE Scans, or nodes with its $n), the slowest first.
std::vector<Measured> measure(const Plan& plan);

// "Seq Scan on orders o", "Index Scan using orders_day on orders", "Hash Left Join".
std::string title(const Node& node);

}  // namespace architrave::plan
