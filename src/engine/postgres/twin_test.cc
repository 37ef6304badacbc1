#include "engine/postgres/twin.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/postgres/reader.h"
#include "engine/postgres/sandbox.h"

namespace architrave::postgres {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Plan {
  std::string shape;  // or an error
  double cost = -1;
};

void add_shape(const json& node, std::string& shape) {
  for (const char* key : {"Node Type", "Relation Name", "Index Name", "Join Type", "Strategy"})
    if (node.contains(key)) shape += node[key].get<std::string>() + ' ';
  shape += '(';
  for (const json& each : node.value("Plans", json::array())) add_shape(each, shape);
  shape += ')';
}

Plan plan(Connection& connection, const std::string& query) {
  const auto rows = connection.query("EXPLAIN (FORMAT JSON) " + query);
  if (!rows) return {rows.error().message, -1};
  const json root = json::parse(rows->cell(0, 0))[0]["Plan"];
  Plan found{.shape = {}, .cost = root["Total Cost"].get<double>()};
  add_shape(root, found.shape);
  return found;
}

Twin read(Connection& connection) {
  auto catalog = read_catalog(connection);
  EXPECT_TRUE(catalog) << describe(catalog.error());
  auto statistics = read_statistics(connection, *catalog);
  EXPECT_TRUE(statistics) << describe(statistics.error());
  return {std::move(*catalog), std::move(*statistics)};
}

// By way of the file, as it is used.
std::unique_ptr<PostgresSandbox> start(const Twin& twin, const Installation& installation) {
  const auto bytes = write_twin(twin);
  EXPECT_TRUE(bytes) << describe(bytes.error());
  EXPECT_LT(bytes->size(), 2u << 20);
  auto back = read_twin(*bytes);
  EXPECT_TRUE(back) << describe(back.error());
  auto sandbox =
      sandbox_with(back->catalog, std::make_shared<Statistics>(back->statistics), installation);
  EXPECT_TRUE(sandbox) << describe(sandbox.error());
  const Status taken = (*sandbox)->take_statistics();
  EXPECT_TRUE(taken) << describe(taken.error());
  EXPECT_TRUE((*sandbox)->has_statistics());
  return std::move(*sandbox);
}

// What is in a twin file once it is unpacked.
std::string content_of(const std::string& bytes) {
  const std::string packed = bytes.substr(bytes.find('\n') + 1);
  std::string text(ZSTD_getFrameContentSize(packed.data(), packed.size()), '\0');
  EXPECT_EQ(ZSTD_decompress(text.data(), text.size(), packed.data(), packed.size()), text.size());
  return text;
}

class TpchTwin : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const fs::path folder = fs::path(ARCHITRAVE_SOURCE_DIR) / "../shared/workloads/tpch";
    const auto installation = choose_installation(15);
    if (!installation || !fs::exists(folder / "load.sql") || find_program("psql").empty()) return;
    auto started = make_empty_sandbox(*installation);
    ASSERT_TRUE(started) << describe(started.error());
    original = std::move(*started);
    const auto loaded =
        run({.arguments = {"psql", "-q", "-v", "sf=0.01", "-f", (folder / "load.sql").string()},
             .environment = original->environment()});
    ASSERT_TRUE(loaded);
    ASSERT_EQ(loaded->code, 0) << loaded->output;
    ASSERT_TRUE(original->connection().execute(
        "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"));
    ASSERT_TRUE(original->connection().execute("VACUUM ANALYZE"));
    // The heights of its indexes are read from their files, which a checkpoint brings up to date.
    ASSERT_TRUE(original->connection().execute("CHECKPOINT"));
    for (int i = 1; i <= 22; ++i) {
      const std::string number = (i < 10 ? "0" : "") + std::to_string(i);
      queries.push_back(read_file(folder / "queries" / ("q" + number + ".sql")).value());
    }
  }
  static void TearDownTestSuite() { original.reset(); }
  void SetUp() override {
    if (!original) GTEST_SKIP() << "the workload, psql or a server is not here";
  }
  static std::unique_ptr<PostgresSandbox> original;
  static std::vector<std::string> queries;
};
std::unique_ptr<PostgresSandbox> TpchTwin::original;
std::vector<std::string> TpchTwin::queries;

TEST_F(TpchTwin, PlansTheSameAtTheSameCost) {
  const auto twin = start(read(original->connection()), original->server().installation());
  for (const std::string& query : queries) {
    const Plan there = plan(original->connection(), query);
    const Plan here = plan(twin->connection(), query);
    EXPECT_GT(there.cost, 0) << there.shape;
    EXPECT_EQ(here.shape, there.shape) << query;
    EXPECT_EQ(here.cost, there.cost) << query;
  }
}

