#include "migration/lint/cost.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "migration/work.h"

namespace architrave::migration::lint {

namespace {

// Whether all values have one length; false of what is not known.
bool is_fixed(const TypeName& type, const Schema& schema) {
  static constexpr std::array<std::string_view, 20> fixed = {
      "bool",        "int2",     "int4",  "int8", "smallserial", "serial", "bigserial",
      "float4",      "float8",   "money", "date", "time",        "timetz", "timestamp",
      "timestamptz", "interval", "uuid",  "oid",  "macaddr",     "char"};
  if (type.array) return false;
  if (std::ranges::find(fixed, type.name) != fixed.end()) return true;
  const KnownType* known = schema.type(type.name);
  return known != nullptr && known->kind == 'e';
}

// An action's part in what happens to a table.
struct Part {
  const Action* action;
  bool is_other;  // the table is the action's other one
};

// What is done to one table, all told.
struct Doing {
  bool reads = false;
  bool rewrites = false;          // the rows
  bool all_indexes = false;       // are built again
  std::vector<WorkKind> indexes;  // that are built, besides
};

class Reckoner {
 public:
  explicit Reckoner(const Statement& statement)
      : statement_(statement), schema_(statement.state.schema) {}

  double seconds(const std::vector<Part>& parts, const Table& table) const {
    Doing doing;
    for (const Part& each : parts) add(each, table, doing);
    const Extent& extent = table.extent;
    double sum = doing.rewrites ? seconds_of(WorkKind::rewrite, extent)
                 : doing.reads  ? seconds_of(WorkKind::read, extent)
                                : 0;
    if (doing.all_indexes)
      for (const Index& each : table.indexes) sum += seconds_of(work_of(each, table), extent);
    for (const WorkKind each : doing.indexes) sum += seconds_of(each, extent);
    return sum;
  }

 private:
  WorkKind work_of(const Index& index, const Table& table) const {
    return work_of_index(
        index.method, !index.columns.empty() && std::ranges::all_of(index.columns, [&](auto name) {
          return is_fixed(name, table);
        }));
  }
  bool is_fixed(std::string_view column, const Table& table) const {
    const Column* known = table.column(column);
    return known != nullptr && lint::is_fixed(known->type, schema_);
  }

  // Of an index that a CREATE INDEX or a constraint makes; `keys` hold names or IndexElems.
  WorkKind work_of(std::string_view method, sql::Node keys, const Action& action,
                   const Table& table) const {
    bool fixed = !keys.empty() || !action.column.empty();
    for (const sql::Node key : keys) {
      const std::string_view name = key.is("IndexElem") ? key["name"].text() : sql::string_of(key);
      fixed = fixed && is_fixed(name, table);
    }
    if (keys.empty()) fixed = fixed && is_fixed(action.column, table);
    return work_of_index(method.empty() ? "btree" : method, fixed);
  }

  void add(const Part& part, const Table& table, Doing& doing) const {
    const Action& action = *part.action;
    const EffectRow& row = effect_row(action.what, statement_.state.version);
    const sql::Node node = action.node;
    if (part.is_other) {
      doing.reads = doing.reads || row.scans_other;
      return;
    }
    switch (action.what) {
      case Do::truncate:  // the new file holds nothing
        return;
      case Do::set_tablespace:  // the file is copied as it is
        doing.rewrites = true;
        return;
      case Do::create_index_concurrently:
        doing.reads = true;  // once more, for what was written meanwhile
        [[fallthrough]];
      case Do::create_index:
        doing.indexes.push_back(
            work_of(node["accessMethod"].text(), node["indexParams"], action, table));
        return;
      case Do::add_primary_key:
      case Do::add_unique:
        doing.indexes.push_back(work_of("", node["keys"], action, table));
        return;
      case Do::add_exclusion:
        doing.indexes.push_back(work_of_index(node["access_method"].text(), false));
        return;
      case Do::reindex_concurrently:
      case Do::reindex_partitioned_concurrently:
        doing.reads = true;
        [[fallthrough]];
      case Do::reindex:
      case Do::reindex_partitioned:
        if (node["kind"].text() == "REINDEX_OBJECT_INDEX") {
          if (const Index* one = table.index(node["relation"]["relname"].text()))
            doing.indexes.push_back(work_of(*one, table));
        } else {
          doing.all_indexes = true;
        }
        return;
      case Do::set_type_reindexed:
        for (const Index& each : table.indexes)
          if (each.columns.empty() ||
              std::ranges::find(each.columns, action.column) != each.columns.end())
            doing.indexes.push_back(work_of(each, table));
        return;
      default:
        doing.reads = doing.reads || row.scans;
        doing.rewrites = doing.rewrites || row.rewrites;
        doing.all_indexes = doing.all_indexes || row.rewrites;
    }
  }

  const Statement& statement_;
  const Schema& schema_;
};

}  // namespace

std::vector<Cost> costs_of(const Statement& statement) {
  const std::vector<Effect>& effects = statement.effects.relations;
  const Reckoner reckoner(statement);
  // What is done to each table; gathered with the first of which the size is known.
  std::unordered_map<std::string_view, std::vector<Part>> parts;
  const auto gather = [&] {
    for (const Action& action : statement.actions) {
      parts[action.relation].push_back({&action, false});
      if (!action.other.empty()) parts[action.other].push_back({&action, true});
    }
  };
  std::vector<Cost> costs(effects.size());
  const auto add = [](Cost& to, const Cost& one) {
    to.known = to.known || one.known;
    to.seconds += one.seconds;
    to.bytes += one.bytes;
    to.rewrites = to.rewrites || one.rewrites;
  };
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const Effect& effect = effects[i];
    const bool is_named = effect.through < 0;
    const std::size_t named = is_named ? i : static_cast<std::size_t>(effect.through);
    Cost one;
    one.rewrites = effect.rewrites;
    const Table* table = statement.state.schema.table(effect.relation);
    if (table != nullptr && table->bytes && (effect.scans || effect.rewrites)) {
      if (parts.empty()) gather();
      one.known = true;
      one.bytes = *table->bytes;
      one.seconds = reckoner.seconds(parts[effects[named].relation], *table);
    }
    add(costs[i], one);
    if (is_named) continue;
    add(costs[named], one);
    costs[named].partitions += one.known ? 1 : 0;
  }
  return costs;
}

}  // namespace architrave::migration::lint
