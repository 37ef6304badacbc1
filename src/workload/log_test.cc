#include "workload/log.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "workload/csv_reader.h"
#include "workload/json_reader.h"
#include "workload/stderr_reader.h"

namespace architrave::workload {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "log-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~LogTest() override { std::filesystem::remove_all(folder); }
  std::string put(const std::string& name, std::string_view bytes) {
    EXPECT_TRUE(write_file(folder / name, bytes));
    return (folder / name).string();
  }
  Workload read_text(std::string_view bytes, ReadOptions options = {}) {
    auto workload = read({put("server.log", bytes)}, options);
    EXPECT_TRUE(workload) << describe(workload.error());
    return workload.value_or(Workload());
  }
  std::filesystem::path folder;
};

constexpr std::string_view two =
    "2026-11-21 04:44:51.250 UTC [12] app@shop LOG:  duration: 1.500 ms  statement: SELECT *\n"
    "\tFROM t\n"
    "\tWHERE a = 'x\n"
    "\ty'\n"
    "2026-11-21 04:44:52.250 UTC [12] app@shop LOG:  duration: 2.500 ms  execute <unnamed>: SELECT "
    "* "
    "FROM t WHERE a = $1\n"
    "2026-11-21 04:44:52.250 UTC [12] app@shop DETAIL:  parameters: $1 = 'z'\n";

TEST_F(LogTest, SumsUp) {
  const Workload workload = read_text(two);
  EXPECT_EQ(workload.source, "log");
  EXPECT_EQ(workload.statements, 2);
  EXPECT_FALSE(workload.partial);
  EXPECT_EQ(workload.from, 1795236291.25);
  EXPECT_EQ(workload.to, 1795236292.25);
  ASSERT_EQ(workload.queries.size(), 1u);
  const Query& query = workload.queries[0];
  EXPECT_EQ(query.calls, 2);
  EXPECT_EQ(query.total_ms, 4);
  EXPECT_EQ(query.example, "SELECT * FROM t WHERE a = 'z'");
  EXPECT_EQ(query.user, "app");
  EXPECT_EQ(query.database, "shop");
}

TEST_F(LogTest, IsTheSameInPiecesOfAnySize) {
  const std::string csv =
      "2026-11-21 04:44:51.250 UTC,\"app\",\"shop\",12,\"[local]\",6b.1,1,\"SELECT\",2026-11-21 "
      "04:00:00 "
      "UTC,4/7,0,LOG,00000,\"duration: 1.5 ms  statement: SELECT \"\"a\"\"\nFROM "
      "t\",,,,,,,,,\"\",\"client "
      "backend\",,0\n";
  const std::string json =
      R"({"timestamp":"2026-11-21 04:44:51.250 UTC","user":"app","dbname":"shop","pid":12,)"
      R"("session_id":"6b.1","vxid":"4/7","error_severity":"LOG","message":"duration: 1.5 ms  )"
      R"(statement: SELECT \"a\"\nFROM t -- \ud83d\ude00 \u00e9"})"
      "\n";
  class Keep final : public EntrySink {
   public:
    void take(const Entry& entry) override {
      all += std::string(entry.message) + '|' + std::string(entry.detail) + '|' +
             std::string(entry.user) + '|' + std::to_string(entry.transaction) + '\n';
    }
    std::string all;
  };
  const auto fed = [](LogReader& reader, Keep& keep, std::string_view bytes, std::size_t piece) {
    std::string buffer;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      buffer += bytes.substr(at, piece);
      buffer.erase(0, reader.feed(buffer, false, false));
    }
    buffer.erase(0, reader.feed(buffer, true, false));
    EXPECT_EQ(buffer, "");
    EXPECT_EQ(reader.unreadable_lines, 0);
    return keep.all;
  };
  for (const std::size_t piece : {1U, 2U, 7U, 64U, 10'000U}) {
    Keep keep;
    StderrReader reader(*Prefix::compile("%m [%p] %u@%d "), keep);
    EXPECT_EQ(
        fed(reader, keep, two, piece),
        "duration: 1.500 ms  statement: SELECT *\n\tFROM t\n\tWHERE a = 'x\n\ty'||app|0\n"
        "duration: 2.500 ms  execute <unnamed>: SELECT * FROM t WHERE a = $1|parameters: $1 = "
        "'z'|app|0\n");
    const std::string transaction = std::to_string(transaction_of("4/7"));
    Keep csv_keep;
    CsvReader csv_reader(csv_keep);
    EXPECT_EQ(fed(csv_reader, csv_keep, csv, piece),
              "duration: 1.5 ms  statement: SELECT \"a\"\nFROM t||app|" + transaction + '\n');
    Keep json_keep;
    JsonReader json_reader(json_keep);
    EXPECT_EQ(
        fed(json_reader, json_keep, json, piece),
        "duration: 1.5 ms  statement: SELECT \"a\"\nFROM t -- 😀 é||app|" + transaction + '\n');
  }
}

