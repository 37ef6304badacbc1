// The plan of a migration for SQLite: one transaction, since SQLite has one writer at a time and
// takes its definitions back with everything else. Tables that can't be altered are made anew, with
// `PRAGMA foreign_keys` off; inside the transaction it is made sure that it is, and that no row has
// lost its parent.
#pragma once

#include "base/result.h"
#include "engine/engine.h"
#include "migration/plan/plan.h"
#include "migration/plan/rows.h"

namespace architrave::migration {

// Errors: those of the engine, "plan.rename".
Result<Plan> make_sqlite_plan(engine::Opened& from, engine::Opened& to, const PlanOptions& options);

// The statements that lead back from `after` to `before`.
Script sqlite_way_back(const catalog::Catalog& before, const catalog::Catalog& after);

// Of each table and column: "main.orders.total" how many rows and a sum over its values' hashes,
// "main.orders.*" the same of whole rows. Error "plan.rows".
Result<Digests> digest_sqlite(engine::Sandbox& sandbox, const SharedColumns& columns);

// How the one differs from the other, without what is kept aside.
std::vector<catalog::Change> compare_sqlite(const engine::Opened& from, const engine::Opened& to);

}  // namespace architrave::migration
