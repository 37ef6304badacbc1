// A move on real servers: the same rows arrive, however often it is killed on the way.
#include "migration/move/move.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <limits>
#include <mutex>

#include "engine/postgres/sandbox.h"
#include "engine/sqlite/testing.h"
#include "migration/move/rows.h"

namespace architrave::migration {
namespace {

TEST(MovedParts, EveryRowidLiesInOne) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const auto& [rows, first, last] :
       {std::tuple{std::int64_t{10}, std::int64_t{1}, std::int64_t{10}},
        {10, -5, 4},
        {9, 1, 1'000'000},
        {4, 7, 10},
        {12, Limits::min(), Limits::max()},
        {12, Limits::max() - 11, Limits::max()}}) {
    MovedTable table;
    table.target = "t";
    table.rows = rows;
    table.rowid = "rowid";
    table.first_rowid = first;
    table.last_rowid = last;
    const std::vector<MovePart> parts = parts_of({table}, 3);
    ASSERT_GT(parts.size(), 1U);
    EXPECT_EQ(parts.front().first, first);
    EXPECT_EQ(parts.back().last, last);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(parts[i].number, static_cast<int>(i));
      EXPECT_FALSE(parts[i].whole);
      EXPECT_LE(parts[i].first, parts[i].last);
      if (i > 0) {
        EXPECT_EQ(parts[i].first, parts[i - 1].last + 1);
      }
    }
  }
}

TEST(MovedParts, AWholeTableWhereThereIsNothingToDivide) {
  MovedTable small;
  small.rows = 2;
  small.rowid = "rowid";
  MovedTable without;
  without.rows = 100;
  const std::vector<MovePart> parts = parts_of({small, without}, 3);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_TRUE(parts[0].whole && parts[1].whole);
}

