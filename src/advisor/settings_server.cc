// The rows of settings of the whole server.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "advisor/settings_rows.h"
#include "base/text.h"
#include "catalog/server_facts.h"

namespace architrave::advisor {

namespace {

using catalog::bytes_setting;
using catalog::is_set_to;
using catalog::number_setting;

constexpr std::int64_t mega = 1024 * 1024;
constexpr std::int64_t giga = 1024 * mega;

std::optional<Value> sized(std::int64_t bytes, std::string from, std::string hint = {}) {
  const Size size = round_size(bytes);
  return Value{size.text, std::move(from), static_cast<double>(size.bytes), std::move(hint)};
}
std::optional<Value> counted(std::int64_t number, std::string from, std::string hint = {}) {
  return Value{fmt::format("{}", number), std::move(from), static_cast<double>(number),
               std::move(hint)};
}
std::optional<Value> worded(std::string_view word, std::string from, std::string hint = {}) {
  return Value{std::string(word), std::move(from), std::nullopt, std::move(hint)};
}
int major(const Facts& facts) { return facts.catalog.server.version_number / 10000; }
std::string memory_words(const Facts& facts) {
  return fmt::format("memory {}", human_bytes(*facts.machine.memory));
}

// ---- Memory ----

std::int64_t quarter(const Facts& facts) {
  return *facts.machine.memory / (*facts.machine.memory >= giga ? 4 : 8);
}

std::optional<Value> shared_buffers(const Facts& facts) {
  const std::int64_t current = bytes_setting(facts.catalog, "shared_buffers").value_or(0);
  const std::optional<std::int64_t> size = facts.catalog.server.database_bytes;
  if (size && *size <= current) return std::nullopt;  // all of it is there already
  if (current >= quarter(facts) && current <= *facts.machine.memory * 2 / 5) return std::nullopt;
  return sized(quarter(facts), fmt::format("{}{}", memory_words(facts),
                                           size ? ", database " + human_bytes(*size) : ""));
}

// Once these settings are taken; without the memory what it is.
std::int64_t planned_buffers(const Facts& facts) {
  const std::int64_t current = bytes_setting(facts.catalog, "shared_buffers").value_or(0);
  if (!facts.machine.memory) return current;
  const auto planned = shared_buffers(facts);
  return planned ? static_cast<std::int64_t>(*planned->number) : current;
}

std::optional<Value> effective_cache_size(const Facts& facts) {
  const std::int64_t current = bytes_setting(facts.catalog, "effective_cache_size").value_or(0);
  const std::int64_t all = *facts.machine.memory;
  // Between a half and three quarters is what the source recommends.
  if (current >= all / 2 && current <= all * 3 / 4) return std::nullopt;
  const std::optional<std::int64_t> size = facts.catalog.server.database_bytes;
  if (size && *size <= current && current <= all) return std::nullopt;  // more says nothing more
  return sized(all * 3 / 4, memory_words(facts));
}

std::int64_t clients(const Facts& facts) {
  if (facts.machine.connections) return *facts.machine.connections;
  return number_setting(facts.catalog, "max_connections").value_or(100);
}

std::optional<Value> work_mem(const Facts& facts) {
  const std::int64_t current = bytes_setting(facts.catalog, "work_mem").value_or(0);
  const std::int64_t left = *facts.machine.memory - planned_buffers(facts);
  const std::int64_t workers = number_setting(facts.catalog, "max_worker_processes").value_or(8);
  const std::int64_t bound = left / ((clients(facts) + workers) * 3);
  std::int64_t most = 0;  // bytes that a call spills, of those that can be helped
  std::int64_t spilling = 0;
  std::string too_large;
  for (const workload::Query& query : facts.workload->queries) {
    if (query.temp_blocks <= 0 || query.calls <= 0) continue;
    const std::int64_t bytes = query.temp_blocks * 8192 / query.calls;
    if (2 * bytes <= bound) {
      most = std::max(most, bytes);
      ++spilling;
    } else if (too_large.empty()) {
      too_large = fmt::format(
          "Query {} spills {} a call, which is more than every session may "
          "have: SET LOCAL work_mem for it alone.",
          query.fingerprint, human_bytes(bytes));
    }
  }
  const std::string from =
      fmt::format("{}, {} of shared buffers, {} connections", memory_words(facts),
                  human_bytes(planned_buffers(facts)), clients(facts));
  if (most > 0 && 2 * most > current)
    return sized(std::clamp(2 * most, 4 * mega, std::max(bound, 4 * mega)),
                 fmt::format("{}; {} on disk, at most {} a call", from,
                             plural(spilling, "query spills", "queries spill"), human_bytes(most)),
                 too_large);
  if (current > 4 * mega && current * clients(facts) > left)
    return sized(std::max(bound, 4 * mega), from,
                 "One such piece for each connection is more memory than there is.");
  return std::nullopt;
}

std::optional<Value> maintenance_work_mem(const Facts& facts) {
  const std::int64_t current = bytes_setting(facts.catalog, "maintenance_work_mem").value_or(0);
  std::int64_t largest = 0;
  for (const catalog::Relation& each : facts.catalog.relations)
    if (each.stats) largest = std::max(largest, each.stats->total_bytes);
  if (largest <= current) return std::nullopt;  // nothing here would use more
  const std::int64_t workers = number_setting(facts.catalog, "autovacuum_max_workers").value_or(3);
  const std::int64_t cap = major(facts) >= 17 ? 2 * giga : giga;
  const std::int64_t target =
      std::min({*facts.machine.memory / 16, cap,
                *facts.machine.memory / 4 / std::max(workers, std::int64_t{1})});
  if (target <= current) return std::nullopt;
  return sized(target, fmt::format("{}, {} autovacuum workers, largest table {}",
                                   memory_words(facts), workers, human_bytes(largest)));
}

std::optional<Value> huge_pages(const Facts& facts) {
  if (!is_set_to(facts.catalog, "huge_pages", "off") || planned_buffers(facts) < 2 * giga)
    return std::nullopt;
  return worded("try", fmt::format("shared buffers {}", human_bytes(planned_buffers(facts))),
                major(facts) >= 15 ? "The kernel has to set them aside: vm.nr_hugepages = SHOW "
                                     "shared_memory_size_in_huge_pages."
                                   : "The kernel has to set them aside first (vm.nr_hugepages).");
}

// ---- Connections ----

std::optional<Value> max_connections(const Facts& facts) {
  const std::int64_t current = number_setting(facts.catalog, "max_connections").value_or(0);
  const std::int64_t reserved =
      number_setting(facts.catalog, "superuser_reserved_connections").value_or(3) +
      number_setting(facts.catalog, "reserved_connections").value_or(0);
  const std::int64_t peak = *facts.machine.connections;
  const std::int64_t need = ((peak * 6 / 5 + reserved + 9) / 10) * 10;
  const bool is_short = current < peak + reserved;
  if (!is_short && (current <= 100 || current <= 2 * need)) return std::nullopt;
  std::string hint;
  if (facts.machine.cpus && peak > 5 * (2 * *facts.machine.cpus + 1))
    hint = fmt::format(
        "About {} of them can be at work at a time (cores × 2 + disks): a pooler "
        "such as PgBouncer in front serves the rest better than more processes.",
        2 * *facts.machine.cpus + 1);
  return counted(need, fmt::format("{} connections at the peak, {} reserved", peak, reserved),
                 std::move(hint));
}

std::optional<Value> idle_in_transaction(const Facts& facts) {
  if (!is_set_to(facts.catalog, "idle_in_transaction_session_timeout", "0")) return std::nullopt;
  return worded("10min", "no timeout is set");
}

// ---- Storage ----

std::optional<Value> random_page_cost(const Facts& facts) {
  const catalog::Setting* setting = catalog::find_setting(facts.catalog, "random_page_cost");
  const double current = std::atof(setting->raw.c_str());
  const std::string from = "storage: " + facts.machine.storage;
  if (facts.machine.storage == "disk") {
    const double read = static_cast<double>(facts.catalog.server.blocks_read.value_or(0));
    const double hit = static_cast<double>(facts.catalog.server.blocks_hit.value_or(0));
    // Where hardly anything is read from the disk, the disk is not what a page costs.
    if (current >= 3 || read * 99 < hit) return std::nullopt;
    return Value{"4",
                 fmt::format("{}, {:.0f} % of pages from outside the buffers", from,
                             100 * read / std::max(read + hit, 1.0)),
                 4,
                 {}};
  }
  if (current <= 2) return std::nullopt;
  return Value{"1.1", from, 1.1, {}};
}

std::optional<Value> effective_io_concurrency(const Facts& facts) {
  const std::int64_t current =
      number_setting(facts.catalog, "effective_io_concurrency").value_or(0);
  // How many disks there are nobody has said; PostgreSQL 18's own default is for modern storage.
  if (facts.machine.storage == "disk" || (major(facts) >= 18 && current >= 16)) return std::nullopt;
  const std::int64_t target = facts.machine.storage == "network" ? 300 : 200;
  if (current >= 100) return std::nullopt;
  return counted(target, "storage: " + facts.machine.storage);
}

// ---- Checkpoints ----

struct Checkpoints {
  double requested = 0;  // share of all
  double seconds = 0;    // from one to the next, on average
  std::string words;
};
// Where the log filled up before the time came, often enough to matter.
std::optional<Checkpoints> hurried(const Facts& facts) {
  const catalog::Server& server = facts.catalog.server;
  const std::int64_t all = *server.checkpoints_timed + *server.checkpoints_requested;
  constexpr std::int64_t enough = 50;
  if (all < enough) return std::nullopt;
  Checkpoints seen;
  seen.requested = static_cast<double>(*server.checkpoints_requested) / static_cast<double>(all);
  seen.seconds = (*server.read_at - *server.checkpoints_since) / static_cast<double>(all);
  if (seen.requested <= 0.1) return std::nullopt;
  seen.words = fmt::format("{} of {} checkpoints were requested, one every {} on average",
                           *server.checkpoints_requested, all, human_seconds(seen.seconds));
  return seen;
}

constexpr std::int64_t calm = 900;  // seconds

std::optional<Value> checkpoint_timeout(const Facts& facts) {
  const auto seen = hurried(facts);
  if (!seen || number_setting(facts.catalog, "checkpoint_timeout").value_or(0) >= calm * 3 / 4)
    return std::nullopt;
  return Value{"15min", seen->words, calm * 1000.0, {}};
}

std::optional<Value> max_wal_size(const Facts& facts) {
  const auto seen = hurried(facts);
  const std::int64_t current = bytes_setting(facts.catalog, "max_wal_size").value_or(0);
  if (!seen || current <= 0) return std::nullopt;
  const double timeout = static_cast<double>(
      std::max(calm, number_setting(facts.catalog, "checkpoint_timeout").value_or(0)));
  const double factor = std::max(2.0, timeout / seen->seconds);
  const double target = std::min(static_cast<double>(current) * factor, 64.0 * giga);
  if (target <= static_cast<double>(current)) return std::nullopt;
  return sized(static_cast<std::int64_t>(target),
               fmt::format("max_wal_size {}; {}", human_bytes(current), seen->words));
}

std::optional<Value> checkpoint_completion_target(const Facts& facts) {
  const catalog::Setting* setting =
      catalog::find_setting(facts.catalog, "checkpoint_completion_target");
  if (std::atof(setting->raw.c_str()) >= 0.9) return std::nullopt;
  return Value{"0.9", "it is " + setting->raw, 0.9, {}};
}

std::optional<Value> wal_compression(const Facts& facts) {
  const auto seen = hurried(facts);
  if (!seen || !is_set_to(facts.catalog, "wal_compression", "off")) return std::nullopt;
  return worded("on", seen->words);
}

std::optional<Value> wal_buffers(const Facts& facts) {
  const catalog::Setting* setting = catalog::find_setting(facts.catalog, "wal_buffers");
  const std::int64_t current = bytes_setting(facts.catalog, "wal_buffers").value_or(0);
  const std::int64_t automatic = std::min(planned_buffers(facts) / 32, 16 * mega);
  if (setting->source != "configuration file" || current <= 0 || current * 5 >= automatic * 4)
    return std::nullopt;
  return worded("-1", fmt::format("{} are set; a thirty-second of the shared buffers, 16 MB at "
                                  "most, is {}",
                                  human_bytes(current), human_bytes(automatic)));
}

// ---- Vacuum ----

// Tables whose dead rows are twice what vacuum should have come for.
std::int64_t overdue(const Facts& facts) {
  return std::ranges::count_if(facts.catalog.relations, [&](const catalog::Relation& each) {
    const auto off = each.options.find("autovacuum_enabled");
    if (off != each.options.end() && (off->second == "false" || off->second == "off")) return false;
    return each.kind == catalog::RelationKind::table && each.stats && each.stats->dead_rows &&
           *each.stats->dead_rows >= 10'000 &&
           static_cast<double>(*each.stats->dead_rows) >= 2 * vacuum_threshold(facts.catalog, each);
  });
}

std::optional<Value> vacuum_cost_limit(const Facts& facts) {
  const std::int64_t late = overdue(facts);
  if (late == 0 || is_set_to(facts.catalog, "autovacuum", "off")) return std::nullopt;
  std::int64_t current = number_setting(facts.catalog, "autovacuum_vacuum_cost_limit").value_or(-1);
  if (current < 0) current = number_setting(facts.catalog, "vacuum_cost_limit").value_or(200);
  const std::int64_t target = current * (facts.machine.storage == "disk" ? 2 : 5);
  if (current >= 1000) return std::nullopt;
  return counted(target, fmt::format("{} with twice the dead rows that vacuum comes for; limit {} "
                                     "for all workers; storage: {}",
                                     plural(late, "table"), current, facts.machine.storage));
}

std::optional<Value> autovacuum_max_workers(const Facts& facts) {
  const std::int64_t late = overdue(facts);
  const std::int64_t current = number_setting(facts.catalog, "autovacuum_max_workers").value_or(3);
  if (late <= 2 * current) return std::nullopt;
  const std::int64_t target =
      std::min({late / 2, std::int64_t{*facts.machine.cpus} / 2, std::int64_t{10}});
  if (target <= current) return std::nullopt;
  return counted(target, fmt::format("{} overdue, {} workers, {} cores", plural(late, "table"),
                                     current, *facts.machine.cpus));
}

// ---- Kinds of queries ----

struct Mix {
  double calls = 0;
  double short_calls = 0;  // below 100 ms on average
  double ms = 0;
  double long_ms = 0;  // of queries of a second and more
};
Mix mix_of(const workload::Workload& workload) {
  Mix mix;
  for (const workload::Query& query : workload.queries) {
    if (query.calls <= 0) continue;
    const double calls = static_cast<double>(query.calls);
    const double mean = query.total_ms / calls;
    mix.calls += calls;
    mix.ms += query.total_ms;
    if (mean < 100) mix.short_calls += calls;
    if (mean >= 1000) mix.long_ms += query.total_ms;
  }
  return mix;
}

std::optional<Value> jit(const Facts& facts) {
  if (!is_set_to(facts.catalog, "jit", "on")) return std::nullopt;
  const Mix mix = mix_of(*facts.workload);
  if (mix.calls < 1000 || mix.ms <= 0 || mix.short_calls < 0.99 * mix.calls ||
      mix.long_ms > 0.1 * mix.ms)
    return std::nullopt;
  return worded(
      "off",
      fmt::format("{:.1f} % of {} calls take less than 100 ms, queries of a second "
                  "and more take {:.1f} % of the time",
                  100 * mix.short_calls / mix.calls,
                  human_count(static_cast<std::int64_t>(mix.calls)), 100 * mix.long_ms / mix.ms));
}

// Long queries take a fifth of the time: then more processes for one query are of use.
std::optional<std::string> long_queries(const Facts& facts) {
  const Mix mix = mix_of(*facts.workload);
  if (mix.ms <= 0 || mix.long_ms < 0.2 * mix.ms) return std::nullopt;
  return fmt::format("{} cores; queries of a second and more take {:.0f} % of the time",
                     *facts.machine.cpus, 100 * mix.long_ms / mix.ms);
}

std::optional<Value> as_many_as_cores(const Facts& facts, std::string_view name) {
  const auto seen = long_queries(facts);
  const std::int64_t current = number_setting(facts.catalog, name).value_or(8);
  if (!seen || *facts.machine.cpus <= current) return std::nullopt;
  return counted(*facts.machine.cpus, *seen);
}
std::optional<Value> max_worker_processes(const Facts& facts) {
  return as_many_as_cores(facts, "max_worker_processes");
}
std::optional<Value> max_parallel_workers(const Facts& facts) {
  return as_many_as_cores(facts, "max_parallel_workers");
}
std::optional<Value> workers_per_gather(const Facts& facts) {
  const auto seen = long_queries(facts);
  const std::int64_t current =
      number_setting(facts.catalog, "max_parallel_workers_per_gather").value_or(2);
  const std::int64_t target = std::min((*facts.machine.cpus + 1) / 2, 4);
  if (!seen || target <= current) return std::nullopt;
  return counted(target, *seen);
}

std::optional<Value> statistics_target(const Facts& facts) {
  const std::int64_t current =
      number_setting(facts.catalog, "default_statistics_target").value_or(100);
  if (current >= 100) return std::nullopt;
  return counted(100, fmt::format("it was lowered to {}", current),
                 "It takes effect with the next ANALYZE.");
}

// ---- Seeing what happens ----

std::optional<Value> track_io_timing(const Facts& facts) {
  if (!is_set_to(facts.catalog, "track_io_timing", "off")) return std::nullopt;
  return worded("on", "it is off");
}

std::optional<Value> preload(const Facts& facts) {
  const std::string loaded =
      catalog::raw_setting(facts.catalog, "shared_preload_libraries").value_or("");
  if (loaded.find("pg_stat_statements") != std::string::npos) return std::nullopt;
  const bool is_created = std::ranges::any_of(
      facts.catalog.extensions, [](const auto& each) { return each.name == "pg_stat_statements"; });
  return worded(loaded.empty() ? "pg_stat_statements" : loaded + ",pg_stat_statements",
                loaded.empty() ? "nothing is preloaded" : "preloaded: " + loaded,
                is_created ? "" : "After that, CREATE EXTENSION pg_stat_statements.");
}

#define PG "https://www.postgresql.org/docs/current/"
#define PGTUNE "https://github.com/le0pard/pgtune"
#define TUNING "https://wiki.postgresql.org/wiki/Tuning_Your_PostgreSQL_Server"

constexpr SettingRow rows[] = {
    {"shared_buffers", "a quarter of the memory; an eighth below 1 GB; two fifths at most",
     PG "runtime-config-resource.html#GUC-SHARED-BUFFERS",
     "Pages that are asked for again stay in PostgreSQL's own memory.", memory, true,
     shared_buffers},
    {"effective_cache_size", "three quarters of the memory; a half is left alone", TUNING,
     "The planner takes it for what the two caches hold, and dares to use indexes. It takes no "
     "memory.",
     memory, false, effective_cache_size},
    {"work_mem",
     "twice what a query writes to temporary files in a call, 4 MB at least; at most (memory − "
     "shared_buffers) ÷ ((connections + max_worker_processes) × 3)",
     PG "runtime-config-resource.html#GUC-WORK-MEM; the bound: " PGTUNE,
     "Each sort and each hash table may take as much before it goes to disk.", memory | queries,
     false, work_mem},
    {"maintenance_work_mem",
     "a sixteenth of the memory; all autovacuum workers together a quarter; 1 GB at most before "
     "PostgreSQL 17, which is all that vacuum uses, then 2 GB",
     PG "runtime-config-resource.html#GUC-MAINTENANCE-WORK-MEM; the share: " PGTUNE,
     "Vacuum goes through the indexes fewer times, and indexes are built faster.", memory, false,
     maintenance_work_mem},
    {"huge_pages", "try, from 2 GB of shared buffers",
     PG "kernel-resources.html#LINUX-HUGE-PAGES; the bound: " PGTUNE,
     "Fewer and larger pages are less work for the processor.", memory, true, huge_pages},
    {"max_connections",
     "connections at the peak × 1.2 + reserved ones, rounded up to ten; lowered only from more "
     "than twice that",
     PG "runtime-config-connection.html#GUC-MAX-CONNECTIONS; at work at a time: "
        "https://wiki.postgresql.org/wiki/Number_Of_Database_Connections",
     "Each connection is a process, and memory is shared out by how many may come.", connections,
     true, max_connections},
    {"idle_in_transaction_session_timeout", "ten minutes, where none is set",
     PG "runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT",
     "A session that has been silent inside a transaction for ten minutes is ended; its "
     "transaction is rolled back.",
     nothing, false, idle_in_transaction},
    {"random_page_cost", "ssd and network 1.1, disk 4",
     PG "runtime-config-query.html#GUC-RANDOM-PAGE-COST; network: " PGTUNE,
     "The planner has to know what a page costs that is not the next one.", storage, false,
     random_page_cost},
    {"effective_io_concurrency", "ssd 200, network 300; from PostgreSQL 18 its own default of 16",
     PG "runtime-config-resource.html#GUC-EFFECTIVE-IO-CONCURRENCY; the figures: " PGTUNE,
     "Bitmap heap scans ask for so many pages ahead.", storage, false, effective_io_concurrency},
    {"checkpoint_timeout", "15 minutes, where more than a tenth of the checkpoints are requested",
     PG "wal-configuration.html; 10 to 30 minutes: "
        "https://paquier.xyz/manuals/postgresql/settings/checkpoints",
     "After each checkpoint every page that changes is logged whole: fewer of them are less log. "
     "Recovery after a crash takes longer.",
     checkpoints, false, checkpoint_timeout},
    {"max_wal_size",
     "max_wal_size × checkpoint_timeout (15 minutes at least) ÷ the mean time between checkpoints; "
     "at least double, at most 64 GB; where more than a tenth of them are requested",
     PG "wal-configuration.html",
     "The log fills up before checkpoint_timeout has passed, and checkpoints come in a hurry. It "
     "takes as much disk.",
     checkpoints, false, max_wal_size},
    {"checkpoint_completion_target", "0.9, where it is less",
     PG "runtime-config-wal.html#GUC-CHECKPOINT-COMPLETION-TARGET",
     "Writes of a checkpoint are spread over the time that there is.", nothing, false,
     checkpoint_completion_target},
    {"wal_compression", "on, where more than a tenth of the checkpoints are requested",
     PG "runtime-config-wal.html#GUC-WAL-COMPRESSION",
     "Whole pages in the log get smaller, for some work of the processor.", checkpoints, false,
     wal_compression},
    {"wal_buffers",
     "-1, which is a thirty-second of shared_buffers and 16 MB at most, where less was set by hand",
     PG "runtime-config-wal.html#GUC-WAL-BUFFERS",
     "Sessions that write at the same time wait less for one another.", nothing, true, wal_buffers},
    {"autovacuum_vacuum_cost_limit",
     "five times the limit in force (disk: twice), where dead rows are twice the threshold",
     PG "runtime-config-vacuum.html#GUC-AUTOVACUUM-VACUUM-COST-LIMIT; the factor is ours: a step, "
        "to be looked at again after a week",
     "Vacuum pauses so often that it does not keep up. All workers share the limit.", storage,
     false, vacuum_cost_limit},
    {"autovacuum_max_workers",
     "half of the overdue tables, at most half of the cores and ten; where they are more than "
     "twice the workers",
     PG "runtime-config-vacuum.html#GUC-AUTOVACUUM-MAX-WORKERS; the share is ours",
     "Tables wait for a worker. All workers share the cost limit, so raise that too.", cpus, true,
     autovacuum_max_workers},
    {"default_statistics_target", "100, the default, where it was lowered",
     PG "runtime-config-query.html#GUC-DEFAULT-STATISTICS-TARGET",
     "With a coarser sample the planner's estimates are worse.", nothing, false, statistics_target},
    {"jit",
     "off, where 99 % of the calls take less than 100 ms and queries of a second a tenth of the "
     "time at most",
     PG "jit-decision.html", "Compiling takes short queries longer than it saves.", queries, false,
     jit},
    {"max_worker_processes",
     "the number of cores, where queries of a second take a fifth of the time", PGTUNE,
     "Workers of parallel queries are taken from these.", cpus | queries, true,
     max_worker_processes},
    {"max_parallel_workers",
     "the number of cores, where queries of a second take a fifth of the time",
     PG "runtime-config-resource.html#GUC-MAX-PARALLEL-WORKERS; the figure: " PGTUNE,
     "Long queries can use all cores.", cpus | queries, false, max_parallel_workers},
    {"max_parallel_workers_per_gather",
     "half of the cores, at most 4, where queries of a second take a fifth of the time",
     PG "runtime-config-resource.html#GUC-MAX-PARALLEL-WORKERS-PER-GATHER; the figure: " PGTUNE,
     "A long query can use several cores.", cpus | queries, false, workers_per_gather},
    {"track_io_timing", "on", PG "runtime-config-statistics.html#GUC-TRACK-IO-TIMING",
     "EXPLAIN and pg_stat_statements then say what reading and writing take. Where pg_test_timing "
     "shows a slow clock, leave it off.",
     nothing, false, track_io_timing},
    {"shared_preload_libraries", "what is there, and pg_stat_statements",
     PG "pgstatstatements.html",
     "It counts what queries cost: without it nobody can tell where the time goes.", nothing, true,
     preload},
};

#undef PG
#undef PGTUNE
#undef TUNING

}  // namespace

std::span<const SettingRow> setting_rows() { return rows; }

}  // namespace architrave::advisor
