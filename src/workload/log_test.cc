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
  static std::string packed(std::string text) {
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
    return packed;
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
      {"JournalIso",
       "2026-11-21T04:44:51+0000 host postgres[12]: 2026-11-21 04:44:51.250 UTC [12] LOG:  "
       "duration: "
       "1.5 ms  statement: SELECT\n2026-11-21T04:44:51+0000 host postgres[12]: \t  1\n"},
      {"Syslog",
       "Nov  1 04:44:51 host postgres[12]: [7-1] 2026-11-21 04:44:51.250 UTC [12] LOG:  duration: "
       "1.5 "
       "ms  statement: SELECT\nNov  1 04:44:51 host postgres[12]: [7-2] #011  1 +\n"
       "Nov  1 04:44:51 host postgres[12]: [7-3]  $1\n"
       "Nov  1 04:44:51 host postgres[12]: [7-4] 2026-11-21 04:44:51.250 UTC [12] DETAIL:  "
       "parameters: $1 = '5'\n"},
      {"KubernetesCut",
       "2026-11-21T04:44:51.250123456Z stderr P 2026-11-21 04:44:51.250 UTC [12] LOG:  duration: "
       "1.5 ms  sta\n2026-11-21T04:44:51.250123456Z stderr F tement: SELECT 1\n"},
      {"KubernetesPods",
       "[pod/db-1/postgres] 2026-11-21T04:44:51.250123456Z 2026-11-21 04:44:51.250 UTC [12] LOG:  "
       "duration: 1.5 ms  statement: SELECT\n"
       "[pod/db-1/postgres] 2026-11-21T04:44:51.250123456Z \t  1\n"},
      {"CloudNativePGPods",
       R"([pod/db-1/postgres] {"logger":"postgres","msg":"record","record":{"log_time":)"
       R"("2026-11-21 04:44:51.250 UTC","error_severity":"LOG","message":"duration: 1.5 ms  statement: SELECT 1"}})"
       "\n"},
      {"DockerCut",
       R"({"log":"2026-11-21 04:44:51.250 UTC [12] LOG:  checkpoint starting: time\n"})"
       "\n"
       R"({"log":"2026-11-21 04:44:51.250 UTC [12] LOG:  checkpoint complete\n"})"
       "\n"
       R"({"log":"2026-11-21 04:44:51.250 UTC [12] LOG:  duration: 1.5 ms  state"})"
       "\n"
       R"({"log":"ment: SELECT 1\n"})"
       "\n"},
      {"DockerJson",
       R"({"log":"{\"timestamp\":\"2026-11-21 04:44:51.250 UTC\",\"error_severity\":\"LOG\",\"message\":\"duration: 1.5 ms  statement: SELECT 1\"}\n","stream":"stderr"})"
       "\n"},
      {"CloudWatch",
       "2026-11-21T04:44:51.000000+00:00 db.0 2026-11-21 04:44:51 UTC:10.0.0.1(5432):app@shop:[12]:"
       "LOG:  duration: 1.5 ms  statement: SELECT\n2026-11-21T04:44:51.000000+00:00 db.0 \t  1\n"},
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

  const Workload french = read_text(
      "2026-11-21 04:44:51.250 UTC [12] LOG:  durée : 1.500 ms, instruction : SELECT 1\n");
  EXPECT_NE(french.notes.at(0).find("lc_messages = C"), std::string::npos);

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
  const std::string packed = LogTest::packed(text);
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
  const std::string file = (folder / "state").string();
  const auto next = [&](const std::string& name, std::string_view bytes) {
    LogState state = LogState::read(file).value_or(LogState());
    ReadOptions options;
    options.state = &state;
    const auto workload = read({put(name, bytes)}, options);
    EXPECT_TRUE(workload) << describe(workload.error());
    EXPECT_TRUE(state.write(file));
    return workload.value_or(Workload()).statements;
  };
  std::string text(two.substr(0, two.find("2026-11-21 04:44:52")));
  // The last message may not be whole yet.
  EXPECT_EQ(next("server.log", text), 0);
  text = two;
  EXPECT_EQ(next("server.log", text), 1);
  text += two;
  EXPECT_EQ(next("server.log", text), 2);
  // It has not grown, so that it is whole.
  EXPECT_EQ(next("server.log", text), 1);
  EXPECT_EQ(next("server.log", text), 0);
  // Rotated and renamed, then another one in its place; what is packed grows no more.
  text += two;
  EXPECT_EQ(next("server.log.1", text), 1);
  EXPECT_EQ(next("server.log.1.gz", packed(text)), 1);
  EXPECT_EQ(next("server.log.1.gz", packed(text)), 0);
  // Neither does what was not touched for long.
  const std::string old = put("old.log", "2026-11-20" + text.substr(10));
  std::filesystem::last_write_time(
      old, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  LogState state = *LogState::read(file);
  ReadOptions options;
  options.state = &state;
  EXPECT_EQ(read({old}, options)->statements, 6);
  put("state", "nonsense");
  EXPECT_EQ(LogState::read(file).error().code, "workload.state");
}

