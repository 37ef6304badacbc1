#include "migration/effects.h"

#include <algorithm>
#include <array>
#include <unordered_map>

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

// Gathers effects by relation: by looking through them where they are few, as they mostly are.
class Gatherer {
 public:
  explicit Gatherer(Effects& effects) : effects_(effects) {}

  void add(const std::string& relation, Lock lock, bool rewrites, bool scans, bool looks,
           int through = -1) {
    if (relation.empty() || lock == Lock::none) return;
    if (Effect* known = find(relation)) {
      if (through < 0) known->through = -1;
      known->lock = std::max(known->lock, lock);
      known->rewrites = known->rewrites || rewrites;
      known->scans = known->scans || scans;
      known->looks = known->looks || looks;
      return;
    }
    if (effects_.relations.size() >= few) numbers_[relation] = effects_.relations.size();
    effects_.relations.push_back({relation, lock, rewrites, scans, looks, through});
  }

  int number_of(const std::string& relation) {
    const Effect* known = find(relation);
    return known == nullptr ? -1 : static_cast<int>(known - effects_.relations.data());
  }

 private:
  Effect* find(const std::string& relation) {
    const std::size_t looked_at = std::min(few, effects_.relations.size());
    for (std::size_t i = 0; i < looked_at; ++i)
      if (effects_.relations[i].relation == relation) return &effects_.relations[i];
    const auto found = numbers_.find(relation);
    return found == numbers_.end() ? nullptr : &effects_.relations[found->second];
  }

  static constexpr std::size_t few = 16;
  Effects& effects_;
  std::unordered_map<std::string, std::size_t> numbers_;
};

bool looks(const EffectRow& row) {
  using enum Do;
  static constexpr std::array builds = {create_index,
                                        create_index_concurrently,
                                        add_primary_key,
                                        add_unique,
                                        add_exclusion,
                                        set_type_reindexed,
                                        reindex,
                                        reindex_concurrently,
                                        reindex_partitioned,
                                        reindex_partitioned_concurrently};
  return row.scans && std::ranges::find(builds, row.action) == builds.end();
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
  std::size_t at = 0;
  return on(relation, at);
}
const Effect* Effects::on(std::string_view relation, std::size_t& at) const {
  for (std::size_t i = 0; i < relations.size(); ++i, ++at) {
    if (at >= relations.size()) at = 0;
    if (relations[at].relation == relation) return &relations[at];
  }
  return nullptr;
}

// The partitions and children of an action's table, and theirs.
void spread(const Action& action, const EffectRow& row, Lock lock, int version, const Schema& known,
            const Table& table, Gatherer& gather) {
  if (action.only || known.children(table.name).empty()) return;
  const bool partitioned = table.kind == 'p';
  if (action.what != Do::lock_table) {
    lock = Lock::none;
    int from = -1;
    for (const SpreadRow& each : spread_rows())
      if (each.action == action.what && each.from <= version && each.from > from &&
          (partitioned || each.inherits)) {
        lock = each.lock;
        from = each.from;
      }
  }
  if (lock == Lock::none) return;
  const int through = gather.number_of(action.relation);
  std::vector<const Table*> parents = {&table};
  for (std::size_t i = 0; i < parents.size(); ++i)
    for (const std::string_view name : known.children(parents[i]->name)) {
      const Table* child = known.table(name);
      if (child == nullptr || parents.size() > Schema::most_children) continue;
      const bool stored = child->kind != 'p';
      gather.add(std::string(name), lock, row.rewrites && stored, row.scans && stored,
                 looks(row) && stored, through);
      parents.push_back(child);
    }
}

Effects effects_of(const std::vector<Action>& actions, int version, const Schema* known) {
  Effects effects;
  Gatherer gather(effects);
  for (const Action& action : actions) {
    const EffectRow& row = effect_row(action.what, version);
    effects.transactional = effects.transactional && row.transactional;
    // LOCK TABLE counts its modes as enum Lock does.
    const Lock lock =
        action.what == Do::lock_table
            ? static_cast<Lock>(std::clamp<std::int64_t>(action.node["mode"].number(), 1, 8))
            : row.lock;
    const Table* table = known == nullptr ? nullptr : known->table(action.relation);
    const bool stored = table == nullptr || table->kind != 'p';
    gather.add(action.relation, lock, row.rewrites && stored, row.scans && stored,
               looks(row) && stored);
    if (table != nullptr) spread(action, row, lock, version, *known, *table, gather);
    gather.add(action.other, row.other, false, row.scans_other, row.scans_other);
  }
  return effects;
}

Effects effects_of(sql::Node statement, int version, const Schema* known) {
  ActionReader reader;
  return effects_of(reader.read(statement, version, known), version, known);
}

Result<Effects> effects_of(std::string_view statement, int version, const Schema* known) {
  sql::TreeReader reader;
  if (!reader.parse(statement)) return fail("sql.syntax", reader.error().message);
  Effects effects;
  Gatherer gather(effects);
  for (const sql::ParsedStatement& each : reader.statements()) {
    const Effects one = effects_of(each.node, version, known);
    effects.transactional = effects.transactional && one.transactional;
    const int first = static_cast<int>(effects.relations.size());
    for (const Effect& effect : one.relations)
      gather.add(effect.relation, effect.lock, effect.rewrites, effect.scans, effect.looks,
                 effect.through < 0 ? -1 : first + effect.through);
  }
  return effects;
}

}  // namespace architrave::migration
