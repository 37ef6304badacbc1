#include "workload/n_plus_one.h"

#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "engine/engine.h"
#include "engine/postgres/sandbox.h"
#include "workload/messages.h"

namespace architrave::workload {
namespace {

// Sends statements in sessions and says what is found.
class Sessions {
 public:
  explicit Sessions(const catalog::Catalog* catalog = nullptr) : catalog_(catalog) {}
  void send(const std::string& text, const std::string& detail = {}, std::uint64_t session = 1) {
    Entry entry;
    entry.severity = Entry::Severity::log;
    const std::string message = "duration: 0.1 ms  statement: " + text;
    entry.message = message;
    const std::string parameters = detail.empty() ? "" : "parameters: " + detail;
    entry.detail = parameters;
    entry.session = session;
    entry.time = time;
    time += step;
    messages_.take(entry);
  }
  std::vector<NPlusOne> found() {
    Workload workload;
    messages_.finish(workload);
    return repetitions_.finish(catalog_);
  }
  double time = 1'000'000;
  double step = 0.001;

 private:
  const catalog::Catalog* catalog_;
  ReadOptions options_;
  QueryTable table_;
  Repetitions repetitions_{table_};
  Messages messages_{table_, repetitions_, options_};
};

std::string number(int i) { return std::to_string(i); }

TEST(NPlusOne, IsOneQueryForEachRowOfAnother) {
  Sessions sessions;
  for (int burst = 0; burst < 3; ++burst) {
    sessions.send("SELECT * FROM orders WHERE status = 'open' LIMIT 10");
    for (int i = 0; i < 10; ++i)
      sessions.send("SELECT id, product_id FROM order_items WHERE order_id = " +
                    number(100 * burst + i) + " AND NOT hidden");
    sessions.time += 60;
  }
  const auto found = sessions.found();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].round_trips, 30);
  EXPECT_EQ(found[0].bursts, 3);
  EXPECT_EQ(found[0].saved, 27);
  EXPECT_EQ(found[0].key, "order_items.order_id = $1");
  EXPECT_EQ(found[0].parent_text, "SELECT * FROM orders WHERE status = $1 LIMIT $2");
  EXPECT_EQ(
      found[0].batched,
      "SELECT id, product_id, order_id FROM order_items WHERE order_id = ANY($1) AND NOT hidden");
  EXPECT_EQ(
      found[0].joined,
      "SELECT parent.*, child.* FROM (SELECT * FROM orders WHERE status = $1 LIMIT $2) AS parent "
      "LEFT JOIN LATERAL (SELECT id, product_id FROM order_items WHERE order_id = parent.id AND "
      "NOT hidden) AS child ON true");
}

TEST(NPlusOne, IsSeenInPreparedStatementsAndLoopsOfOneTransaction) {
  Sessions sessions;
  sessions.send("BEGIN");
  sessions.send("SELECT id, customer_id FROM orders");
  for (int i = 0; i < 8; ++i) {
    sessions.send("SELECT * FROM customers WHERE id = $1 AND tenant = $2",
                  "$1 = '" + number(i) + "', $2 = '7'");
    sessions.send("SELECT count(*) FROM order_items WHERE order_id = " + number(i));
  }
  sessions.send("COMMIT");
  const auto found = sessions.found();
  ASSERT_EQ(found.size(), 2u);
  std::string batched;
  for (const NPlusOne& each : found) batched += each.batched + '\n';
  EXPECT_NE(batched.find("SELECT * FROM customers WHERE id = ANY($1) AND tenant = $2\n"),
            std::string::npos)
      << batched;
  EXPECT_NE(
      batched.find("SELECT count(*), order_id FROM order_items WHERE order_id = ANY($1) GROUP "
                   "BY order_id\n"),
      std::string::npos)
      << batched;
}

TEST(NPlusOne, IsSeenInLoopsOfSeveralStatementsAndByNamesAlone) {
  Sessions sessions;
  // As an object mapper sends it: no transaction, every column, two things for each row.
  sessions.send("SELECT \"orders\".* FROM \"orders\" LIMIT 30");
  for (int i = 0; i < 30; ++i) {
    sessions.send("SELECT \"users\".* FROM \"users\" WHERE \"users\".\"id\" = $1 LIMIT $2",
                  "$1 = '" + number(i * 7 % 10) + "', $2 = '1'");
    sessions.send("SELECT * FROM order_items WHERE order_id = " + number(i));
  }
  const auto found = sessions.found();
  ASSERT_EQ(found.size(), 2u);
  for (const NPlusOne& each : found) {
    EXPECT_EQ(each.saved, 29) << each.text;
    EXPECT_EQ(each.parent_text, "SELECT \"orders\".* FROM \"orders\" LIMIT $1");
    EXPECT_TRUE(each.joined.contains("= parent.user_id") || each.joined.contains("= parent.id"))
        << each.joined;
  }
}

