#include "engine/postgres/empty_indexes.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "catalog/index_size.h"
#include "catalog/object.h"
#include "engine/postgres/explain_planner.h"
#include "engine/postgres/relation_files.h"
#include "sql/tree.h"

namespace architrave::postgres {

namespace {

using catalog::quote_identifier;
using catalog::quote_literal;

constexpr std::int64_t page_size = 8192;
constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1
constexpr std::string_view before_table = " ON ";

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

Result<engine::HypotheticalIndex> read_statement(Connection& session, const std::string& create);

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
  // What the server said against it, where it did not take it.
  std::string complaint(std::size_t index) const;
  Status set_search_path(const std::string& path);
  std::vector<std::string> suppose_all() const;
  // Without building them: their tables are long, and what is built of nothing is short.
  Result<std::vector<std::optional<engine::Answer>>> ask_with(
      const std::vector<std::string>& built,
      const std::vector<engine::Question>& questions) override;

 private:
  struct Part {
    std::string table;   // qualified and quoted
    std::string create;  // CREATE INDEX ON …
    std::int64_t bytes = 0;
    std::optional<double> rows;
  };
  using Parts = std::map<std::uint32_t, Part>;  // by number
  using Numbers = std::vector<std::uint32_t>;   // of an index's parts
  // Makes those of them that are not there yet.
  Result<std::vector<Numbers>> take(const std::vector<engine::HypotheticalIndex>& indexes);
  Status make(const Parts& parts);
  Status measure(Parts parts, const Rows& made);
  Status reckon(Parts& parts);
  std::vector<std::string> suppose(const std::vector<std::size_t>& indexes) const override;
  std::vector<std::string> suppose(const Numbers& parts) const;
  FindNumber finder(const std::vector<std::size_t>& indexes, const Rows& supposed) const override;
  bool writes() const override { return true; }

