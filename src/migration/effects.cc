#include "migration/effects.h"

#include <algorithm>
#include <array>

namespace architrave::migration {

namespace {

// Where in the table each action's rows are.
using Places = std::array<std::vector<const EffectRow*>, static_cast<std::size_t>(Do::count_)>;
const Places& places() {
  static const Places all = [] {
    Places out;
    for (const EffectRow& row : effect_rows())
      out[static_cast<std::size_t>(row.action)].push_back(&row);
    for (auto& rows : out) std::ranges::sort(rows, {}, &EffectRow::from);
    return out;
  }();
  return all;
}

void add(Effects& effects, const std::string& relation, Lock lock, bool rewrites, bool scans) {
  if (relation.empty() || lock == Lock::none) return;
  for (Effect& each : effects.relations) {
    if (each.relation != relation) continue;
    each.lock = std::max(each.lock, lock);
    each.rewrites = each.rewrites || rewrites;
    each.scans = each.scans || scans;
    return;
  }
  effects.relations.push_back({relation, lock, rewrites, scans});
}

}  // namespace

const EffectRow& effect_row(Do action, int version) {
  const auto& rows = places()[static_cast<std::size_t>(action)];
  const EffectRow* chosen = rows.front();
  for (const EffectRow* row : rows)
    if (row->from <= version) chosen = row;
  return *chosen;
}

bool Effects::rewrites() const { return std::ranges::any_of(relations, &Effect::rewrites); }
Lock Effects::strongest() const {
  Lock most = Lock::none;
  for (const Effect& each : relations) most = std::max(most, each.lock);
  return most;
}
const Effect* Effects::on(std::string_view relation) const {
  const auto found = std::ranges::find(relations, relation, &Effect::relation);
  return found == relations.end() ? nullptr : &*found;
}

Effects effects_of(const std::vector<Action>& actions, int version) {
  Effects effects;
  for (const Action& action : actions) {
    const EffectRow& row = effect_row(action.what, version);
    effects.transactional = effects.transactional && row.transactional;
    // LOCK TABLE counts its modes as enum Lock does.
    const Lock lock =
        action.what == Do::lock_table
            ? static_cast<Lock>(std::clamp<std::int64_t>(action.node["mode"].number(), 1, 8))
            : row.lock;
    add(effects, action.relation, lock, row.rewrites, row.scans);
    add(effects, action.other, row.other, false, row.scans_other);
  }
  return effects;
}

Effects effects_of(sql::Node statement, int version, const Schema* known) {
  ActionReader reader;
  return effects_of(reader.read(statement, version, known), version);
}

Result<Effects> effects_of(std::string_view statement, int version, const Schema* known) {
  sql::TreeReader reader;
  if (!reader.parse(statement)) return fail("sql.syntax", reader.error().message);
  Effects effects;
  for (const sql::ParsedStatement& each : reader.statements()) {
    const Effects one = effects_of(each.node, version, known);
    effects.transactional = effects.transactional && one.transactional;
    for (const Effect& effect : one.relations)
      add(effects, effect.relation, effect.lock, effect.rewrites, effect.scans);
  }
  return effects;
}

}  // namespace architrave::migration
