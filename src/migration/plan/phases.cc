#include "migration/plan/phases.h"

#include <fmt/format.h>

#include <utility>

#include "migration/effects.h"
#include "sql/node.h"

namespace architrave::migration {

namespace {

std::vector<engine::Unit> units_of(const std::vector<Step>& steps) {
  std::vector<engine::Unit> units;
  for (const Step& step : steps) {
    engine::Unit& unit = units.emplace_back();
    unit.transactional = step.kind == Step::Kind::transaction;
    if (step.kind == Step::Kind::backfill) {
      unit.statements = {backfill_block(step.backfill)};
      continue;
    }
    // As the file has it; the sandbox's server waits for nobody.
    for (const Statement& statement : step.statements) unit.statements.push_back(statement.text);
  }
  return units;
}

}  // namespace

Result<std::optional<Failure>> run_phase(engine::Sandbox& sandbox, const std::vector<Step>& steps) {
  const std::vector<engine::Unit> units = units_of(steps);
  auto outcomes = sandbox.run(units);
  if (!outcomes) return fail(outcomes);
  for (std::size_t i = 0; i < units.size(); ++i) {
    if ((*outcomes)[i].ok) continue;
    Failure failure{std::move((*outcomes)[i]), {}};
    if (units[i].transactional)
      for (const std::string& sql : units[i].statements) {
        if (sql == failure.outcome.statement) break;
        failure.before.push_back(sql);
      }
    return failure;
  }
  return std::optional<Failure>();
}

void describe(Plan& plan, const PlannedPhase& phase, int version, Schema& known) {
  for (const Step& step : phase.up) {
    if (step.kind == Step::Kind::backfill) {
      plan.steps.push_back({.phase = phase.phase,
                            .sql = backfill_block(step.backfill),
                            .down = {},
                            .lock = Lock::row_exclusive,
                            .rewrites = false,
                            .transactional = false});
      continue;
    }
    for (const Statement& statement : step.statements) {
      PlannedStep& planned = plan.steps.emplace_back();
      planned.phase = phase.phase;
      planned.sql = statement.text;
      planned.transactional = step.kind == Step::Kind::transaction;
      sql::TreeReader reader;
      if (!reader.parse(statement.text) || reader.statements().empty()) continue;
      const sql::Node node = reader.statements().front().node;
      const Effects effects = effects_of(node, version, &known);
      planned.lock = effects.strongest();
      planned.rewrites = effects.rewrites();
      known.apply(node, 0);
    }
  }
  if (plan.steps.empty()) return;
  for (const engine::Unit& unit : units_of(phase.down))
    plan.steps.back().down.insert(plan.steps.back().down.end(), unit.statements.begin(),
                                  unit.statements.end());
}

Result<std::vector<Migration>> write_plan(const Plan& plan, const std::filesystem::path& folder) {
  std::vector<Migration> migrations;
  auto number = next_number(folder);
  if (!number) return fail(number);
  std::string version = *number;
  for (const PlannedPhase& phase : plan.phases) {
    Migration& migration = migrations.emplace_back();
    migration.version = version;
    migration.name = plan.name;
    migration.phase = phase.phase;
    for (const Claim& claim : plan.proof.claims)
      migration.proof.push_back(fmt::format("{} {}: {} ({})", to_string(claim.kind),
                                            !claim.holds   ? "was left"
                                            : *claim.holds ? "held"
                                                           : "did not hold",
                                            claim.seen, plan.proved_on));
    migration.up.steps = phase.up;
    migration.down = Script{};
    migration.down->steps = phase.down;
    if (Status written = write_migration(migration, folder); !written) return fail(written);
    version = next_number(std::string_view(version));
  }
  return migrations;
}

}  // namespace architrave::migration