TEST_F(LogTest, AddsToWhatWasReadBefore) {
  const Workload first = read_text(two);
  const std::string before = put("before.workload", to_file(first));
  const auto both = read({put("server.log", two), before}, {});
  ASSERT_TRUE(both) << describe(both.error());
  EXPECT_EQ(both->statements, 4);
  ASSERT_EQ(both->queries.size(), 1u);
  EXPECT_EQ(both->queries[0].calls, 4);
  EXPECT_EQ(both->queries[0].total_ms, 8);
  EXPECT_EQ(both->queries[0].parameters.size(), 4u);
  EXPECT_EQ(both->from, first.from);
  EXPECT_FALSE(both->partial);
  EXPECT_EQ(read({before, put("x.workload", "{}")}, {}).error().code, "workload.format");
}

TEST_F(LogTest, MayBeginInTheMiddleOfAMessage) {
  const std::string csv =
      "2026-11-21 04:44:51.250 UTC,\"app\",\"shop\",12,\"[local]\",6b.1,1,\"SELECT\",2026-11-21 "
      "04:00:00 UTC,4/7,0,LOG,00000,\"duration: 1.5 ms  statement: SELECT \"\"a\"\"\nFROM "
      "t\",,,,,,,,,\"\",\"client backend\",,0\n";
  const Workload of_csv = read_text(csv.substr(csv.find("FROM")) + csv + csv);
  EXPECT_EQ(of_csv.statements, 2);
  EXPECT_EQ(of_csv.unreadable_lines, 1);
  const std::string json =
      R"({"timestamp":"2026-11-21 04:44:51.250 UTC","error_severity":"LOG","message":"duration: 1.5 ms  statement: SELECT 1"})"
      "\n";
  const Workload of_json = read_text(json.substr(30) + json + json);
  EXPECT_EQ(of_json.statements, 2);
  EXPECT_EQ(of_json.unreadable_lines, 1);
}

TEST_F(LogTest, ReadsWhatIsThereInTwoFormatsOnce) {
  const std::string log = put("postgresql.log", two);
  const std::string json =
      put("postgresql.json", R"({"error_severity":"LOG","message":"statement: SELECT 1"})"
                             "\n");
  const auto once = read({log, json, put("other.log", two)}, {});
  ASSERT_TRUE(once) << describe(once.error());
  EXPECT_EQ(once->statements, 3);
  EXPECT_FALSE(once->partial);
  ASSERT_EQ(once->notes.size(), 1u);
  EXPECT_TRUE(once->notes[0].starts_with(log + " is left out")) << once->notes[0];
}

TEST_F(LogTest, SaysWhatItDoesNotUnpack) {
  const auto xz = read({put("a.log", std::string("\xfd"
                                                 "7zXZ\0",
                                                 6) +
                                         "...")},
                       {});
  ASSERT_FALSE(xz);
  EXPECT_NE(xz.error().hint.find("xz -dc"), std::string::npos);
  const auto a_folder = read({folder.string()}, {});
  ASSERT_FALSE(a_folder);
  EXPECT_NE(a_folder.error().hint.find("*.log"), std::string::npos);
  const auto nothing = read({put("a.sql", "-- nothing\n")}, {});
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->partial);
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

// Any log_line_prefix is found out, also one that changes, or that a quiet night does not show.
TEST_F(LogTest, FindsOutThePrefix) {
  const std::string at = "2026-11-21 04:44:51.250 UTC";
  std::string quiet;
  for (int i = 0; i < 500; ++i) quiet += at + " [7] LOG:  checkpoint starting: time\n";
  const struct {
    const char* name;
    std::string before;
    std::vector<std::string> sessions;  // the prefix that each has
  } logs[] = {
      {"none", "", {"", ""}},
      {"Debian's after a quiet night", quiet, {at + " [12] app@shop ", at + " [13] app@shop "}},
      {"changed", at + " [7] LOG:  received SIGHUP\n", {"[12] app/shop: ", "[13] app/shop: "}},
      {"bars",
       "",
       {"1795236291.250|12|psql|idle in transaction|", "1795236291.250|13|my app|SELECT|"}},
      {"words", "", {"<" + at + ">psql/me/shop:12# ", "<" + at + ">/you/shop:13# "}},
      {"the number of the line first", "", {"N (12) ", "N (13) "}},
      {"start of the session first",
       "",
       {"[6b0136b4.c] 2026-11-21 04:00:00 UTC 1 " + at + " [local] me shop ",
        "[6b0136b4.d] 2026-11-21 04:00:00 UTC 1 " + at + " 10.0.0.1(5432) you shop "}},
      {"sessions in step",
       "",
       {"N (12) ", "N (13) ", "N (14) ", "N (15) ", "N (16) ", "N (17) ", "N (18) ", "N (19) "}},
      {"IPv6", "", {at + ":::1(999):app@shop:[12]:", at + ":fe80::1(999):app@shop:[13]:"}},
  };
  for (const auto& each : logs) {
    SCOPED_TRACE(each.name);
    // The session has to be known: the time stands in a message of its own.
    std::string text = each.before;
    std::map<std::string, int> lines;
    for (int i = 0; i < 20; ++i)
      for (const std::string message :
           {"LOG:  statement: SELECT *\n\tFROM t\n", "LOG:  duration: 1.000 ms\n"})
        for (std::string prefix : each.sessions) {
          if (prefix.starts_with('N')) prefix.replace(0, 1, std::to_string(++lines[prefix]));
          text += prefix + message;
        }
    const Workload workload = read_text(text);
    EXPECT_EQ(workload.statements, 20 * std::ssize(each.sessions));
    EXPECT_EQ(workload.unreadable_lines, 0);
    ASSERT_EQ(workload.queries.size(), 1u);
    if (each.name != std::string("none")) {
      EXPECT_FALSE(workload.partial) << testing::PrintToString(workload.notes);
      EXPECT_EQ(workload.queries[0].total_ms, static_cast<double>(workload.statements));
    }
  }
}

