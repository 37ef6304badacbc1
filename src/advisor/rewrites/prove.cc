#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "advisor/rewrites/rewrites.h"
#include "advisor/rewrites/rows.h"
#include "base/text.h"
#include "catalog/object.h"
#include "engine/engine.h"

namespace architrave::advisor {

namespace {

using engine::Attempt;
using engine::Sandbox;

constexpr double as_fast = 1.1;  // times differ by this much for no reason
constexpr int runs = 3;

std::string without_semicolon(std::string_view query) {
  std::string_view text = trim(query);
  while (text.ends_with(';')) text = trim(text.substr(0, text.size() - 1));
  return std::string(text);
}

// How many rows there are, and how many are in one of both results only, as multisets of rows
// written out as text: what is printed differently counts as different. (A line end after each
// query, since it may end with a comment.)
std::string comparison_of(const std::string& before, const std::string& after) {
  const auto rows = [](const std::string& query) {
    return "(SELECT architrave_row::text AS line FROM (" + query + "\n) AS architrave_row)";
  };
  return "WITH architrave_before AS MATERIALIZED " + rows(before) +
         ", architrave_after AS MATERIALIZED " + rows(after) +
         " SELECT (SELECT count(*) FROM architrave_before), (SELECT count(*) FROM ("
         "(TABLE architrave_before EXCEPT ALL TABLE architrave_after) UNION ALL "
         "(TABLE architrave_after EXCEPT ALL TABLE architrave_before)) AS difference)";
}

// Values for parameters, whose types only the server knows: NULL, and then some of each type.
std::vector<std::string> argument_lists(const std::vector<std::string>& types) {
  std::vector<std::string> lists;
  for (int round = 0; round < 4; ++round) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < types.size(); ++i) {
      const auto number = std::to_string((static_cast<int>(i) + round) % 4);
      const std::string& type = types[i];
      std::string value = "'a'";
      if (round == 0)
        value = "NULL";
      else if (type.starts_with("timestamp") || type == "date")
        value = "'2024-01-0" + std::to_string(round) + '\'';
      else if (type.ends_with("int") || type == "integer" || type == "numeric" ||
               type.starts_with("double"))
        value = number;
      else if (type == "boolean")
        value = round == 1 ? "true" : "false";
      else if (type.ends_with("[]"))
        value = "'{}'";
      else if (type == "uuid")
        value = "'00000000-0000-0000-0000-00000000000" + number + '\'';
      values.push_back(std::move(value));
    }
    lists.push_back(join(values, ", "));
  }
  return lists;
}

// As they were seen in a log; at most so many.
std::vector<std::string> sampled_lists(
    const std::vector<std::vector<std::optional<std::string>>>& samples, std::size_t parameters) {
  constexpr std::size_t most = 4;
  std::vector<std::string> lists;
  for (const auto& sample : samples) {
    if (sample.size() != parameters || lists.size() == most) continue;
    std::vector<std::string> values;
    for (const auto& value : sample)
      values.push_back(value ? catalog::quote_literal(*value) : "NULL");
    if (std::string list = join(values, ", "); std::ranges::find(lists, list) == lists.end())
      lists.push_back(std::move(list));
  }
  return lists;
}

struct Comparison {
  std::int64_t rows = 0;
  std::int64_t differing = 0;
  int tries = 0;
  std::string problem;
};

class Prover {
 public:
  Prover(const catalog::Catalog& catalog, const catalog::Lookup& lookup, Sandbox& sandbox,
         Sandbox* twin, const ProofOptions& options)
      : catalog_(catalog), lookup_(lookup), sandbox_(sandbox), twin_(twin), options_(options) {}

  Status prove(Rewrite& rewrite) {
    const std::string before = without_semicolon(rewrite.before_sql);
    const std::string after = without_semicolon(rewrite.after_sql);
    rewrite.proof.claims.clear();
    const auto tree = sql::parse(before);
    if (!tree || tree->size() != 1) return {};
    const auto tables = rewrites::tables_of(catalog_, lookup_, tree->front());
    if (auto refused = is_refused(before, after); !refused) {
      return fail(refused);
    } else if (!refused->empty()) {
      rewrite.proof.claims.push_back(
          {.kind = ClaimKind::equivalent,
           .ran = "PREPARE of both forms",
           .seen = "the server takes the query and not the rewrite: " + *refused,
           .holds = false});
      return {};
    }
    auto rows = has_rows(tables);
    if (!rows) return fail(rows);
    auto parameters = parameter_types(before, after);
    if (!parameters) return fail(parameters);
    arguments_ = argument_lists(*parameters);
    if (const auto seen = options_.samples.find(rewrite.query); seen != options_.samples.end())
      for (std::string& each : sampled_lists(seen->second, parameters->size()))
        arguments_.push_back(std::move(each));

    Comparison seen;
    std::string ran = "both forms, compared as multisets of rows, ";
    const bool own_rows = *rows && options_.with_rows;
    bool took_too_long = false;
    if (own_rows) {
      if (Status status = compare(prepared({}), before, after, *parameters, seen); !status)
        return status;
      took_too_long = is_timeout(seen.problem);
    }
    if (own_rows && !took_too_long) {
      ran += "over the source's own rows";
    } else if (sandbox_.has_statistics()) {
      seen.problem = "a twin has no rows, and takes none";
    } else {
      ran += fmt::format("over {} of made-up rows", plural(options_.data_sets, "set"));
      if (took_too_long)
        ran += fmt::format(" (over the source's own it took more than {})",
                           human_seconds(options_.seconds));
      seen = {};
      for (int i = 0; i < options_.data_sets && seen.problem.empty() && seen.differing == 0; ++i) {
        std::vector<std::string> fill = rewrites::fill_statements(
            catalog_, lookup_, tables, tree->front(), options_.seed + static_cast<unsigned>(i));
        if (*rows) fill.insert(fill.begin(), truncate(tables));
        if (Status status = compare(prepared(std::move(fill)), before, after, *parameters, seen);
            !status)
          return status;
      }
    }
    rewrite.proof.claims.push_back(equivalence(ran, seen));
    if (seen.problem.empty())
      if (Status status = measure(rewrite, before, after, own_rows && parameters->empty()); !status)
        return status;
    return {};
  }

