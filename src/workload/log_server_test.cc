// Logs as real servers write them: whatever is sent must be found, in each format, with each way to
// log and each prefix.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "base/file.h"
#include "engine/postgres/sandbox.h"
#include "sql/fingerprint.h"
#include "workload/read.h"

namespace architrave::workload {
namespace {

using Calls = std::map<std::string, std::int64_t>;  // by normalized text

struct Sent {
  enum class How { simple, extended } how;
  std::string text;
  postgres::Parameters parameters = {};
  std::string counted = {};  // where it is another statement than the text
};

std::vector<Sent> what_is_sent() {
  using enum Sent::How;
  std::vector<Sent> all = {
      {simple, "CREATE TABLE orders (id int PRIMARY KEY, note text)"},
      {simple, "INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 100) i"},
      {simple,
       "SELECT *\n\tFROM orders\n\n  WHERE note = 'two\nlines, it''s \"quoted\", \\ and 😀'"},
      {simple, "SELECT note AS \"Größe, in \"\"cm\"\"\" FROM orders WHERE id = 3 -- why"},
      {simple, "SELEC 1"},
      {simple, "SELECT 1 / (id - id) FROM orders WHERE id = 7"},
      {simple, "INSERT INTO orders VALUES (1, 'twice')"},
      {simple, "COPY (SELECT id FROM orders WHERE id < 3) TO '/dev/null'"},
      {simple, "PREPARE by_id (int) AS SELECT note FROM orders WHERE id = $1"},
      {simple, "EXECUTE by_id(5)", {}, "SELECT note FROM orders WHERE id = $1"},
      {simple, "EXECUTE by_id(6)", {}, "SELECT note FROM orders WHERE id = $1"},
      {simple, "BEGIN"},
      {simple, "DECLARE c CURSOR FOR SELECT id FROM orders ORDER BY id"},
      {simple, "FETCH 5 FROM c"},
      {simple, "FETCH 5 FROM c"},
      {simple, "COMMIT"},
      {simple, "SET work_mem = '8MB'"},
      {simple,
       "CREATE FUNCTION total() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN\n RETURN (SELECT "
       "count(*) FROM orders); END $$"},
      {simple, "SELECT total()"},
      {simple, "SELECT id FROM orders WHERE id < 3; SELECT note FROM orders; SELECT 1"},
      {simple, "DO $$ BEGIN RAISE LOG 'duration: 5 ms  statement: SELECT fake'; END $$"},
      {extended, "SELECT note FROM orders WHERE id = $1 AND note <> $2", {{"4"}, {"it's"}}},
      {extended, "SELECT note FROM orders WHERE id = $1 AND note <> $2", {{"8"}, std::nullopt}},
      {extended, "SELECT $1::int / 0", {{"1"}}},
      {extended, "UPDATE orders SET note = $1 WHERE id = 9", {{"a\nb"}}},
  };
  for (int i = 0; i < 20; ++i)
    all.push_back({simple, "SELECT id FROM orders WHERE id = " + std::to_string(i)});
  return all;
}

// By what the parser makes of the texts themselves.
Calls expected(bool utilities) {
  Calls calls;
  for (const Sent& each : what_is_sent()) {
    const auto parsed = sql::fingerprint(each.counted.empty() ? each.text : each.counted);
    if (!parsed) continue;
    for (const sql::Fingerprinted& statement : *parsed) {
      const bool utility = !statement.node.starts_with("Select") &&
                           !statement.node.starts_with("Insert") &&
                           !statement.node.starts_with("Update");
      if (utilities || !utility) ++calls[statement.fingerprint];
    }
  }
  return calls;
}

struct Logging {
  const char* name;
  std::vector<std::string> settings;
  bool utilities = true;  // are logged
  const char* prefix = "%m [%p] ";
};

const std::vector<Logging>& loggings() {
  static const std::vector<Logging> all = {
      {"MinDuration", {"log_min_duration_statement = 0"}},
      {"Statements", {"log_statement = all"}, true, "%t:%r:%u@%d:[%p]:"},
      {"StatementsAndDurations",
       {"log_statement = all", "log_duration = on"},
       true,
       "%m %p %c %l user=%u,db=%d,app=%a,client=%h "},
      {"StatementsAndMinDuration",
       {"log_statement = all", "log_min_duration_statement = 0", "log_error_verbosity = verbose"},
       true,
       "%n [%-8p] %q%u@%d "},
      {"AutoExplainText",
       {"session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0",
        "auto_explain.log_nested_statements = on"},
       false,
       "%t-%c-"},
      {"AutoExplainXml",
       {"session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0",
        "auto_explain.log_format = xml"},
       false,
       "<%a|%u/%d> %n %p: "},
      {"AutoExplainYamlAndStatements",
       {"session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0",
        "auto_explain.log_format = yaml", "log_statement = all", "log_duration = on"},
       true,
       "%s [%c] %l %m: "},
      {"AutoExplainJsonAndAll",
       {"session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0",
        "auto_explain.log_format = json", "log_min_duration_statement = 0",
        "auto_explain.log_nested_statements = on", "log_checkpoints = on", "log_connections = on",
        "log_disconnections = on"},
       true,
       "%m [%p]: [%l-1] %q%e %x %v db=%d,user=%u "},
  };
  return all;
}

struct Case {
  postgres::Installation installation;
  Logging logging;
};
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const postgres::Installation& each : postgres::installations())
    for (const Logging& logging : loggings()) all.push_back({each, logging});
  return all;
}