class MoveTest : public testing::TestWithParam<postgres::Installation> {
 protected:
  void SetUp() override {
    auto made = postgres::make_empty_sandbox(GetParam(), {"max_connections = 30"});
    ASSERT_TRUE(made) << describe(made.error());
    sandbox = std::move(*made);
    // More than one range of rowids, keys, an index, a view, a sequence.
    sqlite::testing::make(folder / "app.db", R"(
CREATE TABLE customer (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE,
  active BOOLEAN NOT NULL DEFAULT 1, balance DECIMAL(10, 2), picture BLOB);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer,
  price REAL, note TEXT);
CREATE TABLE pair (a INTEGER, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE INDEX orders_customer ON orders (customer, price);
CREATE VIEW active_customer AS SELECT id, email FROM customer WHERE active;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
INSERT INTO customer SELECT i * 3, 'c' || i || '@example.org', i % 2, i / 4.0,
  CASE i % 5 WHEN 0 THEN NULL ELSE randomblob(9) END FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 210000)
INSERT INTO orders SELECT i, (i % 300 + 1) * 3, i / 7.0, 'n' || char(9) || i FROM n;
INSERT INTO pair SELECT id, note FROM orders WHERE id % 100 = 0)");
    options.source = folder / "app.db";
    options.jobs = 2;
  }

  void new_database(const std::string& name) {
    ASSERT_EQ(ask("CREATE DATABASE " + name, "postgres"), "");
    database = name;
    options.target = sandbox->server().connection_string(name);
  }
  std::string ask(const std::string& sql, const std::string& where) const {
    auto connection = postgres::Connection::open(sandbox->server().connection_string(where));
    const auto rows = connection->query(sql);
    return !rows ? rows.error().message : rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
  }
  // What a reader finds there: rows, keys, the next number.
  std::string found() const {
    std::string text;
    for (const char* sql :
         {"SELECT count(*) || md5(string_agg(c::text, '|' ORDER BY id)) FROM customer c",
          "SELECT count(*) || md5(string_agg(o::text, '|' ORDER BY id)) FROM orders o",
          "SELECT count(*) || md5(string_agg(p::text, '|' ORDER BY a)) FROM pair p",
          "SELECT string_agg(conname || convalidated, ' ' ORDER BY conname) FROM pg_constraint"
          " WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
          "SELECT string_agg(relname || relkind, ' ' ORDER BY relname) FROM pg_class"
          " WHERE relnamespace = 'public'::regnamespace",
          "SELECT count(*) || ' ' || nextval(pg_get_serial_sequence('customer', 'id'))"
          " FROM active_customer"})
      text += ask(sql, database) + '\n';
    return text;
  }
  // "3 tables equal", or what is not.
  static std::string told(const Result<Move>& moved) {
    if (!moved) return moved.error().message + " | " + moved.error().hint;
    if (!moved->earlier.empty()) return "earlier";
    std::string text;
    for (const MovedRows& each : moved->tables)
      text += each.table + ' ' + std::to_string(each.rows) + ' ' + each.checksum +
              (each.equal() ? " " : " is not " + each.checksum_there + ' ');
    for (const Decision& each : moved->failed) text += each.object + ": " + each.what;
    return text + (moved->done && moved->holds() ? "holds" : "does not hold");
  }

  // In a process of its own, which is killed at the n-th thing it tells of. Says whether it was,
  // and of how many things it told.
  bool killed(int at) const {
    const pid_t pid = ::fork();
    if (pid == 0) {
      MoveOptions own = options;
      std::atomic<int> told_of = 0;
      const auto tell = [&] {
        if (++told_of == at) ::raise(SIGKILL);
      };
      own.progress = [&](std::string_view) { tell(); };
      own.progress_of = [&](std::string_view, std::size_t, std::size_t) { tell(); };
      const auto done = architrave::migration::move(own);
      if (!done) std::fprintf(stderr, "%s\n", describe(done.error()).c_str());
      ::_exit(done ? 0 : 1);
    }
    int ended = 0;
    ::waitpid(pid, &ended, 0);
    EXPECT_TRUE(WIFSIGNALED(ended) || WEXITSTATUS(ended) == 0);
    return WIFSIGNALED(ended);
  }
  // A server ends what a client that was killed has begun as soon as it notices.
  void wait_until_alone() const {
    while (ask("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database + '\'',
               "postgres") != "0")
      ::usleep(1000);
  }

  sqlite::testing::Folder folder;
  std::unique_ptr<postgres::PostgresSandbox> sandbox;
  std::string database;
  MoveOptions options;
};
INSTANTIATE_TEST_SUITE_P(Servers, MoveTest, testing::ValuesIn(postgres::installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MoveTest);

TEST_P(MoveTest, KilledAnywhereTheSameRowsArrive) {
  int events = 0;
  const auto count = [&] { ++events; };
  std::mutex mutex;
  new_database("whole");
  MoveOptions counted = options;
  counted.progress = [&](std::string_view) { count(); };
  counted.progress_of = [&](std::string_view, std::size_t, std::size_t) {
    const std::scoped_lock lock(mutex);
    count();
  };
  const std::string told_whole = told(architrave::migration::move(counted));
  ASSERT_TRUE(told_whole.ends_with("holds") && !told_whole.ends_with("not hold")) << told_whole;
  const std::string wanted = found();
  ASSERT_EQ(wanted.substr(0, 3), "300");

  // Killed again and again in one database, each time a little later than it got to.
  new_database("often");
  int kills = 0;
  for (int at = 3; killed(at); at += 4) {
    ++kills;
    wait_until_alone();
    ASSERT_LT(kills, 100);
  }
  EXPECT_GT(kills, 5);
  EXPECT_EQ(told(architrave::migration::move(options)), "earlier");
  EXPECT_EQ(found(), wanted);

  // And once, at points of the whole way, then moved to the end.
  const int points = 4;
  for (int i = 1; i <= points; ++i) {
    new_database("once" + std::to_string(i));
    ASSERT_TRUE(killed(events * i / (points + 1)));
    wait_until_alone();
    EXPECT_EQ(told(architrave::migration::move(options)), told_whole) << "point " << i;
    EXPECT_EQ(found(), wanted) << "point " << i;
  }
}

TEST_P(MoveTest, WhatWasWrittenSinceIsNotMixedIn) {
  new_database("changed");
  ASSERT_TRUE(killed(12));
  wait_until_alone();
  ASSERT_NE(ask("SELECT count(*) FROM architrave.move_parts", database), "0");
  {
    auto source = sqlite::Connection::create_file(options.source);
    ASSERT_TRUE(source->execute("UPDATE customer SET active = 0 WHERE id = 3"));
  }
  const std::string text = told(architrave::migration::move(options));
  EXPECT_NE(text.find("has been written to since"), std::string::npos) << text;
  EXPECT_NE(text.find("DELETE FROM architrave.moves WHERE id = 1"), std::string::npos) << text;
}

TEST_P(MoveTest, ARowThatIsNotTheSameIsSeen) {
  new_database("same");
  ASSERT_TRUE(killed(12));
  wait_until_alone();
  // Somebody writes to what was copied already.
  if (ask("SELECT count(*) FROM customer", database) == "0")
    ask("INSERT INTO customer (id, email, active) VALUES (1, 'x', true)", database);
  else
    ask("UPDATE customer SET email = 'x' WHERE id = 3", database);
  const std::string text = told(architrave::migration::move(options));
  EXPECT_NE(text.find(" is not "), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("does not hold")) << text;
}

}  // namespace
}  // namespace architrave::migration
