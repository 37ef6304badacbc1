#include "advisor/tune.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <set>

#include "advisor/built_sets.h"
#include "advisor/index_proposals.h"
#include "advisor/outcome.h"
#include "advisor/partitions.h"
#include "advisor/tried_drops.h"
#include "base/clock.h"
#include "base/text.h"
#include "catalog/index_size.h"
#include "catalog/object.h"

namespace architrave::advisor {

namespace {

using workload::QueryKind;

constexpr std::size_t named_in_comment = 3;
constexpr std::size_t words_in_comment = 60;  // characters of a query

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text) {
    const bool space = static_cast<unsigned char>(c) <= ' ';
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.size() <= most) return out;
  out.resize(most);
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
  return out + "…";
}

std::string without_end(std::string_view sql) {
  while (!sql.empty() && (sql.back() == ';' || static_cast<unsigned char>(sql.back()) <= ' '))
    sql.remove_suffix(1);
  return std::string(sql);
}

// The query as the planner is asked about it: with the constants that were seen, if any were.
WeightedQuery weighted(const workload::Query& query) {
  WeightedQuery made;
  made.sql = without_end(query.example.empty() ? query.text : query.example);
  if (query.example.empty() && !query.parameters.empty())
    made.parameters = query.parameters.front();
  made.calls = static_cast<double>(std::max<std::int64_t>(1, query.calls));
  made.rows_per_call = std::max(1.0, static_cast<double>(query.rows) / made.calls);
  return made;
}

class Tuner {
 public:
  Tuner(const catalog::Catalog& catalog, const workload::Workload& workload,
        engine::Planner& planner, const TuneOptions& options)
      : workload_(workload), planner_(planner), options_(options), outcome_{catalog, {}, {},
                                                                            {},      {}, {}} {}

  Result<Tuning> tune() {
    const double begun = processor_seconds() + planner_.server_seconds();
    const std::int64_t calls = planner_.calls();
    choose_queries();
    if (outcome_.weighted.empty())
      return fail("workload.empty", "the workload holds no query that could be planned",
                  workload_.name, "SELECT, INSERT, UPDATE and DELETE are looked at");
    auto problem = index_problem(outcome_.catalog, outcome_.weighted, planner_, options_.index);
    if (!problem) return std::unexpected(problem.error());
    outcome_.problem = std::move(*problem);
    Oracle oracle(planner_, outcome_.problem.relevant, judge_of(outcome_.catalog, outcome_.problem),
                  outcome_.problem.hypothetical);
    const auto progress = [&](double after, double bound) {
      if (options_.progress)
        options_.progress(
            "searching: at most " + percent((after - bound) / after) + " from the best possible", 0,
            0);
    };
    auto found = search(oracle, outcome_.problem.input, progress);
    if (!found) return std::unexpected(found.error());
    outcome_.result = std::move(*found);
    note_refused(oracle);
    outcome_.name_indexes();
    if (options_.rows != nullptr && !options_.rows->has_statistics() &&
        !outcome_.chosen().empty()) {
      auto times = choose_by_running(outcome_, oracle,
                                     {options_.rows, options_.run_limit, options_.progress});
      if (!times) return std::unexpected(times.error());
      times_ = std::move(*times);
      std::ranges::move(times_.notes, std::back_inserter(tuning_.notes));
    }
    if (Status done = add_inverted(oracle); !done) return fail(done);
    tuning_.before = outcome_.result.before;
    tuning_.after = outcome_.result.after;
    tuning_.bound = outcome_.result.bound;
    tuning_.first_seconds = outcome_.result.first_seconds;
    tuning_.budget = options_.index.budget;
    tuning_.candidates = outcome_.result.looked_at;
    tuning_.planner = planner_.description();
    tuning_.n_plus_one = workload_.n_plus_one;
    describe_queries(oracle);
    describe_indexes(oracle);
    auto dropped = try_drops(outcome_, oracle, planner_);
    if (!dropped) return std::unexpected(dropped.error());
    tuning_.drops = std::move(dropped->drops);
    std::ranges::move(dropped->proposals, std::back_inserter(tuning_.proposals));
    std::ranges::move(dropped->notes, std::back_inserter(tuning_.notes));
    tuning_.whatif_calls = planner_.calls() - calls;
    tuning_.cpu_seconds = processor_seconds() + planner_.server_seconds() - begun;
    if (Status done = take_plans(); !done) return fail(done);
    sort_queries();
    return std::move(tuning_);
  }

 private:
  static std::string percent(double share) {
    const long tenths = std::lround(share * 1000);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
  }