 private:
  static bool is_timeout(const std::string& problem) {
    return problem.find("statement timeout") != std::string::npos;
  }

  // For the transaction that is rolled back: the made-up rows are alone then.
  static std::string truncate(const std::vector<const catalog::Relation*>& tables) {
    std::vector<std::string> names;
    for (const catalog::Relation* each : tables)
      if (each->is_table()) names.push_back(catalog::qualified(each->schema, each->name));
    return names.empty() ? "SELECT" : "TRUNCATE " + join(names, ", ") + " CASCADE";
  }

  // A transaction that only reads, unless something has to be made first.
  std::vector<std::string> prepared(std::vector<std::string> statements) const {
    if (statements.empty() && options_.prepare.empty()) return {"SET TRANSACTION READ ONLY"};
    statements.insert(statements.end(), options_.prepare.begin(), options_.prepare.end());
    return statements;
  }
  Result<std::vector<Attempt>> attempt_prepared(std::vector<std::string> statements) {
    statements.insert(statements.begin(), options_.prepare.begin(), options_.prepare.end());
    return sandbox_.attempt(statements, options_.seconds);
  }

  // What the server says against the rewrite, where it has nothing against the query.
  Result<std::string> is_refused(const std::string& before, const std::string& after) {
    auto first = attempt_prepared({"PREPARE architrave_one AS " + before});
    if (!first) return fail(first);
    auto second = attempt_prepared({"PREPARE architrave_one AS " + after});
    if (!second) return fail(second);
    return first->back().ok() ? second->back().error : std::string();
  }

  Result<bool> has_rows(const std::vector<const catalog::Relation*>& tables) {
    if (sandbox_.has_statistics() || tables.empty()) return false;
    std::vector<std::string> tests;
    for (const catalog::Relation* each : tables)
      tests.push_back("EXISTS (SELECT FROM " + catalog::qualified(each->schema, each->name) + ')');
    auto answer = sandbox_.attempt({"SET TRANSACTION READ ONLY", "SELECT " + join(tests, " OR ")},
                                   options_.seconds);
    if (!answer) return fail(answer);
    const Attempt& last = answer->back();
    return last.ok() && !last.rows.empty() && last.rows[0][0] == "t";
  }

  Result<std::vector<std::string>> parameter_types(const std::string& before,
                                                   const std::string& after) {
    std::vector<std::string> types;
    if (before.find('$') == std::string::npos) return types;
    auto answers = attempt_prepared(
        {"PREPARE architrave_both AS " + comparison_of(before, after),
         "SELECT t FROM pg_prepared_statements, unnest(parameter_types) WITH ORDINALITY AS u(t, n) "
         "WHERE name = 'architrave_both' ORDER BY n"});
    if (!answers) return fail(answers);
    for (const auto& row : answers->back().rows) types.push_back(row[0].value_or(""));
    return types;
  }

  Status compare(std::vector<std::string> statements, const std::string& before,
                 const std::string& after, const std::vector<std::string>& parameters,
                 Comparison& seen) {
    const std::size_t before_both = statements.size();
    const std::string both = comparison_of(before, after);
    if (parameters.empty()) {
      for (const std::string& query : {before, after})
        statements.push_back("SELECT * FROM (" + query + "\n) AS architrave_row LIMIT 0");
      statements.push_back(both);
    } else {
      statements.push_back("PREPARE architrave_both AS " + both);
      for (const std::string& each : arguments_)
        statements.push_back("EXECUTE architrave_both (" + each + ')');
    }
    auto answers = sandbox_.attempt(statements, options_.seconds);
    if (!answers) return fail(answers);
    for (const Attempt& each : *answers)
      if (!each.ok()) {
        seen.problem = each.error;
        return {};
      }
    std::size_t first = before_both + 1;
    if (parameters.empty()) {
      const Attempt& one = (*answers)[before_both];
      const Attempt& other = (*answers)[before_both + 1];
      if (one.columns != other.columns || one.types != other.types) ++seen.differing;
      ++first;
    }
    for (std::size_t i = first; i < answers->size(); ++i) {
      const auto& row = (*answers)[i].rows.at(0);
      seen.rows += std::stoll(row[0].value_or("0"));
      seen.differing += std::stoll(row[1].value_or("0"));
      ++seen.tries;
    }
    return {};
  }

