#include "advisor/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "advisor/settings_rows.h"
#include "base/text.h"
#include "catalog/server_facts.h"
#include "proposal/change.h"

namespace architrave::advisor {

namespace {

using catalog::Catalog;
using catalog::Relation;
using catalog::Setting;

struct Missing {
  unsigned need;
  std::string_view note;  // {} is the list of settings
};
constexpr std::array missing_notes = {
    Missing{memory,
            "Not judged without the server's memory, which SQL can't be asked: {}. Say "
            "--memory."},
    Missing{cpus, "Not judged without the number of cores: {}. Say --cpus."},
    Missing{storage, "Not judged without the kind of storage: {}. Say --storage."},
    Missing{connections,
            "Not judged without the most connections that clients open at a time: {}. Say "
            "--connections."},
    Missing{queries, "Not judged without a workload: {}."},
    Missing{checkpoints, "Not judged without counters of checkpoints over a day or more: {}."}};

unsigned unknown(const Facts& facts) {
  const catalog::Server& server = facts.catalog.server;
  const bool counted = server.read_at && server.checkpoints_since && server.checkpoints_timed &&
                       server.checkpoints_requested &&
                       *server.read_at - *server.checkpoints_since >= 86400;
  return (facts.machine.memory ? 0U : memory) | (facts.machine.cpus ? 0U : cpus) |
         (facts.machine.storage.empty() ? storage : 0U) |
         (facts.machine.connections ? 0U : connections) |
         (facts.workload != nullptr && !facts.workload->queries.empty() ? 0U : queries) |
         (counted ? 0U : checkpoints);
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// In bytes, milliseconds, or plain.
std::optional<double> current_number(const Setting& setting) {
  const auto number = number_of(setting.raw);
  if (!number) return std::nullopt;
  static const std::map<std::string_view, double> units = {
      {"B", 1},  {"kB", 1024},  {"8kB", 8192},   {"MB", 1024.0 * 1024},
      {"ms", 1}, {"s", 1000.0}, {"min", 60000.0}};
  const auto unit = units.find(setting.unit);
  return *number * (unit == units.end() ? 1 : unit->second);
}

bool is_worth_it(const Value& value, std::optional<double> current, std::string_view shown) {
  constexpr double least_change = 0.2;
  if (value.number && current)
    return std::abs(*value.number - *current) >= least_change * std::abs(*current) &&
           *value.number != *current;
  return value.proposed != shown;
}

// Where the value comes from that ALTER SYSTEM does not reach, or "".
std::string_view overridden_by(const Setting& setting) {
  static const std::map<std::string_view, std::string_view> sources = {
      {"command line", "on the server's command line"},
      {"environment variable", "in the server's environment"},
      {"database", "for this database (ALTER DATABASE)"},
      {"user", "for this role (ALTER ROLE)"},
      {"database user", "for this role in this database (ALTER ROLE)"},
      {"client", "by the client"}};
  const auto found = sources.find(setting.source);
  return found == sources.end() ? std::string_view() : found->second;
}

std::string sentences(std::string_view why, const Value& value) {
  return value.hint.empty() ? std::string(why) : fmt::format("{} {}", why, value.hint);
}

TunedSetting add(Proposal proposal, TunedSetting setting, std::vector<Proposal>& proposals) {
  proposal.id = proposal_id(proposal);
  setting.proposal = proposal.id;
  proposals.push_back(std::move(proposal));
  return setting;
}

void advise_server(const Facts& facts, std::vector<TunedSetting>& tuned,
                   std::vector<Proposal>& proposals, std::vector<std::string>& notes) {
  const unsigned lacking = unknown(facts);
  std::map<unsigned, std::vector<std::string>> unjudged;
  for (const SettingRow& row : setting_rows()) {
    const Setting* setting = catalog::find_setting(facts.catalog, row.name);
    if (setting == nullptr) continue;
    if ((row.needs & lacking) != 0) {
      for (const Missing& each : missing_notes)
        if ((row.needs & lacking & each.need) != 0) unjudged[each.need].emplace_back(row.name);
      continue;
    }
    const std::optional<Value> value = row.value(facts);
    if (!value || !is_worth_it(*value, current_number(*setting), setting->raw)) continue;
    const std::string shown = catalog::shown_setting(facts.catalog, row.name);
    if (const auto by = overridden_by(*setting); !by.empty()) {
      notes.push_back(
          fmt::format("{} should be {} and is {}, set {}: ALTER SYSTEM does not reach it", row.name,
                      value->proposed, shown, by));
      continue;
    }
    const bool was_set = setting->source == "configuration file";
    Proposal proposal = set_setting(row.name, value->proposed, sentences(row.why, *value),
                                    row.restart, was_set ? shown : std::string());
    proposal.risk = row.restart ? 2 : 1;
    tuned.push_back(add(std::move(proposal),
                        {.name = std::string(row.name),
                         .table = {},
                         .current = shown,
                         .proposed = value->proposed,
                         .formula = std::string(row.formula),
                         .source = std::string(row.source),
                         .computed_from = value->computed_from,
                         .proposal = {}},
                        proposals));
  }
  for (const Missing& each : missing_notes)
    if (const auto found = unjudged.find(each.need); found != unjudged.end())
      notes.push_back(fmt::format(fmt::runtime(each.note), join(found->second, ", ")));
}

std::int64_t writes_of(const Relation& table) {
  return table.stats->inserted.value_or(0) + table.stats->updated.value_or(0) +
         table.stats->deleted.value_or(0);
}

void advise_tables(const Facts& facts, std::vector<TunedSetting>& tuned,
                   std::vector<Proposal>& proposals, std::vector<std::string>& notes) {
  constexpr double enough_days = 7;
  const double days = catalog::counted_days(facts.catalog).value_or(0);
  if (days < enough_days) {
    notes.push_back(
        fmt::format("Options of tables are not judged: their counters cover {:.1f} "
                    "days, {:.0f} are needed.",
                    days, enough_days));
    return;
  }
  std::vector<const Relation*> tables;
  for (const Relation& each : facts.catalog.relations)
    if (each.kind == catalog::RelationKind::table && each.stats) tables.push_back(&each);
  std::ranges::stable_sort(tables, std::ranges::greater(),
                           [](const Relation* each) { return writes_of(*each); });
  for (const Relation* table : tables) {
    for (const TableRow& row : table_rows()) {
      const std::optional<Value> value = row.value(facts, *table);
      const std::string current = row.current(facts, *table);
      if (!value || !is_worth_it(*value, number_of(current), current)) continue;
      const auto own = table->options.find(std::string(row.name));
      const std::string name = catalog::qualified(table->schema, table->name);
      tuned.push_back(add(
          set_table_option(name, row.name, value->proposed,
                           fmt::format(fmt::runtime(row.title), name), sentences(row.why, *value),
                           own == table->options.end() ? "" : own->second),
          {.name = std::string(row.name),
           .table = name,
           .current = current,
           .proposed = value->proposed,
           .formula = std::string(row.formula),
           .source = std::string(row.source),
           .computed_from = value->computed_from,
           .proposal = {}},
          proposals));
    }
  }
}

}  // namespace

Size round_size(std::int64_t bytes) {
  constexpr std::int64_t kilo = 1024;
  constexpr std::int64_t mega = kilo * kilo;
  constexpr std::int64_t giga = mega * kilo;
  const std::int64_t step = bytes >= 8 * giga    ? giga
                            : bytes >= giga      ? 256 * mega
                            : bytes >= 64 * mega ? 16 * mega
                            : bytes >= mega      ? mega
                                                 : 64 * kilo;
  const std::int64_t rounded = std::max(bytes / step, std::int64_t{1}) * step;
  const auto text = rounded % giga == 0   ? fmt::format("{}GB", rounded / giga)
                    : rounded % mega == 0 ? fmt::format("{}MB", rounded / mega)
                                          : fmt::format("{}kB", rounded / kilo);
  return {rounded, text};
}

std::vector<TunedSetting> advise_settings(const Catalog& catalog,
                                          const workload::Workload* workload,
                                          const Machine& machine, std::vector<Proposal>& proposals,
                                          std::vector<std::string>& notes) {
  std::vector<TunedSetting> tuned;
  if (catalog.server.engine != "postgresql") return tuned;
  if (!catalog.server.has_workload) {
    notes.emplace_back("Settings are not judged: the source is a file, and no server in use.");
    return tuned;
  }
  const Facts facts{catalog, workload, machine};
  advise_server(facts, tuned, proposals, notes);
  const std::int64_t buffers = catalog::bytes_setting(catalog, "shared_buffers").value_or(0);
  if (machine.memory && catalog.server.database_bytes && *catalog.server.database_bytes <= buffers)
    notes.push_back(
        fmt::format("shared_buffers is left as it is: all of the database ({}) fits in it.",
                    human_bytes(*catalog.server.database_bytes)));
  advise_tables(facts, tuned, proposals, notes);
  return tuned;
}

}  // namespace architrave::advisor
