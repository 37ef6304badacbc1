#include "advisor/settings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "advisor/settings_rows.h"
#include "base/file.h"
#include "engine/postgres/sandbox.h"

namespace architrave::advisor {
namespace {

using catalog::Catalog;
using catalog::Relation;
using workload::Query;
using workload::Workload;

constexpr std::int64_t giga = std::int64_t{1} << 30U;

// A server with PostgreSQL 15's defaults, in use for a month, and one table.
Catalog server() {
  Catalog catalog;
  catalog.server.engine = "postgresql";
  catalog.server.version_number = 150000;
  catalog.server.has_workload = true;
  catalog.server.database_bytes = 200 * giga;
  catalog.server.read_at = 1.76e9;
  catalog.server.stats_reset = 1.76e9 - 30 * 86400.0;
  catalog.server.checkpoints_since = 1.76e9 - 10 * 86400.0;
  catalog.server.checkpoints_timed = 2880;
  catalog.server.checkpoints_requested = 12;
  catalog.server.blocks_hit = 900;
  catalog.server.blocks_read = 100;
  struct Default {
    const char* name;
    const char* raw;
    const char* unit;
  };
  for (const Default& each :
       std::initializer_list<Default>{{"shared_buffers", "16384", "8kB"},
                                      {"effective_cache_size", "524288", "8kB"},
                                      {"work_mem", "4096", "kB"},
                                      {"maintenance_work_mem", "65536", "kB"},
                                      {"huge_pages", "try", ""},
                                      {"max_connections", "100", ""},
                                      {"superuser_reserved_connections", "3", ""},
                                      {"idle_in_transaction_session_timeout", "60000", "ms"},
                                      {"random_page_cost", "4", ""},
                                      {"effective_io_concurrency", "1", ""},
                                      {"checkpoint_timeout", "300", "s"},
                                      {"max_wal_size", "1024", "MB"},
                                      {"checkpoint_completion_target", "0.9", ""},
                                      {"wal_compression", "off", ""},
                                      {"wal_buffers", "512", "8kB"},
                                      {"autovacuum", "on", ""},
                                      {"autovacuum_vacuum_cost_limit", "-1", ""},
                                      {"vacuum_cost_limit", "200", ""},
                                      {"autovacuum_max_workers", "3", ""},
                                      {"autovacuum_vacuum_scale_factor", "0.2", ""},
                                      {"autovacuum_vacuum_threshold", "50", ""},
                                      {"autovacuum_vacuum_insert_scale_factor", "0.2", ""},
                                      {"autovacuum_analyze_scale_factor", "0.1", ""},
                                      {"default_statistics_target", "100", ""},
                                      {"jit", "on", ""},
                                      {"max_worker_processes", "8", ""},
                                      {"max_parallel_workers", "8", ""},
                                      {"max_parallel_workers_per_gather", "2", ""},
                                      {"track_io_timing", "on", ""},
                                      {"shared_preload_libraries", "pg_stat_statements", ""}})
    catalog.settings[each.name] = {.value = "",
                                   .raw = each.raw,
                                   .unit = each.unit,
                                   .boot_value = each.raw,
                                   .source = "default"};
  Relation table;
  table.schema = "app";
  table.name = "orders";
  table.stats.emplace();
  table.stats->rows = 10e6;
  table.stats->live_rows = 10'000'000;
  table.stats->total_bytes = 5 * giga;
  table.stats->pages = 100'000;
  table.stats->all_visible_pages = 99'000;
  catalog.relations.push_back(table);
  return catalog;
}

Machine machine() { return {.memory = 64 * giga, .cpus = 16, .storage = "ssd", .connections = 80}; }

Query query(std::int64_t calls, double ms) {
  Query made;
  made.fingerprint = "00000000000000aa";
  made.calls = calls;
  made.total_ms = static_cast<double>(calls) * ms;
  return made;
}
Workload short_queries() {
  Workload workload;
  workload.queries = {query(100'000, 2)};
  return workload;
}

struct Advised {
  std::vector<TunedSetting> settings;
  std::vector<Proposal> proposals;
  std::vector<std::string> notes;
  const TunedSetting* of(std::string_view name) const {
    const auto found = std::ranges::find(settings, name, &TunedSetting::name);
    return found == settings.end() ? nullptr : &*found;
  }
  std::string proposed(std::string_view name) const {
    const TunedSetting* found = of(name);
    return found == nullptr ? "" : found->proposed;
  }
  const Proposal& proposal(std::string_view name) const {
    return *std::ranges::find(proposals, of(name)->proposal, &Proposal::id);
  }
};
Advised advise(const Catalog& catalog, const Machine& on = machine(),
               const Workload& workload = short_queries()) {
  Advised advised;
  advised.settings = advise_settings(catalog, &workload, on, advised.proposals, advised.notes);
  return advised;
}

// Each row: what makes it speak, with the value that it must say, and what keeps it silent.
struct Case {
  std::string_view name;
  void (*speaks)(Catalog&, Machine&, Workload&);
  std::string_view value;
  void (*silent)(Catalog&, Machine&, Workload&);
};

void raw(Catalog& catalog, const char* name, const char* value) {
  catalog.settings[name].raw = value;
}
void hurried(Catalog& catalog, Machine&, Workload&) {
  catalog.server.checkpoints_timed = 880;
  catalog.server.checkpoints_requested = 8000;  // one in 97 seconds
}
void nothing_more(Catalog&, Machine&, Workload&) {}
void analytics(Catalog&, Machine&, Workload& workload) { workload.queries = {query(100, 5000)}; }
Relation& table(Catalog& catalog) { return catalog.relations.front(); }
void dead(Catalog& catalog, std::int64_t rows) { table(catalog).stats->dead_rows = rows; }

const Case cases[] = {
    {"shared_buffers", nothing_more, "16GB",
     [](Catalog& c, Machine&, Workload&) { c.server.database_bytes = 100 << 20U; }},
    {"effective_cache_size", nothing_more, "48GB",
     [](Catalog& c, Machine&, Workload&) { raw(c, "effective_cache_size", "5242880"); }},
    {"work_mem",
     [](Catalog&, Machine&, Workload& w) {
       w.queries.front().calls = 10;
       w.queries.front().temp_blocks = 10 * 4096;  // 32 MB a call
     },
     "64MB",
     [](Catalog&, Machine&, Workload& w) {
       w.queries.front().calls = 1;
       w.queries.front().temp_blocks = 1 << 22U;  // 32 GB: no share of all would do
     }},
    {"maintenance_work_mem", nothing_more, "1GB",
     [](Catalog& c, Machine&, Workload&) { table(c).stats->total_bytes = 1 << 20U; }},
    {"huge_pages", [](Catalog& c, Machine&, Workload&) { raw(c, "huge_pages", "off"); }, "try",
     [](Catalog& c, Machine& m, Workload&) {
       raw(c, "huge_pages", "off");
       m.memory = 4 * giga;
     }},
    {"max_connections", [](Catalog&, Machine& m, Workload&) { m.connections = 400; }, "490",
     nothing_more},
    {"idle_in_transaction_session_timeout",
     [](Catalog& c, Machine&, Workload&) { raw(c, "idle_in_transaction_session_timeout", "0"); },
     "10min", nothing_more},
    {"random_page_cost", nothing_more, "1.1",
     [](Catalog&, Machine& m, Workload&) { m.storage = "disk"; }},
    {"effective_io_concurrency", [](Catalog&, Machine& m, Workload&) { m.storage = "network"; },
     "300", [](Catalog&, Machine& m, Workload&) { m.storage = "disk"; }},
    {"checkpoint_timeout", hurried, "15min", nothing_more},
    {"max_wal_size", hurried, "9GB", nothing_more},
    {"checkpoint_completion_target",
     [](Catalog& c, Machine&, Workload&) { raw(c, "checkpoint_completion_target", "0.5"); }, "0.9",
     nothing_more},
    {"wal_compression", hurried, "on", nothing_more},
    {"wal_buffers",
     [](Catalog& c, Machine&, Workload&) {
       c.settings["wal_buffers"].source = "configuration file";
     },
     "-1", nothing_more},
    {"autovacuum_vacuum_cost_limit", [](Catalog& c, Machine&, Workload&) { dead(c, 5'000'000); },
     "1000", [](Catalog& c, Machine&, Workload&) { dead(c, 1'900'000); }},
    {"autovacuum_max_workers",
     [](Catalog& c, Machine&, Workload&) {
       dead(c, 5'000'000);
       c.relations.resize(12, table(c));
     },
     "6", [](Catalog& c, Machine&, Workload&) { dead(c, 5'000'000); }},
    {"default_statistics_target",
     [](Catalog& c, Machine&, Workload&) { raw(c, "default_statistics_target", "10"); }, "100",
     [](Catalog& c, Machine&, Workload&) { raw(c, "default_statistics_target", "500"); }},
    {"jit", nothing_more, "off", analytics},
    {"max_worker_processes", analytics, "16", nothing_more},
    {"max_parallel_workers", analytics, "16", nothing_more},
    {"max_parallel_workers_per_gather", analytics, "4", nothing_more},
    {"track_io_timing", [](Catalog& c, Machine&, Workload&) { raw(c, "track_io_timing", "off"); },
     "on", nothing_more},
    {"shared_preload_libraries",
     [](Catalog& c, Machine&, Workload&) { raw(c, "shared_preload_libraries", "auto_explain"); },
     "auto_explain,pg_stat_statements", nothing_more},
    {"autovacuum_vacuum_scale_factor",
     [](Catalog& c, Machine&, Workload&) {
       dead(c, 1'500'000);
       table(c).stats->updated = 6'000'000;
       table(c).stats->hot_updated = 3'000'000;
       table(c).stats->deleted = 3'000'000;
     },
     "0.02", [](Catalog& c, Machine&, Workload&) { dead(c, 400'000); }},
    {"autovacuum_vacuum_threshold",
     [](Catalog& c, Machine&, Workload&) {
       table(c).stats->rows = 100;
       table(c).stats->live_rows = 100;
       table(c).stats->updated = 30LL * 1440 * 1000;
     },
     "1000", [](Catalog& c, Machine&, Workload&) { table(c).stats->updated = 30LL * 1440 * 1000; }},
    {"autovacuum_vacuum_insert_scale_factor",
     [](Catalog& c, Machine&, Workload&) {
       table(c).stats->inserted = 9'000'000;
       table(c).stats->index_scans = 1000;
       table(c).stats->all_visible_pages = 50'000;
     },
     "0.03",
     [](Catalog& c, Machine&, Workload&) {
       table(c).stats->inserted = 9'000'000;
       table(c).stats->index_scans = 1000;
     }},
    {"autovacuum_analyze_scale_factor",
     [](Catalog& c, Machine&, Workload&) {
       table(c).stats->inserted = 9'000'000;
       table(c).stats->modified_since_analyze = 900'000;
     },
     "0.03", [](Catalog& c, Machine&, Workload&) { table(c).stats->inserted = 9'000'000; }},
    {"fillfactor",
     [](Catalog& c, Machine&, Workload&) {
       table(c).stats->updated = 1'000'000;
       table(c).stats->hot_updated = 100'000;
     },
     "90",
     [](Catalog& c, Machine&, Workload& w) {
       table(c).stats->updated = 1'000'000;
       table(c).stats->hot_updated = 100'000;
       catalog::Column state;
       state.name = "state";
       table(c).columns.push_back(state);
       catalog::Index index;
       index.name = "by_state";
       index.keys.emplace_back();
       index.keys.back().column = "state";
       table(c).indexes.push_back(index);
       w.queries.front().kind = workload::QueryKind::update;
       w.queries.front().text = "UPDATE app.orders SET state = $1 WHERE id = $2";
     }},
};

TEST(Settings, EveryRowSpeaksAndIsSilent) {
  for (const Case& each : cases) {
    Catalog catalog = server();
    Machine on = machine();
    Workload workload = short_queries();
    each.speaks(catalog, on, workload);
    EXPECT_EQ(advise(catalog, on, workload).proposed(each.name), each.value) << each.name;
    catalog = server();
    on = machine();
    workload = short_queries();
    each.silent(catalog, on, workload);
    EXPECT_EQ(advise(catalog, on, workload).proposed(each.name), "") << each.name;
  }
  const auto is_tried = [](std::string_view name) {
    return std::ranges::find(cases, name, &Case::name) != std::end(cases);
  };
  for (const SettingRow& row : setting_rows()) EXPECT_TRUE(is_tried(row.name)) << row.name;
  for (const TableRow& row : table_rows()) EXPECT_TRUE(is_tried(row.name)) << row.name;
}

TEST(Settings, AServerTakesThemAndTakesThemBack) {
  auto installation = postgres::choose_installation(15);
  ASSERT_TRUE(installation) << describe(installation.error());
  auto sandbox = postgres::make_empty_sandbox(*installation);
  ASSERT_TRUE(sandbox) << describe(sandbox.error());
  postgres::Connection& connection = (*sandbox)->connection();
  ASSERT_TRUE(connection.execute("CREATE SCHEMA app; CREATE TABLE app.orders (id int)"));
  for (const Case& each : cases) {
    Catalog catalog = server();
    for (auto& [name, setting] : catalog.settings) setting.source = "configuration file";
    catalog.settings["shared_preload_libraries"].value = "pg_stat_statements";
    Machine on = machine();
    Workload workload = short_queries();
    each.speaks(catalog, on, workload);
    for (const Proposal& proposal : advise(catalog, on, workload).proposals)
      for (const auto& statements : {proposal.up, proposal.down})
        for (const std::string& statement : statements) {
          const Status taken = connection.execute(statement);
          EXPECT_TRUE(taken) << statement << ": " << describe(taken.error());
        }
  }
}

TEST(Settings, WhatIsTakenIsNotProposedAgain) {
  Catalog catalog = server();
  Machine none;
  Workload workload = short_queries();
  hurried(catalog, none, workload);
  raw(catalog, "shared_buffers", "2097152");        // 16 GB
  raw(catalog, "effective_cache_size", "6291456");  // 48 GB
  raw(catalog, "maintenance_work_mem", "1048576");
  raw(catalog, "random_page_cost", "1.1");
  raw(catalog, "effective_io_concurrency", "200");
  raw(catalog, "checkpoint_timeout", "900");
  raw(catalog, "max_wal_size", "65536");
  raw(catalog, "wal_compression", "on");
  raw(catalog, "jit", "off");
  const Advised advised = advise(catalog);
  for (const TunedSetting& each : advised.settings) ADD_FAILURE() << each.name << each.proposed;
}

TEST(Settings, AreUndoneToWhatTheyWere) {
  Catalog catalog = server();
  catalog.settings["random_page_cost"].source = "configuration file";
  raw(catalog, "shared_preload_libraries", "auto_explain, timescaledb");
  catalog.settings["shared_preload_libraries"].source = "configuration file";
  const Advised advised = advise(catalog);
  const Proposal& buffers = advised.proposal("shared_buffers");
  EXPECT_EQ(buffers.kind, "setting");
  EXPECT_EQ(buffers.up.front(), "ALTER SYSTEM SET shared_buffers = '16GB'");
  EXPECT_EQ(buffers.down.front(), "ALTER SYSTEM RESET shared_buffers");
  EXPECT_NE(buffers.why.find("next start"), std::string::npos);
  EXPECT_EQ(advised.proposal("random_page_cost").down.front(),
            "ALTER SYSTEM SET random_page_cost = '4'");
  // One literal with commas in it would be one library of that name, and no server that starts.
  const Proposal& preload = advised.proposal("shared_preload_libraries");
  EXPECT_EQ(preload.up.front(),
            "ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'timescaledb', "
            "'pg_stat_statements'");
  EXPECT_EQ(preload.down.front(),
            "ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'timescaledb'");
}

TEST(Settings, OptionsOfTablesGoBackToTheTablesOwn) {
  Catalog catalog = server();
  dead(catalog, 1'500'000);
  table(catalog).stats->deleted = 3'000'000;
  table(catalog).options["autovacuum_vacuum_scale_factor"] = "0.15";
  const Advised advised = advise(catalog);
  const Proposal& proposal = advised.proposal("autovacuum_vacuum_scale_factor");
  EXPECT_EQ(proposal.kind, "set_option");
  EXPECT_EQ(proposal.up.front(),
            "ALTER TABLE app.orders SET (autovacuum_vacuum_scale_factor = 0.01)");
  EXPECT_EQ(proposal.down.front(),
            "ALTER TABLE app.orders SET (autovacuum_vacuum_scale_factor = 0.15)");
  EXPECT_EQ(advised.of("autovacuum_vacuum_scale_factor")->table, "app.orders");
}

TEST(Settings, MemoryIsNeverGuessed) {
  const Advised advised = advise(server(), Machine{});
  EXPECT_EQ(advised.of("shared_buffers"), nullptr);
  EXPECT_EQ(advised.of("random_page_cost"), nullptr);
  ASSERT_GE(advised.notes.size(), 4U);
  EXPECT_NE(advised.notes[0].find("shared_buffers, effective_cache_size"), std::string::npos);
  EXPECT_NE(advised.notes[0].find("--memory"), std::string::npos);
  EXPECT_NE(advised.notes[2].find("random_page_cost"), std::string::npos) << advised.notes[2];
}

TEST(Settings, AFileHasNone) {
  Catalog catalog = server();
  catalog.server.has_workload = false;
  const Advised advised = advise(catalog);
  EXPECT_TRUE(advised.settings.empty());
  EXPECT_EQ(advised.notes.size(), 1U);
}

TEST(Settings, WhatAlterSystemDoesNotReachIsSaid) {
  Catalog catalog = server();
  catalog.settings["random_page_cost"].source = "database";
  const Advised advised = advise(catalog);
  EXPECT_EQ(advised.of("random_page_cost"), nullptr);
  EXPECT_TRUE(std::ranges::any_of(advised.notes, [](const std::string& each) {
    return each.find("random_page_cost should be 1.1") != std::string::npos;
  }));
}

TEST(Settings, TablesOfYoungCountersAreLeftAlone) {
  Catalog catalog = server();
  dead(catalog, 5'000'000);
  table(catalog).stats->deleted = 5'000'000;
  catalog.server.stats_reset = *catalog.server.read_at - 86400;
  EXPECT_EQ(advise(catalog).of("autovacuum_vacuum_scale_factor"), nullptr);
}

TEST(Settings, APoolerIsNamedWhereConnectionsAreMany) {
  Machine on = machine();
  on.connections = 2000;
  const Advised advised = advise(server(), on);
  EXPECT_NE(advised.proposal("max_connections").why.find("PgBouncer"), std::string::npos);
}

TEST(Settings, SizesAreThoseThatPeopleWrite) {
  EXPECT_EQ(round_size(17 * giga / 2).text, "8GB");
  EXPECT_EQ(round_size(giga + 1).text, "1GB");
  EXPECT_EQ(round_size(100 << 20U).text, "96MB");
  EXPECT_EQ(round_size(200 << 10U).text, "192kB");
}

// With ARCHITRAVE_UPDATE=1 the tables are written; see what changed before you commit it.
TEST(Settings, ThePageHasTheTables) {
  std::string tables = "| setting | formula | takes effect | source |\n|---|---|---|---|\n";
  for (const SettingRow& row : setting_rows())
    tables += fmt::format("| `{}` | {} | {} | {} |\n", row.name, row.formula,
                          row.restart ? "restart" : "reload", row.source);
  tables += "\n| option of a table | formula | source |\n|---|---|---|\n";
  for (const TableRow& row : table_rows())
    tables += fmt::format("| `{}` | {} | {} |\n", row.name, row.formula, row.source);
  const std::string path = ARCHITRAVE_SOURCE_DIR "/docs/settings.md";
  const auto page = read_file(path);
  ASSERT_TRUE(page);
  const std::size_t from = page->find("| setting |");
  const std::size_t to = page->find("\n<!-- end of the tables -->");
  ASSERT_TRUE(from != std::string::npos && to != std::string::npos);
  if (std::getenv("ARCHITRAVE_UPDATE") != nullptr) {
    ASSERT_TRUE(write_file(path, page->substr(0, from) + tables + page->substr(to)));
    return;
  }
  EXPECT_EQ(page->substr(from, to - from), tables) << "ARCHITRAVE_UPDATE=1 writes it";
}

}  // namespace
}  // namespace architrave::advisor
