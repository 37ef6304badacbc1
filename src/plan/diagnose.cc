#include "plan/diagnose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "base/quoting.h"
#include "base/text.h"
#include "plan/condition.h"

namespace architrave::plan {

namespace {

// Below these nothing is said.
struct Thresholds {
  double scan_rows = 1000;      // rows that a scan read to throw most of them away
  double kept = 0.05;           // of those: a filter that keeps less is selective
  double index_rows = 1000;     // rows that an index found and a filter threw away
  double removed_per_kept = 4;  // so many for each one kept
  double error = 10;            // estimated and actual rows differ by this factor
  double error_rows = 100;      // and the larger of both is at least this
  double loops = 10000;         // of the inner side of a nested loop
  double loops_share = 0.2;     // of the plan's time that they took
  double jit_share = 0.25;      // of the execution that compiling took
  double jit_ms = 10;
  double heap_fetches = 1000;   // rows of an index-only scan that were looked up in the table
  double heap_share = 0.1;      // of its rows
  double join_rows = 100000;    // pairs that a nested loop compared and threw away
  double warning = 0.1;         // at stake: a warning from here on,
  double error_at_stake = 0.5;  // an error from here on
};
constexpr Thresholds limit;

struct Look {
  const Plan& plan;
  const std::vector<Measured>& all;
  const Known& known;
};

double number(const Node& node, std::string_view name) {
  return std::strtod(std::string(node.detail(name)).c_str(), nullptr);
}

std::string count(double value) { return human_count(std::llround(value)); }
std::string rows(double value) { return plural(std::llround(value), "row"); }
std::string bytes(double value) { return human_bytes(std::llround(value)); }
std::string percent(double share) {
  if (share > 0 && share < 0.0005) return "less than 0.1 %";
  return share < 0.0995 ? fmt::format("{:.1f} %", share * 100)
                        : fmt::format("{:.0f} %", share * 100);
}
std::string milliseconds(double value) { return human_seconds(value / 1000); }

// A factor as people say it: 12, 3,400.
std::string factor(double value) { return count(value); }

std::string relation(const Node& node) { return qualified(node.schema, node.relation); }

// A setting's worth: whole megabytes, rounded up.
std::string as_setting(double needed) {
  return fmt::format("{}MB", std::max(1LL, std::llround(std::ceil(needed / (1 << 20)))));
}
std::string set_work_mem(double needed) { return "SET work_mem = '" + as_setting(needed) + "';"; }

// hash_mem_multiplier, as EXPLAIN (SETTINGS) or the server's version tells it: 2 since PostgreSQL
// 15, 1 before, and 1 where nothing is known, which is enough on all.
double multiplier(const Look& look) {
  const auto found = look.plan.settings.find("hash_mem_multiplier");
  const double value =
      found == look.plan.settings.end() ? 1 : std::strtod(found->second.c_str(), nullptr);
  return value > 0 ? value : 1;
}

// Where the memory of a hash comes from, and why the setting may be less than what it says.
std::string allowance(const Look& look, double processes) {
  const double factor = multiplier(look);
  std::string words = "it may use work_mem × hash_mem_multiplier";
  if (factor > 1) words += fmt::format(" (here {:g})", factor);
  if (processes > 1)
    words += fmt::format(", of each of the {} processes that share it", count(processes));
  return words;
}

const std::vector<Known::Named>& named(
    const std::map<std::string, std::vector<Known::Named>, std::less<>>& all, const Node& node) {
  static const std::vector<Known::Named> none;
  const auto found = all.find(node.schema + '.' + node.relation);
  return found == all.end() ? none : found->second;
}

// Scans of a table whose filter keeps little of what they read.
bool is_scan_of_all(const Node& node) { return node.type == "Seq Scan"; }

std::string create_index(const Node& node, const std::vector<std::string>& columns) {
  if (columns.empty() || node.relation.empty()) return {};
  return "CREATE INDEX ON " + relation(node) + " (" + join(columns, ", ") + ");";
}

// An index that begins with these columns, in whatever order, and is there already.
const Known::Named* existing_index(const Node& node, const Look& look,
                                   const std::vector<std::string>& columns) {
  for (const Known::Named& each : named(look.known.indexes, node))
    if (!columns.empty() && each.columns.size() >= columns.size() &&
        std::is_permutation(columns.begin(), columns.end(), each.columns.begin()))
      return &each;
  return nullptr;
}

// Puts the index that would help into the remark, or says that it is there.
void propose_index(Remark& remark, const Node& node, const Look& look,
                   const std::vector<std::string>& columns) {
  if (const Known::Named* there = existing_index(node, look, columns)) {
    remark.advice = "the index " + there->name +
                    " has these columns and was not used: are the statistics fresh (ANALYZE), and "
                    "are both sides of the comparison of one type?";
    return;
  }
  remark.sql = create_index(node, columns);
}

std::optional<Remark> selective_filter(const Measured& m, const Look& look) {
  const Node& node = *m.node;
  const std::string_view filter = node.detail("Filter");
  if (!is_scan_of_all(node) || filter.empty()) return {};
  double read = 0;
  double kept = 0;
  if (m.ran) {
    kept = node.actual->rows;
    read = (kept + number(node, "Rows Removed by Filter")) * m.processes;
    kept *= m.processes;
  } else {
    const auto found = look.known.table_rows.find(node.schema + '.' + node.relation);
    if (node.actual || found == look.known.table_rows.end()) return {};
    read = found->second;
    kept = node.rows;
  }
  if (read < limit.scan_rows || kept > read * limit.kept) return {};
  Remark remark{.evidence = {{"rows_read", read}, {"rows_kept", kept}}};
  remark.message = m.ran ? fmt::format("reads {} of {} to keep {} ({})", rows(read), node.relation,
                                       count(kept), percent(kept / read))
                         : fmt::format("would read all {} of {} to keep about {} ({})", rows(read),
                                       node.relation, count(kept), percent(kept / read));
  if (m.loops > 1) remark.message += ", " + count(m.loops) + " times";
  const std::vector<std::string> columns = key_columns(compared_columns(filter));
  remark.advice = columns.empty()
                      ? "an index that serves the filter " + std::string(filter)
                      : "an index on what the filter compares; --compare tells what it brings";
  propose_index(remark, node, look, columns);
  return remark;
}

// The errors of the inputs are this node's own inputs: only what it adds itself is its own.
double error_of_inputs(const Measured& m, const Look& look, bool over) {
  double worst = 1;
  const int me = static_cast<int>(&m - look.all.data());
  for (const Measured& each : look.all)
    if (each.parent == me) {
      double error = over ? each.error : 1 / each.error;
      // Nodes that keep no count of their own hand on their input's.
      if (each.node->type == "Hash" || each.node->type == "Limit")
        error = error_of_inputs(each, look, over);
      worst = std::max(worst, error);
    }
  return worst;
}

// PostgreSQL wants a name up to version 15; this is like the one that it makes up since.
std::string statistics_name(const Node& node, const Look& look,
                            const std::vector<std::string>& columns) {
  const auto& taken = named(look.known.statistics, node);
  std::string stem = node.relation;
  for (const std::string& each : columns) stem += '_' + replace_all(each, "\"", "");
  stem = stem.substr(0, 55) + "_stat";
  std::string name = stem;
  for (int i = 2; std::ranges::find(taken, name, &Known::Named::name) != taken.end(); ++i)
    name = stem + std::to_string(i);
  return quote_identifier(name);
}

// Extended statistics on expressions came with PostgreSQL 14.
bool knows_expressions(const Look& look) {
  return look.known.server_version == 0 || look.known.server_version >= 140000;
}

std::optional<Remark> misestimate(const Measured& m, const Look& look) {
  const Node& node = *m.node;
  const bool over = m.error > 1;  // more rows than estimated
  const double error = over ? m.error : 1 / m.error;
  if (!m.ran || error < limit.error || error / error_of_inputs(m, look, over) < limit.error)
    return {};
  const double seen = node.actual->rows;
  if (std::max(seen, node.rows) < limit.error_rows) return {};
  Remark remark{.evidence = {{"estimated", node.rows}, {"actual", seen}, {"factor", error}}};
  remark.message =
      fmt::format("gives {} where {} were estimated{}: {} times {}", rows(seen), count(node.rows),
                  m.loops > 1 ? " (each time)" : "", factor(error), over ? "more" : "fewer");
  // What is planned on top of it is at stake.
  double above = m.share;
  for (int each = m.parent; each >= 0; each = look.all[static_cast<std::size_t>(each)].parent)
    above += look.all[static_cast<std::size_t>(each)].share;
  remark.at_stake = std::min(1.0, above);
  if (node.relation.empty()) {
    remark.advice = "what is planned above it rests on that figure; look at its inputs' columns";
    return remark;
  }
  std::vector<std::string> columns;
  for (const char* each : {"Filter", "Index Cond", "Recheck Cond"})
    for (const Compared& compared : compared_columns(node.detail(each)))
      if (std::ranges::find(columns, compared.column) == columns.end())
        columns.push_back(compared.column);
  const std::string analyze = "ANALYZE " + relation(node) + ";";
  const Known::Named* there = nullptr;
  for (const Known::Named& each : named(look.known.statistics, node))
    if (columns.size() > 1 && std::ranges::all_of(columns, [&](const std::string& column) {
          return std::ranges::find(each.columns, column) != each.columns.end();
        }))
      there = &each;
  if (there != nullptr) {
    remark.advice = "its columns have extended statistics (" + there->name +
                    "): fresh ones, or a larger target: ALTER STATISTICS … SET STATISTICS 1000";
    remark.sql = analyze;
  } else if (columns.size() > 1) {
    remark.advice = "its columns may depend on each other, which only extended statistics can tell";
    // Eight are as many as it takes. PostgreSQL wants a name up to version 15.
    if (columns.size() > 8) columns.resize(8);
    remark.sql = "CREATE STATISTICS " + statistics_name(node, look, columns) +
                 " (dependencies, ndistinct, mcv) ON " + join(columns, ", ") + " FROM " +
                 relation(node) + "; " + analyze;
  } else if (const auto expressions = compared_expressions(node.detail("Filter"), node.alias);
             columns.empty() && !expressions.empty() && knows_expressions(look)) {
    remark.advice =
        "what an expression makes of a column is not known to the planner, unless "
        "statistics or an index on it tell";
    remark.sql = "CREATE STATISTICS " + statistics_name(node, look, {"expr"}) + " ON (" +
                 expressions.front() + ") FROM " + relation(node) + "; " + analyze;
  } else {
    remark.advice = "fresh statistics; if they are, a larger statistics target for the column";
    remark.sql = analyze;
  }
  return remark;
}

// The figure of the leader and of all its workers that is largest.
double largest(const Node& node, std::string_view name, std::string_view unless = {}) {
  double most = 0;
  for (const auto& [key, value] : node.details) {
    if (!key.ends_with(name)) continue;
    const std::string prefix = key.substr(0, key.size() - name.size());
    if (!prefix.empty() && !prefix.starts_with("Worker ")) continue;
    if (!unless.empty() && node.detail(prefix + "Sort Space Type") == unless) continue;
    most = std::max(most, std::strtod(value.c_str(), nullptr));
  }
  return most;
}

std::optional<Remark> sort_on_disk(const Measured& m, const Look& look) {
  const Node& node = *m.node;
  if (node.type != "Sort") return {};
  const double disk = largest(node, "Sort Space Used", "Memory") * 1024;
  if (disk <= 0) return {};
  // Rows that went in, which under a LIMIT are more than came out.
  double in = node.actual ? node.actual->rows : 0;
  if (!node.children.empty() && node.children[0].actual)
    in = std::max(in, node.children[0].actual->rows);
  const double needed = sort_memory(disk, in, look.known.server_version);
  Remark remark{.evidence = {{"disk_bytes", disk}, {"rows", in}, {"work_mem_bytes", needed}}};
  remark.message = fmt::format("sorts {}{} on disk ({})", rows(in),
                               m.processes > 1 ? " a process" : "", bytes(disk));
  remark.advice = fmt::format(
      "about {} of work_mem would keep it in memory; an index in that order "
      "would spare the sort",
      as_setting(needed));
  remark.sql = set_work_mem(needed);
  return remark;
}

std::optional<Remark> hash_on_disk(const Measured& m, const Look& look) {
  const Node& node = *m.node;
  const double batches = largest(node, "Hash Batches");
  if (node.type != "Hash" || batches <= 1 || !node.actual) return {};
  const bool shared = node.detail("Parallel Aware") == "true";
  const double in = node.actual->rows * (shared ? m.processes : 1);
  const double peak = largest(node, "Peak Memory Usage") * 1024;
  const double needed = hash_memory(in, node.width);
  // A shared hash table may use all processes' allowances.
  const double work_mem = needed / multiplier(look) / (shared ? m.processes : 1);
  Remark remark{.evidence = {{"batches", batches},
                             {"rows", in},
                             {"peak_bytes", peak},
                             {"hash_memory_bytes", needed},
                             {"work_mem_bytes", work_mem}}};
  remark.message = fmt::format(
      "a hash table of {} did not fit in memory: {} batches, all but one "
      "of them through files",
      rows(in), count(batches));
  remark.advice = fmt::format("{} would hold it: {}", as_setting(needed),
                              allowance(look, shared ? m.processes : 1));
  remark.sql = set_work_mem(work_mem);
  // The files are written and read again by the join above it.
  if (m.parent >= 0) remark.at_stake = m.share + look.all[static_cast<std::size_t>(m.parent)].share;
  return remark;
}

std::optional<Remark> aggregate_on_disk(const Measured& m, const Look& look) {
  const Node& node = *m.node;
  const double disk = largest(node, "Disk Usage") * 1024;
  if (node.type != "Aggregate" || disk <= 0 || !node.actual) return {};
  const double groups = node.actual->rows;
  const double peak = largest(node, "Peak Memory Usage") * 1024;
  const double needed = aggregate_memory(peak, groups, node.width);
  const double work_mem = needed / multiplier(look);
  Remark remark{.evidence = {{"disk_bytes", disk},
                             {"peak_bytes", peak},
                             {"groups", groups},
                             {"hash_memory_bytes", needed},
                             {"work_mem_bytes", work_mem}}};
  remark.message = fmt::format("{} did not fit in memory: {} on disk",
                               plural(std::llround(groups), "group"), bytes(disk));
  remark.advice = fmt::format("{} should hold them, and less may do: {}", as_setting(needed),
                              allowance(look, 1));
  remark.sql = set_work_mem(work_mem);
  return remark;
}

std::optional<Remark> lossy_bitmap(const Measured& m, const Look&) {
  const Node& node = *m.node;
  const double lossy = number(node, "Lossy Heap Blocks");
  if (lossy <= 0) return {};
  const double exact = number(node, "Exact Heap Blocks");
  const double needed = bitmap_memory((lossy + exact) * (m.processes > 1 ? m.processes : 1));
  Remark remark{.evidence = {{"lossy_pages", lossy},
                             {"exact_pages", exact},
                             {"rows_rechecked", number(node, "Rows Removed by Index Recheck")},
                             {"work_mem_bytes", needed}}};
  remark.message = fmt::format(
      "the bitmap forgot which rows it meant: {} of {} pages are lossy, and {} were checked in "
      "vain",
      count(lossy), count(lossy + exact), rows(number(node, "Rows Removed by Index Recheck")));
  remark.advice = fmt::format("about {} of work_mem keeps it exact", as_setting(needed));
  remark.sql = set_work_mem(needed);
  return remark;
}

std::optional<Remark> many_loops(const Measured& m, const Look& look) {
  const Node& node = *m.node;
  if (!m.ran || m.parent < 0 || m.loops < limit.loops) return {};
  const Measured& parent = look.all[static_cast<std::size_t>(m.parent)];
  const bool inner = parent.node->type == "Nested Loop" && node.relationship == "Inner";
  const bool subplan = node.relationship == "SubPlan";
  if (!inner && !subplan) return {};
  const double whole = look.all.front().total_ms;
  const double share = whole > 0 ? m.total_ms / whole : 0;
  if (share < limit.loops_share) return {};
  Remark remark{.at_stake = std::min(1.0, share),
                .evidence = {{"loops", m.loops}, {"milliseconds", m.total_ms}}};
  remark.message =
      fmt::format("is run {} times, {} altogether", count(m.loops), milliseconds(m.total_ms));
  // Why the planner chose it: it thought that there would be fewer.
  const Measured* outer = nullptr;
  for (const Measured& each : look.all)
    if (inner && each.parent == m.parent && each.node->relationship == "Outer") outer = &each;
  if (subplan) {
    remark.advice = "a join instead of a subquery that is asked for each row";
  } else if (is_scan_of_all(node)) {
    remark.advice = "an index on what it is joined by, so that it is not read again each time";
    propose_index(remark, node, look, key_columns(compared_columns(node.detail("Filter"))));
  } else if (outer != nullptr && outer->error >= limit.error) {
    remark.advice = fmt::format(
        "{} loops were planned: the outer side gave {} times more rows than estimated, and with a "
        "right estimate a hash join would be considered",
        count(outer->node->rows), factor(outer->error));
  } else {
    remark.advice =
        "a hash or merge join reads the inner side once; see whether more work_mem, or "
        "a condition that leaves fewer rows outside, makes the planner choose it";
  }
  return remark;
}

std::optional<Remark> filter_after_index(const Measured& m, const Look& look) {
  const Node& node = *m.node;
  if (!m.ran || (node.type != "Index Scan" && node.type != "Index Only Scan" &&
                 node.type != "Bitmap Heap Scan"))
    return {};
  const double per_loop = number(node, "Rows Removed by Filter");
  const double removed = per_loop * m.loops * m.processes;
  if (removed < limit.index_rows || per_loop < limit.removed_per_kept * node.actual->rows)
    return {};
  Remark remark{.evidence = {{"rows_removed", removed}, {"rows_kept", m.rows}}};
  remark.message =
      fmt::format("fetches {} by the index that the filter then throws away, to keep {}",
                  rows(removed), count(m.rows));
  std::vector<Compared> compared;
  for (const char* each : {"Index Cond", "Recheck Cond", "Filter"})
    for (const Compared& one : compared_columns(node.detail(each)))
      if (std::ranges::find(compared, one.column, &Compared::column) == compared.end())
        compared.push_back(one);
  const bool has_filter_column = !compared_columns(node.detail("Filter")).empty();
  std::vector<std::string> columns;
  for (const bool equal : {true, false})
    for (const Compared& one : compared)
      if (one.equal == equal) columns.push_back(one.column);
  remark.advice = has_filter_column ? "an index that also has the filter's columns"
                                    : "a partial index with that filter, if it is always the same";
  if (has_filter_column) propose_index(remark, node, look, columns);
  return remark;
}

std::optional<Remark> foreign_filter(const Measured& m, const Look&) {
  const Node& node = *m.node;
  const double removed = number(node, "Rows Removed by Filter") * m.loops * m.processes;
  if (!m.ran || node.type != "Foreign Scan" || removed < limit.index_rows || removed < m.rows)
    return {};
  Remark remark{.evidence = {{"rows_removed", removed}, {"rows_kept", m.rows}}};
  remark.message =
      fmt::format("has {} sent by the other server that the filter then throws away, to keep {}",
                  rows(removed), count(m.rows));
  remark.advice =
      "a condition that the other server can check: it is sent what compares a column by built-in, "
      "immutable functions and operators and in the column's collation (postgres_fdw sends an "
      "extension's as well, if the server's option extensions names it)";
  return remark;
}

std::optional<Remark> join_filter(const Measured& m, const Look&) {
  const Node& node = *m.node;
  if (!m.ran || (!node.type.ends_with("Join") && node.type != "Nested Loop")) return {};
  const double removed = number(node, "Rows Removed by Join Filter") * m.loops * m.processes;
  if (removed < limit.join_rows || removed < limit.removed_per_kept * m.rows) return {};
  Remark remark{.evidence = {{"pairs_removed", removed}, {"rows_kept", m.rows}}};
  remark.message = fmt::format("compares {} pairs of rows that do not match, to keep {}",
                               count(removed), count(m.rows));
  remark.advice = "a join condition of plain equality can be hashed or looked up in an index";
  return remark;
}

std::optional<Remark> heap_fetches(const Measured& m, const Look&) {
  const Node& node = *m.node;
  const double fetches = number(node, "Heap Fetches");
  if (!m.ran || node.type != "Index Only Scan" || fetches < limit.heap_fetches ||
      fetches < limit.heap_share * m.rows)
    return {};
  Remark remark{.evidence = {{"heap_fetches", fetches}, {"rows", m.rows}}};
  remark.message = fmt::format(
      "is not index-only: {} were looked up in the table, which has pages that are not "
      "marked all-visible",
      rows(fetches));
  remark.advice = "VACUUM marks them; if they come back, let autovacuum run more often here";
  remark.sql = "VACUUM " + relation(node) + ";";
  return remark;
}

std::optional<Remark> memoize_evictions(const Measured& m, const Look& look) {
  const Node& node = *m.node;
  const double evictions = largest(node, "Cache Evictions");
  const double misses = largest(node, "Cache Misses");
  if (node.type != "Memoize" || evictions <= 0) return {};
  const double peak = largest(node, "Peak Memory Usage") * 1024;
  // What was thrown out would have stayed beside what is there.
  const double needed = misses > evictions ? peak * misses / (misses - evictions) : peak * 2;
  Remark remark{.evidence = {{"evictions", evictions},
                             {"misses", misses},
                             {"hits", largest(node, "Cache Hits")},
                             {"hash_memory_bytes", needed}}};
  remark.message =
      fmt::format("its cache is too small: {} were thrown out, with {} hits and {} misses",
                  plural(std::llround(evictions), "entry", "entries"),
                  count(largest(node, "Cache Hits")), count(misses));
  remark.advice =
      fmt::format("about {} would keep all of them: {}", as_setting(needed), allowance(look, 1));
  remark.sql = set_work_mem(needed / multiplier(look));
  return remark;
}

std::optional<Remark> missing_workers(const Measured& m, const Look&) {
  const Node& node = *m.node;
  const double planned = number(node, "Workers Planned");
  const double launched = number(node, "Workers Launched");
  if (!m.ran || planned <= launched || node.detail("Workers Launched").empty()) return {};
  Remark remark{.evidence = {{"planned", planned}, {"launched", launched}}};
  remark.message = fmt::format("{} planned, {} came",
                               plural(std::llround(planned), "parallel worker"), count(launched));
  remark.advice = "others had them: max_parallel_workers and max_worker_processes are the limit";
  return remark;
}

std::optional<Remark> jit(const Measured& m, const Look& look) {
  const Plan& plan = look.plan;
  if (m.parent >= 0 || !plan.jit_ms || !plan.execution_ms || *plan.execution_ms <= 0) return {};
  const double share = *plan.jit_ms / *plan.execution_ms;
  if (*plan.jit_ms < limit.jit_ms || share < limit.jit_share) return {};
  Remark remark{.at_stake = std::min(1.0, share),
                .evidence = {{"jit_milliseconds", *plan.jit_ms},
                             {"execution_milliseconds", *plan.execution_ms}}};
  remark.message = fmt::format("compiling (JIT) took {} of {}: more than a short query gets back",
                               milliseconds(*plan.jit_ms), milliseconds(*plan.execution_ms));
  remark.advice = "turn it off for such queries, or raise jit_above_cost above this plan's cost";
  remark.sql = "SET jit = off;";
  return remark;
}

struct Check {
  const char* name;
  const char* summary;
  std::optional<Remark> (*look)(const Measured&, const Look&);
};
constexpr std::array<Check, 14> table = {{
    {"selective-filter", "a sequential scan whose filter keeps little", selective_filter},
    {"misestimate", "rows that were estimated wrongly", misestimate},
    {"sort-on-disk", "a sort that did not fit in work_mem", sort_on_disk},
    {"hash-on-disk", "a hash join that did not fit in memory", hash_on_disk},
    {"aggregate-on-disk", "a hash aggregate that did not fit in memory", aggregate_on_disk},
    {"lossy-bitmap", "a bitmap that had to forget rows for pages", lossy_bitmap},
    {"many-loops", "an inner side or subquery that is run very often", many_loops},
    {"filter-after-index", "an index that finds much that a filter throws away",
     filter_after_index},
    {"foreign-filter", "a foreign table's rows that a filter throws away here", foreign_filter},
    {"join-filter", "a join that compares row with row", join_filter},
    {"heap-fetches", "an index-only scan that reads the table", heap_fetches},
    {"memoize-evictions", "a cache of a nested loop that is too small", memoize_evictions},
    {"missing-workers", "parallel workers that were planned and did not come", missing_workers},
    {"jit-on-short-query", "compiling that took longer than it saved", jit},
}};

Severity severity_of(double at_stake) {
  if (at_stake >= limit.error_at_stake) return Severity::error;
  return at_stake >= limit.warning ? Severity::warning : Severity::info;
}

}  // namespace

std::string_view to_string(Severity severity) {
  static constexpr std::array<std::string_view, 3> names = {"info", "warning", "error"};
  return names.at(static_cast<std::size_t>(severity));
}

std::vector<Remark> diagnose(const Plan& plan, const Known& known) {
  const std::vector<Measured> all = measure(plan);
  const Look look{plan, all, known};
  std::vector<Remark> remarks;
  const auto ask = [&](const Check& check, const Measured& m) {
    std::optional<Remark> remark = check.look(m, look);
    if (!remark) return;
    remark->check = check.name;
    remark->node = static_cast<int>(&m - all.data());
    if (remark->at_stake <= 0) remark->at_stake = m.share;
    remark->severity = severity_of(remark->at_stake);
    remarks.push_back(std::move(*remark));
  };
  for (const Measured& m : all)
    for (const Check& check : table) ask(check, m);
  std::ranges::stable_sort(remarks, [](const Remark& a, const Remark& b) {
    return a.severity != b.severity ? a.severity > b.severity : a.at_stake > b.at_stake;
  });
  return remarks;
}

std::vector<std::pair<std::string, std::string>> checks() {
  std::vector<std::pair<std::string, std::string>> names;
  for (const Check& each : table) names.emplace_back(each.name, each.summary);
  return names;
}

double sort_memory(double disk_bytes, double rows, int server_version) {
  const bool rounds = server_version > 0 && server_version < 150000;
  return (disk_bytes + 64 * rows) * (rounds ? 4.0 / 3 : 1);
}

double hash_memory(double rows, int width) {
  const int aligned = (width + 7) / 8 * 8;
  const double tuple = 16 + 16 + aligned;
  const double buckets = std::exp2(std::ceil(std::log2(std::max(1024.0, rows))));
  return 1.05 * (rows * tuple + 8 * buckets);
}

double aggregate_memory(double peak_bytes, double groups, int width) {
  return std::max(2 * peak_bytes, (544 + width) * groups);
}

double bitmap_memory(double pages) { return 64 * pages; }

}  // namespace architrave::plan
