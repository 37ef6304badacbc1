// What is read is written, loads, and reads the same: for real schemas, for pairs of small ones and
// for one that holds every kind of object, on every server that this machine has.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/lookup.h"
#include "catalog/postgres/writer.h"
#include "engine/postgres/reader.h"
#include "engine/postgres/server.h"
#include "sql/script.h"

namespace architrave::postgres {
namespace {

namespace fs = std::filesystem;

const fs::path source_folder = ARCHITRAVE_SOURCE_DIR;
const fs::path corpus = source_folder / "../shared/corpus";

// One server for each installation, for all tests; databases come and go in it.
class TestServer {
 public:
  static TestServer& of(const Installation& installation) {
    static std::map<int, std::unique_ptr<TestServer>> servers;
    auto& server = servers[installation.major];
    if (!server) server = std::make_unique<TestServer>(installation);
    return *server;
  }

  explicit TestServer(const Installation& installation) {
    auto started = Server::start(installation, {"wal_level=logical"});
    if (!started) throw std::runtime_error(describe(started.error()));
    server_ = std::move(*started);
  }

  Connection connect(const std::string& database) {
    auto connection = server_->connect(database);
    if (!connection) throw std::runtime_error(describe(connection.error()));
    return std::move(*connection);
  }

  // A connection to a new, empty database.
  Connection create(std::string* database = nullptr) {
    const std::string name = "db" + std::to_string(++count_);
    auto made = connect("postgres").execute("CREATE DATABASE " + name + " TEMPLATE template0");
    if (!made) throw std::runtime_error(describe(made.error()));
    if (database != nullptr) *database = name;
    return connect(name);
  }

  void create_roles(const std::set<std::string>& roles) {
    Connection connection = connect("postgres");
    for (const std::string& role : roles)
      if (roles_.insert(role).second)
        (void)connection.execute("CREATE ROLE " + catalog::quote_identifier(role));
  }

