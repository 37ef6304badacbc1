#include "advisor/indexes.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "advisor/drops.h"
#include "advisor/key_statistics.h"
#include "advisor/partitions.h"
#include "catalog/index_size.h"
#include "catalog/object.h"
#include "plan/plan.h"

namespace architrave::advisor {

namespace {

using catalog::KeyStatistics;
using catalog::Relation;

// What an index costs one changed row, in the planner's units: the way down the tree (its inner
// pages are in memory) and a leaf page that is read and, at some time, written. Half of the leaf
// pages are taken to be in memory; the constants are PostgreSQL's own (costsize.c,
// genericcostestimate).
constexpr double operator_cost = 0.0025;
constexpr double index_tuple_cost = 0.005;
constexpr double page_cost = 4.0;
constexpr double cached = 0.5;

// Hypothetical indexes of a query's candidates, of which one on a partitioned table has many: with
// so many at once the planner takes about a second.
constexpr std::size_t most_parts = 8000;
constexpr double far_more = 10;  // values of a first key, times

// A row lies in one partition.
double cost_of_change(const Candidate& candidate) {
  const Relation* table = largest(places(candidate));
  const double rows = std::max(2.0, table != nullptr ? rows_of(*table).value_or(1000) : 1000);
  const double descent = std::log2(rows) * operator_cost + 50 * operator_cost;
  const double leaf = candidate.index.method == "brin" ? 0.01 : page_cost * (1 - cached);
  const double inverted = candidate.index.method == "gin" ? 10 : 1;
  return (descent + index_tuple_cost + leaf) * inverted;
}

// An update touches an index if it sets one of its columns, or if it can't be done in the page
// (HOT) for the sake of another index: the latter is not counted.
double changes(const sql::Write& write, const Candidate& candidate) {
  if (write.kind != sql::Write::Kind::update) return 1;
  const auto sets = [&](const std::string& column) {
    return std::ranges::find(write.columns, column) != write.columns.end();
  };
  const bool touched =
      std::ranges::any_of(candidate.index.keys,
                          [&](const catalog::IndexKey& key) { return sets(key.column); }) ||
      std::ranges::any_of(candidate.index.include, sets);
  return touched ? 2 : 0;  // the old entry and the new one
}

// What the planner is told of each place where a candidate would lie. How many rows a condition
// leaves, it knows itself.
Result<std::vector<engine::HypotheticalIndex>> hypothetical(
    const std::vector<Candidate>& candidates, int server_version, engine::Planner& planner,
    const KeyStatistics& statistics) {
  std::map<std::string, std::optional<double>> rows;
  const auto select = [](const Relation& table, const Candidate& each) {
    return "SELECT FROM " + catalog::qualified(table.schema, table.name) + " WHERE " +
           each.index.predicate;
  };
  for (const Candidate& each : candidates)
    if (!each.index.predicate.empty())
      for (const Relation* table : places(each)) rows.emplace(select(*table, each), std::nullopt);
  std::vector<std::string> selects;
  for (const auto& [sql, unknown] : rows) selects.push_back(sql);
  const auto expected = planner.expected_rows(selects);
  if (!expected) return std::unexpected(expected.error());
  for (std::size_t i = 0; i < selects.size(); ++i) rows[selects[i]] = (*expected)[i];
  std::vector<engine::HypotheticalIndex> indexes;
  for (const Candidate& each : candidates) {
    engine::HypotheticalIndex& index = indexes.emplace_back();
    if (each.table->kind == catalog::RelationKind::partitioned_table) {
      index.table = catalog::qualified(each.table->schema, each.table->name);
      index.create = create_statement(*each.table, each.index, /*concurrently=*/false);
    }
    for (const Relation* table : places(each)) {
      const std::optional<double> held =
          each.index.predicate.empty() ? std::nullopt : rows[select(*table, each)];
      index.parts.push_back(
          {catalog::qualified(table->schema, table->name),
           create_statement(*table, each.index, /*concurrently=*/false),
           index_bytes(*table, each.index, server_version, held, statistics).value_or(0), held});
    }
  }
  return indexes;
}

const Relation* root_of(const catalog::Catalog& catalog, const Relation* table) {
  while (table->is_partition()) table = catalog.relation(table->parents.front());
  return table;
}

std::int64_t bytes_of(const engine::HypotheticalIndex& index) {
  std::int64_t bytes = 0;
  for (const engine::HypotheticalPart& part : index.parts) bytes += part.bytes;
  return bytes;
}

bool names(std::string_view expression, std::string_view column) {
  const auto is_letter = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (std::size_t at = expression.find(column); at != std::string_view::npos;
       at = expression.find(column, at + 1)) {
    const std::size_t end = at + column.size();
    if ((at == 0 || !is_letter(expression[at - 1])) &&
        (end == expression.size() || !is_letter(expression[end])))
      return true;
  }
  return false;
}

// How many values the expressions of candidates have: from what they make of the sampled values of
// their column, by the estimator that ANALYZE uses (Haas and Stokes, 1998).
Status know_expressions(const std::vector<Candidate>& candidates, engine::Planner& planner,
                        KeyStatistics& statistics) {
  std::vector<std::pair<const Relation*, const catalog::Column*>> over;
  std::vector<engine::Expression> asked;
  std::set<std::pair<const Relation*, std::string>> seen;
  const auto know = [&](const Relation& table, const std::string& expression) {
    if (!seen.emplace(&table, expression).second) return;
    const catalog::Column* only = nullptr;
    std::size_t named = 0;
    for (const catalog::Column& column : table.columns)
      if (names(expression, column.name)) {
        only = &column;
        ++named;
      }
    if (named != 1) return;
    over.emplace_back(&table, only);
    asked.push_back({table.schema, table.name, only->name, only->type, expression});
  };
  for (const Candidate& each : candidates)
    for (const catalog::IndexKey& key : each.index.keys)
      if (!key.expression.empty())
        for (const Relation* table : places(each)) know(*table, key.expression);
  const auto samples = planner.sample(asked);
  if (!samples) return std::unexpected(samples.error());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto& sample = (*samples)[i];
    if (!sample || sample->values < 1) continue;
    const auto& [table, column] = over[i];
    const double rows = std::max(1.0, rows_of(*table).value_or(1));
    const double n = sample->values;
    const double count = n * sample->distinct / (n - sample->once + sample->once * n / rows);
    catalog::Column made;
    made.type_name = sample->type_name;
    made.type_category = sample->type_category;
    made.stats = catalog::ColumnStats{
        .null_fraction = column->stats ? column->stats->null_fraction : 0,
        .distinct = std::clamp(count, 1.0, std::max(1.0, distinct_of(*column, rows))),
        .width = static_cast<std::int32_t>(std::lround(sample->width)),
        .correlation = {}};
    statistics.know(*table, asked[i].text, std::move(made));
  }
  return {};
}

// Indexes that cost the workload's writes something and serve nothing but queries. One that was
// used and not by the workload's is used by others.
Result<std::vector<Candidate>> find_dispensable(const catalog::Catalog& catalog,
                                                const std::vector<WeightedQuery>& queries,
                                                const IndexProblem& problem,
                                                engine::Planner& planner) {
  std::map<std::string, int, std::less<>> names;
  for (const Relation& table : catalog.relations)
    for (const catalog::Index& index : table.indexes) ++names[index.name];
  std::vector<Candidate> found;
  std::set<std::size_t> reading;
  for (const Relation& table : catalog.relations)
    for (const catalog::Index& index : table.indexes) {
      // A plan names an index without its schema.
      if (!may_be_dropped(table, index) || serves_foreign_key(table, index) ||
          names[index.name] > 1)
        continue;
      Candidate made{.table = &table, .index = index, .queries = {}};
      made.maintenance = maintenance_of(made, problem.facts, queries);
      if (made.maintenance <= 0) continue;
      for (std::size_t q = 0; q < queries.size(); ++q) {
        const auto names_it = [&](const auto& each) {
          return each.name == table.name && (each.schema.empty() || each.schema == table.schema);
        };
        if (problem.complaints[q].empty() &&
            (std::ranges::any_of(problem.facts[q].relations, names_it) ||
             std::ranges::any_of(problem.facts[q].writes, names_it)))
          made.queries.push_back(q);
      }
      reading.insert(made.queries.begin(), made.queries.end());
      found.push_back(std::move(made));
    }
  if (found.empty() || !catalog.server.has_workload) return found;
  std::vector<engine::Question> questions;
  for (const std::size_t q : reading)
    questions.push_back({.query = q, .indexes = {}, .without = {}, .serial = false});
  const auto answers = planner.ask(questions);
  if (!answers) return std::unexpected(answers.error());
  std::set<std::string> used;
  for (const auto& answer : *answers)
    if (answer) used.insert(answer->existing.begin(), answer->existing.end());
  std::erase_if(found, [&](const Candidate& each) {
    return each.index.stats && each.index.stats->scans > 0 && !used.contains(each.index.name);
  });
  return found;
}

}  // namespace

