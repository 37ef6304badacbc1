// Tries the table of effects on real servers: each action in a transaction that is rolled back,
// with the locks read from pg_locks, rewrites seen by relfilenode and scans by the counters of the
// transaction. What refuses to run in a transaction is caught while a writer keeps it waiting.
#include "migration/effects.h"

#include <gtest/gtest.h>

#include <chrono>
#include <climits>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "engine/postgres/connection.h"
#include "engine/postgres/server.h"
#include "sql/script.h"

namespace architrave::migration {
namespace {

struct Case {
  std::string title;
  int line = 0;
  int from = 0;  // major versions
  int before = INT_MAX;
  std::string setup;
  std::string statement;
  std::map<std::string, std::string> effects;  // "t": "ACCESS EXCLUSIVE, rewrites"
  std::set<std::string> unseen;
};

struct Cases {
  std::string setup;
  std::vector<Case> all;
};

Cases read_cases() {
  const auto text = read_file(ARCHITRAVE_SOURCE_DIR "/src/migration/testdata/effects.test");
  EXPECT_TRUE(text);
  Cases cases;
  int number = 0;
  for (const std::string& line : split(*text, '\n')) {
    ++number;
    if (line.starts_with('#')) continue;
    if (line.starts_with("== ") && line[3] >= 'a' && line[3] <= 'z') {
      cases.all.push_back({.title = line.substr(3),
                           .line = number,
                           .from = 0,
                           .before = INT_MAX,
                           .setup = {},
                           .statement = {},
                           .effects = {},
                           .unseen = {}});
      if (const std::size_t from = line.rfind(", from "); from != std::string::npos)
        cases.all.back().from = std::stoi(line.substr(from + 7));
      if (const std::size_t before = line.rfind(", before "); before != std::string::npos)
        cases.all.back().before = std::stoi(line.substr(before + 9));
    } else if (cases.all.empty()) {
      cases.setup += line + '\n';
    } else if (line.starts_with("== ")) {
      cases.all.back().setup = cases.all.back().statement;
      cases.all.back().statement = line.substr(3);
    } else if (line.starts_with("-- ")) {
      const std::size_t colon = line.find(": ");
      const std::string name = line.substr(3, colon - 3);
      std::string effect = line.substr(colon + 2);
      if (effect.ends_with(", unseen")) {
        effect.resize(effect.size() - 8);
        cases.all.back().unseen.insert(name);
      }
      cases.all.back().effects[name] = effect;
    } else {
      cases.all.back().statement += line + '\n';
    }
  }
  return cases;
}

std::string words(Lock lock, bool rewrites, bool scans) {
  std::string out(to_string(lock));
  if (rewrites) out += ", rewrites";
  if (scans) out += ", scans";
  return out;
}

std::string one_text(const std::map<std::string, std::string>& effects) {
  std::string out;
  for (const auto& [name, effect] : effects) out += name + ": " + effect + '\n';
  return out;
}

// What is known after the setup of a case.
void learn(Schema& known, const std::string& setup) {
  sql::TreeReader reader;
  for (const sql::ScriptItem& item : sql::split_script(setup)) {
    ASSERT_TRUE(reader.parse(item.text)) << item.text;
    known.apply(reader.statements().front().node, 0);
  }
}

TEST(Effects, EveryActionIsTried) {
  const Cases cases = read_cases();
  std::set<Do> tried;
  ActionReader actions;
  sql::TreeReader reader;
  for (const Case& each : cases.all) {
    Schema known;
    learn(known, cases.setup + each.setup);
    ASSERT_TRUE(reader.parse(each.statement)) << each.statement;
    for (const Action& action : actions.read(reader.statements().front().node, 15, &known))
      tried.insert(action.what);
  }
  for (const EffectRow& row : effect_rows()) EXPECT_TRUE(tried.contains(row.action)) << row.words;
  EXPECT_EQ(tried.size(), static_cast<std::size_t>(Do::count_));
}

class Server : public testing::TestWithParam<int> {
 protected:
  using Connection = postgres::Connection;

  Connection connect(const std::string& space) {
    auto connection = server->connect("postgres");
    EXPECT_TRUE(connection) << (connection ? "" : describe(connection.error()));
    run(*connection, "SET search_path = " + space);
    run(*connection, "SET lock_timeout = 0");
    return std::move(*connection);
  }
  static void run(Connection& connection, const std::string& sql) {
    const Status ran = connection.execute(sql);
    ASSERT_TRUE(ran) << sql << '\n' << describe(ran.error());
  }
  static std::map<std::string, std::vector<std::string>> rows(Connection& connection,
                                                              const std::string& sql) {
    std::map<std::string, std::vector<std::string>> out;
    const auto result = connection.query(sql);
    EXPECT_TRUE(result) << (result ? "" : describe(result.error()));
    for (int row = 0; result && row < result->size(); ++row)
      for (int column = 1; column < result->columns(); ++column)
        out[std::string(result->cell(row, 0))].emplace_back(result->cell(row, column));
    return out;
  }

