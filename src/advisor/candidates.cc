#include "advisor/candidates.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "advisor/partitions.h"
#include "base/text.h"
#include "catalog/index_size.h"
#include "catalog/object.h"

namespace architrave::advisor {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Index;
using catalog::IndexKey;
using catalog::Relation;
using catalog::RelationKind;
using sql::ColumnUse;
using sql::QueryFacts;
using sql::Use;

using Keys = std::vector<IndexKey>;

constexpr std::size_t narrow = 2;  // key columns
constexpr std::size_t most_included = 6;
constexpr double few_values = 50;  // of a column whose constant is worth a partial index
constexpr double brin_correlation = 0.9;
constexpr std::int64_t brin_pages = 4096;  // 32 MB: a smaller table is as fast to scan
constexpr int long_key = 64;               // bytes, from which a hash index is much smaller
constexpr std::size_t most_equal = 6;      // columns whose permutations are tried

bool same_key(const IndexKey& a, const IndexKey& b) {
  return a.column == b.column && a.expression == b.expression;
}

bool same_order(const IndexKey& a, const IndexKey& b) {
  return same_key(a, b) && a.opclass == b.opclass && a.descending == b.descending &&
         a.nulls_first == b.nulls_first;
}

bool holds(const Keys& keys, const IndexKey& key) {
  return std::ranges::any_of(keys, [&](const IndexKey& each) { return same_key(each, key); });
}

// What one query asks of one table, gathered over all places where it reads it.
struct Demand {
  Keys equal;  // compared by equality, once each
  Keys range;
  std::vector<Keys> orders;  // lists to group or order by
  std::vector<std::string> needed;
  bool whole_row = false;
  std::vector<const ColumnUse*> conditions;  // of constants alone
  std::set<std::string> leading;             // first keys that may serve it
};

IndexKey key_of(const ColumnUse& use) {
  IndexKey key;
  if (use.expression.empty())
    key.column = use.column;
  else
    key.expression = use.expression;
  return key;
}

// An index on text orders by its collation, and only one that orders by bytes answers LIKE 'abc%'.
IndexKey prefix_key(const ColumnUse& use, const Relation& table) {
  IndexKey key = key_of(use);
  const Column* column = table.column(use.column);
  const bool bytes = column != nullptr && (column->collation.ends_with("\"C\"") ||
                                           column->collation.ends_with("\"POSIX\""));
  const bool text = column == nullptr || column->type_name != "bpchar";
  if (!bytes) key.opclass = text ? "text_pattern_ops" : "bpchar_pattern_ops";
  return key;
}

void add_once(Keys& keys, IndexKey key) {
  if (!holds(keys, key)) keys.push_back(std::move(key));
}

Demand demand_of(const QueryFacts& facts, const std::set<std::size_t>& places,
                 const Relation& table) {
  Demand demand;
  std::map<int, std::map<int, const ColumnUse*>> lists;
  for (const std::size_t place : places) demand.whole_row |= facts.relations[place].whole_row;
  for (const ColumnUse& use : facts.uses) {
    if (!places.contains(use.relation)) continue;
    if (use.expression.empty() &&
        std::ranges::find(demand.needed, use.column) == demand.needed.end())
      demand.needed.push_back(use.column);
    if (!use.predicate.empty()) demand.conditions.push_back(&use);
    switch (use.use) {
      case Use::equal:
      case Use::in_list:
      case Use::join:
      case Use::truth:
      case Use::null_test:
        add_once(demand.equal, key_of(use));
        break;
      case Use::range:
        add_once(demand.range, key_of(use));
        break;
      case Use::prefix:
        add_once(demand.range, prefix_key(use, table));
        break;
      case Use::group:
      case Use::order:
        lists[use.list][use.place] = &use;
        break;
      default:
        break;
    }
  }
  for (const auto& [number, list] : lists) {
    Keys keys;
    int expected = 0;
    for (const auto& [place, use] : list) {
      // What stands before it comes from another table: no index gives that order.
      if (place != expected++) break;
      IndexKey key = key_of(*use);
      key.descending = use->descending;
      key.nulls_first = use->nulls_first;
      add_once(keys, std::move(key));
    }
    // An index is read backwards as well.
    if (!keys.empty() && std::ranges::all_of(keys, &IndexKey::descending))
      for (IndexKey& key : keys) {
        key.descending = false;
        key.nulls_first = !key.nulls_first;
      }
    if (!keys.empty() && std::ranges::none_of(demand.orders, [&](const Keys& each) {
          return std::ranges::equal(each, keys, same_order);
        }))
      demand.orders.push_back(std::move(keys));
  }
  const auto lead = [&](const IndexKey& key) {
    demand.leading.insert(key.column + key.expression);
  };
  std::ranges::for_each(demand.equal, lead);
  std::ranges::for_each(demand.range, lead);
  for (const Keys& order : demand.orders) lead(order.front());
  return demand;
}

// Calls visit for every ordered choice of up to `most` of the keys, the empty one first.
template <class Visit>
void each_choice(const Keys& keys, std::size_t most, Keys& chosen, const Visit& visit) {
  visit(chosen);
  if (chosen.size() == most) return;
  for (const IndexKey& key : keys) {
    if (holds(chosen, key)) continue;
    chosen.push_back(key);
    each_choice(keys, most, chosen, visit);
    chosen.pop_back();
  }
}

class Gatherer {
 public:
  Gatherer(const Relation& table, const Demand& demand, std::size_t width,
           std::vector<Index>& found)
      : table_(table), demand_(demand), width_(width), found_(found) {}

