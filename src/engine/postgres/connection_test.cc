#include "engine/postgres/connection.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/process.h"
#include "engine/postgres/connect_error.h"
#include "engine/postgres/server.h"

namespace architrave::postgres {
namespace {

class ConnectionTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (const auto found = choose_installation(0)) {
      auto started = Server::start(*found);
      ASSERT_TRUE(started) << describe(started.error());
      server = std::move(*started);
    }
  }
  static void TearDownTestSuite() { server.reset(); }
  void SetUp() override {
    if (!server) GTEST_SKIP() << "no PostgreSQL server here";
  }
  static Connection open(const ConnectOptions& options = {}) {
    return std::move(Connection::open(server->connection_string("postgres"), options).value());
  }
  static std::unique_ptr<Server> server;
};
std::unique_ptr<Server> ConnectionTest::server;

std::string first(const Result<Rows>& rows) {
  return !rows ? rows.error().message : rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
}

TEST_F(ConnectionTest, AnswersWithNamesNullsAndParameters) {
  Connection connection = open();
  const auto rows = connection.query("SELECT $1::int + 1 AS one, $2::text AS two",
                                     {std::string("41"), std::nullopt});
  ASSERT_TRUE(rows) << describe(rows.error());
  EXPECT_EQ(rows->size(), 1);
  EXPECT_EQ(rows->cell(0, rows->column("one")), "42");
  EXPECT_TRUE(rows->is_null(0, 1));
  EXPECT_EQ(rows->column("three"), -1);
  EXPECT_EQ(first(connection.query("SHOW application_name")), "architrave");
}

TEST_F(ConnectionTest, AnErrorHasItsStateAndPosition) {
  Connection connection = open();
  const auto rows = connection.query("SELECT nothing_of_the_sort");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, "postgres.42703");
  EXPECT_EQ(rows.error().where, "character 8");
  EXPECT_EQ(first(connection.query("SELECT 1")), "1") << "it can go on";
}

TEST_F(ConnectionTest, SettingsHoldFromTheStart) {
  Connection connection = open({.statement_timeout = 0.05, .lock_timeout = 3, .read_only = true});
  EXPECT_EQ(first(connection.query("SHOW lock_timeout")), "3s");
  EXPECT_EQ(first(connection.query("SHOW TimeZone")), "UTC");
  const auto slow = connection.query("SELECT pg_sleep(10)");
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, "postgres.57014");
  const auto write = connection.query("CREATE TABLE t (x int)");
  ASSERT_FALSE(write);
  EXPECT_EQ(write.error().code, "postgres.25006");
}

// More than any buffer holds, both ways at once.
TEST_F(ConnectionTest, APipelineNeitherDeadlocksNorStopsAtFailures) {
  Connection connection = open();
  std::vector<std::string> statements;
  for (int i = 0; i < 3000; ++i)
    statements.push_back(i % 100 == 7 ? "SELECT 1/0"
                                      : "SELECT " + std::to_string(i) + ", repeat('x', 5000), '" +
                                            std::string(5000, 'y') + "'");
  const auto results = connection.pipeline(statements);
  ASSERT_TRUE(results) << describe(results.error());
  ASSERT_EQ(results->size(), statements.size());
  for (std::size_t i = 0; i < results->size(); ++i) {
    if (i % 100 == 7) {
      ASSERT_FALSE((*results)[i]) << i;
      EXPECT_EQ((*results)[i].error().code, "postgres.22012");
    } else {
      ASSERT_EQ(first((*results)[i]), std::to_string(i));
    }
  }
  EXPECT_EQ(first(connection.query("SELECT 1")), "1");
  EXPECT_TRUE(connection.pipeline({})->empty());
}

TEST_F(ConnectionTest, ReadOnlyStaysReadOnly) {
  Connection connection = open();
  const auto answers = connection.read_only({
      "CREATE TABLE forbidden (x int)",
      "SET TRANSACTION READ WRITE",
      "SELECT 'after'",
      "SELECT current_setting('transaction_read_only')",
  });
  ASSERT_TRUE(answers) << describe(answers.error());
  EXPECT_EQ((*answers)[0].error().code, "postgres.25006");
  EXPECT_FALSE((*answers)[1]);
  EXPECT_EQ(first((*answers)[2]), "after");
  EXPECT_EQ(first((*answers)[3]), "on");
  for (const char* trick :
       {"COMMIT", " /* a /* b */ */ commit;", "-- x\nEnd", "rollback to question"})
    EXPECT_FALSE(connection.read_only({trick, "CREATE TABLE forbidden (x int)"})) << trick;
  EXPECT_EQ(first(connection.query("SELECT to_regclass('forbidden') IS NULL")), "t");
}

