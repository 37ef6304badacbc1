#include "engine/sqlite/transition.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/sqlite/reader.h"
#include "engine/sqlite/sqlite.h"

namespace architrave::sqlite {
namespace {

using catalog::Catalog;

Connection make(const std::string& sql) {
  auto connection = Connection::open_memory();
  EXPECT_TRUE(connection);
  const Status made = connection->execute(sql);
  EXPECT_TRUE(made) << made.error().message << '\n' << sql;
  return std::move(*connection);
}

Catalog read(Connection& connection) {
  auto catalog = read_catalog(connection);
  EXPECT_TRUE(catalog) << catalog.error().message;
  return std::move(*catalog);
}

// As a plan's file has them.
std::string script(const Transition& transition) {
  return "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; BEGIN;\n" +
         join(transition.statements, ";\n") + ";\nCOMMIT; PRAGMA legacy_alter_table = OFF";
}

struct Pair {
  const char* name;
  const char* old_sql;
  const char* new_sql;
  bool rebuilds;
};

class TransitionTest : public testing::TestWithParam<Pair> {};

TEST_P(TransitionTest, LeadsThereAndBack) {
  Connection has = make(GetParam().old_sql);
  Connection wanted = make(GetParam().new_sql);
  const Catalog from = read(has);
  const Catalog to = read(wanted);
  ASSERT_FALSE(difference(from, to).empty());
  const Transition there = transition(from, to);
  EXPECT_EQ(there.rebuilds, GetParam().rebuilds) << script(there);
  Status ran = has.execute(script(there));
  ASSERT_TRUE(ran) << ran.error().message << '\n' << script(there);
  const Catalog arrived = read(has);
  for (const catalog::Change& left : difference(arrived, to)) ADD_FAILURE() << describe(left);
  EXPECT_TRUE(transition(arrived, to).statements.empty());
  const Transition back = transition(arrived, from);
  ran = has.execute(script(back));
  ASSERT_TRUE(ran) << ran.error().message << '\n' << script(back);
  for (const catalog::Change& left : difference(read(has), from)) ADD_FAILURE() << describe(left);
}

const Pair pairs[] = {
    {"ColumnAdded", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT, b TEXT NOT NULL DEFAULT 'x')",
     false},
    {"ColumnAddedInTheMiddle", "CREATE TABLE t (a INT, c INT)",
     "CREATE TABLE t (a INT, b REFERENCES t (a), c INT)", false},
    {"ColumnThatCannotBeAdded", "CREATE TABLE t (a INT)",
     "CREATE TABLE t (a INT, b TEXT DEFAULT CURRENT_TIMESTAMP)", true},
    {"UniqueColumn", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT, b TEXT UNIQUE)", true},
    {"GeneratedColumn", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT, b AS (a + 1))", false},
    {"StoredColumn", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT, b AS (a + 1) STORED)", true},
    {"TypeOfAColumn", "CREATE TABLE t (a TEXT, b INT)", "CREATE TABLE t (a INTEGER, b INT)", true},
    {"Check", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT CHECK (a > 0), CHECK (a < 9))",
     true},
    {"Conflict", "CREATE TABLE t (a INT NOT NULL)",
     "CREATE TABLE t (a INT NOT NULL ON CONFLICT IGNORE)", true},
    {"WithoutRowid", "CREATE TABLE t (a INT PRIMARY KEY)",
     "CREATE TABLE t (a INT PRIMARY KEY) WITHOUT ROWID", true},
    {"Strict", "CREATE TABLE t (a INT)", "CREATE TABLE t (a INT) STRICT", true},
    {"Autoincrement", "CREATE TABLE t (a INTEGER PRIMARY KEY)",
     "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)", true},
    {"TableMadeAndDropped", "CREATE TABLE a (x); CREATE INDEX i ON a (x)",
     "CREATE TABLE b (x); CREATE INDEX i ON b (x)", true},
    {"Index", "CREATE TABLE t (a, b); CREATE INDEX i ON t (a)",
     "CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (a DESC) WHERE b > 0", false},
    {"IndexOfATableMadeAnew", "CREATE TABLE t (a TEXT, b); CREATE INDEX i ON t (a)",
     "CREATE TABLE t (a INT, b); CREATE INDEX i ON t (a)", true},
    {"ViewOverATableMadeAnew",
     "CREATE TABLE t (a TEXT); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT * FROM v",
     "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT * FROM v",
     true},
    {"ViewThatBecomesATable", "CREATE VIEW v AS SELECT 1 AS a", "CREATE TABLE v (a)", false},
    {"TriggerOfAnotherTable",
     "CREATE TABLE t (a TEXT); CREATE TABLE u (b); CREATE TRIGGER g AFTER INSERT ON u BEGIN INSERT "
     "INTO t VALUES (new.b); END",
     "CREATE TABLE t (a INT); CREATE TABLE u (b); CREATE TRIGGER g AFTER INSERT ON u BEGIN INSERT "
     "INTO t VALUES (new.b); END",
     true},
    {"Trigger", "CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
     "CREATE TABLE t (a); CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT 2; END", false},
    {"ReferencesToATableMadeAnew",
     "CREATE TABLE p (a INTEGER PRIMARY KEY, up REFERENCES p); CREATE TABLE c (a REFERENCES p)",
     "CREATE TABLE p (a INTEGER PRIMARY KEY, b UNIQUE, up REFERENCES p); CREATE TABLE c (a "
     "REFERENCES p)",
     true},
    {"NamesThatNeedQuotes", "CREATE TABLE \"select\" (\"a b\" TEXT, [index] INT)",
     "CREATE TABLE \"select\" (\"a b\" INT, [index] INT, `c'd` INT)", true},
    {"VirtualTable", "CREATE VIRTUAL TABLE f USING fts5(a)",
     "CREATE VIRTUAL TABLE f USING fts5(a, b)", true},
};
INSTANTIATE_TEST_SUITE_P(All, TransitionTest, testing::ValuesIn(pairs),
                         [](const auto& each) { return each.param.name; });