  void gather() {
    Keys equal = demand_.equal;
    if (equal.size() > most_equal) equal.resize(most_equal);
    Keys chosen;
    each_choice(equal, width_, chosen, [&](const Keys& prefix) { extend(prefix); });
    for (const ColumnUse* condition : demand_.conditions) partial(*condition);
    others();
  }

 private:
  void extend(const Keys& prefix) {
    if (!prefix.empty()) add(prefix);
    if (prefix.size() == width_) return;
    for (const IndexKey& key : demand_.range) {
      if (holds(prefix, key)) continue;
      Keys keys = prefix;
      keys.push_back(key);
      add(keys);
    }
    for (const Keys& order : demand_.orders) {
      Keys keys = prefix;
      for (const IndexKey& key : order)
        if (keys.size() < width_ && !holds(keys, key)) keys.push_back(key);
      if (keys.size() > prefix.size()) add(keys);
    }
  }

  // The keys, and with them in one or another way the rest of what the query needs of the table, so
  // that the table itself need not be read.
  void add(const Keys& keys) {
    push(keys, {});
    if (demand_.whole_row) return;
    std::vector<std::string> rest;
    for (const std::string& column : demand_.needed)
      if (std::ranges::none_of(keys, [&](const IndexKey& key) { return key.column == column; }))
        rest.push_back(column);
    if (rest.empty() || rest.size() > most_included) return;
    if (keys.size() + rest.size() <= width_) {
      Keys all = keys;
      for (const std::string& column : rest) all.push_back({.column = column});
      push(all, {});
    } else {
      std::ranges::sort(rest);
      push(keys, rest);
    }
  }

  void push(const Keys& keys, const std::vector<std::string>& include) {
    Index index;
    index.keys = keys;
    index.include = include;
    found_.push_back(std::move(index));
  }

  // Of rows for which a condition on a column of few values holds, by what else is asked.
  void partial(const ColumnUse& condition) {
    const Column* column = table_.column(condition.column);
    if (column == nullptr || !column->stats) return;
    const bool rare_nulls = condition.use == Use::null_test && column->stats->null_fraction < 0.5 &&
                            condition.predicate.ends_with("IS NULL");
    const bool few = (condition.use == Use::equal || condition.use == Use::truth) &&
                     column->stats->distinct > 1 && column->stats->distinct <= few_values;
    if (!rare_nulls && !few) return;
    const auto add_for = [&](const Keys& keys) {
      Index index;
      for (const IndexKey& key : keys)
        if (key.column != condition.column && index.keys.size() < width_) index.keys.push_back(key);
      if (index.keys.empty()) return;
      index.predicate = condition.predicate;
      found_.push_back(std::move(index));
    };
    for (const IndexKey& key : demand_.equal) add_for({key});
    for (const IndexKey& key : demand_.range) add_for({key});
    for (const Keys& order : demand_.orders) add_for(order);
  }