  static std::string times(double factor) {
    const long tenths = std::lround(factor * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " times";
  }

  void choose_queries() {
    std::size_t left_out = 0;
    for (const workload::Query& query : workload_.queries) {
      if (query.kind == QueryKind::utility) continue;
      if (outcome_.weighted.size() == options_.most_queries) {
        ++left_out;
        continue;
      }
      outcome_.queries.push_back(&query);
      outcome_.weighted.push_back(weighted(query));
    }
    if (left_out > 0)
      tuning_.notes.push_back(plural(static_cast<std::int64_t>(left_out), "query", "queries") +
                              " with the least total time were left out");
  }

  // What the search kept away from, for the sake of which query: of each the fewest indexes.
  void note_refused(const Oracle& oracle) {
    std::map<std::size_t, const Refusal*> of_query;
    for (const Refusal& each : outcome_.result.refused) {
      const Refusal*& least = of_query[each.query % oracle.queries()];
      if (least == nullptr || each.used.count() < least->used.count()) least = &each;
    }
    std::string note;
    std::size_t named = 0;
    for (const auto& [query, each] : of_query) {
      if (++named > named_in_comment) continue;
      std::vector<std::string> parts;
      for (std::size_t at = 0; at < oracle.relevant(query).size(); ++at) {
        if (!each->used.test(at)) continue;
        const Candidate& candidate = outcome_.problem.candidates[oracle.relevant(query)[at]];
        parts.push_back(candidate.table->name + " " + describe(candidate.index));
      }
      note += (note.empty() ? "" : "; ") + join(parts, " with ") + " (" +
              outcome_.queries[query]->fingerprint + " " + times(each->slowdown) + ")";
    }
    if (note.empty()) return;
    if (named > named_in_comment)
      note += "; and for " + std::to_string(named - named_in_comment) + " more queries";
    tuning_.notes.push_back(
        "kept away from what makes a plan cheaper by the planner's units and slower: " + note);
  }

  void describe_queries(const Oracle& oracle) {
    std::set<std::string> missing;
    for (std::size_t q = 0; q < outcome_.queries.size(); ++q) {
      TunedQuery query;
      query.fingerprint = outcome_.queries[q]->fingerprint;
      query.text = outcome_.queries[q]->text;
      query.calls = outcome_.weighted[q].calls;
      for (const std::string& name : outcome_.problem.facts[q].missing) missing.insert(name);
      if (outcome_.problem.complaints[q].empty()) {
        if (const double cost = outcome_.before(oracle, q); std::isfinite(cost))
          query.before = cost;
        if (const double cost = outcome_.after(oracle, q); std::isfinite(cost)) query.after = cost;
        for (const std::size_t i : outcome_.used_by(oracle, q))
          query.indexes.push_back(outcome_.problem.candidates[i].index.name);
        if (const auto with = inverted_after_.find(q); with != inverted_after_.end()) {
          query.after = with->second;
          for (const std::string& name : inverted_names_[q]) query.indexes.push_back(name);
        }
      }
      if (const auto at = std::ranges::find(times_.queries, q); at != times_.queries.end()) {
        const auto n = static_cast<std::size_t>(at - times_.queries.begin());
        if (times_.before[n] >= 0) query.seconds_before = times_.before[n];
        if (times_.after[n] >= 0) query.seconds_after = times_.after[n];
      }
      if (query.indexes.empty()) query.why_not = why_not(oracle, q);
      tuning_.queries.push_back(std::move(query));
    }
    note_uncounted();
    // A complaint names what the parser alone would not have found.
    for (std::size_t q = 0; q < outcome_.queries.size(); ++q) {
      const std::string& complaint = outcome_.problem.complaints[q];
      const auto begin = complaint.find("relation \"");
      const auto end = complaint.find("\" does not exist");
      if (begin == 0 && end != std::string::npos) missing.insert(complaint.substr(10, end - 10));
    }
    std::erase_if(missing, [](const std::string& name) {
      return name.starts_with("pg_") || name.starts_with("information_schema.");
    });
    tuning_.missing.assign(missing.begin(), missing.end());
  }

  void note_uncounted() {
    const Partitions partitions(outcome_.catalog);
    std::set<std::string> uncounted;
    std::set<std::string> foreign;
    for (const sql::QueryFacts& facts : outcome_.problem.facts)
      for (const sql::Mention& mention : facts.relations) {
        const catalog::Relation* table = outcome_.catalog.relation(mention.schema, mention.name);
        if (table == nullptr || (table->kind != catalog::RelationKind::table &&
                                 table->kind != catalog::RelationKind::partitioned_table))
          continue;
        const std::string name = catalog::qualified(table->schema, table->name);
        const auto leaves = partitions.leaves(*table);
        const auto counted = [](const auto* leaf) { return rows_of(*leaf).has_value(); };
        if (!leaves.empty() && std::ranges::none_of(leaves, counted)) uncounted.insert(name);
        const auto is_foreign = [](const auto* leaf) {
          return leaf->kind == catalog::RelationKind::foreign_table;
        };
        if (std::ranges::any_of(leaves, is_foreign)) foreign.insert(name);
      }
    if (!foreign.empty())
      tuning_.notes.push_back(
          "left out, since some of their partitions are foreign tables, on which there are no "
          "indexes: " +
          join({foreign.begin(), foreign.end()}, ", "));
    if (uncounted.empty()) return;
    tuning_.notes.push_back(
        "never analyzed, so that nobody knows how many rows they have, and left out: " +
        join({uncounted.begin(), uncounted.end()}, ", ") + " (run ANALYZE)");
  }

  std::string why_not(const Oracle& oracle, std::size_t q) const {
    const std::string& complaint = outcome_.problem.complaints[q];
    if (!complaint.empty()) return "it can't be planned: " + complaint;
    const double before = outcome_.before(oracle, q);
    if (!std::isfinite(before)) return "the server could not plan it";
    if (outcome_.queries[q]->kind == QueryKind::insert &&
        outcome_.problem.facts[q].relations.empty())
      return "it only adds rows, which every index makes slower";
    if (outcome_.problem.facts[q].relations.empty()) return "it reads no table";
    if (oracle.relevant(q).empty())
      return "it has no condition, join or order that an index which is not there could serve";
    double best = before;
    const Oracle::Entry* cheapest = nullptr;
    for (const Oracle::Entry& entry : oracle.entries(q))
      if (entry.cost < best) {
        best = entry.cost;
        cheapest = &entry;
      }
    if (cheapest == nullptr || best >= before * (1 - noticeable))
      return "none of " + plural(std::ssize(oracle.relevant(q)), "index", "indexes") +
             " that it could use makes its plan cheaper";
    std::int64_t bytes = 0;
    double maintenance = 0;
    for (std::size_t i = 0; i < oracle.relevant(q).size(); ++i)
      if (cheapest->used.test(i)) {
        bytes += outcome_.problem.input.bytes[oracle.relevant(q)[i]];
        maintenance += outcome_.problem.input.maintenance[oracle.relevant(q)[i]];
      }
    const double spared = outcome_.weighted[q].calls * (before - best);
    if (maintenance >= spared)
      return "the best index for it would cost the workload's writes more than it spares";
    return "the best for it would spare " + percent((before - best) / before) +
           " of its cost with " + human_bytes(bytes) + ", which bring more elsewhere";
  }

  // What an index does for one query: the cost of a call without any of the proposed ones, and
  // with.
  struct Effect {
    std::size_t query;
    double before;
    double after;
  };

  void describe_indexes(const Oracle& oracle) {
    std::map<std::size_t, std::vector<Effect>> effects;
    for (std::size_t q = 0; q < outcome_.queries.size(); ++q)
      for (const std::size_t i : outcome_.used_by(oracle, q))
        effects[i].push_back({q, outcome_.before(oracle, q), outcome_.after(oracle, q)});
    for (auto& [i, list] : effects) propose(outcome_.problem.candidates[i], std::move(list));
    for (auto& [candidate, list] : inverted_) propose(candidate, list);
    std::vector<std::size_t> order(tuning_.indexes.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t at) { return spared_[at]; });
    std::vector<TunedIndex> indexes;
    std::vector<Proposal> proposals;
    for (const std::size_t at : order) {
      indexes.push_back(std::move(tuning_.indexes[at]));
      proposals.push_back(std::move(tuning_.proposals[at]));
    }
    tuning_.indexes = std::move(indexes);
    tuning_.proposals = std::move(proposals);
  }