 private:
  std::unique_ptr<Server> server_;
  std::set<std::string> roles_;
  int count_ = 0;
};

// What the statements failed with.
std::vector<std::string> run(Connection& connection, const std::vector<std::string>& statements) {
  std::vector<std::string> errors;
  auto results = connection.pipeline(statements);
  if (!results) return {describe(results.error())};
  for (std::size_t i = 0; i < results->size(); ++i)
    if (!(*results)[i]) errors.push_back((*results)[i].error().message + "\n  " + statements[i]);
  return errors;
}

// A script's statements, without psql's commands and without data.
std::vector<std::string> statements_of(const std::string& script) {
  std::vector<std::string> statements;
  for (const sql::ScriptItem& item : sql::split_script(script)) {
    if (item.kind == sql::ScriptItem::Kind::copy_data && !statements.empty())
      statements.pop_back();
    else if (item.kind == sql::ScriptItem::Kind::statement)
      statements.emplace_back(item.text);
  }
  return statements;
}

std::set<std::string> roles_in(const std::string& script) {
  std::set<std::string> roles;
  const std::regex named(R"re((?:owner to|\bto|for role) +"?([a-z_0-9]+)"?)re", std::regex::icase);
  for (auto each = std::sregex_iterator(script.begin(), script.end(), named);
       each != std::sregex_iterator(); ++each)
    roles.insert((*each)[1]);
  return roles;
}

catalog::Catalog read(Connection& connection, bool measurements = false) {
  auto catalog = read_catalog(connection, {measurements});
  EXPECT_TRUE(catalog) << describe(catalog.error());
  return catalog ? std::move(*catalog) : catalog::Catalog();
}

std::string differences(const catalog::Catalog& before, const catalog::Catalog& after) {
  std::string text;
  for (const catalog::Change& change : catalog::diff(before, after))
    text += describe(change) + "\n";
  return text.substr(0, 2000);
}

// Writes the catalog into a new database and reads it from there.
catalog::Catalog reload(TestServer& server, const catalog::Catalog& catalog) {
  const std::vector<std::string> roles = roles_named(catalog);
  server.create_roles({roles.begin(), roles.end()});
  Connection connection = server.create();
  const auto errors = run(connection, write(catalog, {.version = connection.server_version()}));
  EXPECT_TRUE(errors.empty()) << errors.size() << " errors, the first: " << errors.front();
  return read(connection);
}

// The deparser may say things in another way once its own text is loaded, and then no more: so the
// second generation must have as much as the first, and the third must equal the second.
void round_trip(TestServer& server, const std::string& script) {
  server.create_roles(roles_in(script));
  Connection connection = server.create();
  (void)run(connection, statements_of(script));
  const catalog::Catalog first = read(connection);
  const catalog::Catalog second = reload(server, first);
  const catalog::Catalog third = reload(server, second);
  EXPECT_TRUE(catalog::equal(second, third)) << differences(second, third);
  const std::set<std::string> deparsed = {"definition",    "expression",     "predicate",
                                          "keys",          "using",          "check",
                                          "default_value", "partition_bound"};
  for (const catalog::Change& change : catalog::diff(first, second)) {
    // The newest version of an extension is made, as every server has it.
    if (change.object.kind == catalog::Kind::extension && change.property == "version") continue;
    EXPECT_TRUE(change.what == catalog::Change::What::changed && deparsed.contains(change.property))
        << describe(change);
  }
}

std::string every_kind(int major) {
  auto text = read_file(source_folder / "tests/cases/postgres/every-kind.sql");
  EXPECT_TRUE(text);
  std::string script;
  for (const std::string& line : split(text.value_or(""), '\n')) {
    const std::size_t mark = line.find("--@");
    if (mark != line.npos) {
      const bool below = line[mark + 3] == '<';
      const int version = std::atoi(line.c_str() + mark + (below ? 4 : 3));
      if (below ? major >= version : major < version) continue;
    }
    script += line.substr(0, mark) + '\n';
  }
  return script;
}

class PostgresRoundTrip : public testing::TestWithParam<Installation> {
 protected:
  TestServer& server() { return TestServer::of(GetParam()); }
};

TEST_P(PostgresRoundTrip, EveryKindOfObject) {
  server().create_roles({"ek_owner", "ek_reader", "ek_granter", "Ek Weird"});
  const std::string script = every_kind(GetParam().major);
  Connection connection = server().create();
  const auto errors = run(connection, statements_of(script));
  ASSERT_TRUE(errors.empty()) << errors.front();
  const catalog::Catalog first = read(connection);
  const catalog::Catalog second = reload(server(), first);
  EXPECT_TRUE(catalog::equal(first, second)) << differences(first, second);

  std::set<catalog::Kind> kinds;
  for (const catalog::OtherObject& other : first.others) kinds.insert(other.kind);
  for (int kind = static_cast<int>(catalog::Kind::operator_);
       kind <= static_cast<int>(catalog::Kind::default_privileges); ++kind)
    EXPECT_TRUE(kinds.contains(static_cast<catalog::Kind>(kind)))
        << to_string(static_cast<catalog::Kind>(kind));
}

TEST_P(PostgresRoundTrip, WithoutDependencies) {
  server().create_roles({"ek_owner", "ek_reader", "ek_granter", "Ek Weird"});
  Connection connection = server().create();
  (void)run(connection, statements_of(every_kind(GetParam().major)));
  const catalog::Catalog first = read(connection);
  catalog::Catalog bare = first;
  bare.dependencies.clear();
  // A transform or a language in use names no qualified object, and a key that a view groups by is
  // named nowhere.
  std::erase_if(bare.relations, [](const auto& each) { return each.name == "grouped"; });
  catalog::Catalog expected = bare;
  const catalog::Catalog second = reload(server(), bare);
  EXPECT_TRUE(catalog::equal(expected, second)) << differences(expected, second);
}

TEST_P(PostgresRoundTrip, RealSchemas) {
  const fs::path folder = corpus / "postgresql";
  if (!fs::exists(folder)) GTEST_SKIP() << "the corpus is not here";
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() != ".sql") continue;
    SCOPED_TRACE(file.path().filename());
    auto script = read_file(file.path());
    ASSERT_TRUE(script);
    round_trip(server(), *script);
  }
}

TEST_P(PostgresRoundTrip, Pairs) {
  const fs::path folder = corpus / "pairs";
  if (!fs::exists(folder)) GTEST_SKIP() << "the corpus is not here";
  std::vector<fs::path> files;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.path().filename() == "old.sql" || file.path().filename() == "new.sql")
      files.push_back(file.path());
  std::ranges::sort(files);
  const std::size_t step = std::getenv("ARCHITRAVE_ALL") != nullptr ? 1 : 45;
  for (std::size_t i = static_cast<std::size_t>(GetParam().major) % step; i < files.size();
       i += step) {
    SCOPED_TRACE(files[i]);
    auto script = read_file(files[i]);
    ASSERT_TRUE(script);
    round_trip(server(), *script);
  }
}

// From 17 on the server itself fills no view so.
TEST_P(PostgresRoundTrip, RowsByCodeThatKnowsTheUsualPathAlone) {
  if (GetParam().major >= 17) GTEST_SKIP() << "the server refuses it";
  round_trip(server(),
             "CREATE TABLE t (id int); CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS "
             "'BEGIN RETURN QUERY SELECT id FROM t; END'; CREATE MATERIALIZED VIEW m AS SELECT f "
             "AS id FROM f(); CREATE INDEX m_id ON m (id)");
}

TEST_P(PostgresRoundTrip, SecretsStayWhereTheyAre) {
  Connection connection = server().create();
  ASSERT_TRUE(connection.execute(
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
      "CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (\"user\" 'me', password 'hush')"));
  const catalog::Catalog catalog = read(connection);
  const auto statements = write(catalog, {.version = connection.server_version()});
  EXPECT_EQ(join(statements, "\n").find("hush"), std::string::npos);
  EXPECT_NE(join(statements, "\n").find("\"user\" 'me'"), std::string::npos);
  ASSERT_EQ(catalog.unread.size(), 1u);
  EXPECT_EQ(catalog.unread[0].what, "option password of user mapping FOR postgres SERVER s");
}