  // Relations with their file, and how often the transaction has read them through.
  static auto files(Connection& connection, const std::string& space) {
    return rows(connection,
                "SELECT c.oid, c.relname, c.relfilenode, c.relkind,"
                " coalesce(pg_stat_get_xact_numscans(c.oid), 0)"
                " FROM pg_class c WHERE relnamespace = '" +
                    space + "'::regnamespace");
  }
  // "AccessExclusiveLock" -> ACCESS EXCLUSIVE, the strongest of each relation.
  static std::map<std::string, Lock> locks(Connection& connection, const std::string& pid) {
    static const std::map<std::string, Lock> modes = {
        {"AccessShareLock", Lock::access_share},
        {"RowShareLock", Lock::row_share},
        {"RowExclusiveLock", Lock::row_exclusive},
        {"ShareUpdateExclusiveLock", Lock::share_update_exclusive},
        {"ShareLock", Lock::share},
        {"ShareRowExclusiveLock", Lock::share_row_exclusive},
        {"ExclusiveLock", Lock::exclusive},
        {"AccessExclusiveLock", Lock::access_exclusive}};
    std::map<std::string, Lock> out;
    for (const auto& [oid, held] :
         rows(connection,
              "SELECT relation, mode FROM pg_locks WHERE relation IS NOT NULL AND pid = " + pid))
      for (const std::string& mode : held) out[oid] = std::max(out[oid], modes.at(mode));
    return out;
  }

  std::unique_ptr<postgres::Server> server;
};

TEST_P(Server, DoesWhatTheTableSays) {
  const auto installation = postgres::choose_installation(GetParam());
  ASSERT_TRUE(installation);
  if (installation->major != GetParam()) GTEST_SKIP() << "no PostgreSQL " << GetParam() << " here";
  auto started = postgres::Server::start(*installation);
  ASSERT_TRUE(started) << describe(started.error());
  server = std::move(*started);
  const Cases cases = read_cases();
  auto admin = server->connect("postgres");
  ASSERT_TRUE(admin);
  int number = 0;
  for (const Case& test : cases.all) {
    if (GetParam() < test.from || GetParam() >= test.before) continue;
    SCOPED_TRACE("effects.test:" + std::to_string(test.line) + ": " + test.title + ": " +
                 test.statement);
    const std::string space = "space" + std::to_string(++number);
    run(*admin, "CREATE SCHEMA " + space);
    Connection session = connect(space);
    const std::string setup = cases.setup + test.setup;
    for (const sql::ScriptItem& item : sql::split_script(setup))
      run(session, std::string(item.text));
    Schema known;
    learn(known, setup);
    const auto predicted = effects_of(test.statement, GetParam(), &known);
    ASSERT_TRUE(predicted) << describe(predicted.error());
    std::map<std::string, std::string> said;
    for (const Effect& each : predicted->relations)
      said[each.relation] = words(each.lock, each.rewrites, each.scans);
    EXPECT_EQ(one_text(said), one_text(test.effects)) << "what the table predicts";

    auto before = files(session, space);
    const std::string pid = rows(session, "SELECT 1, pg_backend_pid()").at("1").front();
    std::map<std::string, Lock> held;
    run(session, "BEGIN");
    const Status ran = session.execute(test.statement);
    std::map<std::string, std::vector<std::string>> after;
    EXPECT_EQ(static_cast<bool>(ran), predicted->transactional)
        << (ran ? "" : describe(ran.error()));
    if (ran) {
      held = locks(*admin, pid);
      after = files(session, space);
      run(session, "ROLLBACK");
    } else {
      run(session, "ROLLBACK");
      Connection writer = connect(space);
      run(writer, "BEGIN");
      run(writer, "SELECT txid_current()");
      // In the way of what would not wait for a writer, or only after it has let go of its lock.
      const bool mild = test.statement.starts_with("VACUUM ") ||
                        test.statement.find("DETACH") != std::string::npos;
      for (const auto& [name, effect] : test.effects)
        if (!test.unseen.contains(name))
          run(writer, "LOCK TABLE " + name + " IN " +
                          (mild ? "SHARE UPDATE EXCLUSIVE" : "ROW EXCLUSIVE") + " MODE");
      std::thread other([&] { (void)session.execute(test.statement); });
      // Until it waits, or is done.
      for (int tries = 0; tries < 200; ++tries) {
        const auto state = rows(
            *admin,
            "SELECT coalesce(wait_event_type, ''), state FROM pg_stat_activity WHERE pid = " + pid);
        held = locks(*admin, pid);
        if (state.contains("Lock") || (state.contains("Client") && tries > 5)) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      run(writer, "ROLLBACK");
      other.join();
      after = files(session, space);
    }
    std::map<std::string, std::string> seen;
    for (const auto& [oid, was] : before) {
      const std::string& name = was[0];
      const bool expected = test.effects.contains(name);
      if (!expected && was[2] != "r" && was[2] != "p" && was[2] != "m") continue;
      const auto now = after.find(oid);
      // A sequence is one row, and has a new file after each change.
      const bool rewritten = now != after.end() && now->second[1] != was[1] && was[2] != "S";
      bool scanned = now != after.end() && now->second[3] != was[3];
      const Lock lock = held.contains(oid) ? held.at(oid) : Lock::none;
      if (!expected && lock <= Lock::row_share) continue;  // reads on the way
      if (!ran || predicted->strongest() < Lock::share_update_exclusive ||
          test.statement.starts_with("ANALYZE") || test.statement.starts_with("TRUNCATE") ||
          test.statement.starts_with("CLUSTER"))
        scanned = expected && test.effects.at(name).ends_with("scans");
      seen[name] =
          test.unseen.contains(name) ? test.effects.at(name) : words(lock, rewritten, scanned);
    }
    EXPECT_EQ(one_text(seen), one_text(test.effects)) << "what the server did";
    run(*admin, "DROP SCHEMA " + space + " CASCADE");
  }
}

INSTANTIATE_TEST_SUITE_P(Effects, Server, testing::Values(13, 15, 18));

}  // namespace
}  // namespace architrave::migration