  void propose(const Candidate& candidate, std::vector<Effect> effects) {
    std::ranges::stable_sort(effects, std::greater(), [&](const Effect& effect) {
      return outcome_.weighted[effect.query].calls * (effect.before - effect.after);
    });
    double before = 0;
    double after = 0;
    std::vector<QueryEffect> listed;
    for (const Effect& effect : effects) {
      before += outcome_.weighted[effect.query].calls * effect.before;
      after += outcome_.weighted[effect.query].calls * effect.after;
      listed.push_back({outcome_.queries[effect.query]->fingerprint, effect.before, effect.after});
    }
    const std::string count = plural(std::ssize(effects), "query", "queries");
    std::string comment = "Serves " + count + " of the workload: ";
    for (std::size_t n = 0; n < effects.size() && n < named_in_comment; ++n) {
      const workload::Query& query = *outcome_.queries[effects[n].query];
      comment += (n > 0 ? "; " : "") + one_line(query.text, words_in_comment) + " (" +
                 query.fingerprint + ")";
    }
    if (effects.size() > named_in_comment)
      comment += "; and " + std::to_string(effects.size() - named_in_comment) + " more";
    const std::string costs =
        "from " + human_count(std::llround(before)) + " to " + human_count(std::llround(after));
    Proposal proposal = create_index_proposal(
        candidate, comment,
        "In the whole set " + count + (effects.size() == 1 ? " uses it, whose" : " use it, whose") +
            " cost falls " + costs);
    proposal.proof.claims.push_back(
        {ClaimKind::cheaper,
         "EXPLAIN of " + count + " on " + planner_.description() +
             ", without any of the proposed indexes and with all of them",
         "cost " + costs, true});
    spared_.push_back(before - after);
    tuning_.indexes.push_back(
        {.table = catalog::qualified(candidate.table->schema, candidate.table->name),
         .name = candidate.index.name,
         .ddl = proposal.up.front(),
         .bytes = candidate.bytes,
         .maintenance = candidate.maintenance,
         .queries = std::move(listed),
         .proposal = proposal.id});
    tuning_.proposals.push_back(std::move(proposal));
  }

