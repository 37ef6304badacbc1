#include "migration/plan/under_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

#include "catalog/lookup.h"
#include "migration/effects.h"
#include "migration/plan/traffic.h"
#include "migration/schema.h"
#include "sql/tree.h"

namespace architrave::migration {

namespace {

class Walk {
 public:
  Walk(const catalog::Catalog& before, std::int64_t small_bytes)
      : version_(before.server.version_number), known_(before) {
    for (const catalog::Relation& table : before.relations)
      if (table.is_table() && is_large(table, small_bytes))
        large_.emplace(known_.name_of(table.schema, table.name),
                       catalog::qualified(table.schema, table.name));
  }

  void go(const std::vector<Step>& steps) {
    for (const Step& step : steps)
      for (const Statement& each : step.statements) go(each.text);
  }

  std::vector<std::string> found() && { return std::move(found_); }

 private:
  void go(const std::string& sql) {
    sql::TreeReader reader;
    if (!reader.parse(sql) || reader.statements().empty()) return;
    const sql::Node node = reader.statements().front().node;
    const Effects effects = effects_of(node, version_, &known_);
    // TRUNCATE gives a table other files, and writes nothing into them.
    const bool is_change = sql.starts_with("ALTER TABLE ");
    const auto waits = [&](const Effect& each) {
      return each.rewrites && is_change && large_.contains(each.relation);
    };
    if (const auto it = std::ranges::find_if(effects.relations, waits);
        it != effects.relations.end())
      found_.push_back(fmt::format("{} is written anew under {}: {}", large_.at(it->relation),
                                   to_string(it->lock), sql));
    known_.apply(node, 0);
  }

  int version_;
  Schema known_;
  std::map<std::string, std::string> large_;  // by their names in `known_`
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> rewrites_under_lock(const Plan& plan, const catalog::Catalog& before,
                                             std::int64_t small_bytes) {
  Walk walk(before, small_bytes);
  for (const PlannedPhase& phase : plan.phases) walk.go(phase.up);
  for (const PlannedPhase& phase : plan.phases | std::views::reverse) walk.go(phase.down);
  return std::move(walk).found();
}

}  // namespace architrave::migration