  void others() {
    for (const IndexKey& key : demand_.range) {
      const Column* column = table_.column(key.column);
      if (column == nullptr || !column->stats || !column->stats->correlation || !table_.stats ||
          table_.stats->pages < brin_pages ||
          std::abs(*column->stats->correlation) < brin_correlation)
        continue;
      Index index;
      index.method = "brin";
      index.keys = {{.column = key.column}};
      found_.push_back(std::move(index));
    }
    for (const IndexKey& key : demand_.equal) {
      const Column* column = table_.column(key.column);
      if (column == nullptr || !column->stats || column->stats->width < long_key) continue;
      Index index;
      index.method = "hash";
      index.keys = {{.column = key.column}};
      found_.push_back(std::move(index));
    }
  }

  const Relation& table_;
  const Demand& demand_;
  const std::size_t width_;
  std::vector<Index>& found_;
};

// What is there already answers all that the candidate would.
bool is_there(const Relation& table, const Index& candidate) {
  return std::ranges::any_of(table.indexes, [&](const Index& there) {
    if (!there.valid || there.method != candidate.method || there.predicate != candidate.predicate)
      return false;
    if (!begins_with(there, candidate)) return false;
    return std::ranges::all_of(candidate.include, [&](const std::string& column) {
      return std::ranges::find(there.include, column) != there.include.end() ||
             std::ranges::any_of(there.keys,
                                 [&](const IndexKey& key) { return key.column == column; });
    });
  });
}

// One page is read in one go, whatever index there is; and of a table that was never analyzed the
// planner knows nothing.
bool is_worth_it(const Relation& table) {
  return table.stats && table.stats->rows >= 0 && table.stats->pages > 1;
}

bool exists(const Relation& table, const std::vector<const Relation*>& leaves,
            const Index& candidate) {
  return is_there(table, candidate) || std::ranges::all_of(leaves, [&](const Relation* leaf) {
           return is_there(*leaf, candidate);
         });
}

bool takes_indexes(const Relation& table, const std::vector<const Relation*>& leaves) {
  if (table.schema == "pg_catalog" || table.schema == "information_schema") return false;
  if (table.kind == RelationKind::partitioned_table)
    return std::ranges::any_of(leaves, [](const Relation* each) { return is_worth_it(*each); }) &&
           std::ranges::all_of(
               leaves, [](const Relation* each) { return each->kind == RelationKind::table; });
  return (table.kind == RelationKind::table || table.kind == RelationKind::materialized_view) &&
         is_worth_it(table);
}

// An index of the partition that can become a part of the candidate.
const Index* same_shape(const Relation& partition, const Index& candidate) {
  const auto found = std::ranges::find_if(partition.indexes, [&](const Index& there) {
    return there.valid && !there.unique && !there.inherited && there.constraint.empty() &&
           there.method == candidate.method && describe(there) == describe(candidate) &&
           std::ranges::all_of(there.keys,
                               [](const IndexKey& key) { return key.collation.empty(); });
  });
  return found != partition.indexes.end() ? &*found : nullptr;
}

Candidate on(const Relation& table, Index index, const Partitions& partitions) {
  Candidate made;
  made.table = &table;
  for (const Relation* part : partitions.below(table))
    made.parts.push_back(
        {part, part->kind == RelationKind::table ? same_shape(*part, index) : nullptr, {}});
  made.index = std::move(index);
  return made;
}

std::int64_t bytes_of(const Candidate& candidate, int server_version) {
  std::int64_t bytes = 0;
  for (const Relation* each : places(candidate))
    bytes += index_bytes(*each, candidate.index, server_version).value_or(0);
  return bytes;
}

// Whether a query might use an index that was thought of for another.
bool covers(const Index& index, const Demand& demand) {
  return !demand.whole_row && !demand.needed.empty() &&
         std::ranges::all_of(demand.needed, [&](const std::string& column) {
           return std::ranges::find(index.include, column) != index.include.end() ||
                  std::ranges::any_of(index.keys,
                                      [&](const IndexKey& key) { return key.column == column; });
         });
}

bool may_serve(const Index& index, const Demand& demand) {
  const IndexKey& first = index.keys.front();
  if (!index.predicate.empty()) return false;
  return demand.leading.contains(first.column + first.expression) || covers(index, demand);
}

// The keys that the query compares or orders by, with holes for the others between them, and
// whether the table need not be read.
std::string use_of(const Index& index, const Demand& demand) {
  std::string text = index.method;
  std::string holes;
  for (const IndexKey& key : index.keys) {
    const bool asked =
        holds(demand.equal, key) || holds(demand.range, key) ||
        std::ranges::any_of(demand.orders, [&](const Keys& order) { return holds(order, key); });
    if (!asked) {
      holes += "|";
      continue;
    }
    text += holes + "|" + key.column + key.expression + " " + key.opclass;
    if (key.descending) text += " desc";
    if (key.nulls_first) text += " nulls first";
    holes.clear();
  }
  text += "|" + index.predicate;
  return covers(index, demand) ? text + " covers" : text;
}

// Whether a query that names this table reads what the candidate indexes.
bool is_on(const Candidate& candidate, const Relation& table) {
  return candidate.table == &table ||
         std::ranges::find(candidate.parts, &table, &CandidatePart::table) != candidate.parts.end();
}

// The operator class with which a GIN index answers what is asked of the column, or nothing. Only
// `@>` needs no keys, for which jsonb has a smaller class.
std::optional<std::string> inverted_class(const Column& column, const ColumnUse& use,
                                          bool has_trigrams) {
  const bool text = column.type_category == "S";
  if (use.use == Use::pattern && text && has_trigrams) return "gin_trgm_ops";
  if (use.use == Use::contains && column.type_name == "jsonb")
    return use.op == "@>" ? "jsonb_path_ops" : "";
  if (use.use == Use::contains && column.type_category == "A" && use.op != "?") return "";
  if (use.use == Use::match && column.type_name == "tsvector") return "";
  return {};
}

bool has_inverted(const Relation& table, const std::string& column) {
  return std::ranges::any_of(table.indexes, [&](const Index& index) {
    return (index.method == "gin" || index.method == "gist") &&
           std::ranges::any_of(index.keys,
                               [&](const IndexKey& key) { return key.column == column; });
  });
}

}  // namespace

