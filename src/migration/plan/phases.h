// A plan's phases as they are run, told and written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "migration/plan/plan.h"
#include "migration/schema.h"

namespace architrave::migration {

// What stopped a phase.
struct Failure {
  engine::Outcome outcome;
  std::vector<std::string> before;  // what its transaction had done until then
  std::string text() const { return outcome.error + ": " + outcome.statement; }
  bool is_about_rows() const {
    return outcome.code.starts_with("postgres.22") || outcome.code.starts_with("postgres.23");
  }
};

// Runs a phase in a sandbox as its file says. The first failure, or nothing.
Result<std::optional<Failure>> run_phase(engine::Sandbox& sandbox, const std::vector<Step>& steps);

// Puts the phase's statements into the plan's steps. `known`: the schema before it, and then after.
void describe(Plan& plan, const PlannedPhase& phase, int version, Schema& known);

}  // namespace architrave::migration