TEST(TransitionText, FormIsNoDifference) {
  Connection a = make("CREATE TABLE t (a INT, b TEXT); CREATE INDEX i ON t (a)");
  Connection b =
      make("create table \"t\" -- what it is for\n (b text,\n [a] int);\ncreate index i on t(a);");
  for (const catalog::Change& each : difference(read(a), read(b))) ADD_FAILURE() << describe(each);
}

TEST(TransitionRows, StayWithTheirNumbersAndCounters) {
  Connection has = make(
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);"
      "CREATE TABLE plain (a TEXT);"
      "INSERT INTO t (a) VALUES ('x'), ('y'), ('z'); DELETE FROM t WHERE id = 3;"
      "INSERT INTO plain (rowid, a) VALUES (7, 'seven'), (9, 'nine')");
  Connection wanted = make(
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL);"
      "CREATE TABLE plain (a TEXT NOT NULL)");
  ASSERT_TRUE(has.execute(script(transition(read(has), read(wanted)))));
  EXPECT_EQ(*has.text("SELECT group_concat(id || a) FROM t"), "1x,2y");
  EXPECT_EQ(*has.number("SELECT seq FROM sqlite_sequence WHERE name = 't'"), 3);
  EXPECT_EQ(*has.number("SELECT count(*) FROM sqlite_sequence"), 1);
  EXPECT_EQ(*has.text("SELECT group_concat(rowid || a) FROM plain"), "7seven,9nine");
}

TEST(TransitionRows, AreKeptAsideAndComeBack) {
  Connection has = make(
      "CREATE TABLE t (a INT, note TEXT NOT NULL); CREATE TABLE gone (b);"
      "INSERT INTO t VALUES (1, 'one'), (2, 'two'); INSERT INTO gone VALUES (5)");
  Connection wanted = make("CREATE TABLE t (a INT)");
  const Catalog from = read(has);
  TransitionOptions keep;
  keep.keep = {{"column main.t.note", "note__dropped"}, {"table main.gone", "gone__dropped"}};
  const Transition there = transition(from, read(wanted), keep);
  EXPECT_TRUE(there.losses.empty());
  ASSERT_TRUE(has.execute(script(there)));
  ASSERT_TRUE(has.execute("INSERT INTO t (a) VALUES (3); DELETE FROM t WHERE a = 3"));
  TransitionOptions kept;
  kept.kept = keep.keep;
  const Transition back = transition(read(has), from, kept);
  const Status ran = has.execute(script(back));
  ASSERT_TRUE(ran) << ran.error().message << '\n' << script(back);
  EXPECT_EQ(*has.text("SELECT group_concat(a || note) FROM t"), "1one,2two");
  EXPECT_EQ(*has.number("SELECT b FROM gone"), 5);
}

TEST(TransitionRows, AreNamedWhereTheyWouldBeLost) {
  Connection has = make("CREATE TABLE t (a, note); CREATE TABLE gone (b)");
  Connection wanted = make("CREATE TABLE t (a)");
  std::vector<std::string> names;
  for (const Loss& loss : transition(read(has), read(wanted)).losses)
    names.push_back(to_string(loss.object) + ": " + loss.what);
  EXPECT_EQ(names, (std::vector<std::string>{"table main.gone: its rows",
                                             "column main.t.note: its values"}));
}

}  // namespace
}  // namespace architrave::sqlite