namespace {

// See SearchInput::kinds. One of which it is not known what a plan can make is of its own kind.
std::vector<std::vector<Kind>> kinds_of(const IndexProblem& problem) {
  std::vector<std::vector<Kind>> kinds;
  for (std::size_t query = 0; query < problem.relevant.size(); ++query) {
    std::map<std::pair<std::size_t, std::string>, std::size_t> numbers;
    std::vector<Kind>& own = kinds.emplace_back();
    for (const std::size_t i : problem.relevant[query]) {
      const Candidate& candidate = problem.candidates[i];
      const auto at = std::ranges::find(candidate.queries, query) - candidate.queries.begin();
      const auto place = static_cast<std::size_t>(at);
      if (place >= candidate.uses.size()) {
        own.push_back({problem.candidates.size() + i, 2 * problem.candidates.size() + i});
        continue;
      }
      const std::string& use = candidate.uses[place];
      own.push_back(
          {numbers.try_emplace({problem.input.tables[i], use}, numbers.size()).first->second,
           2 * problem.input.leading[i] + (use.ends_with(" covers\n") ? 1 : 0)});
    }
  }
  return kinds;
}

}  // namespace

double maintenance_of(const Candidate& candidate, const std::vector<sql::QueryFacts>& facts,
                      const std::vector<WeightedQuery>& queries) {
  double cost = 0;
  for (std::size_t q = 0; q < facts.size(); ++q)
    for (const sql::Write& write : facts[q].writes) {
      const auto named = [&](const Relation* table) {
        return write.name == table->name && (write.schema.empty() || write.schema == table->schema);
      };
      if (named(candidate.table) || std::ranges::any_of(places(candidate), named))
        cost += queries[q].calls * queries[q].rows_per_call * changes(write, candidate) *
                cost_of_change(candidate);
    }
  return cost;
}