TEST(NPlusOne, IsNotWhatOnlyLooksLikeIt) {
  using Send = void (*)(Sessions&);
  const std::pair<const char*, Send> traps[] = {
      {"repeated writes",
       [](Sessions& s) {
         s.send("SELECT id FROM orders");
         for (int i = 0; i < 20; ++i)
           s.send("UPDATE orders SET paid = true WHERE id = " + number(i));
       }},
      {"the same key again, which a cache would answer",
       [](Sessions& s) {
         s.send("SELECT id, user_id FROM orders");
         for (int i = 0; i < 20; ++i) s.send("SELECT * FROM users WHERE id = 5");
         for (int i = 0; i < 20; ++i) s.send("SELECT * FROM users WHERE id = " + number(i % 3));
       }},
      {"paging by key",
       [](Sessions& s) {
         s.send("SELECT id FROM orders");
         for (int i = 0; i < 20; ++i)
           s.send("SELECT * FROM order_items WHERE order_id > " + number(i) +
                  " ORDER BY order_id LIMIT 100");
       }},
      {"paging by offset",
       [](Sessions& s) {
         for (int i = 0; i < 20; ++i) s.send("SELECT * FROM t WHERE a = 1 OFFSET " + number(i));
       }},
      {"a service that looks up one key for each request, through a pool",
       [](Sessions& s) {
         for (int i = 0; i < 20; ++i)
           s.send("SELECT * FROM sessions WHERE token = 't" + number(i) + "'");
       }},
      {"requests of a few statements, through a pool",
       [](Sessions& s) {
         for (int i = 0; i < 20; ++i) {
           s.send("SELECT * FROM users WHERE id = " + number(i));
           s.send("SELECT * FROM orders WHERE user_id = " + number(i));
         }
       }},
      {"the same requests after a list",
       [](Sessions& s) {
         for (int i = 0; i < 20; ++i) {
           s.send("SELECT * FROM sessions WHERE token = 't" + number(i) + "'");
           s.send("SELECT * FROM users WHERE id = " + number(i));
           s.send("SELECT * FROM orders WHERE user_id = " + number(i));
         }
       }},
      {"statements that have nothing to do with the one before",
       [](Sessions& s) {
         s.send("SELECT version()");
         for (int i = 0; i < 20; ++i) s.send("SELECT * FROM users WHERE id = " + number(i));
       }},
      {"two keys that both vary",
       [](Sessions& s) {
         s.send("SELECT * FROM orders");
         for (int i = 0; i < 20; ++i)
           s.send("SELECT * FROM order_items WHERE order_id = " + number(i) +
                  " AND n = " + number(2 * i));
       }},
      {"rows locked to be written",
       [](Sessions& s) {
         s.send("BEGIN");
         s.send("SELECT * FROM orders");
         for (int i = 0; i < 20; ++i)
           s.send("SELECT * FROM order_items WHERE order_id = " + number(i) + " FOR UPDATE");
         s.send("COMMIT");
       }},
      {"few of them",
       [](Sessions& s) {
         s.send("SELECT * FROM orders");
         for (int i = 0; i < 4; ++i)
           s.send("SELECT * FROM order_items WHERE order_id = " + number(i));
       }},
      {"minutes apart",
       [](Sessions& s) {
         s.step = 60;
         s.send("SELECT * FROM orders");
         for (int i = 0; i < 20; ++i)
           s.send("SELECT * FROM order_items WHERE order_id = " + number(i));
       }},
      {"in sessions of their own",
       [](Sessions& s) {
         for (int i = 0; i < 20; ++i) {
           s.send("SELECT * FROM orders", {}, static_cast<std::uint64_t>(i + 1));
           s.send("SELECT * FROM order_items WHERE order_id = " + number(i), {},
                  static_cast<std::uint64_t>(i + 1));
         }
       }},
  };
  for (const auto& [name, send] : traps) {
    Sessions sessions;
    send(sessions);
    EXPECT_TRUE(sessions.found().empty()) << name;
  }
}

TEST(NPlusOne, FollowsForeignKeysAndItsFormsRun) {
  const auto installations = postgres::installations();
  if (installations.empty()) GTEST_SKIP() << "no PostgreSQL here";
  auto made = postgres::make_empty_sandbox(installations.back());
  ASSERT_TRUE(made) << describe(made.error());
  ASSERT_TRUE((*made)->connection().execute(
      "CREATE TABLE people (nr int PRIMARY KEY, name text);"
      "CREATE TABLE letters (id int PRIMARY KEY, author int REFERENCES people, sent date);"
      "INSERT INTO people SELECT i, 'n' || i FROM generate_series(1, 20) i;"
      "INSERT INTO letters SELECT i, i % 20 + 1, '2026-01-01' FROM generate_series(1, 100) i"));
  const auto catalog = (*made)->read();
  ASSERT_TRUE(catalog);
  Sessions sessions(&*catalog);
  sessions.send("SELECT nr, name FROM people WHERE name <> 'n3'");
  for (int i = 1; i < 15; ++i)
    sessions.send("SELECT sent FROM letters AS l WHERE sent > '2025-01-01' AND l.author = " +
                  number(i) + " ORDER BY sent DESC LIMIT 2");
  sessions.send("SELECT * FROM letters");
  for (int i = 1; i < 15; ++i) sessions.send("SELECT name FROM people WHERE nr = " + number(i));
  const auto found = sessions.found();
  ASSERT_EQ(found.size(), 2u);
  for (const NPlusOne& each : found) {
    EXPECT_FALSE(each.joined.empty()) << each.text;
    for (const std::string& form : {each.batched, each.joined})
      EXPECT_TRUE((*made)->connection().execute("PREPARE p AS " + form + "; DEALLOCATE p")) << form;
  }
}

}  // namespace
}  // namespace architrave::workload
