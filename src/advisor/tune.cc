#include "advisor/tune.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "advisor/drops.h"
#include "advisor/index_proposals.h"
#include "advisor/partitions.h"
#include "advisor/published.h"
#include "advisor/replay.h"
#include "base/clock.h"
#include "base/text.h"
#include "catalog/index_size.h"
#include "catalog/object.h"

namespace architrave::advisor {

namespace {

using workload::QueryKind;

constexpr double noticeable = 1e-3;      // share of its cost that a query must gain to be named
constexpr double clearly_faster = 0.05;  // of the workload's time, spared
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
      : catalog_(catalog), workload_(workload), planner_(planner), options_(options) {}

  Result<Tuning> tune() {
    const double begun = processor_seconds() + planner_.server_seconds();
    const std::int64_t calls = planner_.calls();
    choose_queries();
    if (weighted_.empty())
      return fail("workload.empty", "the workload holds no query that could be planned",
                  workload_.name, "SELECT, INSERT, UPDATE and DELETE are looked at");
    auto problem = index_problem(catalog_, weighted_, planner_, options_.index);
    if (!problem) return std::unexpected(problem.error());
    problem_ = std::move(*problem);
    Oracle oracle(planner_, problem_.relevant, judge_of(catalog_, problem_), problem_.hypothetical);
    const auto progress = [&](double after, double bound) {
      if (options_.progress)
        options_.progress(
            "searching: at most " + percent((after - bound) / after) + " from the best possible", 0,
            0);
    };
    auto found = search(oracle, problem_.input, progress);
    if (!found) return std::unexpected(found.error());
    result_ = std::move(*found);
    note_refused(oracle);
    name_indexes();
    if (Status done = try_on_rows(oracle); !done) return fail(done);
    if (Status done = add_inverted(oracle); !done) return fail(done);
    tuning_.before = result_.before;
    tuning_.after = result_.after;
    tuning_.bound = result_.bound;
    tuning_.first_seconds = result_.first_seconds;
    tuning_.budget = options_.index.budget;
    tuning_.candidates = result_.looked_at;
    tuning_.planner = planner_.description();
    tuning_.n_plus_one = workload_.n_plus_one;
    describe_queries(oracle);
    describe_indexes(oracle);
    if (Status done = find_drops(oracle); !done) return fail(done);
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
      if (weighted_.size() == options_.most_queries) {
        ++left_out;
        continue;
      }
      queries_.push_back(&query);
      weighted_.push_back(weighted(query));
    }
    if (left_out > 0)
      tuning_.notes.push_back(plural(static_cast<std::int64_t>(left_out), "query", "queries") +
                              " with the least total time were left out");
  }

  // The new indexes of the set.
  std::vector<std::size_t> chosen() const {
    std::vector<std::size_t> list;
    for (std::size_t i = 0; i < problem_.hypothetical; ++i)
      if (result_.chosen[i]) list.push_back(i);
    return list;
  }

  // About a query with the set that was found.
  engine::Question under_the_set(std::size_t query) const {
    engine::Question question{.query = query, .indexes = {}, .without = {}, .serial = false};
    for (const std::size_t i : problem_.relevant[query]) {
      if (i < problem_.hypothetical && result_.chosen[i]) question.indexes.push_back(i);
      if (i >= problem_.hypothetical && !result_.chosen[i])
        question.without.push_back(i - problem_.hypothetical);
    }
    return question;
  }

  static double before(const Oracle& oracle, std::size_t query) {
    return oracle.upper(query, oracle.present(query));
  }

  double after(const Oracle& oracle, std::size_t query) const {
    return oracle.upper(query, oracle.of(query, result_.chosen));
  }

  void name_indexes() {
    for (const std::size_t i : chosen())
      if (problem_.candidates[i].index.name.empty())
        name_index(catalog_, problem_.candidates[i], taken_);
  }

