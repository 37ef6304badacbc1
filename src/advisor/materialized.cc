#include "advisor/materialized.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "advisor/grouped_view.h"
#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rows.h"
#include "base/text.h"
#include "catalog/server_facts.h"
#include "engine/engine.h"
#include "proposal/change.h"

namespace architrave::advisor {

namespace {

using catalog::Catalog;
using catalog::Relation;
using workload::Query;

double rows_of(const Relation& relation) {
  if (!relation.stats) return -1;
  return std::max(relation.stats->rows,
                  static_cast<double>(relation.stats->live_rows.value_or(-1)));
}

// Rows written to it in a day; absent where that was not counted.
std::optional<double> writes_a_day(const Catalog& catalog, const Relation& relation) {
  const auto days = catalog::counted_days(catalog);
  if (!days || *days <= 0 || !relation.stats || !relation.stats->inserted ||
      !relation.stats->updated || !relation.stats->deleted)
    return std::nullopt;
  return static_cast<double>(*relation.stats->inserted + *relation.stats->updated +
                             *relation.stats->deleted) /
         *days;
}

// Groups that a call gives, by the statistics of what it groups by: for logs say no rows. What is
// no column is taken as 200, as the planner does.
double groups_of_a_call(const rewrites::Query& context, const rewrites::Tree& statement) {
  constexpr double unknown = 200;
  const rewrites::Scope scope = rewrites::scope_of(context, statement, nullptr);
  double groups = 1;
  for (const rewrites::Tree& item : statement["group_clause"].list) {
    const auto position = rewrites::integer(item);
    const auto& targets = statement["target_list"].list;
    const bool is_output =
        position && *position >= 1 && *position <= static_cast<std::int64_t>(targets.size());
    const rewrites::Tree& value =
        is_output ? targets[static_cast<std::size_t>(*position - 1)]["val"] : item;
    const auto column = rewrites::resolve(value, scope);
    const bool is_known = column && column->column != nullptr && column->column->stats &&
                          column->column->stats->distinct != 0;
    const double distinct = is_known ? column->column->stats->distinct : unknown;
    groups *=
        distinct > 0 ? distinct : -distinct * std::max(rows_of(*column->source->relation), 1.0);
  }
  return groups;
}

// Groups that the view is expected to hold: those of a call, for each value of the parameters.
std::optional<double> groups_of(const rewrites::Query& context, const rewrites::Tree& statement,
                                const GroupedView& view, const Query& query) {
  double groups = query.rows > 0
                      ? static_cast<double>(query.rows) / static_cast<double>(query.calls)
                      : groups_of_a_call(context, statement);
  groups = std::max(1.0, groups);
  std::set<const catalog::Column*> seen;
  for (const auto& [relation, column] : view.lifted) {
    if (!seen.insert(column).second) continue;
    if (!column->stats || column->stats->distinct == 0) return std::nullopt;
    const double distinct = column->stats->distinct;
    groups *= distinct > 0 ? distinct : -distinct * std::max(rows_of(*relation), 1.0);
  }
  return groups;
}

class Names {
 public:
  explicit Names(const Catalog& catalog) {
    for (const Relation& relation : catalog.relations) {
      taken_.insert({relation.schema, relation.name});
      for (const catalog::Index& index : relation.indexes)
        taken_.insert({relation.schema, index.name});
    }
    for (const catalog::Type& type : catalog.types) taken_.insert({type.schema, type.name});
  }
  std::string make(const GroupedView& view) {
    std::string name = view.table;
    name += view.keys.empty() ? "_totals" : "_by_" + join(view.keys, "_");
    std::size_t length = std::min<std::size_t>(name.size(), 54);
    while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;
    name.resize(length);
    std::string fresh = name;
    for (int i = 2;
         taken_.contains({view.schema, fresh}) || taken_.contains({view.schema, fresh + "_key"});
         ++i)
      fresh = name + '_' + std::to_string(i);
    taken_.insert({view.schema, fresh});
    taken_.insert({view.schema, fresh + "_key"});
    return fresh;
  }