// The same statements as PostgreSQL 15 logged them in its three formats.
TEST_F(LogTest, ReadsWhatAServerWrote) {
  const std::string samples = ARCHITRAVE_SOURCE_DIR "/src/workload/testdata/server.";
  ReadOptions options;
  options.user = "app";
  for (const char* ending : {"log", "csv", "json"}) {
    const auto workload = read({samples + ending}, options);
    ASSERT_TRUE(workload) << describe(workload.error());
    EXPECT_EQ(workload->statements, 13) << ending;
    EXPECT_EQ(workload->unparsed, 1);
    EXPECT_EQ(workload->unreadable_lines, 0);
    std::map<std::string, std::int64_t> calls;
    for (const Query& query : workload->queries) calls[query.text] = query.calls;
    EXPECT_EQ(calls["SELECT note FROM orders WHERE id = $1"], 5) << ending;
    EXPECT_EQ(calls["SELECT id FROM orders WHERE id = $1"], 1) << ending;  // EXECUTE
    EXPECT_EQ(calls["SELECT *\n\tFROM orders\n WHERE note = $1"], 1) << ending;
    ASSERT_EQ(workload->n_plus_one.size(), 1u) << ending;
    EXPECT_EQ(workload->n_plus_one[0].parent_text, "SELECT id FROM orders WHERE id > $1");
    EXPECT_EQ(workload->n_plus_one[0].saved, 4);
  }
}

TEST_F(LogTest, ReadsWhatWrapsALog) {
  const struct {
    const char* name;
    std::string bytes;
  } wrapped[] = {
      {"CloudNativePG",
       R"({"level":"info","ts":"2026-11-21T04:44:50Z","logger":"instance-manager","msg":"Starting"})"
       "\n"
       R"({"level":"info","ts":"2026-11-21T04:44:51Z","logger":"postgres","msg":"record",)"
       R"("logging_pod":"db-1","record":{"log_time":"2026-11-21 04:44:51.250 UTC","user_name":"app",)"
       R"("database_name":"shop","process_id":"12","session_id":"6b.1","error_severity":"LOG",)"
       R"("message":"duration: 1.5 ms  statement: SELECT 1","query_id":"0"}})"
       "\n"},
      {"Azure",
       R"({"properties":{"timestamp":"2026-11-21 04:44:51.250 UTC","processId":12,"errorLevel":"LOG",)"
       R"("sqlerrcode":"00000","message":"2026-11-21 04:44:51 UTC-6b0136b4.c-LOG:  duration: 1.5 ms  )"
       R"(statement: SELECT\n  1"},"time":"2026-11-21T04:44:51.251Z","category":"PostgreSQLLogs"})"
       "\n"},
      {"AzureStructured",
       R"({"time":"2026-11-21T04:44:51Z","properties":{"errorLevel":"LOG","processId":12,)"
       R"("message":"duration: 1.5 ms  statement: SELECT 1","detail":""}})"
       "\n"},
      {"Docker",
       R"({"log":"2026-11-21 04:44:51.250 UTC [12] LOG:  duration: 1.5 ms  statement: SELECT\n","stream":"stderr"})"
       "\n"
       R"({"log":"\t  1\n","stream":"stderr"})"
       "\n"},
      {"CloudSql",
       R"({"textPayload":"2026-11-21 04:44:51.250 UTC [12]: [3-1] db=shop,user=app LOG:  duration: 1.5 ms  statement: SELECT 1","severity":"INFO"})"
       "\n"},
      {"Compose",
       "db-1  | 2026-11-21 04:44:51.250 UTC [12] LOG:  duration: 1.5 ms  statement: SELECT\n"
       "db-1  | \t  1\n"},
      {"Journal",
       "Nov 21 04:44:51 host postgres[12]: 2026-11-21 04:44:51.250 UTC [12] LOG:  duration: 1.5 ms "
       " "
       "statement: SELECT\nNov 21 04:44:51 host postgres[12]: \t  1\n"},
      {"Kubernetes",
       "2026-11-21T04:44:51.250123456Z stderr F 2026-11-21 04:44:51.250 UTC [12] LOG:  duration: "
       "1.5 ms "
       " statement: SELECT 1\n"},
      {"Rds",
       "2026-11-21 04:44:50 UTC::@:[7]:LOG:  checkpoint starting: time\n"
       "2026-11-21 04:44:51 UTC:10.0.0.1(5432):app@shop:[12]:LOG:  duration: 1.5 ms  statement: "
       "SELECT "
       "1\n"},
  };
  for (const auto& each : wrapped) {
    SCOPED_TRACE(each.name);
    const Workload workload = read_text(each.bytes);
    EXPECT_EQ(workload.statements, 1);
    EXPECT_EQ(workload.unreadable_lines, 0);
    EXPECT_FALSE(workload.partial) << testing::PrintToString(workload.notes);
    ASSERT_EQ(workload.queries.size(), 1u);
    EXPECT_EQ(workload.queries[0].total_ms, 1.5);
    EXPECT_TRUE(workload.from);
  }
}

