#include "report/chapters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "base/clock.h"
#include "base/text.h"
#include "catalog/lookup.h"
#include "report/diagram.h"
#include "report/selection.h"

namespace architrave::report {

using catalog::Catalog;
using catalog::Index;
using catalog::Relation;
using catalog::RelationKind;
using catalog::RelationStats;
using catalog::Routine;
using catalog::Server;

std::string_view to_string(Unit unit) {
  static constexpr std::array<std::string_view, 8> names = {
      "text", "code", "count", "bytes", "seconds", "percent", "time", "boolean"};
  return names.at(static_cast<std::size_t>(unit));
}

std::string human(const Cell& cell, Unit unit) {
  struct Print {
    Unit unit;
    std::string operator()(std::monostate) const { return "–"; }
    std::string operator()(bool value) const { return value ? "yes" : "no"; }
    std::string operator()(std::int64_t value) const {
      return unit == Unit::bytes ? human_bytes(value) : human_count(value);
    }
    std::string operator()(double value) const {
      if (unit == Unit::percent) return fmt::format("{:.1f} %", value * 100);
      if (unit == Unit::seconds) return human_seconds(value);
      if (unit == Unit::time) return human_time(value);
      return fmt::format("{:.6g}", value);
    }
    std::string operator()(const std::string& value) const { return value; }
  };
  return std::visit(Print{unit}, cell);
}

namespace {

constexpr std::size_t largest_shown = 20;

template <class T>
Cell cell(const std::optional<T>& value) {
  return value ? Cell(*value) : Cell();
}
Cell cell(const std::string& value) { return value.empty() ? Cell() : Cell(value); }
Cell rows_of(const RelationStats& stats) {
  if (stats.live_rows) return *stats.live_rows;
  return stats.rows < 0 ? Cell() : Cell(static_cast<std::int64_t>(stats.rows));
}

// What is asked of a report again and again.
struct Facts {
  explicit Facts(const Report& from) : report(from), catalog(from.catalog ? *from.catalog : none) {}

  // Adds the fact if it is known.
  static void add(Section& section, std::string name, Cell value, Unit unit = Unit::text) {
    if (!std::holds_alternative<std::monostate>(value))
      section.facts.push_back({std::move(name), std::move(value), unit});
  }
  // Why something that only a running server knows is not known.
  std::string why() const {
    if (report.source.kind == "file") return "the source is a file";
    if (report.source.kind == "folder") return "the source is a folder of files";
    if (report.source.kind == "twin") return "the source is a twin, and it does not hold them";
    return "the server does not say, or not to this role";
  }
  bool has_sizes() const {
    return std::ranges::any_of(catalog.relations, [](const Relation& each) {
      return each.stats && (each.stats->total_bytes > 0 || each.stats->rows >= 0);
    });
  }
  bool has_counters() const { return catalog.server.has_workload; }
  // A table of those of these settings that are known.
  std::optional<Grid> settings(std::initializer_list<std::string_view> names) const {
    Grid grid{"Settings that matter here",
              {{"Setting", Unit::code}, {"Value", Unit::code}, {"Set by", Unit::text}},
              {}};
    for (const std::string_view name : names) {
      const auto found = catalog.settings.find(std::string(name));
      if (found != catalog.settings.end())
        grid.rows.push_back({found->first, found->second.value, found->second.source});
    }
    return grid.rows.empty() ? std::nullopt : std::optional(std::move(grid));
  }
  void add_settings(Section& section, std::initializer_list<std::string_view> names) const {
    if (std::optional<Grid> grid = settings(names))
      section.grids.push_back(std::move(*grid));
    else
      section.not_known.push_back("Settings were not looked at: " + why() + ".");
  }
  std::string setting(const std::string& name) const {
    const auto found = catalog.settings.find(name);
    return found == catalog.settings.end() ? std::string() : found->second.value;
  }
  // The relations with the largest measure, largest first; those without one are left out.
  std::vector<const Relation*> largest(
      const std::function<std::int64_t(const Relation&)>& measure) const {
    std::vector<const Relation*> list;
    for (const Relation& each : catalog.relations)
      if (each.stats && measure(each) > 0) list.push_back(&each);
    std::ranges::stable_sort(list, std::greater(),
                             [&](const Relation* each) { return measure(*each); });
    if (list.size() > largest_shown) list.resize(largest_shown);
    return list;
  }