 private:
  std::set<std::pair<std::string, std::string>> taken_;
};

std::string quoted_list(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  quoted.reserve(names.size());
  for (const std::string& each : names) quoted.push_back(quote_identifier(each));
  return join(quoted, ", ");
}

struct Found {
  MaterializedView view;
  GroupedView grouped;
  double largest = 0;  // rows of the largest table
  double calls = 0;
};

void describe(const Catalog& catalog, Found& found, const std::string& name) {
  const GroupedView& grouped = found.grouped;
  MaterializedView& view = found.view;
  const std::string index = qualified(grouped.schema, name + "_key");
  // A view of one row has no key: any of its columns tells the row apart.
  const std::string keys = quoted_list(
      grouped.keys.empty() ? std::vector<std::string>{grouped.columns.front()} : grouped.keys);
  double writes = 0;
  bool is_counted = true;
  for (const Relation* each : grouped.tables) {
    const auto a_day = writes_a_day(catalog, *each);
    is_counted &= a_day.has_value();
    writes += a_day.value_or(0);
  }
  view.refresh = "REFRESH MATERIALIZED VIEW CONCURRENTLY " + view.name;
  view.proposal = propose(
      "create_materialized_view",
      fmt::format("Keep the groups of {} in {}", grouped.table, view.name),
      fmt::format(
          "{} took {} over {} rows. The view holds about {}. It is as old as its last refresh: {}, "
          "by a schedule, costs about what one pass over the tables does and keeps no reader "
          "waiting{}. The queries have to ask the view instead.",
          plural(static_cast<std::int64_t>(found.calls), "call"), human_seconds(view.seconds),
          human_count(static_cast<std::int64_t>(found.largest)),
          plural(static_cast<std::int64_t>(view.groups), "row"), view.refresh,
          is_counted ? fmt::format("; {} are written to these tables in a day",
                                   plural(static_cast<std::int64_t>(writes), "row"))
                     : std::string()),
      {fmt::format("CREATE MATERIALIZED VIEW {} AS\n{}\nWITH NO DATA", view.name,
                   sql::lay_out(grouped.definition)),
       fmt::format("CREATE UNIQUE INDEX {} ON {} ({})", quote_identifier(name + "_key"), view.name,
                   keys),
       fmt::format(
           "COMMENT ON MATERIALIZED VIEW {} IS {}", view.name,
           quote_literal(fmt::format("Groups of {}, as of the last refresh. {}.",
                                     qualified(grouped.schema, grouped.table), view.refresh))),
       fmt::format("COMMENT ON INDEX {} IS {}", index,
                   quote_literal("Tells the rows apart, for REFRESH … CONCURRENTLY and for the "
                                 "queries that ask for one group")),
       // The first time there is nothing to compare with.
       "REFRESH MATERIALIZED VIEW " + view.name},
      {"DROP MATERIALIZED VIEW " + view.name});
  view.proposal.impact.lock = Lock::access_share;
  view.proposal.effort = 3;
  view.proposal.risk = 2;
  view.proposal.id = proposal_id(view.proposal);
}

// The query over the view, laid out.
std::optional<std::string> query_over(const GroupedView& grouped, const std::string& name) {
  rewrites::Tree query = grouped.query;
  sql::walk(query, [&](rewrites::Tree& each) {
    if (each.is("RangeVar") && each["relname"].text() == GroupedView::placeholder) {
      each.set("schemaname", rewrites::Tree(grouped.schema));
      each.set("relname", rewrites::Tree(name));
    }
    return true;
  });
  const auto text = sql::to_sql(query);
  if (!text) return std::nullopt;
  return sql::lay_out(*text);
}

std::optional<rewrites::Tree> select_of(const std::string& text) {
  auto parsed = sql::parse(text);
  if (!parsed || parsed->size() != 1 || !parsed->front().is("SelectStmt")) return std::nullopt;
  return std::move(parsed->front());
}

}  // namespace

std::vector<MaterializedView> find_materialized_views(const Catalog& catalog,
                                                      const catalog::Lookup& lookup,
                                                      const workload::Workload& workload,
                                                      const MaterializedOptions& options) {
  const rewrites::Query context{catalog, lookup};
  Names names(catalog);
  std::map<std::string, std::size_t> by_definition;
  std::vector<Found> all;
  std::vector<std::string> view_names;
  for (const Query& query : workload.queries) {
    const double calls = static_cast<double>(query.calls);
    if (query.kind != workload::QueryKind::select || query.calls < options.calls ||
        query.total_ms < options.ms * calls)
      continue;
    std::optional<rewrites::Tree> statement = select_of(query.text);
    if (!statement || !rewrites::why_not(context, *statement).empty()) continue;
    std::optional<GroupedView> grouped = grouped_view(context, *statement);
    if (!grouped) continue;
    double largest = 0;
    for (const Relation* each : grouped->tables) largest = std::max(largest, rows_of(*each));
    std::optional<double> groups = groups_of(context, *statement, *grouped, query);
    if (query.rows <= 0 && groups) groups = std::min(*groups, largest);
    if (largest < options.rows || !groups || *groups * options.reduction > largest) continue;

    const auto [place, is_new] = by_definition.emplace(grouped->definition, all.size());
    if (is_new) {
      view_names.push_back(names.make(*grouped));
      all.push_back({.view = {}, .grouped = *grouped, .largest = largest, .calls = 0});
      all.back().view.name = qualified(grouped->schema, view_names.back());
    }
    Found& found = all[place->second];
    grouped->schema = found.grouped.schema;
    auto after = query_over(*grouped, view_names[place->second]);
    if (!after) continue;
    found.calls += calls;
    found.view.seconds += query.total_ms / 1000;
    found.view.groups = std::max(found.view.groups, *groups);
    found.view.rewrites.push_back(
        {.query = query.fingerprint,
         .rule = "materialized-view",
         .before_sql = query.text,
         .after_sql = std::move(*after),
         .precondition = fmt::format(
             "the result may be as old as the last refresh of {}{}", found.view.name,
             grouped->joins_rows ? "; sums, counts, minima and maxima can be put together again"
                                 : "; a row of the view is a group of the query")});
  }
  std::vector<MaterializedView> views;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].view.rewrites.empty()) continue;
    describe(catalog, all[i], view_names[i]);
    views.push_back(std::move(all[i].view));
  }
  std::ranges::stable_sort(views, std::ranges::greater(), &MaterializedView::seconds);
  return views;
}