Judge judge_of(const catalog::Catalog& catalog, const IndexProblem& problem) {
  std::map<std::string, const catalog::Index*, std::less<>> existing;
  for (const Relation& table : catalog.relations)
    for (const catalog::Index& index : table.indexes) existing.emplace(index.name, &index);
  return [&catalog, &problem,
          existing = std::move(existing)](const engine::Answer& answer) -> std::optional<PlanTime> {
    const auto plan = plan::read_json(answer.plan);
    if (!plan) return {};
    const std::map<std::string_view, std::size_t> numbers(answer.names.begin(), answer.names.end());
    return plan_time(plan->root, catalog, [&](std::string_view name) -> const catalog::Index* {
      if (const auto number = numbers.find(name); number != numbers.end())
        return &problem.candidates[number->second].index;
      const auto found = existing.find(name);
      return found != existing.end() ? found->second : nullptr;
    });
  };
}

CatalogNames::CatalogNames(const catalog::Catalog& catalog) {
  for (const Relation& relation : catalog.relations) {
    sql::Known known{
        relation.schema,
        {},
        relation.kind == catalog::RelationKind::view ? relation.definition : std::string()};
    for (const catalog::Column& column : relation.columns) known.columns.push_back(column.name);
    const auto at =
        known_.emplace(std::pair{relation.schema, relation.name}, std::move(known)).first;
    by_name_[relation.name].push_back(&at->second);
  }
}

