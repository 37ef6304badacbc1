#include "migration/plan/misfits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "catalog/lookup.h"
#include "migration/plan/rows.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;

// How long a question to a live database may take; the sandbox's rows are ours.
constexpr double seconds_for_live = 10;
constexpr double seconds_for_sandbox = 60;

Result<engine::Attempt> ask(engine::Sandbox& sandbox, const Demand& demand,
                            std::vector<std::string> before) {
  std::ranges::move(questions(demand), std::back_inserter(before));
  auto answers = sandbox.attempt(before, seconds_for_sandbox);
  if (!answers) return fail(answers);
  return std::move(answers->back());
}

}  // namespace

Status refuse_missing_values(Plan& plan, engine::Opened& from, engine::Sandbox& origin,
                             const Catalog& begin, const OldNames& names, const Catalog& to,
                             const Fills& fill) {
  auto counted = digest(origin, shared_columns(from.catalog, from.catalog));
  if (!counted) return fail(counted);
  const catalog::Lookup lookup(begin);
  const auto name_of = [&](const catalog::Relation& table) {
    const catalog::ObjectName name = names.table(table);
    return catalog::qualified(name.schema, name.name);
  };
  // With those of its heirs, which get the column too.
  const auto rows_of = [&](const auto& self, const catalog::Relation& table) -> std::int64_t {
    std::int64_t rows = table.stats ? static_cast<std::int64_t>(table.stats->rows) : 0;
    if (const auto found = counted->find(name_of(table)); found != counted->end())
      rows = std::max<std::int64_t>(rows, std::atoll(found->second.c_str()));
    for (const catalog::Relation* heir : lookup.children(table)) rows += self(self, *heir);
    return rows;
  };
  for (const catalog::Relation& now : to.relations) {
    const catalog::Relation* before = begin.relation(now.schema, now.name);
    const std::string table = catalog::qualified(now.schema, now.name);
    if (before == nullptr || before->kind != now.kind || !now.is_table()) continue;
    std::int64_t rows = rows_of(rows_of, *before);
    for (const catalog::Column& column : now.columns) {
      const std::string name = table + '.' + catalog::quote_identifier(column.name);
      if (!column.not_null || !column.default_value.empty() || !column.identity.empty() ||
          column.inherited || before->column(column.name) != nullptr || fill.contains(name))
        continue;
      if (rows <= 0 && from.ask) {  // it was never analyzed
        auto answer = from.ask({"SELECT count(*) FROM " + name_of(*before)}, seconds_for_live);
        if (!answer) return fail(answer);
        if (answer->front().ok())
          rows = std::atoll(answer->front().rows.at(0).at(0).value_or("").c_str());
      }
      if (rows <= 0) continue;
      plan.refused.push_back(
          {"column " + name,
           fmt::format("it takes no nulls and has no default, and there {} already: say what they "
                       "get, --fill \"{}=…\"",
                       rows == 1 ? "is 1 row" : fmt::format("are {} rows", rows), name)});
    }
  }
  return {};
}

Status refuse_misfits(Plan& plan, const Failure& failure, engine::Sandbox& origin,
                      engine::Sandbox& walked, const std::vector<Demand>& before,
                      const std::vector<Demand>& then, const Fills& fill) {
  if (!failure.is_about_rows()) return {};
  std::set<std::pair<std::string, std::string>> named;
  // FROM's own rows tell what a query will find there, those at the failure what was met.
  for (const Demand& demand : before) {
    if (demand.not_yet) continue;
    auto seen = ask(origin, demand, {});
    if (!seen) return fail(seen);
    if (const auto said = misfits(demand, *seen, !demand.pending)) {
      plan.refused.push_back({demand.object, *said});
      named.emplace(demand.object, demand.misfit);
    }
  }
  for (const Demand& demand : then) {
    if (named.contains({demand.object, demand.misfit})) continue;
    auto met = ask(walked, demand, failure.before);
    if (!met) return fail(met);
    if (const auto said = misfits(demand, *met, false))
      plan.refused.push_back({demand.object, *said});
  }
  if (!plan.refused.empty()) return {};
  for (const auto& [column, value] : fill)
    if (failure.outcome.statement.find(" = " + value) != std::string::npos)
      plan.refused.push_back({"column " + column, fmt::format("what --fill gives does not fit: {}",
                                                              failure.outcome.error)});
  return {};
}

Status ask_ahead(Plan& plan, const Ask& ask, const std::vector<Demand>& demands) {
  plan.rows_were_asked = true;
  for (const Demand& demand : demands) {
    if (demand.not_yet && demand.probe.empty()) continue;
    if (std::ranges::find(plan.refused, demand.object, &Refused::object) != plan.refused.end())
      continue;
    std::vector<std::string> queries = questions(demand);
    if (!demand.probe.empty()) queries = {demand.probe};
    auto answers = ask(queries, seconds_for_live);
    if (!answers) return fail(answers);
    const engine::Attempt& answer = answers->back();
    if (answer.code == "postgres.57014" || answer.code == "sqlite.timeout") {
      plan.rows_were_asked = false;
      plan.notes.push_back(
          fmt::format("not known, since counting took longer than {}: whether rows fit {}; {}",
                      human_seconds(seconds_for_live), demand.object, queries.back()));
    } else if (!demand.probe.empty()) {
      if (!answer.code.starts_with("postgres.22") && !answer.code.starts_with("postgres.23"))
        continue;
      std::optional<std::string> said;
      if (!demand.rows_by_reading.empty()) {
        const Demand counted = by_reading(demand);
        auto counts = ask(questions(counted), seconds_for_live);
        if (!counts) return fail(counts);
        said = misfits(counted, counts->back(), true);
      }
      plan.refused.push_back(
          {demand.object,
           said.value_or(fmt::format("{} ({}): {}", replace_all(demand.misfit, "{}", "rows"),
                                     answer.error, demand.advice))});
    } else if (const auto said = misfits(demand, answer, !demand.pending)) {
      plan.refused.push_back({demand.object, *said});
    }
  }
  return {};
}

Result<std::string> why_rows_stop(engine::Sandbox& sandbox, const Failure& failure,
                                  const Catalog& from, const Catalog& to) {
  for (const Demand& demand : demands(from, to, {})) {
    auto met = ask(sandbox, demand, failure.before);
    if (!met) return fail(met);
    if (const auto said = misfits(demand, *met, false))
      return demand.object + ", " + said->substr(0, said->rfind(": "));
  }
  return failure.outcome.error;
}

void refuse_kept(Plan& plan, const std::string& why) {
  for (const Refused& kept : plan.kept)
    plan.refused.push_back(
        {kept.object, "it can't be kept aside (" + why + "): --allow-loss if it may be lost"});
}

}  // namespace architrave::migration
