#include "engine/postgres/what_if.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <span>
#include <thread>
#include <unordered_map>

#include "base/file.h"
#include "base/text.h"
#include "catalog/object.h"
#include "engine/postgres/packages.h"

namespace architrave::postgres {

namespace {

using catalog::quote_identifier;
using catalog::quote_literal;
using engine::Answer;
using engine::PlannerQuery;
using engine::Question;

constexpr std::size_t sessions = 2;
// HypoPG takes its numbers from those below 16384 that initdb has left: between 2,500 and 3,000.
constexpr std::size_t most_made_up_oids = 2000;

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

// `oids` are those of the question's hypothetical indexes: HypoPG calls one "<13543>btree_…".
std::optional<Answer> read_answer(std::string_view json,
                                  const std::unordered_map<std::uint32_t, std::size_t>& oids,
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
    const auto hypothetical =
        name.starts_with('<') ? oids.find(number<std::uint32_t>(name.substr(1))) : oids.end();
    if (hypothetical != oids.end()) {
      answer.used.push_back(hypothetical->second);
      answer.names.emplace_back(name, hypothetical->second);
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

class WhatIf final : public engine::Planner {
 public:
  WhatIf(std::vector<Connection> connections, std::vector<int> pids, std::string schema,
         std::string description)
      : connections_(std::move(connections)),
        pids_(std::move(pids)),
        schema_(std::move(schema)),
        description_(std::move(description)) {}

  Result<std::vector<std::string>> set_queries(std::vector<PlannerQuery> queries) override;
  Result<std::vector<std::optional<std::int64_t>>> set_indexes(
      std::vector<engine::HypotheticalIndex> indexes) override;
  bool set_dispensable(std::vector<engine::RealIndex> indexes) override;
  Result<std::vector<std::optional<double>>> expected_rows(
      const std::vector<std::string>& selects) override;
  Result<std::vector<std::optional<engine::ExpressionSample>>> sample(
      const std::vector<engine::Expression>& expressions) override;
  Result<std::vector<std::optional<Answer>>> ask(const std::vector<Question>& questions) override;
  Result<std::vector<std::optional<Answer>>> ask_without(
      const std::vector<std::string>& dropped, const std::vector<Question>& questions) override;
  Result<std::vector<std::optional<Answer>>> ask_with(
      const std::vector<std::string>& built, const std::vector<Question>& questions) override;
  Result<std::string> plan(const Question& question) override;
  std::int64_t calls() const override { return calls_; }
  double server_seconds() const override;
  std::string description() const override { return description_; }

 private:
  struct Prepared {
    std::vector<std::string> before;  // statements
    std::string explain;              // "" if it can't be planned
    std::vector<std::string> after;
  };
  std::string function(std::string_view name) const { return schema_ + "." + std::string(name); }
  Result<std::set<std::string>> alike_partitioned(
      const std::vector<engine::HypotheticalIndex>& indexes);
  std::string create(const std::vector<std::size_t>& indexes) const;
  // Which of them each row of that is.
  std::vector<std::size_t> numbers(const std::vector<std::size_t>& indexes) const;
  // The plans' texts of the questions at `which`, by one session.
  Status ask_one(Connection& connection, const std::vector<Question>& questions,
                 std::span<const std::size_t> which, std::vector<std::optional<Answer>>& answers,
                 std::string* text = nullptr, const std::vector<std::string>& changes = {}) const;
  // In a transaction that makes changes first and is rolled back; own servers only.
  Result<std::vector<std::optional<Answer>>> ask_after(const std::vector<std::string>& changes,
                                                       const std::vector<Question>& questions);

  std::vector<Connection> connections_;
  std::vector<int> pids_;
  std::string schema_;
  std::string description_;
  std::vector<Prepared> queries_;
  std::vector<std::vector<std::string>> indexes_;  // statements that make each
  std::map<std::string, std::optional<std::int64_t>, std::less<>> sizes_;  // by statement
  std::vector<engine::RealIndex> dispensable_;
  std::int64_t calls_ = 0;
};

Result<std::vector<std::string>> WhatIf::set_queries(std::vector<PlannerQuery> queries) {
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

std::string WhatIf::create(const std::vector<std::size_t>& indexes) const {
  std::string list;
  for (const std::size_t each : indexes)
    for (const std::string& statement : indexes_[each])
      list += (list.empty() ? "" : ", ") + quote_literal(statement);
  return "SELECT h.indexrelid FROM pg_catalog.unnest(ARRAY[" + list +
         "]::text[]) WITH ORDINALITY AS s(statement, place), LATERAL " +
         function("hypopg_create_index") + "(s.statement) AS h ORDER BY s.place";
}

std::vector<std::size_t> WhatIf::numbers(const std::vector<std::size_t>& indexes) const {
  std::vector<std::size_t> numbers;
  for (const std::size_t each : indexes) numbers.insert(numbers.end(), indexes_[each].size(), each);
  return numbers;
}

// HypoPG takes one on the whole for one on each partition, but not where these have their columns
// in another order: it would index others.
Result<std::set<std::string>> WhatIf::alike_partitioned(
    const std::vector<engine::HypotheticalIndex>& indexes) {
  std::set<std::string> tables;
  for (const engine::HypotheticalIndex& each : indexes)
    if (!each.table.empty()) tables.insert(each.table);
  if (tables.empty()) return tables;
  std::string list;
  for (const std::string& each : tables) list += (list.empty() ? "" : ", ") + quote_literal(each);
  const auto others = connections_[0].query(
      "SELECT DISTINCT n FROM pg_catalog.unnest(ARRAY[" + list +
      "]::pg_catalog.text[]) n, LATERAL pg_catalog.pg_partition_tree(n::pg_catalog.regclass) t"
      " JOIN pg_catalog.pg_attribute p ON p.attnum > 0 AND NOT p.attisdropped"
      " JOIN pg_catalog.pg_attribute c ON c.attrelid = t.relid AND c.attname = p.attname"
      " WHERE p.attrelid = n::pg_catalog.regclass AND c.attnum <> p.attnum");
  if (!others) return std::unexpected(others.error());
  for (int i = 0; i < others->size(); ++i) tables.erase(std::string(others->cell(i, 0)));
  return tables;
}

Result<std::vector<std::optional<std::int64_t>>> WhatIf::set_indexes(
    std::vector<engine::HypotheticalIndex> indexes) {
  const auto alike = alike_partitioned(indexes);
  if (!alike) return std::unexpected(alike.error());
  indexes_.clear();
  for (engine::HypotheticalIndex& index : indexes) {
    std::vector<std::string>& statements = indexes_.emplace_back();
    if (alike->contains(index.table))
      statements.push_back(std::move(index.create));
    else
      for (engine::HypotheticalPart& part : index.parts)
        statements.push_back(std::move(part.create));
  }
  std::vector<std::string> all = {"BEGIN READ ONLY", "SELECT 1", "SAVEPOINT s"};
  std::vector<std::pair<std::size_t, std::string>> asked;
  for (const std::vector<std::string>& index : indexes_)
    for (const std::string& statement : index) {
      if (!sizes_.try_emplace(statement).second) continue;
      asked.emplace_back(all.size(), statement);
      all.insert(all.end(),
                 {"SELECT " + function("hypopg_relation_size") + "(indexrelid) FROM " +
                      function("hypopg_create_index") + "(" + quote_literal(statement) + ")",
                  "SELECT " + function("hypopg_reset") + "()", "ROLLBACK TO s"});
    }
  all.emplace_back("ROLLBACK");
  if (!asked.empty()) {
    auto results = connections_[0].pipeline(all);
    if (!results) return fail(results);
    for (const auto& [at, statement] : asked)
      if (const Result<Rows>& row = (*results)[at]; row && row->size() > 0)
        sizes_[statement] = number<std::int64_t>(row->cell(0, 0));
  }
  std::vector<std::optional<std::int64_t>> sizes;
  for (const std::vector<std::string>& index : indexes_) {
    std::optional<std::int64_t>& sum = sizes.emplace_back(0);
    for (const std::string& statement : index)
      if (const auto& size = sizes_.at(statement); size && sum)
        *sum += *size;
      else
        sum.reset();
  }
  return sizes;
}

bool WhatIf::set_dispensable(std::vector<engine::RealIndex> indexes) {
  if (pids_.empty()) return false;
  dispensable_ = std::move(indexes);
  return true;
}

Result<std::vector<std::optional<double>>> WhatIf::expected_rows(
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

Result<std::vector<std::optional<engine::ExpressionSample>>> WhatIf::sample(
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

Status WhatIf::ask_one(Connection& connection, const std::vector<Question>& questions,
                       std::span<const std::size_t> which,
                       std::vector<std::optional<Answer>>& answers, std::string* text,
                       const std::vector<std::string>& changes) const {
  if (which.empty()) return {};
  // What is changed, this session alone sees, and it is rolled back.
  const bool reads_only = changes.empty() && std::ranges::all_of(which, [&](std::size_t at) {
                            return questions[at].without.empty();
                          });
  std::vector<std::string> all = {reads_only ? "BEGIN READ ONLY" : "BEGIN", "SELECT 1"};
  all.insert(all.end(), changes.begin(), changes.end());
  struct Place {
    std::size_t question;
    std::size_t created;  // where its indexes' oids are; 0: it has none
    std::size_t explained;
  };
  std::vector<Place> places;
  const std::vector<std::size_t>* standing = nullptr;
  std::size_t created = 0;
  for (const std::size_t at : which) {
    const Question& question = questions[at];
    const Prepared& query = queries_[question.query];
    if (query.explain.empty()) continue;
    if (standing == nullptr || *standing != question.indexes) {
      all.push_back("SELECT " + function("hypopg_reset") + "()");
      created = 0;
      if (!question.indexes.empty()) {
        if (numbers(question.indexes).size() > most_made_up_oids)
          all.emplace_back("SET LOCAL hypopg.use_real_oids = on");
        created = all.size();
        all.push_back(create(question.indexes));
      }
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
    places.push_back({at, created, all.size()});
    all.push_back(query.explain);
    all.emplace_back("ROLLBACK TO s");
    all.insert(all.end(), query.after.begin(), query.after.end());
  }
  all.push_back("SELECT " + function("hypopg_reset") + "()");
  all.emplace_back("ROLLBACK");
  auto results = connection.pipeline(all);
  if (!results) return std::unexpected(results.error());
  for (const Place& place : places) {
    std::unordered_map<std::uint32_t, std::size_t> oids;
    if (place.created != 0) {
      const Result<Rows>& rows = (*results)[place.created];
      const std::vector<std::size_t> made = numbers(questions[place.question].indexes);
      if (!rows || rows->size() != std::ssize(made)) continue;
      for (int row = 0; row < rows->size(); ++row)
        oids[number<std::uint32_t>(rows->cell(row, 0))] = made[static_cast<std::size_t>(row)];
    }
    const Result<Rows>& plan = (*results)[place.explained];
    if (!plan || plan->size() == 0) continue;
    answers[place.question] = read_answer(plan->cell(0, 0), oids, dispensable_);
    if (text != nullptr) *text = plan->cell(0, 0);
  }
  return {};
}

Result<std::vector<std::optional<Answer>>> WhatIf::ask(const std::vector<Question>& questions) {
  std::vector<std::optional<Answer>> answers(questions.size());
  calls_ += std::ssize(questions);
  // Questions about the same indexes stand together, so that these are made once.
  std::vector<std::size_t> order(questions.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return questions[i].indexes; });
  // Those that leave real indexes out are asked by one session: two would wait for one another.
  const auto changing = std::ranges::stable_partition(
      order, [&](std::size_t i) { return !questions[i].without.empty(); });
  const std::size_t half = order.size() < 2
                               ? order.size()
                               : std::max(order.size() / sessions, order.size() - changing.size());
  const std::span<const std::size_t> all = order;
  Status second;
  std::thread other;
  if (half < order.size())
    other = std::thread(
        [&] { second = ask_one(connections_[1], questions, all.subspan(half), answers, nullptr); });
  const Status first = ask_one(connections_[0], questions, all.first(half), answers, nullptr);
  if (other.joinable()) other.join();
  if (!first) return std::unexpected(first.error());
  if (!second) return std::unexpected(second.error());
  return answers;
}

Result<std::vector<std::optional<Answer>>> WhatIf::ask_without(
    const std::vector<std::string>& dropped, const std::vector<Question>& questions) {
  std::vector<std::string> names;
  for (const std::string& index : dropped) names.push_back(quote_literal(index));
  return ask_after(names.empty() ? names : std::vector{hide(names)}, questions);
}

Result<std::vector<std::optional<Answer>>> WhatIf::ask_with(
    const std::vector<std::string>& built, const std::vector<Question>& questions) {
  return ask_after(built, questions);
}

Result<std::vector<std::optional<Answer>>> WhatIf::ask_after(
    const std::vector<std::string>& changes, const std::vector<Question>& questions) {
  std::vector<std::optional<Answer>> answers(questions.size());
  if (pids_.empty() || changes.empty()) return answers;  // not our own server
  calls_ += std::ssize(questions);
  std::vector<std::size_t> order(questions.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (Status asked = ask_one(connections_[0], questions, order, answers, nullptr, changes); !asked)
    return fail(asked);
  return answers;
}

Result<std::string> WhatIf::plan(const Question& question) {
  std::vector<std::optional<Answer>> answers(1);
  std::string text;
  constexpr std::array<std::size_t, 1> only = {0};
  if (Status asked = ask_one(connections_[0], {question}, only, answers, &text); !asked)
    return fail(asked);
  return text;
}

double WhatIf::server_seconds() const {
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

}  // namespace

Result<std::unique_ptr<engine::Planner>> make_what_if(const WhatIfServer& server) {
  std::vector<Connection> connections;
  std::vector<int> pids;
  for (std::size_t i = 0; i < sessions; ++i) {
    auto connection = Connection::open(server.connection, server.options);
    if (!connection) return fail(connection);
    connections.push_back(std::move(*connection));
  }
  Connection& first = connections[0];
  if (server.is_own) {
    // Not there is found out below.
    if (auto made = first.pipeline({"CREATE EXTENSION IF NOT EXISTS hypopg"}); !made)
      return fail(made);
    for (Connection& each : connections) {
      const auto pid = each.query("SELECT pg_catalog.pg_backend_pid()");
      if (!pid) return std::unexpected(pid.error());
      pids.push_back(number<int>(pid->cell(0, 0)));
    }
  }
  const auto found = first.query(
      "SELECT n.nspname, e.extversion FROM pg_catalog.pg_extension e"
      " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'hypopg'");
  if (!found) return std::unexpected(found.error());
  const int major = first.server_version() / 10000;
  if (found->size() == 0) {
    const std::string install = install_extension("hypopg", major);
    return fail("planner.hypopg", "HypoPG is not there to ask " + server.description + " with", {},
                install.empty() ? "it takes a server that has the extension hypopg" : install);
  }
  return std::make_unique<WhatIf>(
      std::move(connections), std::move(pids), quote_identifier(found->cell(0, 0)),
      server.description + ", HypoPG " + std::string(found->cell(0, 1)));
}

}  // namespace architrave::postgres
