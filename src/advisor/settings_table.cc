// The rows of options of single tables. None of them speaks without counters of rows.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "advisor/indexes.h"
#include "advisor/settings_rows.h"
#include "base/text.h"
#include "catalog/server_facts.h"
#include "sql/query_facts.h"

namespace architrave::advisor {

namespace {

using catalog::Relation;

constexpr double large = 1'000'000;  // rows: below, the defaults are as good

std::string in_force(const catalog::Catalog& catalog, const Relation& table,
                     std::string_view name) {
  const auto own = table.options.find(std::string(name));
  if (own != table.options.end()) return own->second;
  return catalog::raw_setting(catalog, name).value_or("");
}

double in_force_number(const catalog::Catalog& catalog, const Relation& table,
                       std::string_view name, double otherwise) {
  const std::string text = in_force(catalog, table, name);
  return text.empty() ? otherwise : std::atof(text.c_str());
}

double rows_of(const Relation& table) {
  const double counted = static_cast<double>(table.stats->live_rows.value_or(0));
  return std::max(counted, table.stats->rows);
}
double days_of(const Facts& facts) {
  return std::max(catalog::counted_days(facts.catalog).value_or(1), 1.0);
}

// A share of rows such that vacuum (or ANALYZE) comes about daily.
std::optional<Value> daily_share(double a_day, double rows, double current, std::string from) {
  const double share = std::clamp(std::round(a_day / rows * 200) / 200, 0.01, 0.1);
  if (share >= current) return std::nullopt;
  return Value{fmt::format("{}", share), std::move(from), share, {}};
}

std::string current_vacuum(const Facts& facts, const Relation& table) {
  return in_force(facts.catalog, table, "autovacuum_vacuum_scale_factor");
}
std::optional<Value> vacuum_share(const Facts& facts, const Relation& table) {
  const double rows = rows_of(table);
  const double dead = static_cast<double>(table.stats->dead_rows.value_or(0));
  if (rows < large || dead < 0.05 * rows) return std::nullopt;
  const double made =
      static_cast<double>(table.stats->updated.value_or(0) - table.stats->hot_updated.value_or(0) +
                          table.stats->deleted.value_or(0));
  const double a_day = made / days_of(facts);
  return daily_share(a_day, rows,
                     in_force_number(facts.catalog, table, "autovacuum_vacuum_scale_factor", 0.2),
                     fmt::format("{} rows, {} of them dead, {} more die in a day",
                                 human_count(static_cast<std::int64_t>(rows)),
                                 human_count(static_cast<std::int64_t>(dead)),
                                 human_count(static_cast<std::int64_t>(a_day))));
}

std::string current_threshold(const Facts& facts, const Relation& table) {
  return in_force(facts.catalog, table, "autovacuum_vacuum_threshold");
}
// A small table that is written all the time: every fifty-odd dead rows is too often.
std::optional<Value> vacuum_rows(const Facts& facts, const Relation& table) {
  const double rows = rows_of(table);
  const double made =
      static_cast<double>(table.stats->updated.value_or(0) + table.stats->deleted.value_or(0));
  const double a_minute = made / days_of(facts) / 1440;
  if (rows > 5000 || a_minute < 5 * vacuum_threshold(facts.catalog, table)) return std::nullopt;
  const double target = std::min(std::ceil(a_minute / 100) * 100, 10'000.0);
  if (target <= in_force_number(facts.catalog, table, "autovacuum_vacuum_threshold", 50))
    return std::nullopt;
  return Value{
      fmt::format("{:.0f}", target),
      fmt::format("{} rows, {} die in a minute", human_count(static_cast<std::int64_t>(rows)),
                  human_count(static_cast<std::int64_t>(a_minute))),
      target,
      {}};
}

std::string current_insert(const Facts& facts, const Relation& table) {
  return in_force(facts.catalog, table, "autovacuum_vacuum_insert_scale_factor");
}
std::optional<Value> insert_share(const Facts& facts, const Relation& table) {
  const catalog::RelationStats& stats = *table.stats;
  const double rows = rows_of(table);
  const double inserted = static_cast<double>(stats.inserted.value_or(0));
  const double changed = static_cast<double>(stats.updated.value_or(0) + stats.deleted.value_or(0));
  if (facts.catalog.server.version_number < 130000 || rows < large || inserted < 0.01 * rows ||
      changed > 0.05 * inserted || stats.index_scans.value_or(0) == 0 || stats.pages <= 0)
    return std::nullopt;
  const double visible =
      static_cast<double>(stats.all_visible_pages) / static_cast<double>(stats.pages);
  if (visible >= 0.9) return std::nullopt;
  const double a_day = inserted / days_of(facts);
  return daily_share(
      a_day, rows,
      in_force_number(facts.catalog, table, "autovacuum_vacuum_insert_scale_factor", 0.2),
      fmt::format("{} rows, {} come in a day, {:.0f} % of the pages are all visible",
                  human_count(static_cast<std::int64_t>(rows)),
                  human_count(static_cast<std::int64_t>(a_day)), 100 * visible));
}

std::string current_analyze(const Facts& facts, const Relation& table) {
  return in_force(facts.catalog, table, "autovacuum_analyze_scale_factor");
}
std::optional<Value> analyze_share(const Facts& facts, const Relation& table) {
  const catalog::RelationStats& stats = *table.stats;
  const double rows = rows_of(table);
  const double modified = static_cast<double>(stats.modified_since_analyze.value_or(0));
  if (rows < large || modified < 0.04 * rows) return std::nullopt;
  const double a_day = static_cast<double>(stats.inserted.value_or(0) + stats.updated.value_or(0) +
                                           stats.deleted.value_or(0)) /
                       days_of(facts);
  return daily_share(a_day, rows,
                     in_force_number(facts.catalog, table, "autovacuum_analyze_scale_factor", 0.1),
                     fmt::format("{} rows, {} changed since the last ANALYZE, {} change in a day",
                                 human_count(static_cast<std::int64_t>(rows)),
                                 human_count(static_cast<std::int64_t>(modified)),
                                 human_count(static_cast<std::int64_t>(a_day))));
}

std::string current_fillfactor(const Facts&, const Relation& table) {
  const auto own = table.options.find("fillfactor");
  return own == table.options.end() ? "100" : own->second;
}

// Whether every UPDATE of it in the workload sets an indexed column: then no room helps.
bool updates_change_indexes(const Facts& facts, const Relation& table) {
  if (facts.workload == nullptr) return false;
  std::set<std::string> indexed;
  for (const catalog::Index& index : table.indexes) {
    for (const catalog::IndexKey& key : index.keys) indexed.insert(key.column);
    indexed.insert(index.include.begin(), index.include.end());
  }
  const CatalogNames names(facts.catalog);
  bool any = false;
  for (const workload::Query& query : facts.workload->queries) {
    if (query.kind != workload::QueryKind::update || !contains_word(query.text, table.name))
      continue;
    const auto seen = sql::query_facts(query.text, std::cref(names));
    if (!seen) continue;
    for (const sql::Write& write : seen->writes) {
      if (write.name != table.name || (!write.schema.empty() && write.schema != table.schema))
        continue;
      any = true;
      if (std::ranges::none_of(write.columns,
                               [&](const std::string& each) { return indexed.contains(each); }))
        return false;
    }
  }
  return any;
}

std::optional<Value> fillfactor(const Facts& facts, const Relation& table) {
  const std::int64_t updated = table.stats->updated.value_or(0);
  if (!table.stats->hot_updated || updated < 100'000 || table.options.contains("fillfactor"))
    return std::nullopt;
  const double share =
      static_cast<double>(*table.stats->hot_updated) / static_cast<double>(updated);
  if (share >= 0.5 || updates_change_indexes(facts, table)) return std::nullopt;
  return Value{
      "90",
      fmt::format("{} updates, {:.0f} % of them heap-only", human_count(updated), 100 * share),
      std::nullopt,
      {}};
}

#define PG "https://www.postgresql.org/docs/current/"

constexpr TableRow rows[] = {
    {"autovacuum_vacuum_scale_factor",
     "dead rows made in a day ÷ rows, from 0.01 to 0.1; from a million rows of which 5 % are dead",
     PG "routine-vacuuming.html#AUTOVACUUM (threshold + factor × rows)",
     "Vacuum {} about once a day",
     "By the share of rows that is in force, vacuum comes so late that a scan reads many dead "
     "rows.",
     current_vacuum, vacuum_share},
    {"autovacuum_vacuum_threshold",
     "dead rows made in a minute, which is autovacuum_naptime, rounded up to a hundred; up to 5000 "
     "rows of which five times as many die as vacuum waits for",
     PG "routine-vacuuming.html#AUTOVACUUM (threshold + factor × rows)", "Vacuum {} less often",
     "It is vacuumed each time that autovacuum looks, and takes a worker away from other tables.",
     current_threshold, vacuum_rows},
    {"autovacuum_vacuum_insert_scale_factor",
     "rows inserted in a day ÷ rows, from 0.01 to 0.1; from a million rows that are hardly ever "
     "changed, with less than 90 % of the pages all visible",
     PG "routine-vacuuming.html#AUTOVACUUM (insert threshold + factor × rows)",
     "Keep the pages of {} all visible",
     "Index-only scans have to look into pages that vacuum has not marked yet.", current_insert,
     insert_share},
    {"autovacuum_analyze_scale_factor",
     "rows changed in a day ÷ rows, from 0.01 to 0.1; from a million rows of which 4 % have "
     "changed "
     "since the last ANALYZE",
     PG "routine-vacuuming.html#AUTOVACUUM (analyze threshold + factor × rows)",
     "Analyze {} about once a day", "The planner counts with values of long ago.", current_analyze,
     analyze_share},
    {"fillfactor",
     "90, where less than half of at least 100,000 updates are heap-only and the workload's "
     "updates "
     "do not all set indexed columns",
     PG "storage-hot.html", "Leave room for updates in {}",
     "With a tenth of each page free, a new version of a row finds room beside the old one and no "
     "index has to change. It helps only where the updated columns are in no index, and holds for "
     "pages that are written from now on.",
     current_fillfactor, fillfactor},
};

#undef PG

}  // namespace

std::span<const TableRow> table_rows() { return rows; }

double vacuum_threshold(const catalog::Catalog& catalog, const Relation& table) {
  return in_force_number(catalog, table, "autovacuum_vacuum_threshold", 50) +
         in_force_number(catalog, table, "autovacuum_vacuum_scale_factor", 0.2) * rows_of(table);
}

}  // namespace architrave::advisor
