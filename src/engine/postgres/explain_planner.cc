#include "engine/postgres/explain_planner.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::postgres {

using catalog::quote_identifier;
using catalog::quote_literal;
using engine::Answer;
using engine::PlannerQuery;
using engine::Question;

namespace {

template <class Number>
Number number(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The text after each `"KEY": ` of EXPLAIN's JSON. A quote inside of a JSON string is escaped, so
// the pattern is found at keys alone.
template <class Visit>
void each_value(std::string_view json, std::string_view key, Visit&& visit) {
  const std::string pattern = '"' + std::string(key) + "\": ";
  for (std::size_t at = json.find(pattern); at != std::string_view::npos;
       at = json.find(pattern, at)) {
    at += pattern.size();
    if (!visit(json.substr(at))) return;
  }
}

// The planner leaves an index alone that is not valid. `indexes`: expressions for their names.
std::string hide(const std::vector<std::string>& indexes) {
  return "UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = ANY (ARRAY[" +
         join(indexes, ", ") + "]::pg_catalog.regclass[])";
}

std::optional<Answer> read_answer(
    std::string_view json,
    const std::function<std::optional<std::size_t>(std::string_view name)>& find,
    std::span<const engine::RealIndex> dispensable) {
  Answer answer;
  bool found = false;
  each_value(json, "Total Cost", [&](std::string_view rest) {
    answer.cost = number<double>(rest);
    found = true;
    return false;  // the root's own comes first
  });
  if (!found) return {};
  each_value(json, "Index Name", [&](std::string_view rest) {
    rest.remove_prefix(1);
    const std::string_view name = rest.substr(0, rest.find('"'));
    if (const auto hypothetical = find(name)) {
      answer.used.push_back(*hypothetical);
      answer.names.emplace_back(name, *hypothetical);
    } else {
      answer.existing.emplace_back(name);
    }
    return true;
  });
  const auto tidy = [](auto& list) {
    std::ranges::sort(list);
    list.erase(std::ranges::unique(list).begin(), list.end());
  };
  tidy(answer.used);
  tidy(answer.existing);
  for (std::size_t i = 0; i < dispensable.size(); ++i)
    if (std::ranges::binary_search(answer.existing, dispensable[i].name)) answer.kept.push_back(i);
  answer.plan = json;
  return answer;
}

}  // namespace

Result<std::vector<std::string>> ExplainPlanner::set_queries(std::vector<PlannerQuery> queries) {
  std::vector<std::string> all = {"BEGIN READ ONLY", "SELECT 1", "SAVEPOINT s"};
  const std::size_t first = all.size();
  for (const PlannerQuery& query : queries)
    all.insert(all.end(), {"PREPARE architrave_q AS " + query.sql,
                           "SELECT pg_catalog.cardinality(parameter_types) FROM "
                           "pg_catalog.pg_prepared_statements WHERE name = 'architrave_q'",
                           "ROLLBACK TO s", "DEALLOCATE ALL"});
  all.emplace_back("ROLLBACK");
  auto results = connections_[0].pipeline(all);
  if (!results) return fail(results);
  std::vector<std::string> complaints(queries.size());
  queries_.assign(queries.size(), {});
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Result<Rows>& prepared = (*results)[first + 4 * i];
    const Result<Rows>& counted = (*results)[first + 4 * i + 1];
    if (!prepared || !counted || counted->size() == 0) {
      complaints[i] = !prepared ? prepared.error().message : "it can't be prepared";
      continue;
    }
    const int parameters = number<int>(counted->cell(0, 0));
    Prepared& made = queries_[i];
    if (parameters == 0) {
      made.explain = "EXPLAIN (FORMAT JSON) " + queries[i].sql;
      continue;
    }
    const bool known = std::ssize(queries[i].parameters) == parameters;
    std::vector<std::string> values(static_cast<std::size_t>(parameters), "NULL");
    for (std::size_t at = 0; known && at < values.size(); ++at)
      if (const auto& value = queries[i].parameters[at]) values[at] = quote_literal(*value);
    made.before = {std::string("SET LOCAL plan_cache_mode = ") +
                       (known ? "force_custom_plan" : "force_generic_plan"),
                   "PREPARE architrave_q AS " + queries[i].sql};
    made.explain = "EXPLAIN (FORMAT JSON) EXECUTE architrave_q(" + join(values, ", ") + ")";
    made.after = {"DEALLOCATE ALL", "ROLLBACK TO s"};
  }
  return complaints;
}

bool ExplainPlanner::set_dispensable(std::vector<engine::RealIndex> indexes) {
  if (pids_.empty()) return false;
  dispensable_ = std::move(indexes);
  return true;
}