  // HypoPG knows no inverted indexes: these are built in the sandbox, one after the other, where
  // the budget has room left for them.
  Status add_inverted(const Oracle& oracle) {
    std::int64_t left = options_.index.budget;
    for (std::size_t i = 0; i < outcome_.result.chosen.size(); ++i)
      if (outcome_.result.chosen[i]) left -= outcome_.problem.input.bytes[i];
    for (Candidate& candidate : find_inverted_candidates(outcome_.catalog, outcome_.problem.facts,
                                                         outcome_.catalog.server.version_number)) {
      if (candidate.bytes > left) continue;
      candidate.maintenance = maintenance_of(candidate, outcome_.problem.facts, outcome_.weighted);
      name_index(outcome_.catalog, candidate, outcome_.taken);
      std::vector<engine::Question> questions;
      for (const std::size_t q : candidate.queries) questions.push_back(outcome_.under_the_set(q));
      const auto answers = planner_.ask_with(
          {create_statement(*candidate.table, candidate.index, /*concurrently=*/false)}, questions);
      if (!answers) return std::unexpected(answers.error());
      std::vector<Effect> effects;
      double gain = -candidate.maintenance;
      for (std::size_t at = 0; at < questions.size(); ++at) {
        const std::size_t q = questions[at].query;
        if (!(*answers)[at]) continue;
        const auto known = inverted_after_.find(q);
        const double now =
            known != inverted_after_.end() ? known->second : outcome_.after(oracle, q);
        const double with = (*answers)[at]->cost;
        if (with >= now * (1 - noticeable)) continue;
        gain += outcome_.weighted[q].calls * (now - with);
        effects.push_back({q, outcome_.before(oracle, q), with});
      }
      if (effects.empty() || gain <= 0) continue;
      for (const Effect& effect : effects) {
        inverted_after_[effect.query] = effect.after;
        inverted_names_[effect.query].push_back(candidate.index.name);
      }
      // The search knew nothing of these: what they bring is off its bound as well.
      outcome_.result.after -= gain;
      outcome_.result.bound -= gain;
      left -= candidate.bytes;
      inverted_.emplace_back(std::move(candidate), std::move(effects));
    }
    return {};
  }

  double gain(const TunedQuery& query) const {
    return query.before && query.after ? query.calls * (*query.before - *query.after) : 0;
  }

  Status take_plans() {
    std::vector<std::size_t> order(tuning_.queries.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater(),
                             [&](std::size_t q) { return gain(tuning_.queries[q]); });
    for (int n = 0; n < options_.plans && static_cast<std::size_t>(n) < order.size(); ++n) {
      const std::size_t q = order[static_cast<std::size_t>(n)];
      if (gain(tuning_.queries[q]) <= 0) break;
      const auto before =
          planner_.plan({.query = q, .indexes = {}, .without = {}, .serial = false});
      if (!before) return std::unexpected(before.error());
      const auto after = planner_.plan(outcome_.under_the_set(q));
      if (!after) return std::unexpected(after.error());
      tuning_.queries[q].plan_before = *before;
      tuning_.queries[q].plan_after = *after;
    }
    return {};
  }

  void sort_queries() {
    std::ranges::stable_sort(tuning_.queries, std::greater(), [](const TunedQuery& query) {
      return query.before ? query.calls * *query.before : -1;
    });
  }

  const workload::Workload& workload_;
  engine::Planner& planner_;
  const TuneOptions& options_;
  Outcome outcome_;
  RunTimes times_;
  std::vector<std::pair<Candidate, std::vector<Effect>>> inverted_;
  std::map<std::size_t, double> inverted_after_;  // cost of a query with them
  std::map<std::size_t, std::vector<std::string>> inverted_names_;
  std::vector<double> spared_;  // of tuning_.indexes
  Tuning tuning_;
};

}  // namespace

Result<Tuning> tune(const catalog::Catalog& catalog, const workload::Workload& workload,
                    engine::Planner& planner, const TuneOptions& options) {
  return Tuner(catalog, workload, planner, options).tune();
}

}  // namespace architrave::advisor