TEST_F(TpchTwin, NearlySoForARoleWithoutPrivileges) {
  auto reader = Connection::open(original->server().connection_string("postgres") + " user=reader",
                                 {.read_only = true});
  ASSERT_TRUE(reader) << describe(reader.error());
  ASSERT_EQ(reader->user(), "reader");
  const auto twin = start(read(*reader), original->server().installation());
  for (const std::string& query : queries) {
    const Plan there = plan(original->connection(), query);
    const Plan here = plan(twin->connection(), query);
    EXPECT_EQ(here.shape, there.shape) << query;
    EXPECT_NEAR(here.cost / there.cost, 1, 0.02) << query;
  }
}

TEST_F(TpchTwin, WithoutValuesHoldsNoneAndMostlyPlansTheSame) {
  const Twin full = read(original->connection());
  Twin bare = full;
  remove_values(bare);
  const std::string content = content_of(*write_twin(bare));
  const std::string before = content_of(*write_twin(full));
  int looked_for = 0;
  for (const ColumnStatistics& column : full.statistics.columns)
    for (const StatisticsSlot& slot : column.slots) {
      if (!slot.values || !slot.values_type.starts_with("character")) continue;
      std::string value;
      for (const char each : *slot.values + ',') {
        if (each != ',' && each != '{' && each != '}' && each != '"') {
          value += each;
          continue;
        }
        value = trim(value);
        // Short ones (a flag's R and A) occur in anything.
        if (value.size() >= 5) {
          ++looked_for;
          EXPECT_NE(before.find(value), std::string::npos) << value;
          EXPECT_EQ(content.find(value), std::string::npos) << value;
        }
        value.clear();
      }
    }
  EXPECT_GT(looked_for, 500);
  EXPECT_NE(content.find("lineitem"), std::string::npos);

  const auto twin = start(bare, original->server().installation());
  int alike = 0;
  for (const std::string& query : queries)
    alike += plan(original->connection(), query).shape == plan(twin->connection(), query).shape;
  EXPECT_GE(alike, 16);
}

// What TPC-H has not, on every server that is here.
class EachTwin : public testing::TestWithParam<Installation> {};
INSTANTIATE_TEST_SUITE_P(Servers, EachTwin, testing::ValuesIn(installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EachTwin);

constexpr const char* schema = R"(
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN score AS int CHECK (VALUE >= 0);
CREATE SCHEMA "Odd One";
CREATE TABLE gone (a int, dropped text, b int, c int, m mood, tags text[], s score, d jsonb,
                   span int4range, note text);
ALTER TABLE gone DROP COLUMN dropped;
INSERT INTO gone SELECT i, i % 100, (i % 100) / 10, (ARRAY['sad', 'ok', 'happy']::mood[])[1 + i % 3],
  ARRAY['t' || i % 7, 'u' || i % 11], i % 50, jsonb_build_object('k', i % 5),
  int4range(i, i + 1 + i % 10), 'Note, "number" ' || i FROM generate_series(1, 30000) i;
CREATE STATISTICS gone_bc (ndistinct, dependencies, mcv) ON b, c FROM gone;
CREATE INDEX gone_a ON gone (a);
CREATE INDEX gone_lower ON gone (lower(note));
CREATE INDEX gone_tags ON gone USING gin (tags);
CREATE INDEX gone_some ON gone (b) WHERE m = 'happy';
CREATE TABLE "Odd One"."Parts" (id bigint, at date) PARTITION BY RANGE (at);
CREATE TABLE "Odd One".p1 PARTITION OF "Odd One"."Parts" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE "Odd One".p2 PARTITION OF "Odd One"."Parts" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO "Odd One"."Parts" SELECT i, date '2024-01-01' + i % 700 FROM generate_series(1, 20000) i;
CREATE MATERIALIZED VIEW per_b AS SELECT b, count(*) AS n FROM gone GROUP BY b;
CREATE TABLE "empty" (x int PRIMARY KEY);
)";