Result<std::vector<std::optional<double>>> ExplainPlanner::expected_rows(
    const std::vector<std::string>& selects) {
  std::vector<std::optional<double>> rows(selects.size());
  if (selects.empty()) return rows;
  std::vector<std::string> all = {"BEGIN READ ONLY", "SELECT 1", "SAVEPOINT s"};
  const std::size_t first = all.size();
  for (const std::string& each : selects)
    all.insert(all.end(), {"EXPLAIN (FORMAT JSON) " + each, "ROLLBACK TO s"});
  all.emplace_back("ROLLBACK");
  auto results = connections_[0].pipeline(all);
  if (!results) return fail(results);
  for (std::size_t i = 0; i < selects.size(); ++i)
    if (const Result<Rows>& plan = (*results)[first + 2 * i]; plan && plan->size() > 0)
      each_value(plan->cell(0, 0), "Plan Rows", [&](std::string_view rest) {
        rows[i] = number<double>(rest);
        return false;
      });
  return rows;
}

Result<std::vector<std::optional<engine::ExpressionSample>>> ExplainPlanner::sample(
    const std::vector<engine::Expression>& expressions) {
  std::vector<std::optional<engine::ExpressionSample>> samples(expressions.size());
  if (expressions.empty()) return samples;
  std::vector<std::string> all = {"BEGIN READ ONLY", "SELECT 1",
                                  "SET LOCAL statement_timeout = '5s'", "SAVEPOINT s"};
  const std::size_t first = all.size();
  for (const engine::Expression& each : expressions) {
    const auto values = [&](const char* list) {
      return "pg_catalog.unnest(s." + std::string(list) + "::pg_catalog.text::" + each.column_type +
             "[])";
    };
    // A short value is stored with a header of one byte and not of four.
    all.insert(
        all.end(),
        {"WITH v AS (SELECT x AS " + quote_identifier(each.column) +
             " FROM pg_catalog.pg_stats s, LATERAL (SELECT " + values("histogram_bounds") +
             " UNION ALL SELECT " + values("most_common_vals") + ") u(x) WHERE s.schemaname = " +
             quote_literal(each.schema) + " AND s.tablename = " + quote_literal(each.table) +
             " AND s.attname = " + quote_literal(each.column) + "), g AS (SELECT (" + each.text +
             ") AS e, pg_catalog.count(*) AS n FROM v GROUP BY 1)"
             " SELECT pg_catalog.sum(n), pg_catalog.count(*),"
             " pg_catalog.count(*) FILTER (WHERE n = 1),"
             " pg_catalog.avg(pg_catalog.pg_column_size(e) - CASE WHEN t.typlen = -1 AND"
             " pg_catalog.pg_column_size(e) < 127 THEN 3 ELSE 0 END),"
             " t.typname, t.typcategory FROM g"
             " JOIN pg_catalog.pg_type t ON t.oid = pg_catalog.pg_typeof(e)"
             " WHERE e IS NOT NULL GROUP BY t.typname, t.typcategory",
         "ROLLBACK TO s"});
  }
  all.emplace_back("ROLLBACK");
  auto results = connections_[0].pipeline(all);
  if (!results) return fail(results);
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const Result<Rows>& row = (*results)[first + 2 * i];
    if (!row || row->size() != 1) continue;
    samples[i] = engine::ExpressionSample{.values = number<double>(row->cell(0, 0)),
                                          .distinct = number<double>(row->cell(0, 1)),
                                          .once = number<double>(row->cell(0, 2)),
                                          .width = number<double>(row->cell(0, 3)),
                                          .type_name = std::string(row->cell(0, 4)),
                                          .type_category = std::string(row->cell(0, 5))};
  }
  return samples;
}

Status ExplainPlanner::ask_one(Connection& connection, const std::vector<Question>& questions,
                               std::span<const std::size_t> which,
                               std::vector<std::optional<Answer>>& answers,
                               const std::vector<std::string>& changes) const {
  if (which.empty()) return {};
  const bool reads_only =
      !writes() && changes.empty() &&
      std::ranges::all_of(which, [&](std::size_t at) { return questions[at].without.empty(); });
  const std::string begin = reads_only ? "BEGIN READ ONLY" : "BEGIN";
  // What is changed, this session alone sees, and it is rolled back. Without changes each set of
  // indexes has a transaction of its own: what one that still runs has rolled back is in the way of
  // those after it.
  std::vector<std::string> all = {begin, "SELECT 1"};
  all.insert(all.end(), changes.begin(), changes.end());
  all.emplace_back("SAVEPOINT changed");
  struct Place {
    std::size_t question;
    std::size_t supposed;  // the last of the statements that put its indexes there; 0: it has none
    std::size_t explained;
  };
  std::vector<Place> places;
  const std::vector<std::size_t>* standing = nullptr;
  std::size_t supposed = 0;
  for (const std::size_t at : which) {
    const Question& question = questions[at];
    const Prepared& query = queries_[question.query];
    if (query.explain.empty()) continue;
    if (standing == nullptr || *standing != question.indexes) {
      if (standing != nullptr && changes.empty())
        all.insert(all.end(), {"ROLLBACK", begin, "SELECT 1"});
      else if (standing != nullptr)
        all.emplace_back("ROLLBACK TO changed");
      std::ranges::move(suppose(question.indexes), std::back_inserter(all));
      supposed = question.indexes.empty() ? 0 : all.size() - 1;
      standing = &question.indexes;
      all.emplace_back("SAVEPOINT s");
    }
    if (!question.without.empty()) {
      std::vector<std::string> names;
      for (const std::size_t each : question.without)
        names.push_back(
            quote_literal(catalog::qualified(dispensable_[each].schema, dispensable_[each].name)));
      all.push_back(hide(names));
    }
    if (question.serial) all.emplace_back("SET LOCAL max_parallel_workers_per_gather = 0");
    all.insert(all.end(), query.before.begin(), query.before.end());
    places.push_back({at, supposed, all.size()});
    all.push_back(query.explain);
    all.emplace_back("ROLLBACK TO s");
    all.insert(all.end(), query.after.begin(), query.after.end());
  }
  std::ranges::move(forget(), std::back_inserter(all));
  all.emplace_back("ROLLBACK");
  auto results = connection.pipeline(all);
  if (!results) return std::unexpected(results.error());
  for (const Place& place : places) {
    FindNumber find = [](std::string_view) { return std::nullopt; };
    if (place.supposed != 0) {
      const Result<Rows>& rows = (*results)[place.supposed];
      if (!rows) continue;
      find = finder(questions[place.question].indexes, *rows);
      if (!find) continue;
    }
    const Result<Rows>& plan = (*results)[place.explained];
    if (!plan || plan->size() == 0) continue;
    answers[place.question] = read_answer(plan->cell(0, 0), find, dispensable_);
  }
  return {};
}