const sql::Known* CatalogNames::operator()(std::string_view schema, std::string_view name) const {
  const auto found =
      known_.find(std::pair{std::string(schema.empty() ? "public" : schema), std::string(name)});
  if (found != known_.end()) return &found->second;
  if (!schema.empty()) return nullptr;
  const auto others = by_name_.find(name);
  return others != by_name_.end() && others->second.size() == 1 ? others->second.front() : nullptr;
}

namespace {

double values_of_first_key(const Candidate& candidate) {
  const catalog::Column* column = candidate.table->column(candidate.index.keys.front().column);
  return column == nullptr ? 0 : distinct_of(*column, rows_of(*candidate.table).value_or(1));
}

// Of indexes that differ in the order of their keys alone, those whose first key tells far more
// rows apart: they serve more of the queries that are still to come.
std::vector<std::vector<std::size_t>> turned_round(const std::vector<Candidate>& candidates,
                                                   std::size_t count) {
  std::map<std::string, std::vector<std::size_t>> alike;
  for (std::size_t i = 0; i < count; ++i) {
    catalog::Index sorted = candidates[i].index;
    std::ranges::sort(sorted.keys, {}, [](const catalog::IndexKey& key) {
      return std::tie(key.column, key.expression, key.opclass, key.descending, key.nulls_first);
    });
    alike[qualified(candidates[i].table->schema, candidates[i].table->name) + describe(sorted)]
        .push_back(i);
  }
  std::vector<std::vector<std::size_t>> rather(count);
  for (const auto& [words, group] : alike)
    for (const std::size_t i : group) {
      const double values = values_of_first_key(candidates[i]);
      for (const std::size_t other : group)
        if (candidates[other].bytes == candidates[i].bytes &&
            values_of_first_key(candidates[other]) >= far_more * values)
          rather[i].push_back(other);
      std::ranges::stable_sort(rather[i], std::greater(), [&](std::size_t other) {
        return values_of_first_key(candidates[other]);
      });
    }
  return rather;
}

}  // namespace