  // What the search kept away from, for the sake of which query: of each the fewest indexes.
  void note_refused(const Oracle& oracle) {
    std::map<std::size_t, const Refusal*> of_query;
    for (const Refusal& each : result_.refused) {
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
        const Candidate& candidate = problem_.candidates[oracle.relevant(query)[at]];
        parts.push_back(candidate.table->name + " " + describe(candidate.index));
      }
      note += (note.empty() ? "" : "; ") + join(parts, " with ") + " (" +
              queries_[query]->fingerprint + " " + times(each->slowdown) + ")";
    }
    if (note.empty()) return;
    if (named > named_in_comment)
      note += "; and for " + std::to_string(named - named_in_comment) + " more queries";
    tuning_.notes.push_back(
        "kept away from what makes a plan cheaper by the planner's units and slower: " + note);
  }

  struct BuiltSet {
    std::vector<bool> chosen;
    Replayed replayed;
  };

  // The better estimate is not always the faster set: those that are about as good are built and
  // run as well.
  Status try_on_rows(Oracle& oracle) {
    if (options_.rows == nullptr || options_.rows->has_statistics() || chosen().empty()) return {};
    std::vector<std::string> sql;
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      const bool can_run = queries_[q]->kind == QueryKind::select &&
                           problem_.complaints[q].empty() && !queries_[q]->example.empty();
      if (!can_run) continue;
      timed_.push_back(q);
      sql.push_back(weighted_[q].sql);
    }
    auto before = run_times(*options_.rows, sql, options_.run_limit);
    if (!before) return std::unexpected(before.error());
    before_ = std::move(*before);
    std::vector<std::vector<bool>> sets = {result_.chosen};
    sets.insert(sets.end(), result_.others.begin(), result_.others.end());
    std::optional<BuiltSet> best;
    for (std::size_t i = 0; i < sets.size(); ++i) {
      if (options_.progress)
        options_.progress("building the indexes and running the queries", i, sets.size());
      auto trial = try_set(oracle, sets[i], sql);
      if (!trial) return std::unexpected(trial.error());
      if (!best || is_faster(*trial, *best)) best = std::move(*trial);
    }
    if (best->chosen != sets.front())
      tuning_.notes.push_back(
          "of " + std::to_string(sets.size()) +
          " sets that were built and run, the fastest is proposed, which is not "
          "the cheapest by the planner's units");
    result_.chosen = best->chosen;
    const std::vector<std::size_t> built = chosen();
    for (const std::size_t at : best->replayed.vetoed) {
      const Candidate& candidate = problem_.candidates[built[at]];
      result_.chosen[built[at]] = false;
      tuning_.notes.push_back(
          "not proposed: " + catalog::qualified(candidate.table->schema, candidate.table->name) +
          " " + describe(candidate.index) + ", with which a query ran slower by more than a fifth");
    }
    after_ = std::move(best->replayed.after);
    if (result_.chosen == sets.front()) return {};
    auto cost = cost_of(oracle, problem_.input, result_.chosen);
    if (!cost) return std::unexpected(cost.error());
    result_.after = *cost;
    return {};
  }

  // Of the workload's time, without the queries whose runs differ for other reasons.
  bool is_faster(const BuiltSet& one, const BuiltSet& other) const {
    double gain = 0;
    double whole = 0;
    for (std::size_t at = 0; at < timed_.size(); ++at) {
      const auto ran = [&](const BuiltSet& set) {
        return set.replayed.after[at] < 0 ? options_.run_limit : set.replayed.after[at];
      };
      const double calls = weighted_[timed_[at]].calls;
      const double spared = ran(other) - ran(one);
      whole += calls * ran(other);
      if (std::abs(spared) > too_short_to_tell) gain += calls * spared;
    }
    return gain > clearly_faster * whole;
  }

  Result<BuiltSet> try_set(Oracle& oracle, const std::vector<bool>& set,
                           const std::vector<std::string>& sql) {
    BuiltSet trial{set, {}};
    result_.chosen = set;
    name_indexes();
    // Which plans use what is asked, where it is not known.
    if (auto cost = cost_of(oracle, problem_.input, set); !cost) return fail(cost);
    const std::vector<std::size_t> indexes = chosen();
    std::vector<std::string> create;
    std::vector<std::string> drop;
    for (const std::size_t i : indexes) {
      const Candidate& candidate = problem_.candidates[i];
      create.push_back(create_statement(*candidate.table, candidate.index, /*concurrently=*/false));
      drop.push_back("DROP INDEX " +
                     catalog::qualified(candidate.table->schema, candidate.index.name));
    }
    std::vector<std::vector<std::size_t>> users(indexes.size());
    for (std::size_t at = 0; at < timed_.size(); ++at)
      for (const std::size_t i : used_by(oracle, timed_[at]))
        users[static_cast<std::size_t>(std::ranges::find(indexes, i) - indexes.begin())].push_back(
            at);
    auto replayed = replay(*options_.rows, sql, before_, create, drop, users, options_.run_limit);
    if (!replayed) return std::unexpected(replayed.error());
    trial.replayed = std::move(*replayed);
    return trial;
  }

  // New indexes of the set that the query's plan uses.
  std::vector<std::size_t> used_by(const Oracle& oracle, std::size_t query) const {
    std::vector<std::size_t> used;
    if (const auto* entry = oracle.best(query, oracle.of(query, result_.chosen)))
      for (std::size_t i = 0; i < oracle.relevant(query).size(); ++i)
        if (entry->used.test(i) && oracle.relevant(query)[i] < problem_.hypothetical)
          used.push_back(oracle.relevant(query)[i]);
    return used;
  }

  void describe_queries(const Oracle& oracle) {
    std::set<std::string> missing;
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      TunedQuery query;
      query.fingerprint = queries_[q]->fingerprint;
      query.text = queries_[q]->text;
      query.calls = weighted_[q].calls;
      for (const std::string& name : problem_.facts[q].missing) missing.insert(name);
      if (problem_.complaints[q].empty()) {
        if (const double cost = before(oracle, q); std::isfinite(cost)) query.before = cost;
        if (const double cost = after(oracle, q); std::isfinite(cost)) query.after = cost;
        for (const std::size_t i : used_by(oracle, q))
          query.indexes.push_back(problem_.candidates[i].index.name);
        if (const auto with = inverted_after_.find(q); with != inverted_after_.end()) {
          query.after = with->second;
          for (const std::string& name : inverted_names_[q]) query.indexes.push_back(name);
        }
      }
      if (const auto at = std::ranges::find(timed_, q); at != timed_.end()) {
        const auto n = static_cast<std::size_t>(at - timed_.begin());
        if (before_[n] >= 0) query.seconds_before = before_[n];
        if (after_[n] >= 0) query.seconds_after = after_[n];
      }
      if (query.indexes.empty()) query.why_not = why_not(oracle, q);
      tuning_.queries.push_back(std::move(query));
    }
    note_uncounted();
    // A complaint names what the parser alone would not have found.
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      const std::string& complaint = problem_.complaints[q];
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
    const Partitions partitions(catalog_);
    std::set<std::string> uncounted;
    std::set<std::string> foreign;
    for (const sql::QueryFacts& facts : problem_.facts)
      for (const sql::Mention& mention : facts.relations) {
        const catalog::Relation* table = catalog_.relation(mention.schema, mention.name);
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
    const std::string& complaint = problem_.complaints[q];
    if (!complaint.empty()) return "it can't be planned: " + complaint;
    const double before = Tuner::before(oracle, q);
    if (!std::isfinite(before)) return "the server could not plan it";
    if (queries_[q]->kind == QueryKind::insert && problem_.facts[q].relations.empty())
      return "it only adds rows, which every index makes slower";
    if (problem_.facts[q].relations.empty()) return "it reads no table";
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
        bytes += problem_.input.bytes[oracle.relevant(q)[i]];
        maintenance += problem_.input.maintenance[oracle.relevant(q)[i]];
      }
    const double spared = weighted_[q].calls * (before - best);
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
    for (std::size_t q = 0; q < queries_.size(); ++q)
      for (const std::size_t i : used_by(oracle, q))
        effects[i].push_back({q, before(oracle, q), after(oracle, q)});
    for (auto& [i, list] : effects) propose(problem_.candidates[i], std::move(list));
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
      return weighted_[effect.query].calls * (effect.before - effect.after);
    });
    double before = 0;
    double after = 0;
    std::vector<QueryEffect> listed;
    for (const Effect& effect : effects) {
      before += weighted_[effect.query].calls * effect.before;
      after += weighted_[effect.query].calls * effect.after;
      listed.push_back({queries_[effect.query]->fingerprint, effect.before, effect.after});
    }
    const std::string count = plural(std::ssize(effects), "query", "queries");
    std::string comment = "Serves " + count + " of the workload: ";
    for (std::size_t n = 0; n < effects.size() && n < named_in_comment; ++n) {
      const workload::Query& query = *queries_[effects[n].query];
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
    for (std::size_t i = 0; i < result_.chosen.size(); ++i)
      if (result_.chosen[i]) left -= problem_.input.bytes[i];
    for (Candidate& candidate :
         find_inverted_candidates(catalog_, problem_.facts, catalog_.server.version_number)) {
      if (candidate.bytes > left) continue;
      candidate.maintenance = maintenance_of(candidate, problem_.facts, weighted_);
      name_index(catalog_, candidate, taken_);
      std::vector<engine::Question> questions;
      for (const std::size_t q : candidate.queries) questions.push_back(under_the_set(q));
      const auto answers = planner_.ask_with(
          {create_statement(*candidate.table, candidate.index, /*concurrently=*/false)}, questions);
      if (!answers) return std::unexpected(answers.error());
      std::vector<Effect> effects;
      double gain = -candidate.maintenance;
      for (std::size_t at = 0; at < questions.size(); ++at) {
        const std::size_t q = questions[at].query;
        if (!(*answers)[at]) continue;
        const auto known = inverted_after_.find(q);
        const double now = known != inverted_after_.end() ? known->second : after(oracle, q);
        const double with = (*answers)[at]->cost;
        if (with >= now * (1 - noticeable)) continue;
        gain += weighted_[q].calls * (now - with);
        effects.push_back({q, before(oracle, q), with});
      }
      if (effects.empty() || gain <= 0) continue;
      for (const Effect& effect : effects) {
        inverted_after_[effect.query] = effect.after;
        inverted_names_[effect.query].push_back(candidate.index.name);
      }
      // The search knew nothing of these: what they bring is off its bound as well.
      result_.after -= gain;
      result_.bound -= gain;
      left -= candidate.bytes;
      inverted_.emplace_back(std::move(candidate), std::move(effects));
    }
    return {};
  }

  struct Trial {
    bool tried = false;
    double with = 0;  // cost of the workload, upkeep included
    double without = 0;
    bool is_harmless() const { return tried && without <= with * (1 + noticeable); }
  };

  // The workload with the new indexes, with all that exist and without those.
  Result<Trial> try_without(const std::vector<Superfluous>& leaving) {
    std::vector<std::string> names;
    Trial trial;
    for (const Superfluous& each : leaving) {
      names.push_back(catalog::qualified(each.table->schema, each.index->name));
      trial.with += maintenance_of({.table = each.table, .index = *each.index, .queries = {}},
                                   problem_.facts, weighted_);
    }
    std::vector<engine::Question> questions;
    for (std::size_t q = 0; q < queries_.size(); ++q)
      if (problem_.complaints[q].empty()) {
        questions.push_back(under_the_set(q));
        questions.back().without.clear();
      }
    const auto kept = planner_.ask(questions);
    if (!kept) return std::unexpected(kept.error());
    const auto left = planner_.ask_without(names, questions);
    if (!left) return std::unexpected(left.error());
    for (std::size_t at = 0; at < questions.size(); ++at) {
      if (!(*kept)[at] || !(*left)[at]) continue;
      trial.tried = true;
      trial.with += weighted_[questions[at].query].calls * (*kept)[at]->cost;
      trial.without += weighted_[questions[at].query].calls * (*left)[at]->cost;
    }
    return trial;
  }

  // Of the indexes that exist those whose upkeep is more than what they spare.
  std::vector<Superfluous> given_up(const Oracle& oracle) const {
    std::vector<Superfluous> found;
    for (std::size_t i = problem_.hypothetical; i < problem_.candidates.size(); ++i) {
      if (result_.chosen[i]) continue;
      const Candidate& each = problem_.candidates[i];
      const auto index =
          std::ranges::find(each.table->indexes, each.index.name, &catalog::Index::name);
      double spared = 0;
      for (std::size_t q = 0; q < queries_.size(); ++q) {
        Set with = oracle.of(q, result_.chosen);
        for (std::size_t at = 0; at < oracle.relevant(q).size(); ++at)
          if (oracle.relevant(q)[at] == i) with.set(at);
        if (std::isfinite(after(oracle, q)))
          spared += weighted_[q].calls * (after(oracle, q) - oracle.lower(q, with));
      }
      found.push_back(
          {each.table, &*index,
           "its upkeep costs the workload's writes " + human_count(std::llround(each.maintenance)) +
               " in the planner's units, and it spares the queries " +
               (spared > 0.5 ? "at most " + human_count(std::llround(spared)) : "nothing")});
    }
    return found;
  }

  Status find_drops(const Oracle& oracle) {
    std::set<std::string> used;
    for (std::size_t q = 0; q < queries_.size(); ++q)
      for (const Set& set : {oracle.present(q), oracle.of(q, result_.chosen)})
        if (const auto* entry = oracle.best(q, set))
          used.insert(entry->existing.begin(), entry->existing.end());
    std::vector<std::pair<const catalog::Relation*, const catalog::Index*>> added;
    for (const std::size_t i : chosen())
      added.emplace_back(problem_.candidates[i].table, &problem_.candidates[i].index);
    std::vector<Superfluous> found = given_up(oracle);
    const std::size_t certain = found.size();
    for (Superfluous& each : superfluous_indexes(catalog_, used, added))
      if (std::ranges::find(found, each.index, &Superfluous::index) == found.end())
        found.push_back(std::move(each));
    if (found.empty()) return {};
    // All at once: what is not missed in company is not missed alone.
    auto trial = try_without(found);
    if (!trial) return std::unexpected(trial.error());
    if (trial->tried && !trial->is_harmless()) {
      tuning_.notes.push_back(
          plural(std::ssize(found) - static_cast<std::int64_t>(certain), "index", "indexes") +
          " looked superfluous, but the workload costs more without: kept");
      found.resize(certain);
      if (found.empty()) return {};
      trial = try_without(found);
      if (!trial) return std::unexpected(trial.error());
      if (!trial->is_harmless()) return {};
    }
    for (const Superfluous& each : found) {
      std::string why = each.why;
      why.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(why.front())));
      Proposal proposal = drop_index_proposal(*each.table, *each.index, why);
      Claim claim{ClaimKind::cheaper,
                  "EXPLAIN of the workload on " + planner_.description() + " without " +
                      plural(std::ssize(found), "index", "indexes") +
                      " that would go, and what their upkeep costs its writes",
                  {},
                  std::nullopt};
      if (trial->tried) {
        claim.seen = "cost " + human_count(std::llround(trial->with)) + " with, " +
                     human_count(std::llround(trial->without)) + " without";
        claim.holds = true;
      } else {
        claim.seen = "not tried: only a sandbox may be asked to leave an index out";
      }
      proposal.proof.claims.push_back(std::move(claim));
      tuning_.drops.push_back({.index = catalog::qualified(each.table->schema, each.index->name),
                               .table = catalog::qualified(each.table->schema, each.table->name),
                               .why = each.why,
                               .bytes = each.index->stats ? each.index->stats->bytes : 0,
                               .proposal = proposal.id});
      tuning_.proposals.push_back(std::move(proposal));
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
      const auto after = planner_.plan(under_the_set(q));
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

  const catalog::Catalog& catalog_;
  const workload::Workload& workload_;
  engine::Planner& planner_;
  const TuneOptions& options_;
  std::vector<const workload::Query*> queries_;
  std::vector<WeightedQuery> weighted_;
  IndexProblem problem_;
  SearchResult result_;
  std::vector<std::size_t> timed_;  // queries that were run over rows
  std::vector<double> before_;      // run_times of timed_, without new indexes
  std::vector<double> after_;       // and with those of the set
  std::set<std::string> taken_;     // names of indexes
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