TEST_F(LogTest, SaysWhatItCouldNotRead) {
  const Workload workload = read_text(
      "2026-11-21 04:44:51.250 UTC [12] LOG:  duration: 1 ms  statement: SELECT 1\n"
      "sh: 1: archive.sh: not found\n"
      "2026-11-21 04:44:51.250 UTC [12] LOG:  duration: 1 ms  statement: SELECT 2\n");
  EXPECT_EQ(workload.statements, 2);
  EXPECT_EQ(workload.unreadable_lines, 1);
  EXPECT_TRUE(workload.partial);

  const Workload nothing =
      read_text("2026-11-21 04:44:51.250 UTC [12] LOG:  checkpoint starting: time\n");
  EXPECT_TRUE(nothing.partial);  // a log without statements is not a quiet database

  const Workload lone = read_text(
      "2026-11-21 04:44:51.250 UTC [12] LOG:  duration: 1 ms\n"
      "2026-11-21 04:44:51.250 UTC [12] LOG:  duration: 1 ms\n");
  EXPECT_TRUE(lone.partial);
  EXPECT_NE(lone.notes.at(0).find("log_duration"), std::string::npos);

  const auto unknown = read({put("x.log", "hello\nworld\n")}, {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "workload.unknown");
}

TEST_F(LogTest, CountsALineOnceInWhateverPiecesItComes) {
  class Nothing final : public EntrySink {
   public:
    void take(const Entry&) override {}
  } nothing;
  StderrReader reader(*Prefix::compile("%m [%p] "), nothing);
  const std::string text = "2026-11-21 04:44:51.250 UTC [12] LOG:  x\nstray\nstray\nstray\n";
  std::string buffer;
  for (const char c : text) {
    buffer += c;
    buffer.erase(0, reader.feed(buffer, false, false));
  }
  reader.feed(buffer, true, false);
  EXPECT_EQ(reader.unreadable_lines, 3);
}

TEST_F(LogTest, DoesNotFollowNestingForEver) {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "[{\"a\":";
  const std::string good =
      R"({"timestamp":"2026-11-21 04:44:51.250 UTC","list":[{"message":"x"}],"error_severity":"LOG",)"
      R"("message":"duration: 1 ms  statement: SELECT 1"})";
  const Workload workload = read_text(good + "\n{\"a\":" + deep + '\n' + good + '\n');
  EXPECT_EQ(workload.statements, 2);
  EXPECT_EQ(workload.unreadable_lines, 1);
}

TEST_F(LogTest, CutOffRecordsCostOneLine) {
  const std::string record =
      "2026-11-21 04:44:51.250 UTC,\"app\",\"shop\",12,\"[local]\",6b.1,1,\"SELECT\",2026-11-21 "
      "04:00:00 "
      "UTC,4/7,0,LOG,00000,\"duration: 1.5 ms  statement: SELECT 1\",,,,,,,,,\"\",\"client "
      "backend\",,0\n";
  const Workload workload = read_text(record + record.substr(0, 150) + '\n' + record + record);
  EXPECT_GE(workload.statements, 2);
  EXPECT_TRUE(workload.partial);
  EXPECT_GE(workload.unreadable_lines, 1);
}

TEST_F(LogTest, ReadsPackedLogsAndSaysWhenTheyAreCutOff) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += two;
  std::string packed(compressBound(text.size()) + 100, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  const auto gzip = read({put("a.log.gz", packed + packed)}, {});  // two members
  ASSERT_TRUE(gzip) << describe(gzip.error());
  EXPECT_EQ(gzip->statements, 8000);
  EXPECT_FALSE(gzip->partial);
  const auto cut = read({put("b.log.gz", packed.substr(0, packed.size() / 2))}, {});
  ASSERT_TRUE(cut) << describe(cut.error());
  EXPECT_TRUE(cut->partial);
  EXPECT_GT(cut->statements, 100);

  std::string zstd(ZSTD_compressBound(text.size()), '\0');
  zstd.resize(ZSTD_compress(zstd.data(), zstd.size(), text.data(), text.size(), 1));
  const auto whole = read({put("a.log.zst", zstd)}, {});
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_EQ(whole->statements, 4000);
  EXPECT_FALSE(whole->partial);
  const auto half = read({put("b.log.zst", zstd.substr(0, zstd.size() / 2))}, {});
  ASSERT_TRUE(half) << describe(half.error());
  EXPECT_TRUE(half->partial);
}

TEST_F(LogTest, GoesOnWhereItStopped) {
  ReadOptions options;
  options.state = (folder / "state").string();
  std::string text(two.substr(0, two.find("2026-11-21 04:44:52")));
  // The last message may not be whole yet.
  EXPECT_EQ(read_text(text, options).statements, 0);
  text = two;
  EXPECT_EQ(read_text(text, options).statements, 1);
  text += two;
  EXPECT_EQ(read_text(text, options).statements, 2);
  EXPECT_EQ(read_text(text, options).statements, 0);
  // Rotated and renamed, then another one in its place.
  EXPECT_TRUE(write_file(folder / "server.log.1", text + std::string(two)));
  const auto renamed = read({(folder / "server.log.1").string()}, options);
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->statements, 2);
  put("state", "nonsense");
  EXPECT_EQ(read({put("server.log", text)}, options).error().code, "workload.state");
}