Status prove_materialized_views(std::vector<MaterializedView>& views, const Catalog& catalog,
                                const catalog::Lookup& lookup, engine::Sandbox& sandbox,
                                const ProofOptions& options) {
  for (MaterializedView& view : views) {
    Claim claim{.kind = ClaimKind::equivalent,
                .ran = "the queries, and the same over the view as just refreshed",
                .seen = {},
                .holds = std::nullopt};
    if (sandbox.has_statistics()) {
      claim.seen = "not tried: a twin has no rows to refresh it from";
      view.proposal.proof.claims.push_back(std::move(claim));
      continue;
    }
    ProofOptions with_view = options;
    with_view.prepare = view.proposal.up;
    if (Status status = prove_rewrites(view.rewrites, catalog, lookup, sandbox, nullptr, with_view);
        !status)
      return status;
    std::int64_t tried = 0;
    claim.seen = "not tried: there was nothing to compare";
    for (const Rewrite& rewrite : view.rewrites)
      for (const Claim& each : rewrite.proof.claims) {
        if (each.kind != ClaimKind::equivalent || claim.holds == false) continue;
        if (each.holds) claim.holds = each.holds;
        tried += each.holds.has_value() ? 1 : 0;
        if (!each.holds.value_or(false))
          claim.seen = fmt::format("query {}: {}", rewrite.query, each.seen);
      }
    if (claim.holds == true)
      claim.seen = plural(tried, "query returns", "queries return") + " the same";
    view.proposal.proof.claims.push_back(std::move(claim));
  }
  return {};
}

std::vector<QueryAdvice> find_cache_candidates(const Catalog& catalog,
                                               const catalog::Lookup& lookup,
                                               const workload::Workload& workload) {
  constexpr std::int64_t enough_calls = 1000;
  constexpr double most_rows = 100;  // of one call
  constexpr double least_ms = 1;     // of one call: to ask another cache takes about as long
  constexpr double reads_to_a_write = 20;
  constexpr double least_hits = 0.5;
  const rewrites::Query context{catalog, lookup};
  // The days in which the calls were made.
  std::optional<double> days = workload.from && workload.to
                                   ? std::optional((*workload.to - *workload.from) / 86400)
                                   : std::nullopt;
  std::vector<QueryAdvice> advice;
  for (const Query& query : workload.queries) {
    const double calls = static_cast<double>(query.calls);
    if (query.kind != workload::QueryKind::select || query.calls < enough_calls ||
        static_cast<double>(query.rows) > most_rows * calls || query.total_ms < least_ms * calls ||
        !days || *days <= 0)
      continue;
    std::optional<rewrites::Tree> statement = select_of(query.text);
    if (!statement || !rewrites::why_not(context, *statement).empty() ||
        !is_timeless(context, *statement))
      continue;
    const auto tables = rewrites::tables_of(catalog, lookup, *statement);
    if (tables.empty()) continue;
    double writes = 0;
    bool is_counted = true;
    std::vector<std::string> written;
    for (const Relation* each : tables) {
      const auto a_day = writes_a_day(catalog, *each);
      is_counted &= a_day.has_value();
      writes += a_day.value_or(0);
      written.push_back(qualified(each->schema, each->name));
    }
    const double calls_a_day = calls / *days;
    if (!is_counted || writes * reads_to_a_write > calls_a_day) continue;
    double repeated = 1;
    const std::size_t samples = query.parameters.size();
    if (query.text.find('$') != std::string::npos) {
      if (samples < 4) continue;  // too few to tell
      const std::set<std::vector<std::optional<std::string>>> distinct(query.parameters.begin(),
                                                                       query.parameters.end());
      repeated = static_cast<double>(samples - distinct.size()) / static_cast<double>(samples);
    }
    const double hits = repeated * (1 - writes / calls_a_day);
    if (hits < least_hits) continue;
    const std::string event = join(written, ", ");
    advice.push_back(
        {.query = query.fingerprint,
         .rule = "cache-candidate",
         .message = fmt::format(
             "{} took {}, and about {:.0f} % of them could be answered from a cache: {}; {} are "
             "written in a day to {}",
             plural(query.calls, "call"), human_seconds(query.total_ms / 1000), 100 * hits,
             samples > 0 && repeated < 1
                 ? fmt::format("{:.0f} % of {} sampled calls repeat the values of another",
                               100 * repeated, samples)
                 : std::string("they ask for the same"),
             plural(static_cast<std::int64_t>(writes), "row"), event),
         .suggestion = fmt::format("Keep the result by its parameters where it is used, and forget "
                                   "it when {} is written.",
                                   event)});
  }
  return advice;
}

}  // namespace architrave::advisor