std::vector<Candidate> find_inverted_candidates(const Catalog& catalog,
                                                const std::vector<QueryFacts>& facts,
                                                int server_version) {
  const bool has_trigrams = std::ranges::any_of(
      catalog.extensions, [](const catalog::Extension& each) { return each.name == "pg_trgm"; });
  const Partitions partitions(catalog);
  std::map<std::pair<const Relation*, std::string>, Candidate> found;
  for (std::size_t query = 0; query < facts.size(); ++query)
    for (const ColumnUse& use : facts[query].uses) {
      const sql::Mention& mention = facts[query].relations[use.relation];
      const Relation* table = catalog.relation(mention.schema, mention.name);
      if (table == nullptr || !takes_indexes(*table, partitions.leaves(*table)) ||
          !use.expression.empty())
        continue;
      const Column* column = table->column(use.column);
      if (column == nullptr || has_inverted(*table, use.column)) continue;
      const std::optional<std::string> opclass = inverted_class(*column, use, has_trigrams);
      if (!opclass) continue;
      Candidate& made = found[{table, use.column}];
      if (made.table == nullptr) {
        Index index;
        index.method = "gin";
        index.keys = {{.column = use.column, .opclass = *opclass}};
        made = on(*table, std::move(index), partitions);
      }
      // Who asks for more than `@>` needs the class that has the keys, too.
      if (made.index.keys[0].opclass != *opclass) made.index.keys[0].opclass.clear();
      if (made.queries.empty() || made.queries.back() != query) made.queries.push_back(query);
    }
  std::vector<Candidate> candidates;
  for (auto& [place, candidate] : found) {
    candidate.bytes = bytes_of(candidate, server_version);
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

bool is_wide(const Index& index) { return index.keys.size() > narrow; }

bool begins_with(const Index& index, const Index& shorter) {
  return index.keys.size() >= shorter.keys.size() &&
         std::equal(shorter.keys.begin(), shorter.keys.end(), index.keys.begin(), same_order);
}

std::string describe(const Index& index) {
  std::string keys;
  for (const IndexKey& key : index.keys) {
    keys += keys.empty() ? "" : ", ";
    keys += key.column.empty() ? "(" + key.expression + ")" : catalog::quote_identifier(key.column);
    if (!key.opclass.empty()) keys += " " + key.opclass;
    if (key.descending) keys += " DESC";
    if (key.nulls_first != key.descending) keys += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }
  std::string text = index.method == "btree" ? "" : "USING " + index.method + " ";
  text += "(" + keys + ")";
  if (!index.include.empty()) {
    std::vector<std::string> names;
    for (const std::string& each : index.include) names.push_back(catalog::quote_identifier(each));
    text += " INCLUDE (" + join(names, ", ") + ")";
  }
  if (!index.predicate.empty()) text += " WHERE " + index.predicate;
  return text;
}

std::vector<const Relation*> places(const Candidate& candidate) {
  if (candidate.table->kind != RelationKind::partitioned_table) return {candidate.table};
  std::vector<const Relation*> tables;
  for (const CandidatePart& part : candidate.parts)
    if (part.table->kind != RelationKind::partitioned_table && part.there == nullptr)
      tables.push_back(part.table);
  return tables;
}

std::string create_statement(const Relation& table, const Index& index, bool concurrently,
                             bool only) {
  std::string text = concurrently ? "CREATE INDEX CONCURRENTLY " : "CREATE INDEX ";
  if (!index.name.empty()) text += catalog::quote_identifier(index.name) + " ";
  return text + (only ? "ON ONLY " : "ON ") + catalog::qualified(table.schema, table.name) + " " +
         describe(index);
}

std::vector<Candidate> find_candidates(const Catalog& catalog, const std::vector<QueryFacts>& facts,
                                       const CandidateOptions& options) {
  const Partitions partitions(catalog);
  std::vector<Candidate> candidates;
  std::map<std::pair<const Relation*, std::string>, std::size_t> known;
  std::vector<std::map<const Relation*, Demand>> demands(facts.size());
  for (std::size_t query = 0; query < facts.size(); ++query) {
    std::map<const Relation*, std::set<std::size_t>> mentioned;
    for (std::size_t i = 0; i < facts[query].relations.size(); ++i) {
      const sql::Mention& mention = facts[query].relations[i];
      const Relation* table = catalog.relation(mention.schema, mention.name);
      if (table != nullptr && takes_indexes(*table, partitions.leaves(*table)))
        mentioned[table].insert(i);
    }
    for (const auto& [table, where] : mentioned) {
      const std::vector<const Relation*> leaves = partitions.leaves(*table);
      const Relation& typical = *largest(leaves);
      const Demand& demand = demands[query][table] = demand_of(facts[query], where, *table);
      std::vector<Index> found;
      // Those of a greater width come beside those of a smaller one, not instead of them.
      const auto width = static_cast<std::size_t>(std::max(1, options.max_width));
      if (width > narrow) Gatherer(typical, demand, narrow, found).gather();
      Gatherer(typical, demand, width, found).gather();
      for (Index& index : found) {
        if (exists(*table, leaves, index)) continue;
        const auto [at, is_new] = known.try_emplace({table, describe(index)}, candidates.size());
        if (is_new) {
          candidates.push_back(on(*table, std::move(index), partitions));
          candidates.back().bytes = bytes_of(candidates.back(), options.server_version);
        }
        std::vector<std::size_t>& served = candidates[at->second].queries;
        if (served.empty() || served.back() != query) served.push_back(query);
      }
    }
  }
  // Those of other queries, as far as there is room for them: the wide ones take none from the
  // others.
  for (const bool wide : {false, true}) {
    std::vector<std::size_t> count(facts.size());
    for (const Candidate& each : candidates)
      if (wide || !is_wide(each.index))
        for (const std::size_t query : each.queries) ++count[query];
    for (Candidate& each : candidates)
      for (std::size_t query = 0; is_wide(each.index) == wide && query < facts.size(); ++query) {
        const bool serves = std::ranges::any_of(demands[query], [&](const auto& demand) {
          return is_on(each, *demand.first) && may_serve(each.index, demand.second);
        });
        if (!serves || count[query] >= options.most_per_query ||
            std::ranges::find(each.queries, query) != each.queries.end())
          continue;
        each.queries.push_back(query);
        ++count[query];
      }
  }
  for (Candidate& each : candidates) {
    std::ranges::sort(each.queries);
    for (const std::size_t query : each.queries) {
      std::string& use = each.uses.emplace_back();
      for (const auto& [table, demand] : demands[query])
        if (is_on(each, *table)) use += use_of(each.index, demand) + "\n";
    }
  }
  // The narrow ones have the same numbers whatever the width, so that the search finds among them
  // what it finds without the wide ones.
  std::ranges::stable_partition(candidates,
                                [](const Candidate& each) { return !is_wide(each.index); });
  return candidates;
}

}  // namespace architrave::advisor