TEST_P(EachTwin, CarriesEveryKindOfStatistics) {
  auto made = make_empty_sandbox(GetParam(), {"random_page_cost = 1.7", "work_mem = '9MB'"});
  ASSERT_TRUE(made) << describe(made.error());
  Connection& original = (*made)->connection();
  const Status filled = original.execute(schema);
  ASSERT_TRUE(filled) << describe(filled.error());
  ASSERT_TRUE(original.execute("VACUUM ANALYZE"));
  ASSERT_TRUE(original.execute("CHECKPOINT"));
  const Twin twin = read(original);
  EXPECT_EQ(twin.statistics.planner_settings.at("random_page_cost"), "1.7");
  EXPECT_TRUE(twin.statistics.unread.empty());

  const auto copy = start(twin, GetParam());
  for (const char* query : {
           "SELECT * FROM gone WHERE a < 100",
           "SELECT max(a) FROM gone",
           "SELECT * FROM gone WHERE a > 29990 ORDER BY a",
           "SELECT * FROM gone WHERE b = 55 AND c = 5",
           "SELECT b, c, count(*) FROM gone GROUP BY b, c",
           "SELECT * FROM gone WHERE m = 'happy'",
           "SELECT * FROM gone WHERE m = 'happy' AND b = 3",
           "SELECT * FROM gone WHERE tags @> ARRAY['t3']",
           "SELECT * FROM gone WHERE s = 7",
           "SELECT * FROM gone WHERE span && int4range(5, 50)",
           "SELECT * FROM gone WHERE lower(note) < 'note, \"number\" 2'",
           "SELECT * FROM gone JOIN per_b USING (b)",
           "SELECT * FROM \"Odd One\".\"Parts\" WHERE at = '2024-05-05'",
           "SELECT count(*) FROM \"Odd One\".\"Parts\" GROUP BY at",
           "SELECT * FROM \"empty\" WHERE x = 1",
       }) {
    const Plan there = plan(original, query);
    const Plan here = plan(copy->connection(), query);
    EXPECT_GE(there.cost, 0) << there.shape;
    EXPECT_EQ(here.shape, there.shape) << query;
    EXPECT_EQ(here.cost, there.cost) << query;
  }
  // It holds no rows, and its indexes can be searched.
  for (const char* query : {"SELECT count(*) FROM gone WHERE a = 5", "SELECT count(*) FROM per_b",
                            "SELECT count(*) FROM gone WHERE tags @> ARRAY['t3']"}) {
    const auto rows = copy->connection().query(query);
    ASSERT_TRUE(rows) << describe(rows.error());
    EXPECT_EQ(rows->cell(0, 0), "0");
  }
  const auto casts = copy->connection().query("SELECT count(*) FROM pg_cast WHERE oid >= 16384");
  EXPECT_EQ(casts->cell(0, 0), "0");
}

TEST_P(EachTwin, IsAsLongAsTheOriginalWithoutTakingRoom) {
  auto made = make_empty_sandbox(GetParam());
  ASSERT_TRUE(made) << describe(made.error());
  ASSERT_TRUE((*made)->connection().execute("CREATE TABLE big (id bigint PRIMARY KEY, t text)"));
  Twin twin = read((*made)->connection());
  for (RelationSize& each : twin.statistics.relations) {
    each.pages = each.believed_pages = each.name == "big" ? 300000 : 60000;  // three segments
    each.rows = 2e7;
    each.btree_height = each.name == "big" ? 0 : 2;
  }
  const auto copy = start(twin, GetParam());
  const auto size = copy->connection().query("SELECT pg_relation_size('big') / 8192");
  ASSERT_TRUE(size);
  EXPECT_EQ(size->cell(0, 0), "300000");
  const auto found = copy->connection().query("SELECT * FROM big WHERE id BETWEEN 5 AND 7");
  ASSERT_TRUE(found) << describe(found.error());
  EXPECT_EQ(found->size(), 0);
  // An index that is searched down its spine can also be written into.
  const Status written =
      copy->connection().execute("INSERT INTO big SELECT i, 'x' FROM generate_series(1, 3000) i");
  ASSERT_TRUE(written) << describe(written.error());
  const auto one = copy->connection().query("SELECT t FROM big WHERE id = 2999");
  ASSERT_TRUE(one && one->size() == 1);
}

Twin small_twin() {
  Twin twin;
  twin.catalog.server.engine = "postgresql";
  twin.catalog.server.version_number = 150000;
  StatisticsSlot slot;
  slot.kind = 2;
  slot.op = "<(integer,integer)";
  slot.values = "{1,2,3}";
  slot.values_type = "integer";
  slot.numbers = {0.1F, 1.0F / 3};
  slot.has_numbers = true;
  twin.statistics.columns.push_back({"public", "t", "x", false, 0.25F, 4, -1, {slot}});
  twin.statistics.relations.push_back({"public", "t", 100, 90, 80, 1234, 0, {}});
  twin.statistics.extended.push_back({"public", "s", true, "00ff", "", "", {{1, "x"}}});
  twin.statistics.planner_settings["work_mem"] = "4096";
  twin.statistics.unread.push_back({"a", "b"});
  return twin;
}

