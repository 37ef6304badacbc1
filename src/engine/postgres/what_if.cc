#include "engine/postgres/what_if.h"

#include <charconv>
#include <map>
#include <set>
#include <unordered_map>

#include "catalog/object.h"
#include "engine/postgres/empty_indexes.h"
#include "engine/postgres/explain_planner.h"
#include "engine/postgres/packages.h"

namespace architrave::postgres {

namespace {

using catalog::quote_identifier;
using catalog::quote_literal;

constexpr std::size_t sessions = 2;
// HypoPG takes its numbers from those below 16384 that initdb has left: between 2,500 and 3,000.
constexpr std::size_t most_made_up_oids = 2000;

template <class Number>
Number number(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class WhatIf final : public ExplainPlanner {
 public:
  WhatIf(std::vector<Connection> connections, std::vector<int> pids, std::string schema,
         std::string description, PostgresSandbox* twin)
      : ExplainPlanner(std::move(connections), std::move(pids), std::move(description)),
        schema_(std::move(schema)),
        twin_(twin) {}

  Result<std::vector<std::optional<std::int64_t>>> set_indexes(
      std::vector<engine::HypotheticalIndex> indexes) override;
  Result<std::vector<std::optional<engine::Answer>>> ask_with(
      const std::vector<std::string>& built,
      const std::vector<engine::Question>& questions) override;

 private:
  std::string function(std::string_view name) const { return schema_ + "." + std::string(name); }
  Result<std::set<std::string>> alike_partitioned(
      const std::vector<engine::HypotheticalIndex>& indexes);
  std::vector<std::string> suppose(const std::vector<std::size_t>& indexes) const override;
  FindNumber finder(const std::vector<std::size_t>& indexes, const Rows& supposed) const override;
  std::vector<std::string> forget() const override {
    return {"SELECT " + function("hypopg_reset") + "()"};
  }

  std::string schema_;
  PostgresSandbox* twin_;
  std::vector<std::vector<std::string>> indexes_;  // statements that make each
  std::map<std::string, std::optional<std::int64_t>, std::less<>> sizes_;  // by statement
};

std::vector<std::string> WhatIf::suppose(const std::vector<std::size_t>& indexes) const {
  std::vector<std::string> statements = forget();
  std::string list;
  std::size_t count = 0;
  for (const std::size_t each : indexes)
    for (const std::string& statement : indexes_[each]) {
      list += (count++ == 0 ? "" : ", ") + quote_literal(statement);
    }
  if (count == 0) return statements;
  if (count > most_made_up_oids) statements.emplace_back("SET LOCAL hypopg.use_real_oids = on");
  statements.push_back("SELECT h.indexrelid FROM pg_catalog.unnest(ARRAY[" + list +
                       "]::text[]) WITH ORDINALITY AS s(statement, place), LATERAL " +
                       function("hypopg_create_index") + "(s.statement) AS h ORDER BY s.place");
  return statements;
}

// HypoPG calls one "<13543>btree_…".
ExplainPlanner::FindNumber WhatIf::finder(const std::vector<std::size_t>& indexes,
                                          const Rows& supposed) const {
  std::vector<std::size_t> made;  // the number of each row
  for (const std::size_t each : indexes) made.insert(made.end(), indexes_[each].size(), each);
  if (!made.empty() && supposed.size() != std::ssize(made)) return {};
  std::unordered_map<std::uint32_t, std::size_t> oids;
  for (std::size_t i = 0; i < made.size(); ++i)
    oids[number<std::uint32_t>(supposed.cell(static_cast<int>(i), 0))] = made[i];
  return [oids = std::move(oids)](std::string_view name) -> std::optional<std::size_t> {
    if (!name.starts_with('<')) return {};
    const auto found = oids.find(number<std::uint32_t>(name.substr(1)));
    return found != oids.end() ? std::optional(found->second) : std::nullopt;
  };
}

// HypoPG takes one on the whole for one on each partition, but not where these have their columns
// in another order: it would index others.
Result<std::set<std::string>> WhatIf::alike_partitioned(
    const std::vector<engine::HypotheticalIndex>& indexes) {
  std::set<std::string> tables;
  for (const engine::HypotheticalIndex& each : indexes)
    if (!each.table.empty()) tables.insert(each.table);
  if (tables.empty()) return tables;
  std::string list;
  for (const std::string& each : tables) list += (list.empty() ? "" : ", ") + quote_literal(each);
  const auto others = connection().query(
      "SELECT DISTINCT n FROM pg_catalog.unnest(ARRAY[" + list +
      "]::pg_catalog.text[]) n, LATERAL pg_catalog.pg_partition_tree(n::pg_catalog.regclass) t"
      " JOIN pg_catalog.pg_attribute p ON p.attnum > 0 AND NOT p.attisdropped"
      " JOIN pg_catalog.pg_attribute c ON c.attrelid = t.relid AND c.attname = p.attname"
      " WHERE p.attrelid = n::pg_catalog.regclass AND c.attnum <> p.attnum");
  if (!others) return std::unexpected(others.error());
  for (int i = 0; i < others->size(); ++i) tables.erase(std::string(others->cell(i, 0)));
  return tables;
}

Result<std::vector<std::optional<std::int64_t>>> WhatIf::set_indexes(
    std::vector<engine::HypotheticalIndex> indexes) {
  const auto alike = alike_partitioned(indexes);
  if (!alike) return std::unexpected(alike.error());
  indexes_.clear();
  for (engine::HypotheticalIndex& index : indexes) {
    std::vector<std::string>& statements = indexes_.emplace_back();
    if (alike->contains(index.table))
      statements.push_back(std::move(index.create));
    else
      for (engine::HypotheticalPart& part : index.parts)
        statements.push_back(std::move(part.create));
  }
  std::vector<std::string> all = {"BEGIN READ ONLY", "SELECT 1", "SAVEPOINT s"};
  std::vector<std::pair<std::size_t, std::string>> asked;
  for (const std::vector<std::string>& index : indexes_)
    for (const std::string& statement : index) {
      if (!sizes_.try_emplace(statement).second) continue;
      asked.emplace_back(all.size(), statement);
      all.insert(all.end(),
                 {"SELECT " + function("hypopg_relation_size") + "(indexrelid) FROM " +
                      function("hypopg_create_index") + "(" + quote_literal(statement) + ")",
                  "SELECT " + function("hypopg_reset") + "()", "ROLLBACK TO s"});
    }
  all.emplace_back("ROLLBACK");
  if (!asked.empty()) {
    auto results = connection().pipeline(all);
    if (!results) return fail(results);
    for (const auto& [at, statement] : asked)
      if (const Result<Rows>& row = (*results)[at]; row && row->size() > 0)
        sizes_[statement] = number<std::int64_t>(row->cell(0, 0));
  }
  std::vector<std::optional<std::int64_t>> sizes;
  for (const std::vector<std::string>& index : indexes_) {
    std::optional<std::int64_t>& sum = sizes.emplace_back(0);
    for (const std::string& statement : index)
      if (const auto& size = sizes_.at(statement); size && sum)
        *sum += *size;
      else
        sum.reset();
  }
  return sizes;
}

// What is built of a twin's nothing is short.
Result<std::vector<std::optional<engine::Answer>>> WhatIf::ask_with(
    const std::vector<std::string>& built, const std::vector<engine::Question>& questions) {
  if (twin_ == nullptr) return ExplainPlanner::ask_with(built, questions);
  const auto supposed = suppose_empty(*twin_, built);
  if (supposed) return ask_after(supposed->statements, questions);
  if (supposed.error().code != "explain.index") return std::unexpected(supposed.error());
  return std::vector<std::optional<engine::Answer>>(questions.size());
}

}  // namespace

Result<std::unique_ptr<engine::Planner>> make_what_if(const WhatIfServer& server) {
  std::vector<Connection> connections;
  std::vector<int> pids;
  for (std::size_t i = 0; i < sessions; ++i) {
    auto connection = Connection::open(server.connection, server.options);
    if (!connection) return fail(connection);
    connections.push_back(std::move(*connection));
  }
  Connection& first = connections[0];
  if (server.is_own) {
    // Not there is found out below.
    if (auto made = first.pipeline({"CREATE EXTENSION IF NOT EXISTS hypopg"}); !made)
      return fail(made);
    auto processes = processes_of(connections);
    if (!processes) return fail(processes);
    pids = std::move(*processes);
  }
  const auto found = first.query(
      "SELECT n.nspname, e.extversion FROM pg_catalog.pg_extension e"
      " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'hypopg'");
  if (!found) return std::unexpected(found.error());
  const int major = first.server_version() / 10000;
  if (found->size() == 0) {
    const std::string install = install_extension("hypopg", major);
    return fail("planner.hypopg", "HypoPG is not there to ask " + server.description + " with", {},
                install.empty() ? "it takes a server that has the extension hypopg" : install);
  }
  return std::make_unique<WhatIf>(
      std::move(connections), std::move(pids), quote_identifier(found->cell(0, 0)),
      server.description + ", HypoPG " + std::string(found->cell(0, 1)), server.twin);
}

}  // namespace architrave::postgres