Result<std::vector<std::optional<Answer>>> ExplainPlanner::ask(
    const std::vector<Question>& questions) {
  std::vector<std::optional<Answer>> answers(questions.size());
  calls_ += std::ssize(questions);
  // Questions about the same indexes stand together, so that these are made once.
  std::vector<std::size_t> order(questions.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return questions[i].indexes; });
  // Those that leave real indexes out are asked by one session: two would wait for one another.
  const auto plain = std::ranges::stable_partition(
      order, [&](std::size_t i) { return !questions[i].without.empty(); });
  const std::span<const std::size_t> all = order;
  const std::size_t half =
      connections_.size() == 1 || all.size() < 2
          ? all.size()
          : std::max(all.size() / connections_.size(), all.size() - plain.size());
  Status second;
  std::thread other;
  if (half < all.size())
    other = std::thread(
        [&] { second = ask_one(connections_[1], questions, all.subspan(half), answers); });
  const Status first = ask_one(connections_[0], questions, all.first(half), answers);
  if (other.joinable()) other.join();
  if (!first) return std::unexpected(first.error());
  if (!second) return std::unexpected(second.error());
  return answers;
}

Result<std::vector<std::optional<Answer>>> ExplainPlanner::ask_without(
    const std::vector<std::string>& dropped, const std::vector<Question>& questions) {
  std::vector<std::string> names;
  for (const std::string& index : dropped) names.push_back(quote_literal(index));
  return ask_after(names.empty() ? names : std::vector{hide(names)}, questions);
}

Result<std::vector<std::optional<Answer>>> ExplainPlanner::ask_with(
    const std::vector<std::string>& built, const std::vector<Question>& questions) {
  return ask_after(built, questions);
}

Result<std::vector<std::optional<Answer>>> ExplainPlanner::ask_after(
    const std::vector<std::string>& changes, const std::vector<Question>& questions) {
  std::vector<std::optional<Answer>> answers(questions.size());
  if (pids_.empty() || changes.empty()) return answers;  // not our own server
  calls_ += std::ssize(questions);
  std::vector<std::size_t> order(questions.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (Status asked = ask_one(connections_[0], questions, order, answers, changes); !asked)
    return fail(asked);
  return answers;
}

Result<std::string> ExplainPlanner::plan(const Question& question) {
  std::vector<std::optional<Answer>> answers(1);
  constexpr std::array<std::size_t, 1> only = {0};
  if (Status asked = ask_one(connections_[0], {question}, only, answers); !asked)
    return fail(asked);
  return answers[0] ? answers[0]->plan : std::string();
}

double ExplainPlanner::server_seconds() const {
  double ticks = 0;
  for (const int pid : pids_) {
    const Result<std::string> stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    if (!stat) continue;
    // The second field is the program's name in parentheses, which may hold anything.
    const auto fields = split(std::string_view(*stat).substr(stat->rfind(')') + 1), ' ');
    constexpr std::size_t user = 12;  // counted from behind the name: fields 14 and 15 of proc(5)
    if (fields.size() > user + 1)
      ticks += number<double>(fields[user]) + number<double>(fields[user + 1]);
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Result<std::vector<int>> processes_of(std::vector<Connection>& connections) {
  std::vector<int> pids;
  for (Connection& each : connections) {
    const auto pid = each.query("SELECT pg_catalog.pg_backend_pid()");
    if (!pid) return std::unexpected(pid.error());
    pids.push_back(number<int>(pid->cell(0, 0)));
  }
  return pids;
}

}  // namespace architrave::postgres