  static Claim equivalence(std::string ran, const Comparison& seen) {
    Claim claim{.kind = ClaimKind::equivalent, .ran = std::move(ran)};
    if (seen.differing > 0) {
      claim.seen = seen.rows == 0 && seen.tries == 0
                       ? "other columns"
                       : fmt::format("{} in one of both only", plural(seen.differing, "row"));
      claim.holds = false;
    } else if (!seen.problem.empty()) {
      claim.seen = "not tried: " + seen.problem;
    } else if (seen.rows == 0) {
      // Nothing equals nothing whatever the queries say.
      claim.seen = fmt::format("not tried: neither form returned a row in {}",
                               plural(seen.tries, "try", "tries"));
    } else {
      claim.seen = fmt::format("the same {} in {}", plural(seen.rows, "row"),
                               plural(seen.tries, "try", "tries"));
      claim.holds = true;
    }
    return claim;
  }

  Status measure(Rewrite& rewrite, const std::string& before, const std::string& after,
                 bool times) {
    Sandbox& planner = twin_ != nullptr ? *twin_ : sandbox_;
    if (planner.has_statistics() || times) {
      auto costs = planner.costs({before, after});
      if (!costs) return fail(costs);
      rewrite.cost_before = (*costs)[0];
      rewrite.cost_after = (*costs)[1];
    }
    Claim claim{.kind = ClaimKind::cheaper};
    const std::string cost = rewrite.cost_before && rewrite.cost_after
                                 ? fmt::format("cost {:.0f} before, {:.0f} after",
                                               *rewrite.cost_before, *rewrite.cost_after)
                                 : "";
    if (times && options_.with_times) {
      if (Status status = time_both(rewrite, before, after); !status) return status;
    }
    if (rewrite.seconds_before && rewrite.seconds_after) {
      const double ratio = *rewrite.seconds_before / std::max(*rewrite.seconds_after, 1e-6);
      claim.ran =
          fmt::format("EXPLAIN ANALYZE of both, {} runs each, over the source's own rows", runs);
      if (ratio > as_fast) {
        claim.seen = "faster";
        claim.holds = true;
      } else if (ratio * as_fast < 1) {
        claim.seen = "slower";
        claim.holds = false;
      } else {
        claim.seen = "as fast";
      }
      if (!cost.empty()) claim.seen += "; " + cost;
    } else if (!cost.empty()) {
      claim.ran = "EXPLAIN of both";
      claim.seen = cost;
      if (*rewrite.cost_after < *rewrite.cost_before)
        claim.holds = true;
      else
        claim.seen += "; cost alone decides nothing";
    } else {
      claim.seen = "not tried: there are neither rows nor statistics";
    }
    rewrite.proof.claims.push_back(std::move(claim));
    return {};
  }

  Status time_both(Rewrite& rewrite, const std::string& before, const std::string& after) {
    std::optional<double> best[2];
    bool timed_out[2] = {};
    const std::string* queries[2] = {&before, &after};
    for (int which = 0; which < 2; ++which) {
      std::vector<std::string> statements = prepared({});
      const std::size_t first = statements.size();
      statements.insert(statements.end(), runs, "EXPLAIN (ANALYZE, TIMING OFF) " + *queries[which]);
      auto answers = sandbox_.attempt(statements, options_.seconds);
      if (!answers) return fail(answers);
      for (const Attempt& each : std::span(*answers).subspan(first)) {
        timed_out[which] |= is_timeout(each.error);
        if (each.ok()) best[which] = std::min(best[which].value_or(each.seconds), each.seconds);
      }
    }
    // What did not end took at least that long.
    if (timed_out[0] != timed_out[1]) best[timed_out[0] ? 0 : 1] = options_.seconds;
    if (!best[0] || !best[1]) return {};
    rewrite.seconds_before = best[0];
    rewrite.seconds_after = best[1];
    return {};
  }

  const catalog::Catalog& catalog_;
  const catalog::Lookup& lookup_;
  Sandbox& sandbox_;
  Sandbox* twin_;
  const ProofOptions& options_;
  std::vector<std::string> arguments_;  // of the query that is being proved
};

}  // namespace

Status prove_rewrites(std::vector<Rewrite>& rewrites, const catalog::Catalog& catalog,
                      const catalog::Lookup& lookup, Sandbox& sandbox, Sandbox* twin,
                      const ProofOptions& options) {
  Prover prover(catalog, lookup, sandbox, twin, options);
  for (Rewrite& each : rewrites)
    if (Status status = prover.prove(each); !status) return status;
  return {};
}

bool is_offered(const Rewrite& rewrite) {
  return std::ranges::none_of(rewrite.proof.claims,
                              [](const Claim& each) { return each.holds == false; });
}

}  // namespace architrave::advisor