TEST_P(PostgresRoundTrip, AnUnprivilegedRoleReadsTheSame) {
  std::string database;
  Connection owner = server().create(&database);
  server().create_roles({"ek_owner", "ek_reader", "ek_granter", "Ek Weird", "nobody_much"});
  (void)run(owner, statements_of(every_kind(GetParam().major)));
  ASSERT_TRUE(owner.execute("ALTER ROLE nobody_much LOGIN"));
  catalog::Catalog all = read(owner);
  Connection guest = server().connect(database);
  ASSERT_TRUE(guest.execute("SET SESSION AUTHORIZATION nobody_much"));
  const catalog::Catalog seen = read(guest, true);
  EXPECT_FALSE(seen.server.superuser);
  EXPECT_EQ(seen.server.role, "nobody_much");
  // It sees all but the subscription's connection and what is said of users on foreign servers.
  std::set<std::string> unread;
  for (const catalog::Unread& each : seen.unread) unread.insert(each.what);
  EXPECT_EQ(unread, std::set<std::string>{"subscriptions"});
  for (const catalog::Change& change : catalog::diff(all, seen))
    EXPECT_TRUE(change.object.kind == catalog::Kind::subscription ||
                change.object.kind == catalog::Kind::user_mapping)
        << describe(change);
}

TEST_P(PostgresRoundTrip, Measurements) {
  Connection connection = server().create();
  ASSERT_TRUE(connection.execute(
      "CREATE TABLE t (id serial PRIMARY KEY, kind text);"
      "INSERT INTO t (kind) SELECT 'k' || g % 4 FROM generate_series(1, 1000) g"));
  ASSERT_TRUE(connection.execute("ANALYZE t"));
  const catalog::Catalog catalog = read(connection, true);
  const catalog::Relation* table = catalog.relation("public", "t");
  ASSERT_NE(table, nullptr);
  ASSERT_TRUE(table->stats);
  EXPECT_EQ(table->stats->rows, 1000);
  EXPECT_GT(table->stats->bytes, 8192);
  ASSERT_EQ(table->indexes.size(), 1u);
  ASSERT_TRUE(table->indexes[0].stats);
  EXPECT_EQ(table->stats->total_bytes, table->stats->bytes + table->indexes[0].stats->bytes);
  ASSERT_TRUE(table->column("kind")->stats);
  EXPECT_EQ(table->column("kind")->stats->distinct, 4);
  ASSERT_EQ(catalog.sequences.size(), 1u);
  EXPECT_EQ(catalog.sequences[0].last_value, 1000);
  EXPECT_EQ(catalog.sequences[0].owned_by_column, "id");
  EXPECT_TRUE(catalog.server.has_workload);
  EXPECT_EQ(catalog.server.version_number / 10000, GetParam().major);
  EXPECT_EQ(catalog.settings.at("fsync").value, "off");
  EXPECT_EQ(catalog.settings.at("shared_buffers").unit, "8kB");
  // Those that the reading session changes for itself are told as the server has them.
  EXPECT_EQ(catalog.settings.at("work_mem").raw, "4096");
  EXPECT_EQ(catalog.settings.at("jit").raw, "on");
  EXPECT_EQ(catalog.settings.at("jit").source, "default");
  EXPECT_TRUE(catalog.server.checkpoints_timed && catalog.server.checkpoints_requested &&
              catalog.server.checkpoints_since);
  EXPECT_TRUE(std::ranges::any_of(
      catalog.roles, [](const auto& role) { return role.name == "postgres" && role.superuser; }));
}

TEST_P(PostgresRoundTrip, DependenciesNameTheirObjects) {
  Connection connection = server().create();
  ASSERT_TRUE(connection.execute(
      "CREATE TYPE mood AS ENUM ('a');"
      "CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
      "CREATE TABLE t (id integer DEFAULT f(1), m mood[], CONSTRAINT c CHECK (f(id) > 0));"
      "CREATE INDEX i ON t (f(id));"
      "CREATE VIEW v AS SELECT id FROM t"));
  const catalog::Catalog catalog = read(connection);
  std::set<std::string> edges;
  for (const catalog::Dependency& edge : catalog.dependencies)
    edges.insert(to_string(edge.object) + " -> " + to_string(edge.needs));
  EXPECT_EQ(edges, (std::set<std::string>{"column public.t.id -> function public.f(integer)",
                                          "constraint public.t.c -> function public.f(integer)",
                                          "index public.i -> function public.f(integer)",
                                          "table public.t -> type public.mood",
                                          "view public.v -> table public.t"}));
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresRoundTrip, testing::ValuesIn(installations()),
                         [](const auto& each) { return "V" + std::to_string(each.param.major); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresRoundTrip);

}  // namespace
}  // namespace architrave::postgres
