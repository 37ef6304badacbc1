// A migration, planned and tried: from what is to what is wanted, in phases that leave the database
// usable, each with its way back.
//
//   expand    what is new, made so that nothing that runs stands still
//   migrate   rows carried over
//   contract  what nobody needs any more, dropped
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/diff.h"
#include "engine/engine.h"
#include "migration/files.h"
#include "migration/plan/online.h"
#include "migration/plan/renames.h"
#include "proposal/proposal.h"

namespace architrave::migration {

struct PlanOptions {
  std::string name = "migration";
  bool allow_losses = false;
  std::set<std::string> allowed;     // losses, by the object's name: "app.orders.note"
  std::vector<std::string> renames;  // "app.orders.total=amount"
  OnlineOptions online;              // its version is that of the server
  bool rows = true;                  // those of a live database are tried too
  std::function<void(std::string_view)> progress;
};

// What a plan's statement does, as it goes to people and programs.
struct PlannedStep {
  Phase phase = Phase::expand;
  std::string sql;
  std::vector<std::string> down;  // what undoes it; with the phase's last step, all of the phase's
  Lock lock = Lock::none;
  bool rewrites = false;
  bool transactional = true;
};

struct PlannedPhase {
  Phase phase = Phase::expand;
  std::vector<Step> up;
  std::vector<Step> down;
};

// What was not planned, and why.
struct Refused {
  std::string object;  // "column app.orders.note"
  std::string why;
};

struct Plan {
  std::string name;
  std::vector<catalog::Change> changes;  // what it is about
  std::vector<PlannedPhase> phases;      // empty: nothing to do
  std::vector<PlannedStep> steps;        // the same, statement by statement
  std::vector<Refused> refused;          // if there is any, there are no phases
  std::vector<Refused> lost;             // with leave: object, and what of it
  std::vector<Refused> kept;             // with leave not given: object, and where it is now
  std::vector<LikelyRename> likely;      // nobody said so, and so they are dropped and made
  std::vector<std::string> notes;
  bool rows_were_asked = false;  // those of a live database: no need to guess from statistics
  Proof proof;
  std::string proved_on;  // "PostgreSQL 15.20 sandbox, with a sample of 5,120 rows"
};

// Errors: those of the engine, "plan.engine", "plan.no_way", "plan.rename", "plan.fill".
Result<Plan> make_plan(engine::Opened& from, engine::Opened& to, const PlanOptions& options);

// How the one differs from the other, as a plan sees it: but for the order of columns and of
// privileges, what tools keep for themselves, and how often a server has read a definition.
Result<std::vector<catalog::Change>> compare(engine::Opened& from, engine::Opened& to);

// Writes a pair of files a phase into the folder, and gives their names.
Result<std::vector<Migration>> write_plan(const Plan& plan, const std::filesystem::path& folder);

}  // namespace architrave::migration