  const Report& report;
  const Catalog& catalog;

 private:
  static const Catalog none;
};
const Catalog Facts::none;

Section titled(std::string id, std::string title, std::vector<Area> areas = {},
               Draws draws = Draws::nothing) {
  return {std::move(id), std::move(title), {}, {}, std::move(areas), {}, draws};
}

std::string shown_name(const Relation& relation) {
  return catalog::qualified(relation.schema, relation.name);
}

Section systems(const Facts& facts) {
  Section section = titled("systems", "Systems and versions");
  const Server& server = facts.catalog.server;
  const Source& source = facts.report.source;
  const bool live = source.kind == "live";
  Facts::add(section, "Source", cell(source.name), Unit::code);
  Facts::add(section, "Kind of source", cell(source.kind));
  Facts::add(section, "Engine", std::string(engine_name(source.engine)));
  Facts::add(section, live || source.kind == "twin" ? "Version" : "Read with version",
             cell(source.server_version));
  if (live || source.kind == "twin") {
    Facts::add(section, "Database", cell(server.database));
    Facts::add(section, "Encoding", cell(server.encoding));
    Facts::add(section, "Collation", cell(server.collation));
    Facts::add(section, "Read as", cell(server.role), Unit::code);
    Facts::add(section, "Read at", cell(server.read_at), Unit::time);
    Facts::add(section, "Running since", cell(server.started_at), Unit::time);
    Facts::add(section, "Standby", cell(server.in_recovery), Unit::boolean);
  } else {
    section.not_known.push_back(
        "The server that runs this schema was not looked at: " + facts.why() + ".");
  }
  if (!facts.catalog.extensions.empty()) {
    Grid grid{"Extensions",
              {{"Extension", Unit::code}, {"Version", Unit::text}, {"Newest here", Unit::text}},
              {}};
    for (const catalog::Extension& each : facts.catalog.extensions)
      grid.rows.push_back({each.name, cell(each.version), cell(each.available_version)});
    section.grids.push_back(std::move(grid));
  }
  for (const catalog::Unread& each : facts.catalog.unread)
    section.not_known.push_back(capitalized(each.what) + " could not be read: " + each.why + ".");
  return section;
}

Section content(const Facts& facts) {
  Section section = titled("catalog", "Schema");
  const catalog::Counts& counts = facts.report.counts;
  Facts::add(section, "Schemas", counts.schemas, Unit::count);
  Facts::add(section, "Tables", counts.tables, Unit::count);
  Facts::add(section, "Columns", counts.columns, Unit::count);
  Facts::add(section, "Indexes", counts.indexes, Unit::count);
  Facts::add(section, "Foreign keys", counts.foreign_keys, Unit::count);
  Facts::add(section, "Views", counts.views, Unit::count);
  Facts::add(section, "Functions", counts.functions, Unit::count);
  struct Sum {
    std::int64_t tables = 0, views = 0, bytes = 0;
    bool measured = false;
  };
  std::map<std::string, Sum> schemas;
  for (const Relation& each : facts.catalog.relations) {
    Sum& sum = schemas[each.schema];
    (each.is_view() ? sum.views : sum.tables) += 1;
    if (!each.stats) continue;
    sum.bytes += each.stats->total_bytes;
    sum.measured = true;
  }
  if (schemas.size() > 1) {
    const bool sizes = facts.has_sizes();
    Grid grid{
        "Schemas", {{"Schema", Unit::code}, {"Tables", Unit::count}, {"Views", Unit::count}}, {}};
    if (sizes) grid.columns.push_back({"Size", Unit::bytes});
    for (const auto& [name, sum] : schemas) {
      grid.rows.push_back({name, sum.tables, sum.views});
      if (sizes) grid.rows.back().push_back(sum.measured ? Cell(sum.bytes) : Cell());
    }
    section.grids.push_back(std::move(grid));
  }
  return section;
}

Section volumes(const Facts& facts) {
  Section section = titled("volumes", "Volumes and growth");
  Facts::add(section, "Size of the database", cell(facts.catalog.server.database_bytes),
             Unit::bytes);
  const bool counters = facts.has_counters();
  if (facts.has_sizes()) {
    Grid grid{"Largest relations",
              {{"Relation", Unit::code},
               {"Rows", Unit::count},
               {"Table", Unit::bytes},
               {"Indexes", Unit::bytes},
               {"Total", Unit::bytes}},
              {}};
    if (counters)
      for (const char* name : {"Inserted", "Updated", "Deleted"})
        grid.columns.push_back({name, Unit::count});
    for (const Relation* each :
         facts.largest([](const Relation& relation) { return relation.stats->total_bytes; })) {
      const RelationStats& stats = *each->stats;
      grid.rows.push_back({shown_name(*each), rows_of(stats), stats.bytes,
                           stats.total_bytes - stats.bytes, stats.total_bytes});
      if (counters)
        for (const auto& value : {stats.inserted, stats.updated, stats.deleted})
          grid.rows.back().push_back(cell(value));
    }
    if (!grid.rows.empty()) section.grids.push_back(std::move(grid));
  } else {
    section.not_known.push_back("Sizes and row counts were not looked at: " + facts.why() + ".");
  }
  section.not_known.push_back(
      counters
          ? "Growth over time was not looked at: one reading shows one moment, and the counters "
            "above say how much was written since they were reset."
          : "Growth was not looked at: there are no usage counters, since " + facts.why() + ".");
  return section;
}

Section metrics(const Facts& facts) {
  Section section = titled("metrics", "Metrics");
  if (!facts.has_counters()) {
    section.not_known.push_back("There are no usage counters: " + facts.why() + ".");
    return section;
  }
  const Server& server = facts.catalog.server;
  Facts::add(section, "Counters since", cell(server.stats_reset), Unit::time);
  Facts::add(section, "Transactions committed", cell(server.commits), Unit::count);
  Facts::add(section, "Transactions rolled back", cell(server.rollbacks), Unit::count);
  if (server.blocks_hit && server.blocks_read && *server.blocks_hit + *server.blocks_read > 0)
    Facts::add(section, "Blocks found in the buffer cache",
               static_cast<double>(*server.blocks_hit) /
                   static_cast<double>(*server.blocks_hit + *server.blocks_read),
               Unit::percent);
  Facts::add(section, "Written to temporary files", cell(server.temp_bytes), Unit::bytes);
  Facts::add(section, "Deadlocks", cell(server.deadlocks), Unit::count);
  Facts::add(section, "Connections", cell(server.connections), Unit::count);
  if (section.facts.empty())
    section.not_known.push_back("The server's counters could not be read: " + facts.why() + ".");
  return section;
}

Section queries(const Facts& facts) {
  Section section = titled("queries", "Queries", {Area::performance});
  section.not_known.push_back(
      facts.has_counters()
          ? "Single statements were not looked at: this report reads the counters of tables and "
            "indexes, not the statements that moved them."
          : "Queries were not looked at: there are no usage counters, since " + facts.why() + ".");
  return section;
}

Section bottlenecks(const Facts& facts) {
  Section section = titled("bottlenecks", "Bottlenecks", {Area::maintenance, Area::settings});
  if (facts.has_counters()) {
    Grid scans{"Most rows read by sequential scans",
               {{"Relation", Unit::code},
                {"Sequential scans", Unit::count},
                {"Rows read", Unit::count},
                {"Index scans", Unit::count}},
               {}};
    for (const Relation* each : facts.largest([](const Relation& relation) {
           return relation.stats->sequential_rows_read.value_or(0);
         }))
      scans.rows.push_back({shown_name(*each), cell(each->stats->sequential_scans),
                            cell(each->stats->sequential_rows_read),
                            cell(each->stats->index_scans)});
    if (!scans.rows.empty()) section.grids.push_back(std::move(scans));
    Grid dead{"Most dead rows",
              {{"Relation", Unit::code},
               {"Dead rows", Unit::count},
               {"Live rows", Unit::count},
               {"Last vacuum", Unit::time}},
              {}};
    for (const Relation* each : facts.largest(
             [](const Relation& relation) { return relation.stats->dead_rows.value_or(0); }))
      dead.rows.push_back({shown_name(*each), cell(each->stats->dead_rows),
                           cell(each->stats->live_rows), cell(each->stats->last_vacuum)});
    if (!dead.rows.empty()) section.grids.push_back(std::move(dead));
  } else {
    section.not_known.push_back("Scans and dead rows were not counted: " + facts.why() + ".");
  }
  facts.add_settings(
      section,
      {"shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem",
       "random_page_cost", "effective_io_concurrency", "max_wal_size", "checkpoint_timeout",
       "autovacuum", "autovacuum_vacuum_scale_factor", "jit", "max_parallel_workers_per_gather",
       "statement_timeout", "idle_in_transaction_session_timeout", "synchronous_commit"});
  return section;
}

Section model(const Facts& facts) {
  Section section = titled("model", "Model", {Area::keys, Area::naming}, Draws::diagram);
  std::int64_t without_key = 0, without_links = 0;
  const std::vector<Edge> links = edges(facts.catalog);
  for (const Relation* table : drawn_tables(facts.catalog)) {
    without_key += table->primary_key() == nullptr && table->kind != RelationKind::foreign_table;
    without_links += std::ranges::none_of(
        links, [&](const Edge& edge) { return edge.child == table || edge.parent == table; });
  }
  Facts::add(section, "Tables without a primary key", without_key, Unit::count);
  Facts::add(section, "Tables that no foreign key links", without_links, Unit::count);
  return section;
}

Section types(const Facts& facts) {
  Section section = titled("types", "Types", {Area::types});
  std::map<std::string, std::int64_t> uses;
  for (const Relation* table : drawn_tables(facts.catalog))
    for (const catalog::Column& column : table->columns) ++uses[column.type];
  std::vector<std::pair<std::string, std::int64_t>> list(uses.begin(), uses.end());
  std::ranges::stable_sort(list, std::greater(), [](const auto& each) { return each.second; });
  Grid grid{"Types most used", {{"Type", Unit::code}, {"Columns", Unit::count}}, {}};
  for (std::size_t i = 0; i < std::min<std::size_t>(list.size(), 12); ++i)
    grid.rows.push_back({list[i].first, list[i].second});
  if (!grid.rows.empty()) section.grids.push_back(std::move(grid));
  return section;
}

Section normalization(const Facts&) {
  Section section = titled("normalization", "Normalization", {Area::model});
  section.not_known.emplace_back(
      "Functional dependencies between values were not looked for: no rows are read, so normal "
      "forms "
      "are judged from names, types and keys.");
  return section;
}

Section indexes(const Facts& facts) {
  Section section = titled("indexes", "Indexes", {Area::indexes});
  Facts::add(section, "Indexes", facts.report.counts.indexes, Unit::count);
  std::int64_t bytes = 0, never_scanned = 0;
  bool measured = false, counted = false;
  for (const Relation& relation : facts.catalog.relations) {
    for (const Index& index : relation.indexes) {
      if (!index.stats) continue;
      measured = true;
      bytes += index.stats->bytes;
      counted |= index.stats->scans.has_value();
      never_scanned += index.stats->scans == 0;
    }
  }
  if (measured && facts.has_sizes()) Facts::add(section, "Size of all indexes", bytes, Unit::bytes);
  if (counted && facts.has_counters())
    Facts::add(section, "Never scanned since the counters were reset", never_scanned, Unit::count);
  else
    section.not_known.push_back(
        "The use of indexes was not looked at: there are no usage counters, "
        "since " +
        facts.why() + ".");
  return section;
}

Section scalability_now(const Facts& facts) {
  Section section = titled("now", "Now", {Area::scaling});
  const Server& server = facts.catalog.server;
  Facts::add(section, "Connections", cell(server.connections), Unit::count);
  Facts::add(section, "Connections allowed", cell(facts.setting("max_connections")));
  Facts::add(section, "Age of the oldest transaction id", cell(server.frozen_age), Unit::count);
  Facts::add(section, "Age of the oldest multixact", cell(server.multixact_age), Unit::count);
  const auto largest =
      facts.largest([](const Relation& relation) { return relation.stats->total_bytes; });
  std::int64_t total = 0;
  for (const Relation& each : facts.catalog.relations)
    if (each.stats) total += each.stats->total_bytes;
  if (!largest.empty() && total > 0) {
    Facts::add(section, "Largest relation", shown_name(*largest.front()), Unit::code);
    Facts::add(
        section, "Its share of all relations",
        static_cast<double>(largest.front()->stats->total_bytes) / static_cast<double>(total),
        Unit::percent);
  }
  if (section.facts.empty())
    section.not_known.push_back(
        "Sizes, connections and transaction ages were not looked at: " + facts.why() + ".");
  return section;
}

Section scalability_strategic(const Facts& facts) {
  Section section = titled("strategic", "Strategic");
  std::int64_t partitioned = 0, partitions = 0, foreign = 0;
  for (const Relation& each : facts.catalog.relations) {
    partitioned += each.kind == RelationKind::partitioned_table;
    partitions += each.is_partition();
    foreign += each.kind == RelationKind::foreign_table;
  }
  Facts::add(section, "Partitioned tables", partitioned, Unit::count);
  Facts::add(section, "Partitions", partitions, Unit::count);
  Facts::add(section, "Foreign tables", foreign, Unit::count);
  section.not_known.emplace_back(
      "Replicas and shards were not planned: that takes a workload and how it grows, and this "
      "report "
      "knows one moment.");
  return section;
}

Section security(const Facts& facts) {
  Section section = titled("security", "Security", {Area::security});
  const Catalog& catalog = facts.catalog;
  Facts::add(section, "Tables with row security",
             std::int64_t{std::ranges::count_if(catalog.relations, &Relation::row_security)},
             Unit::count);
  Facts::add(section, "SECURITY DEFINER functions",
             std::int64_t{std::ranges::count_if(catalog.routines, &Routine::security_definer)},
             Unit::count);
  Grid grid{"Roles with far-reaching rights", {{"Role", Unit::code}, {"Rights", Unit::text}}, {}};
  for (const catalog::Role& role : catalog.roles) {
    std::vector<std::string> rights;
    if (role.superuser) rights.emplace_back("superuser");
    if (role.create_role) rights.emplace_back("may create roles");
    if (role.create_database) rights.emplace_back("may create databases");
    if (role.replication) rights.emplace_back("replication");
    if (role.bypass_row_security) rights.emplace_back("bypasses row security");
    if (rights.empty()) continue;
    rights.emplace_back(role.login ? "may log in" : "may not log in");
    grid.rows.push_back({role.name, join(rights, ", ")});
  }
  if (!grid.rows.empty()) section.grids.push_back(std::move(grid));
  if (catalog.roles.empty())
    section.not_known.push_back("Roles were not looked at: " + facts.why() + ".");
  facts.add_settings(section, {"ssl", "password_encryption", "row_security", "log_connections",
                               "log_statement", "listen_addresses"});
  section.not_known.emplace_back(
      "Who may connect from where (pg_hba.conf) and the network were not looked at: they lie "
      "outside "
      "of the database.");
  return section;
}

Section backup(const Facts& facts) {
  Section section = titled("backup", "Backup", {Area::backup});
  const Server& server = facts.catalog.server;
  Facts::add(section, "Data checksums", cell(server.data_checksums), Unit::boolean);
  Facts::add(section, "Log segments archived", cell(server.archived_count), Unit::count);
  Facts::add(section, "Last archived", cell(server.last_archived_at), Unit::time);
  Facts::add(section, "Failures to archive", cell(server.archive_failed_count), Unit::count);
  Facts::add(section, "Last failure", cell(server.last_archive_failure_at), Unit::time);
  facts.add_settings(section, {"wal_level", "archive_mode", "archive_timeout", "max_wal_senders",
                               "wal_keep_size", "fsync", "full_page_writes"});
  section.not_known.emplace_back(
      "The backups themselves were not looked at, nor whether one restores: they lie outside of "
      "the "
      "database.");
  return section;
}

}  // namespace

std::vector<Chapter> chapters(const Report& report) {
  const Facts facts(report);
  return {
      {"overview",
       "Current overview",
       {systems(facts), content(facts), volumes(facts), metrics(facts)}},
      {"performance", "Performance", {queries(facts), bottlenecks(facts)}},
      {"schema",
       "Schema review",
       {model(facts), types(facts), normalization(facts), indexes(facts)}},
      {"scalability", "Scalability", {scalability_now(facts), scalability_strategic(facts)}},
      {"security", "Security", {security(facts)}},
      {"backup", "Backup", {backup(facts)}},
      {"roadmap", "Roadmap with priorities", {titled("roadmap", "Roadmap", {}, Draws::actions)}},
  };
}

}  // namespace architrave::report