TEST_F(LogTest, LeavesOutWhatIsNotAskedFor) {
  ReadOptions options;
  options.since = 1795236292;
  EXPECT_EQ(read_text(two, options).statements, 1);
  options.since.reset();
  options.until = 1795236292;
  EXPECT_EQ(read_text(two, options).statements, 1);
  options.until.reset();
  options.database = "other";
  EXPECT_EQ(read_text(two, options).statements, 0);
  options.database = "shop";
  options.user = "app";
  EXPECT_EQ(read_text(two, options).statements, 2);
}

TEST_F(LogTest, TemporaryFilesAndFetches) {
  const Workload workload = read_text(
      "2026-11-21 04:44:51 UTC [12] LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp12.0\", "
      "size "
      "81920\n"
      "2026-11-21 04:44:51 UTC [12] STATEMENT:  SELECT 1 FROM t ORDER BY a\n"
      "2026-11-21 04:44:51 UTC [12] LOG:  duration: 5 ms  execute S_1/C_2: SELECT 1 FROM t ORDER "
      "BY a\n"
      "2026-11-21 04:44:51 UTC [12] LOG:  duration: 2 ms  execute fetch from S_1/C_2: SELECT 1 "
      "FROM t "
      "ORDER BY a\n");
  ASSERT_EQ(workload.queries.size(), 1u);
  EXPECT_EQ(workload.queries[0].calls, 1);
  EXPECT_EQ(workload.queries[0].total_ms, 7);
  EXPECT_EQ(workload.queries[0].temp_blocks, 10);
}

TEST(Prefix, KnowsItsEscapes) {
  EXPECT_EQ(Prefix::compile("%m [%z] ").error().code, "workload.prefix");
  const Prefix prefix = *Prefix::compile("%m [%5p] %q%%%u@%d,%a: ");
  Entry entry;
  EXPECT_EQ(prefix.match("2026-11-21 04:44:51.250 +02 [   12] %me@my db,a: b: LOG:  x", entry),
            52u);
  EXPECT_EQ(entry.user, "me");
  EXPECT_EQ(entry.database, "my db");
  EXPECT_EQ(entry.time, 1795236291.25 - 7200);
  EXPECT_EQ(entry.session, hash_bytes("12"));
  Entry background;
  EXPECT_EQ(prefix.match("2026-11-21 04:44:51.250 UTC [   12] LOG:  x", background), 36u);
  EXPECT_EQ(prefix.match("2026-11-21 04:44:51.250 UTC 12 LOG:  x", background), 0u);
}

}  // namespace
}  // namespace architrave::workload