TEST_F(LogTest, CountsWhatAPlanBelongsToOnce) {
  const std::string at = "2026-11-21 04:44:51.250 UTC [12] ";
  const std::string plan = "\tResult  (cost=0.00..0.01 rows=1 width=4)\n";
  const Workload workload = read_text(
      // Three statements in one message, of which each has its plan; twice.
      at + "LOG:  duration: 1 ms  plan:\n\tQuery Text: SELECT 1; SELECT 2;\n\t SELECT a FROM t\n" +
      plan + at +
      "LOG:  duration: 1 ms  plan:\n\tQuery Text: SELECT 1; SELECT 2;\n\t SELECT a FROM t\n" +
      plan + at +
      "LOG:  duration: 1 ms  plan:\n\tQuery Text: SELECT 1; SELECT 2;\n\t SELECT a FROM t\n" +
      plan + at + "LOG:  duration: 4 ms  statement: SELECT 1; SELECT 2;\n\t SELECT a FROM t\n" +
      // The parameters come after the plan, or in it.
      at + "LOG:  duration: 1 ms  plan:\n\tQuery Text: SELECT b FROM t WHERE c = $1\n" + plan + at +
      "LOG:  duration: 2 ms  execute <unnamed>: SELECT b FROM t WHERE c = $1\n" + at +
      "DETAIL:  parameters: $1 = 'x'\n" + at +
      "LOG:  duration: 1 ms  plan:\n\tQuery Text: SELECT b FROM t WHERE c = $1\n\tQuery "
      "Parameters: $1 = 'y\n\tz'\n" +
      plan + at +
      "LOG:  duration: 1 ms  plan:\n\tQuery Text: \"SELECT b\\n\\tFROM t WHERE c = "
      "$1\"\n\tQuery Parameters: \"$1 = '\\\"'\"\n\tPlan: \n\t  Node Type: \"Result\"\n" +
      at +
      "LOG:  duration: 1 ms  plan:\n\t<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n"
      "\t  <Query-Text>SELECT b FROM t WHERE c = $1 &amp; 3&#x0d;\n\t</Query-Text>\n");
  EXPECT_EQ(workload.statements, 7);
  EXPECT_EQ(workload.unparsed, 0);
  for (const Query& query : workload.queries) {
    if (query.text == "SELECT b FROM t WHERE c = $1") {
      EXPECT_EQ(query.calls, 3);
      using Values = std::vector<std::optional<std::string>>;
      EXPECT_EQ(query.parameters, (std::vector<Values>{{"x"}, {"y\nz"}, {"\""}}));
    }
    if (query.text.starts_with("SELECT a")) {
      EXPECT_NEAR(query.total_ms, 4. / 3, 0.01);
    }
  }
}

TEST_F(LogTest, KnowsWhoseMessageItIs) {
  const std::string at = "2026-11-21 04:44:51.250 UTC [12] ";
  // The statement of the first duration is in the log before this one.
  const Workload workload =
      read_text(at + "LOG:  duration: 1 ms\n" + at + "LOG:  statement: SELECT f()\n" + at +
                "LOG:  duration: 5 ms  statement: SELECT fake\n" + at +
                "CONTEXT:  PL/pgSQL function f() line 1 at RAISE\n" + at +
                "STATEMENT:  SELECT f()\n" + at + "LOG:  duration: 2 ms\n");
  EXPECT_EQ(workload.statements, 1);
  EXPECT_FALSE(workload.partial) << testing::PrintToString(workload.notes);
  EXPECT_EQ(workload.queries.at(0).total_ms, 2);
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
  EXPECT_EQ(prefix.match("2026-11-21 04:44:51.250 UTC 12 LOG:  x", background), std::nullopt);
}

}  // namespace
}  // namespace architrave::workload