  PostgresSandbox& twin_;
  std::unique_ptr<PostgresSandbox> kept_;
  // Of parts, by statement and how often that came before: one on a partition may be a part of one
  // on the whole as well.
  std::map<std::pair<std::string, std::size_t>, std::uint32_t> numbers_;
  std::map<std::uint32_t, Made> made_;               // those that the server took
  std::map<std::uint32_t, std::string> complaints_;  // of the others
  std::vector<Numbers> indexes_;
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
  for (const auto& [number, part] : parts) tables.insert(part.table);
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
  std::vector<std::pair<std::uint32_t, const Part*>> order;
  for (const auto& [number, part] : parts) order.emplace_back(number, &part);
  std::ranges::stable_sort(order, std::greater(),
                           [](const auto& each) { return each.second->bytes; });
  const std::size_t first = statements.size();
  for (const auto& [number, part] : order) {
    const std::size_t at = part->create.find(before_table);
    const std::string rest = part->create.substr(at + before_table.size());
    const std::string name = name_of(number, rest);
    names += (names.empty() ? "" : ", ") + quote_literal(name);
    statements.push_back(part->create.substr(0, at + 1) + quote_identifier(name) + " ON " + rest);
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
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const Result<Rows>& each = (*results)[i];
    if (each) continue;
    if (i < first || i >= first + order.size()) return std::unexpected(each.error());
    complaints_[order[i - first].first] = each.error().message;
  }
  return measure(parts, *results->back());
}

// The server has no page of a new B-tree in its memory, so that its root can be written; of the
// other kinds it may hold the first pages, and only what comes behind these changes.
Status EmptyIndexes::measure(Parts parts, const Rows& made) {
  std::string sizes;
  for (int row = 0; row < made.size(); ++row) {
    const auto id = number<std::uint32_t>(made.cell(row, 0).substr(1));
    made_[id] = {std::string(made.cell(row, 1)), std::string(made.cell(row, 2)),
                 quote_identifier(made.cell(row, 3)) + "." + quote_identifier(made.cell(row, 0))};
  }
  if (Status reckoned = reckon(parts); !reckoned) return reckoned;
  for (int row = 0; row < made.size(); ++row) {
    const auto id = number<std::uint32_t>(made.cell(row, 0).substr(1));
    const Part& part = parts.at(id);
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

// Each index's columns as if they were a table's, with the statistics of the real one's.
Status EmptyIndexes::reckon(Parts& parts) {
  std::map<std::string, std::uint32_t> unknown;  // by oid
  std::string list;
  for (const auto& [number, part] : parts) {
    const auto made = made_.find(number);
    if (part.bytes > 0 || made == made_.end()) continue;
    unknown[made->second.oid] = number;
    list += (list.empty() ? "" : ", ") + made->second.oid;
  }
  if (unknown.empty()) return {};
  auto found = connection().query(
      "SELECT i.indexrelid, m.amname, pg_catalog.pg_get_expr(i.indpred, i.indrelid), t.reltuples,"
      " t.relpages, k.n <= i.indnkeyatts, y.typname, y.typcategory, s.stanullfrac,"
      " coalesce(s.stawidth, 0), coalesce(s.stadistinct, CASE i.indkey[k.n - 1] WHEN 0 THEN -1 ELSE"
      " 0 END), o.opcname, (SELECT option_value FROM pg_catalog.pg_options_to_table(c.reloptions)"
      " WHERE option_name = 'fillfactor')"
      " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
      " JOIN pg_catalog.pg_class t ON t.oid = i.indrelid"
      " JOIN pg_catalog.pg_am m ON m.oid = c.relam"
      " CROSS JOIN LATERAL pg_catalog.generate_series(1, i.indnatts) k(n)"
      " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indexrelid AND a.attnum = k.n"
      " LEFT JOIN pg_catalog.pg_attribute b ON b.attrelid = i.indrelid AND b.attnum ="
      " i.indkey[k.n - 1] AND b.attnum > 0"
      " JOIN pg_catalog.pg_type y ON y.oid = coalesce(b.atttypid, a.atttypid)"
      " LEFT JOIN pg_catalog.pg_statistic s ON s.starelid = i.indrelid AND NOT s.stainherit AND"
      " s.staattnum = i.indkey[k.n - 1]"
      " LEFT JOIN pg_catalog.pg_opclass o ON k.n <= i.indnkeyatts AND o.oid = i.indclass[k.n - 1]"
      " WHERE i.indexrelid IN (" +
      list + ") ORDER BY i.indexrelid, k.n");
  if (!found) return fail(found);
  struct Like {
    catalog::Relation table;
    catalog::Index index;
  };
  std::map<std::uint32_t, Like> likes;
  for (int row = 0; row < found->size(); ++row) {
    const auto cell = [&](int column) { return std::string(found->cell(row, column)); };
    auto& [table, index] = likes[unknown.at(cell(0))];
    index.method = cell(1);
    index.predicate = cell(2);
    table.stats = catalog::RelationStats{};
    table.stats->rows = number<double>(cell(3));
    table.stats->pages = number<std::int64_t>(cell(4));
    if (!found->is_null(row, 12)) index.options = {{"fillfactor", cell(12)}};
    catalog::Column& column = table.columns.emplace_back();
    column.name = std::to_string(table.columns.size());
    column.type_name = cell(6);
    column.type_category = cell(7);
    column.stats = catalog::ColumnStats{};
    column.stats->null_fraction = number<double>(cell(8));
    column.stats->width = number<int>(cell(9));
    column.stats->distinct = number<double>(cell(10));
    if (cell(5) == "t")
      index.keys.push_back({.column = column.name, .expression = {}, .opclass = cell(11)});
    else
      index.include.push_back(column.name);
  }
  for (auto& [number, like] : likes) {
    Part& part = parts.at(number);
    if (!part.rows && !like.index.predicate.empty()) {
      const auto rows =
          expected_rows({"SELECT FROM " + part.table + " WHERE " + like.index.predicate});
      if (!rows) return std::unexpected(rows.error());
      part.rows = rows->front();
    }
    part.bytes =
        index_bytes(like.table, like.index, connection().server_version(), part.rows).value_or(0);
  }
  return {};
}

Result<std::vector<EmptyIndexes::Numbers>> EmptyIndexes::take(
    const std::vector<engine::HypotheticalIndex>& indexes) {
  Parts fresh;
  std::map<std::string, std::size_t> times;
  std::vector<Numbers> taken;
  for (const engine::HypotheticalIndex& index : indexes) {
    Numbers& parts = taken.emplace_back();
    for (const engine::HypotheticalPart& part : index.parts) {
      const auto [at, is_new] =
          numbers_.try_emplace(std::pair{part.create, times[part.create]++},
                               static_cast<std::uint32_t>(numbers_.size() + 1));
      if (is_new) fresh[at->second] = {part.table, part.create, part.bytes, part.rows};
      parts.push_back(at->second);
    }
  }
  if (!fresh.empty())
    if (Status done = make(fresh); !done) return fail(done);
  return taken;
}

Result<std::vector<std::optional<std::int64_t>>> EmptyIndexes::set_indexes(
    std::vector<engine::HypotheticalIndex> indexes) {
  auto taken = take(indexes);
  if (!taken) return fail(taken);
  indexes_ = std::move(*taken);
  index_of_.clear();
  std::vector<std::optional<std::int64_t>> sizes;
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    std::optional<std::int64_t>& size = sizes.emplace_back(0);
    for (const engine::HypotheticalPart& part : indexes[i].parts) *size += part.bytes;
    for (const std::uint32_t part : indexes_[i]) {
      index_of_[part] = i;
      if (!made_.contains(part)) size.reset();
    }
  }
  return sizes;
}

std::string EmptyIndexes::complaint(std::size_t index) const {
  for (const std::uint32_t part : indexes_[index])
    if (const auto found = complaints_.find(part); found != complaints_.end()) return found->second;
  return {};
}

Status EmptyIndexes::set_search_path(const std::string& path) {
  auto set = connection().query("SELECT pg_catalog.set_config('search_path', $1, false)", {path});
  if (!set) return fail(set);
  return {};
}

std::vector<std::string> EmptyIndexes::suppose_all() const {
  std::vector<std::size_t> all(indexes_.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return suppose(all);
}

// The table's own row changes so that its list of indexes is read anew.
std::vector<std::string> EmptyIndexes::suppose(const std::vector<std::size_t>& indexes) const {
  Numbers parts;
  for (const std::size_t each : indexes)
    parts.insert(parts.end(), indexes_[each].begin(), indexes_[each].end());
  return suppose(parts);
}

std::vector<std::string> EmptyIndexes::suppose(const Numbers& parts) const {
  std::string list;
  std::set<std::string> tables;
  for (const std::uint32_t part : parts) {
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

Result<std::unique_ptr<EmptyIndexes>> make(PostgresSandbox& twin,
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

// The statement without a name, and without what a transaction does not allow, on the table or on
// each of its partitions that hold rows.
Result<engine::HypotheticalIndex> read_statement(Connection& session, const std::string& create) {
  auto trees = sql::parse(create);
  if (!trees) {
    Error error = trees.error();
    error.code = "explain.index";
    return std::unexpected(std::move(error));
  }
  if (trees->size() != 1 || !trees->front().is("IndexStmt"))
    return fail("explain.index", "this is not one CREATE INDEX statement", create);
  sql::Tree& tree = trees->front();
  for (const char* field : {"idxname", "concurrent", "if_not_exists"}) tree.erase(field);
  const sql::Tree& named = tree["relation"];
  const std::string schema(named["schemaname"].text());
  const std::string name = (schema.empty() ? "" : quote_identifier(schema) + ".") +
                           quote_identifier(named["relname"].text());
  const auto tables = session.query(
      "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
      " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND (c.oid ="
      " $1::pg_catalog.regclass OR c.oid IN (SELECT relid FROM"
      " pg_catalog.pg_partition_tree($1::pg_catalog.regclass) WHERE isleaf)) ORDER BY c.oid",
      {name});
  if (!tables) {
    Error error = tables.error();
    if (error.code != "postgres.lost" && error.code != "interrupted") error.code = "explain.index";
    error.where = create;
    return std::unexpected(std::move(error));
  }
  engine::HypotheticalIndex index;
  for (int row = 0; row < tables->size(); ++row) {
    sql::Tree& relation = tree.at("relation");
    relation.set("schemaname", sql::Tree(std::string(tables->cell(row, 0))));
    relation.set("relname", sql::Tree(std::string(tables->cell(row, 1))));
    auto text = sql::to_sql(tree);
    if (!text) return fail(text);
    index.parts.push_back({.table = catalog::qualified(tables->cell(row, 0), tables->cell(row, 1)),
                           .create = std::move(*text)});
  }
  return index;
}

Result<std::vector<std::optional<engine::Answer>>> EmptyIndexes::ask_with(
    const std::vector<std::string>& built, const std::vector<engine::Question>& questions) {
  std::vector<engine::HypotheticalIndex> indexes;
  for (const std::string& each : built) {
    auto index = read_statement(connection(), each);
    if (!index && index.error().code == "explain.index")
      return std::vector<std::optional<engine::Answer>>(questions.size());
    if (!index) return fail(index);
    indexes.push_back(std::move(*index));
  }
  const auto taken = take(indexes);
  if (!taken) return std::unexpected(taken.error());
  Numbers parts;
  for (const Numbers& each : *taken) parts.insert(parts.end(), each.begin(), each.end());
  return ask_after(suppose(parts), questions);
}

}  // namespace

Result<Supposed> suppose_empty(PostgresSandbox& twin,
                               const std::vector<std::string>& create_indexes) {
  Connection& session = twin.connection();
  auto path = session.query("SHOW search_path");
  if (!path) return fail(path);
  std::vector<engine::HypotheticalIndex> indexes;
  for (const std::string& each : create_indexes) {
    auto index = read_statement(session, each);
    if (!index) return fail(index);
    indexes.push_back(std::move(*index));
  }
  auto planner = make(twin, nullptr);
  if (!planner) return fail(planner);
  if (Status set = (*planner)->set_search_path(std::string(path->cell(0, 0))); !set)
    return fail(set);
  auto sizes = (*planner)->set_indexes(std::move(indexes));
  if (!sizes) return fail(sizes);
  for (std::size_t i = 0; i < create_indexes.size(); ++i)
    if (!(*sizes)[i]) return fail("explain.index", (*planner)->complaint(i), create_indexes[i]);
  std::vector<std::string> statements = (*planner)->suppose_all();
  return Supposed{std::move(statements), std::move(*planner)};
}

Result<std::unique_ptr<engine::Planner>> make_empty_indexes(PostgresSandbox& twin) {
  return make(twin, nullptr);
}

Result<std::unique_ptr<engine::Planner>> make_empty_indexes(std::unique_ptr<PostgresSandbox> twin) {
  PostgresSandbox& kept = *twin;
  return make(kept, std::move(twin));
}

}  // namespace architrave::postgres