Result<IndexProblem> index_problem(const catalog::Catalog& catalog,
                                   const std::vector<WeightedQuery>& queries,
                                   engine::Planner& planner, const IndexOptions& options) {
  IndexProblem problem;
  std::vector<engine::PlannerQuery> plannable;
  for (const WeightedQuery& query : queries) {
    plannable.push_back({query.sql, query.parameters});
    problem.input.weights.push_back(query.calls);
  }
  auto complaints = planner.set_queries(std::move(plannable));
  if (!complaints) return fail(complaints);
  problem.complaints = std::move(*complaints);
  const CatalogNames names(catalog);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    auto facts = problem.complaints[q].empty() ? sql::query_facts(queries[q].sql, std::cref(names))
                                               : Result<sql::QueryFacts>(sql::QueryFacts());
    problem.facts.push_back(facts ? std::move(*facts) : sql::QueryFacts());
  }
  std::vector<Candidate> found = find_candidates(catalog, problem.facts,
                                                 {.max_width = options.max_width,
                                                  .most_per_query = most_relevant,
                                                  .server_version = catalog.server.version_number});
  KeyStatistics statistics = key_statistics_of(catalog, problem.facts);
  if (Status known = know_expressions(found, planner, statistics); !known) return fail(known);
  auto hypothetical_indexes =
      hypothetical(found, catalog.server.version_number, planner, statistics);
  if (!hypothetical_indexes) return fail(hypothetical_indexes);
  for (std::size_t i = 0; i < found.size(); ++i)
    found[i].bytes = bytes_of((*hypothetical_indexes)[i]);
  auto sizes = planner.set_indexes(*hypothetical_indexes);
  if (!sizes) return fail(sizes);
  // What the server does not take (an expression that may change, a method that HypoPG does not
  // know) or what is larger than the budget is no candidate.
  std::vector<engine::HypotheticalIndex> kept;
  std::map<const Relation*, std::size_t> table_numbers;
  std::map<std::pair<const Relation*, std::string>, std::size_t> leading_numbers;
  problem.relevant.resize(queries.size());
  const auto take = [&](Candidate each) {
    problem.input.tables.push_back(
        table_numbers.try_emplace(each.table, table_numbers.size()).first->second);
    const catalog::IndexKey& first = each.index.keys.front();
    problem.input.leading.push_back(
        leading_numbers
            .try_emplace({root_of(catalog, each.table), first.column + first.expression},
                         leading_numbers.size())
            .first->second);
    problem.input.bytes.push_back(each.bytes);
    problem.input.maintenance.push_back(each.maintenance);
    problem.candidates.push_back(std::move(each));
  };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!(*sizes)[i]) continue;
    if (options.sizes == Sizes::hypopg || found[i].bytes == 0) found[i].bytes = *(*sizes)[i];
    if (found[i].bytes <= options.budget) order.push_back(i);
  }
  // Of those that serve a plan equally well it takes the one that was made last: the smallest.
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return found[i].bytes; });
  for (const std::size_t i : order) {
    found[i].maintenance = maintenance_of(found[i], problem.facts, queries);
    kept.push_back(std::move((*hypothetical_indexes)[i]));
    problem.input.variant.push_back(!found[i].index.include.empty() ||
                                    !found[i].index.predicate.empty());
    take(std::move(found[i]));
  }
  problem.hypothetical = problem.candidates.size();
  problem.input.rather = turned_round(problem.candidates, problem.hypothetical);
  auto dispensable = find_dispensable(catalog, queries, problem, planner);
  if (!dispensable) return fail(dispensable);
  std::vector<engine::RealIndex> real;
  for (const Candidate& each : *dispensable) real.push_back({each.table->schema, each.index.name});
  if (!real.empty() && planner.set_dispensable(std::move(real))) {
    problem.input.present.assign(problem.hypothetical, false);
    for (Candidate& each : *dispensable) {
      for (const std::size_t q : each.queries)
        if (problem.relevant[q].size() < most_relevant)
          problem.relevant[q].push_back(problem.candidates.size());
      problem.input.variant.push_back(false);
      problem.input.present.push_back(true);
      take(std::move(each));
    }
  }
  std::vector<std::size_t> parts(queries.size());
  for (const bool wide : {false, true})
    for (std::size_t i = 0; i < problem.hypothetical; ++i)
      for (const std::size_t q : problem.candidates[i].queries)
        if (is_wide(problem.candidates[i].index) == wide &&
            problem.relevant[q].size() < most_relevant &&
            parts[q] + kept[i].parts.size() <= most_parts) {
          problem.relevant[q].push_back(i);
          parts[q] += kept[i].parts.size();
        }
  for (std::vector<std::size_t>& each : problem.relevant) std::ranges::sort(each);
  problem.input.kinds = kinds_of(problem);
  if (auto numbered = planner.set_indexes(std::move(kept)); !numbered) return fail(numbered);
  problem.input.budget = options.budget;
  problem.input.seconds = options.seconds;
  // A workload of a hundred queries is looked at as thoroughly as one of twenty for twice the
  // questions; who has more time may ask more.
  problem.input.most_calls = std::llround((1100 + 20 * static_cast<double>(queries.size())) *
                                          std::max(1.0, options.seconds / 60));
  problem.input.gap = options.gap;
  problem.input.thorough = options.thorough;
  return problem;
}

}  // namespace architrave::advisor