class LogOfServer : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Servers, LogOfServer, testing::ValuesIn(cases()), [](const auto& each) {
  return std::string(each.param.logging.name) + std::to_string(each.param.installation.major);
});
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LogOfServer);

TEST_P(LogOfServer, HoldsWhatWasSent) {
  const Logging& logging = GetParam().logging;
  const bool has_json = GetParam().installation.major >= 15;
  std::vector<std::string> settings = logging.settings;
  settings.push_back(std::string("log_destination = 'stderr,csvlog") +
                     (has_json ? ",jsonlog'" : "'"));
  settings.insert(settings.end(),
                  {"logging_collector = on", "log_directory = 'log'", "log_filename = 'server.log'",
                   "lc_messages = 'C'", "log_line_prefix = '" + std::string(logging.prefix) + "'"});
  auto made = postgres::make_empty_sandbox(GetParam().installation, settings, "shop");
  ASSERT_TRUE(made) << describe(made.error());
  postgres::PostgresSandbox& sandbox = **made;
  ASSERT_TRUE(sandbox.connection().query("CREATE ROLE app LOGIN SUPERUSER"));
  {
    auto connection = postgres::Connection::open(sandbox.server().connection_string("shop") +
                                                 " user=app application_name='my app, 1'");
    ASSERT_TRUE(connection) << describe(connection.error());
    for (const Sent& each : what_is_sent())
      each.how == Sent::How::simple ? (void)connection->execute(each.text)
                                    : (void)connection->query(each.text, each.parameters);
  }
  EXPECT_FALSE(sandbox.connection().execute("SELECT 1 AS the_end, 1 / 0"));
  const Calls calls = expected(logging.utilities);
  for (const char* ending : {"log", "csv", "json"}) {
    if (!has_json && ending == std::string("json")) continue;
    const std::filesystem::path file =
        sandbox.server().data() / "log" / (std::string("server.") + ending);
    std::string bytes;
    for (int tries = 0; tries < 500 && !bytes.contains("the_end"); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      bytes = read_file(file).value_or("");
    }
    // The lines of this prefix do not say who sent what; all are then counted.
    const bool says_user = ending != std::string("log") ||
                           std::string(logging.prefix).contains("user=%u") ||
                           std::string(logging.prefix).contains("%u@%d");
    ReadOptions options;
    if (says_user) options.user = "app";
    const Result<Workload> read = workload::read({file.string()}, options);
    ASSERT_TRUE(read) << describe(read.error());
    EXPECT_EQ(read->unreadable_lines, 0) << file << testing::PrintToString(read->notes);
    Calls found;
    std::int64_t errors = 0;
    for (const Query& query : read->queries) {
      if (!says_user && !calls.contains(query.fingerprint)) continue;
      if (logging.utilities || query.kind != QueryKind::utility)
        found[query.fingerprint] = query.calls;
      errors += query.errors;
      const bool timed =
          logging.settings[0] != "log_statement = all" || logging.settings.size() > 1;
      if (timed && query.calls > query.errors) {
        EXPECT_GT(query.total_ms, 0) << query.text;
      }
    }
    EXPECT_EQ(found, calls) << file << '\n' << bytes;
    EXPECT_EQ(errors, 3) << file;
    if (says_user) {
      EXPECT_EQ(read->unparsed, 1) << file;
    }
    for (const Query& query : read->queries) {
      if (query.text == "SELECT note FROM orders WHERE id = $1 AND note <> $2") {
        using Values = std::vector<std::optional<std::string>>;
        const std::vector<Values> both = {{"4", "it's"}, {"8", std::nullopt}};
        if (logging.utilities) {
          EXPECT_EQ(query.parameters, both) << file;
        }
      }
      if (query.text == "SELECT id FROM orders WHERE id = $1" &&
          std::string(logging.name).starts_with("AutoExplain")) {
        EXPECT_NE(query.plan.find("orders"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace architrave::workload