TEST_F(ConnectionTest, CopiesIn) {
  Connection connection = open();
  ASSERT_TRUE(connection.execute("CREATE TEMP TABLE copied (a int, b text)"));
  std::string data;
  for (int i = 0; i < 100000; ++i) data += std::to_string(i) + "\tsome text\n";
  const Status copied = connection.copy_in("COPY copied FROM STDIN", data);
  ASSERT_TRUE(copied) << describe(copied.error());
  EXPECT_EQ(first(connection.query("SELECT count(*) FROM copied")), "100000");
  EXPECT_FALSE(connection.copy_in("COPY copied FROM STDIN", "no number\tx\n"));
  EXPECT_FALSE(connection.copy_in("SELECT 1", data));
  EXPECT_FALSE(connection.copy_in("COPY nowhere FROM STDIN", data));
  EXPECT_EQ(first(connection.query("SELECT count(*) FROM copied")), "100000");
}

TEST_F(ConnectionTest, CopyOutOfPlaceIsAnErrorAndNoHang) {
  Connection connection = open();
  EXPECT_FALSE(connection.query("COPY (SELECT 1) TO STDOUT"));
  EXPECT_EQ(first(connection.query("SELECT 1")), "1");
  EXPECT_FALSE(connection.execute("CREATE TEMP TABLE c (x int); COPY c FROM STDIN; SELECT 1"));
  EXPECT_EQ(first(connection.query("SELECT 2")), "2");
  EXPECT_FALSE(connection.pipeline({"SELECT 1", "COPY (SELECT 1) TO STDOUT", "SELECT 2"}));
}

TEST_F(ConnectionTest, TellsWhenTheServerIsGone) {
  Connection connection = open();
  const auto killed = connection.pipeline(
      {"SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 2"});
  ASSERT_FALSE(killed);
  EXPECT_EQ(killed.error().code, "postgres.lost");
  EXPECT_FALSE(killed.error().hint.empty());
  const auto after = connection.query("SELECT 1");
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, "postgres.lost");
}

// In a process of its own, since an interrupt is for good.
TEST_F(ConnectionTest, AnInterruptCancelsTheQuery) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    catch_interrupts();
    Connection connection = open();
    ::alarm(20);
    std::thread([] {
      ::usleep(100000);
      ::kill(::getpid(), SIGINT);
    }).detach();
    const auto rows = connection.query("SELECT pg_sleep(60) /* interrupt me */");
    ::_exit(!rows && rows.error().code == "interrupted" ? 0 : 1);
  }
  EXPECT_EQ(wait(child), 0);
  Connection connection = open();
  for (int i = 0; i < 1000; ++i) {
    if (first(connection.query("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                               " AND query LIKE '%interrupt' || ' me%'")) == "0")
      return;
    ::usleep(5000);
  }
  ADD_FAILURE() << "the query still runs on the server";
}

TEST_F(ConnectionTest, HintsForWhatOftenGoesWrong) {
  const auto database = Connection::open(server->connection_string("no such database"));
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, "postgres.connect");
  EXPECT_NE(database.error().hint.find("psql -l"), std::string::npos);
  const auto refused = Connection::open("postgresql://u:hunter2@127.0.0.1:1/x");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().hint.find("runs"), std::string::npos) << describe(refused.error());
  EXPECT_EQ(describe(refused.error()).find("hunter2"), std::string::npos);
}

TEST(ConnectError, NeverShowsAPassword) {
  // Each of these makes libpq name some part of what it was given.
  for (const char* source :
       {"postgresql://user:hunter2@nowhere.invalid:notaport/db",
        "postgresql://user:hunter2%zz@localhost/db", "postgresql://user:p@hunter2@localhost/db",
        "postgresql://user:x/hunter2@localhost/db", "host=localhost password=hunter2 nonsense",
        "host=localhost password='hunter2", "postgresql://user:[hunter2@localhost/db",
        "postgresql://localhost/db?password=hunter2&nonsense=hunter2"}) {
    const auto connection = Connection::open(source, {.connect_timeout = 2});
    ASSERT_FALSE(connection) << source;
    EXPECT_EQ(describe(connection.error()).find("hunter2"), std::string::npos)
        << source << '\n'
        << describe(connection.error());
    EXPECT_FALSE(connection.error().hint.empty());
  }
  const Error error = connect_error("password authentication failed for user \"u\"",
                                    "postgresql://u:password@h/d", "password");
  EXPECT_NE(error.hint.find("PGPASSWORD"), std::string::npos);
}

}  // namespace
}  // namespace architrave::postgres
