#include "engine/postgres/empty_indexes.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "catalog/object.h"
#include "engine/postgres/explain_planner.h"
#include "engine/postgres/relation_files.h"

namespace architrave::postgres {

namespace {

using catalog::quote_identifier;
using catalog::quote_literal;

constexpr std::int64_t page_size = 8192;
constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1
constexpr std::string_view create_index = "CREATE INDEX ON ";

template <class Number>
Number number(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// An index that was made.
struct Made {
  std::string oid;
  std::string table;  // its table's
  std::string name;   // qualified and quoted
};

class EmptyIndexes final : public ExplainPlanner {
 public:
  EmptyIndexes(PostgresSandbox& twin, std::unique_ptr<PostgresSandbox> kept,
               std::vector<Connection> connections, std::vector<int> pids)
      : ExplainPlanner(std::move(connections), std::move(pids),
                       twin.description() + ", with empty indexes as long as real ones"),
        twin_(twin),
        kept_(std::move(kept)) {}
  ~EmptyIndexes() override;
  EmptyIndexes(const EmptyIndexes&) = delete;
  EmptyIndexes& operator=(const EmptyIndexes&) = delete;

  Result<std::vector<std::optional<std::int64_t>>> set_indexes(
      std::vector<engine::HypotheticalIndex> indexes) override;

 private:
  using Parts = std::map<std::uint32_t, const engine::HypotheticalPart*>;  // by number
  Status make(const Parts& parts);
  Status measure(const Parts& parts, const Rows& made);
  std::vector<std::string> suppose(const std::vector<std::size_t>& indexes) const override;
  FindNumber finder(const std::vector<std::size_t>& indexes, const Rows& supposed) const override;
  bool writes() const override { return true; }

  PostgresSandbox& twin_;
  std::unique_ptr<PostgresSandbox> kept_;
  // Of parts, by statement and how often that came before: one on a partition may be a part of one
  // on the whole as well.
  std::map<std::pair<std::string, std::size_t>, std::uint32_t> numbers_;
  std::map<std::uint32_t, Made> made_;                       // those that the server took
  std::vector<std::vector<std::uint32_t>> indexes_;          // parts of each
  std::unordered_map<std::uint32_t, std::size_t> index_of_;  // of a part
};

EmptyIndexes::~EmptyIndexes() {
  if (kept_ || made_.empty()) return;
  std::vector<std::string> statements = {"SET session_replication_role = replica"};
  for (const auto& [number, made] : made_) statements.push_back("DROP INDEX " + made.name);
  (void)connection().pipeline(statements);
}

// "<17>public.lineitem (l_shipdate)": like HypoPG's, so that people see what it is in a plan.
std::string name_of(std::uint32_t number, std::string_view rest) {
  std::string name = "<" + std::to_string(number) + ">" + std::string(rest);
  if (name.size() <= longest_name) return name;
  name.resize(longest_name);
  while ((static_cast<unsigned char>(name.back()) & 0xC0) == 0x80) name.pop_back();
  if (static_cast<unsigned char>(name.back()) >= 0xC0) name.pop_back();
  return name;
}

// A table of a twin is as long as the original's, and CREATE INDEX would read all of its nothing.
// So it gets the file of a table that is empty, until its indexes are made; they change what the
// planner takes its size to be, too.
Status EmptyIndexes::make(const Parts& parts) {
  std::set<std::string> tables;
  for (const auto& [number, part] : parts) tables.insert(part->table);
  std::string list;
  for (const std::string& each : tables)
    list += (list.empty() ? "" : ", ") + quote_literal(each) + "::pg_catalog.regclass";
  std::vector<std::string> statements = {
      "SET session_replication_role = replica",  // no event trigger of the original's
      "SET wal_skip_threshold = 0",              // else a commit reads new files to log their pages
      "CREATE SCHEMA architrave_twin",
      "CREATE TABLE architrave_twin.nothing ()",
      "CREATE TABLE architrave_twin.kept AS SELECT oid AS relation, relfilenode, reltablespace,"
      " relpages, reltuples, relallvisible FROM pg_catalog.pg_class WHERE oid IN (" +
          list + ")",
      "UPDATE pg_catalog.pg_class c SET relfilenode = e.relfilenode, reltablespace = "
      "e.reltablespace FROM pg_catalog.pg_class e WHERE e.oid = "
      "'architrave_twin.nothing'::pg_catalog.regclass AND c.oid IN (" +
          list + ")"};
  std::string names;
  // Of some that serve a plan equally well the last is used: the smallest.
  std::vector<std::pair<std::uint32_t, const engine::HypotheticalPart*>> order(parts.begin(),
                                                                               parts.end());
  std::ranges::stable_sort(order, std::greater(),
                           [](const auto& each) { return each.second->bytes; });
  for (const auto& [number, part] : order) {
    const std::string rest = part->create.substr(create_index.size());
    const std::string name = name_of(number, rest);
    names += (names.empty() ? "" : ", ") + quote_literal(name);
    statements.push_back("CREATE INDEX " + quote_identifier(name) + " ON " + rest);
  }
  statements.emplace_back(
      "UPDATE pg_catalog.pg_class c SET relfilenode = k.relfilenode, reltablespace = "
      "k.reltablespace, relpages = k.relpages, reltuples = k.reltuples, relallvisible = "
      "k.relallvisible FROM architrave_twin.kept k WHERE c.oid = k.relation");
  statements.push_back(
      "UPDATE pg_catalog.pg_index i SET indisvalid = false, indisready = false, indislive = false"
      " FROM pg_catalog.pg_class c WHERE c.oid = i.indexrelid AND c.relname IN (" +
      names + ")");
  statements.insert(
      statements.end(),
      {"DROP SCHEMA architrave_twin CASCADE", "RESET session_replication_role",
       "RESET wal_skip_threshold",
       "SELECT c.relname, c.oid, i.indrelid, n.nspname, pg_catalog.pg_relation_filepath(c.oid),"
       " m.amname = 'btree', (SELECT pg_catalog.sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE"
       " coalesce(s.stawidth, 16) END) FROM pg_catalog.pg_attribute a LEFT JOIN"
       " pg_catalog.pg_statistic s ON s.starelid = i.indrelid AND NOT s.stainherit AND"
       " s.staattnum = i.indkey[a.attnum - 1] WHERE a.attrelid = c.oid AND a.attnum <="
       " i.indnkeyatts) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid ="
       " c.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_am m"
       " ON m.oid = c.relam WHERE c.relname IN (" +
           names + ")"});
  auto results = connection().pipeline(statements);
  if (!results) return fail(results);
  for (std::size_t i = 0; i < statements.size(); ++i)
    if (const Result<Rows>& each = (*results)[i];
        !each && !statements[i].starts_with("CREATE INDEX"))
      return std::unexpected(each.error());
  return measure(parts, *results->back());
}

// The server has no page of a new B-tree in its memory, so that its root can be written; of the
// other kinds it may hold the first pages, and only what comes behind these changes.
Status EmptyIndexes::measure(const Parts& parts, const Rows& made) {
  std::string sizes;
  for (int row = 0; row < made.size(); ++row) {
    const auto id = number<std::uint32_t>(made.cell(row, 0).substr(1));
    made_[id] = {std::string(made.cell(row, 1)), std::string(made.cell(row, 2)),
                 quote_identifier(made.cell(row, 3)) + "." + quote_identifier(made.cell(row, 0))};
    const engine::HypotheticalPart& part = *parts.at(id);
    const std::int64_t pages = part.bytes / page_size;
    if (pages <= 2) continue;
    const bool is_btree = made.cell(row, 5) == "t";
    if (Status done =
            lengthen({.path = twin_.server().data() / made.cell(row, 4),
                      .pages = pages,
                      .btree_height =
                          is_btree ? estimated_height(pages, number<double>(made.cell(row, 6))) : 0,
                      .gin = {}});
        !done)
      return done;
    sizes += (sizes.empty() ? "(" : ", (") + made_[id].oid + ", " + std::to_string(pages) + ", " +
             std::to_string(part.rows.value_or(0)) + ")";
  }
  if (sizes.empty()) return {};
  return connection().execute(
      "UPDATE pg_catalog.pg_class c SET relpages = s.pages, reltuples = s.rows FROM (VALUES " +
      sizes + ") s(relation, pages, rows) WHERE c.oid = s.relation");
}

Result<std::vector<std::optional<std::int64_t>>> EmptyIndexes::set_indexes(
    std::vector<engine::HypotheticalIndex> indexes) {
  Parts fresh;
  std::map<std::string, std::size_t> times;
  indexes_.clear();
  index_of_.clear();
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    std::vector<std::uint32_t>& parts = indexes_.emplace_back();
    for (const engine::HypotheticalPart& part : indexes[i].parts) {
      const auto [at, is_new] =
          numbers_.try_emplace(std::pair{part.create, times[part.create]++},
                               static_cast<std::uint32_t>(numbers_.size() + 1));
      if (is_new) fresh[at->second] = &part;
      parts.push_back(at->second);
      index_of_[at->second] = i;
    }
  }
  if (!fresh.empty())
    if (Status done = make(fresh); !done) return fail(done);
  std::vector<std::optional<std::int64_t>> sizes;
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    std::optional<std::int64_t>& size = sizes.emplace_back(0);
    for (const engine::HypotheticalPart& part : indexes[i].parts) *size += part.bytes;
    if (std::ranges::any_of(indexes_[i], [&](auto part) { return !made_.contains(part); }))
      size.reset();
  }
  return sizes;
}

// The table's own row changes so that its list of indexes is read anew.
std::vector<std::string> EmptyIndexes::suppose(const std::vector<std::size_t>& indexes) const {
  std::string list;
  std::set<std::string> tables;
  for (const std::size_t each : indexes)
    for (const std::uint32_t part : indexes_[each]) {
      const auto made = made_.find(part);
      if (made == made_.end()) continue;
      list += (list.empty() ? "" : ", ") + made->second.oid;
      tables.insert(made->second.table);
    }
  if (list.empty()) return {};
  return {
      "UPDATE pg_catalog.pg_index SET indisvalid = true, indisready = true, indislive = true"
      " WHERE indexrelid IN (" +
          list + ")",
      "UPDATE pg_catalog.pg_class SET relhasindex = true WHERE oid IN (" +
          join({tables.begin(), tables.end()}, ", ") + ")"};
}

ExplainPlanner::FindNumber EmptyIndexes::finder(const std::vector<std::size_t>&,
                                                const Rows&) const {
  return [this](std::string_view name) -> std::optional<std::size_t> {
    if (!name.starts_with('<')) return {};
    const auto found = index_of_.find(number<std::uint32_t>(name.substr(1)));
    return found != index_of_.end() ? std::optional(found->second) : std::nullopt;
  };
}

Result<std::unique_ptr<engine::Planner>> make(PostgresSandbox& twin,
                                              std::unique_ptr<PostgresSandbox> kept) {
  std::vector<Connection> connections;
  auto connection = Connection::open(twin.connection_string(), {.statement_timeout = 0});
  if (!connection) return fail(connection);
  connections.push_back(std::move(*connection));
  auto pids = processes_of(connections);
  if (!pids) return fail(pids);
  return std::make_unique<EmptyIndexes>(twin, std::move(kept), std::move(connections),
                                        std::move(*pids));
}

}  // namespace

Result<std::unique_ptr<engine::Planner>> make_empty_indexes(PostgresSandbox& twin) {
  return make(twin, nullptr);
}

Result<std::unique_ptr<engine::Planner>> make_empty_indexes(std::unique_ptr<PostgresSandbox> twin) {
  PostgresSandbox& kept = *twin;
  return make(kept, std::move(twin));
}

}  // namespace architrave::postgres