TEST(TwinFile, GivesBackWhatWasWritten) {
  const Twin twin = small_twin();
  const std::string bytes = write_twin(twin).value();
  const auto back = read_twin(bytes);
  ASSERT_TRUE(back) << describe(back.error());
  EXPECT_EQ(write_twin(*back).value(), bytes);
  const ColumnStatistics& column = back->statistics.columns.at(0);
  EXPECT_EQ(column.slots.at(0).numbers, twin.statistics.columns[0].slots[0].numbers);
  EXPECT_EQ(back->statistics.extended.at(0).columns.at(1), "x");
  EXPECT_EQ(back->statistics.relations.at(0).rows, 1234);
}

TEST(TwinFile, RefusesEverythingElse) {
  const std::string bytes = write_twin(small_twin()).value();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = read_twin(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(cut) << length;
    EXPECT_EQ(cut.error().code, "twin.corrupt");
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x41);
    const auto read = read_twin(changed);
    ASSERT_FALSE(read) << i;
    EXPECT_FALSE(read.error().hint.empty());
  }
}

// Files whose checksum is right and whose content is not.
TEST(TwinFile, RefusesWhatWasMadeToDeceive) {
  const auto file = [](const std::string& text, std::size_t claimed) {
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
    return std::string(twin_magic) + "1 " + std::to_string(claimed) + ' ' + stable_hash(packed) +
           '\n' + packed;
  };
  const std::string whole = content_of(write_twin(small_twin()).value());
  ASSERT_TRUE(read_twin(file(whole, whole.size())));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"pages\":100", "\"pages\":-1"},
           {"\"pages\":100", "\"pages\":99999999999999"},
           {"\"rows\":1234.0", "\"rows\":\"many\""},
           {"\"00ff\"", "\"0'; DROP\""},
           {"\"4096\"", "\"1\\narchive_command = 'x'\""},
           {"\"statistics\"", "\"other\""},
           {"{\"catalog\":", "[{\"catalog\":"}}) {
    const std::string changed = replace_all(whole, from, to);
    ASSERT_NE(changed, whole) << from;
    const auto read = read_twin(file(changed, changed.size()));
    ASSERT_FALSE(read) << to;
    EXPECT_EQ(read.error().code, "twin.corrupt");
  }
  EXPECT_FALSE(read_twin(file(whole, whole.size() + 1)));
  EXPECT_FALSE(read_twin(file(whole, std::size_t{1} << 40)));
  const std::string deep(100000, '[');
  EXPECT_FALSE(read_twin(file(deep, deep.size())));
}

TEST(RemoveValues, KeepsOrderAndLeavesOthersAlone) {
  Twin twin = small_twin();
  StatisticsSlot words;
  words.kind = 2;
  words.values_type = "text";
  words.values = R"({"Anna Smith",Bertha,"Carl, the \"Great\"",Dora})";
  StatisticsSlot flags;
  flags.kind = 1;
  flags.values_type = "boolean";
  flags.values = "{t,f}";
  flags.numbers = {0.9F, 0.1F};
  flags.has_numbers = true;
  StatisticsSlot days;
  days.kind = 2;
  days.values_type = "date";
  days.values = "{2023-12-31,2024-02-28,2024-12-31}";
  StatisticsSlot other;
  other.kind = 2;
  other.values_type = "uuid";
  other.values = "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}";
  for (const StatisticsSlot& slot : {words, flags, days, other})
    twin.statistics.columns.push_back({"public", "t", "c", false, 0, 4, -1, {slot}});
  remove_values(twin);
  const auto& columns = twin.statistics.columns;
  const std::string made = columns.at(1).slots.at(0).values.value();
  for (const char* name : {"Anna", "Bertha", "Carl", "Great", "Dora"})
    EXPECT_EQ(made.find(name), std::string::npos);
  const std::vector<std::string> list = split(made.substr(1, made.size() - 2), ',');
  EXPECT_EQ(list.size(), 4u);
  EXPECT_TRUE(std::ranges::is_sorted(list));
  EXPECT_EQ(columns.at(2).slots.at(0).values.value(), "{t,f}");
  const std::string dates = columns.at(3).slots.at(0).values.value();
  EXPECT_EQ(dates.find("2024-02-28"), std::string::npos) << dates;
  EXPECT_EQ(dates.find("2024-12-31"), std::string::npos) << dates;
  EXPECT_TRUE(columns.at(4).slots.empty());
  EXPECT_TRUE(twin.statistics.extended.at(0).most_common.empty());
}

}  // namespace
}  // namespace architrave::postgres
