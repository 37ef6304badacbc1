// An expression means the same in both engines, or it is refused by name: each is asked of SQLite
// and, translated, of PostgreSQL, over the same rows.
#include "migration/move/expressions.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/postgres/sandbox.h"
#include "engine/sqlite/sqlite.h"

namespace architrave::migration {
namespace {

constexpr const char* rows =
    "INSERT INTO t VALUES (1, 'Ada', 'a@b.c', 19.5, 1), (2, 'it''s', NULL, -2.25, 0),"
    " (3, 'x\\y %', 'B@C.d', 0, NULL), (-7, '', 'none', 1e3, 1)";

Names names() {
  Names names;
  names.add_column("n", {.name = "n", .number = true});
  names.add_column("Name", {.name = "Name"});
  names.add_column("mail", {.name = "mail"});
  names.add_column("amount", {.name = "amount", .number = true});
  names.add_column("active", {.name = "active", .boolean = true});
  names.relations["t"] = "t";
  names.nocase = "public.nocase";
  return names;
}

class ExpressionsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto found = postgres::installations();
    if (found.empty()) return;
    sandbox = std::move(*postgres::make_empty_sandbox(found.back()));
    auto connection = postgres::Connection::open(sandbox->connection_string());
    std::string same = rows;
    for (const auto& [sqlite, postgres] : {std::pair{", 1)", ", true)"}, {", 0)", ", false)"}})
      for (std::size_t at = 0; (at = same.find(sqlite, at)) != std::string::npos;)
        same.replace(at, std::string_view(sqlite).size(), postgres);
    ASSERT_TRUE(connection->execute(
        "CREATE COLLATION public.nocase (provider = icu, locale = 'und-u-ks-level2', "
        "deterministic = false);"
        "CREATE TABLE t (n bigint, \"Name\" text, mail text, amount double precision,"
        " active boolean);" +
        same));
  }
  static void TearDownTestSuite() { sandbox.reset(); }

  static std::string of_sqlite(const std::string& query) {
    auto connection = sqlite::Connection::open_memory();
    EXPECT_TRUE(connection->execute(std::string("CREATE TABLE t (n INTEGER, Name TEXT, mail TEXT,"
                                                " amount REAL, active BOOLEAN);") +
                                    rows));
    std::string text;
    const Status asked = connection->query(query, {}, [&](const sqlite::Row& row) {
      for (int i = 0; i < row.columns(); ++i)
        text +=
            row.storage(i) == sqlite::Storage::real ? plain(row.real(i)) + '|' : row.text(i) + '|';
    });
    EXPECT_TRUE(asked) << query << ": " << asked.error().message;
    return text;
  }
  static std::string of_postgres(const std::string& query) {
    auto connection = postgres::Connection::open(sandbox->connection_string());
    const auto asked = connection->query(query);
    EXPECT_TRUE(asked) << query << ": " << asked.error().message;
    std::string text;
    for (int row = 0; asked && row < asked->size(); ++row)
      for (int i = 0; i < asked->columns(); ++i) {
        const std::string_view cell = asked->cell(row, i);
        text += (cell == "t" ? "1" : cell == "f" ? "0" : std::string(cell)) + '|';
      }
    return text;
  }
  // As PostgreSQL prints it.
  static std::string plain(double value) {
    std::string text = std::to_string(value);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
  }

  static inline std::unique_ptr<postgres::PostgresSandbox> sandbox;
};

TEST_F(ExpressionsTest, MeansTheSame) {
  if (sandbox == nullptr) GTEST_SKIP() << "there is no PostgreSQL here";
  for (const char* query : {
           "SELECT n, Name FROM t WHERE active ORDER BY n",
           "SELECT n FROM t WHERE NOT active AND amount ORDER BY n",
           "SELECT n FROM t WHERE n > 0 AND active = 1 ORDER BY n",
           "SELECT NAME, [mail] FROM main.t WHERE mail IS NOT NULL ORDER BY n",
           "SELECT n FROM t WHERE mail IS 'none' OR name IS NOT 'Ada' ORDER BY n",
           "SELECT n FROM t WHERE name LIKE 'a%' OR mail LIKE 'b@c.d' ORDER BY n",
           "SELECT n FROM t WHERE name == 'it''s' OR n = -7 ORDER BY n",
           "SELECT ifnull(mail, 'nobody') AS who FROM t ORDER BY n",
           "SELECT substr(name, 2), substr(name, 1, 2), instr(name, 'd') FROM t ORDER BY n",
           "SELECT substr(mail, instr(mail, '@') + 1) FROM t ORDER BY n",
           "SELECT length(name), upper(mail), replace(name, 'd', 'D') FROM t ORDER BY n",
           "SELECT max(n), min(amount), count(*), sum(n), count(DISTINCT active) FROM t",
           "SELECT CASE WHEN active THEN 'yes' ELSE 'no' END FROM t ORDER BY n",
           "SELECT CAST(n AS TEXT) || ':' || name FROM t ORDER BY n",
           "SELECT nullif(n, 2), abs(n), n / 2, n % 2 FROM t ORDER BY n",
           "SELECT a.n, b.name FROM t AS a JOIN t b ON b.n = a.n + 1 ORDER BY a.n",
           "SELECT name, row_number() OVER (ORDER BY n DESC) FROM t ORDER BY n",
           "SELECT hex FROM (SELECT n AS hex FROM t) AS s ORDER BY hex",
           "SELECT x'0aff' = x'0AFF'",
           "SELECT n FROM t WHERE name IN ('Ada', '') AND n BETWEEN -7 AND 1 ORDER BY n",
       }) {
    const auto translated = translate(query, names());
    ASSERT_TRUE(translated) << query << ": " << translated.error().message;
    EXPECT_EQ(of_postgres(*translated), of_sqlite(query)) << query << "\n" << *translated;
  }
}

TEST_F(ExpressionsTest, WhatMeansSomethingElseIsRefusedByName) {
  for (const auto& [sql, why] : {
           std::pair{"name GLOB 'a*'", "glob"},
           {"typeof(n) = 'integer'", "typeof()"},
           {"max(n, 3)", "max() of 2 arguments"},  // NULL where one is NULL
           {"date(name)", "date()"},
           {"strftime('%Y', name)", "strftime() of 2 arguments"},
           {"name LIKE mail", "LIKE with a pattern that is computed or has an escape"},
           {"name LIKE 'a!%' ESCAPE '!'", "LIKE with a pattern that is computed or has an escape"},
           {"name COLLATE RTRIM", "COLLATE rtrim"},
           {"n = 0x10", "hexadecimal numbers"},
           {"n = ?", "\"?\""},
           {"rowid > 3", "rowid"},
           // Counted from the end in SQLite.
           {"substr(name, -2)", "substr() with a minus, which counts from the end"},
           {"substr(name, 1, length(name) - 1)",
            "substr() with a minus, which counts from the end"},
           // Half of what is even: 2.5 is 3 in SQLite, 2 in PostgreSQL.
           {"round(amount)", "round()"},
       }) {
    const auto translated = translate(sql, names());
    ASSERT_FALSE(translated) << sql << " became " << *translated;
    EXPECT_EQ(translated.error().code, "move.expression") << sql;
    EXPECT_EQ(translated.error().message, why) << sql;
  }
}

TEST_F(ExpressionsTest, Names) {
  const auto text = [](const char* sql) {
    const auto translated = translate(sql, names());
    return translated ? *translated : "! " + translated.error().message;
  };
  EXPECT_EQ(text("NAME = `mail`"), "\"Name\" = mail");
  // SQLite takes what is no name for a text.
  EXPECT_EQ(text("name = \"Ada's\""), "\"Name\" = 'Ada''s'");
  EXPECT_EQ(text("active + 1"), "active::int + 1");
  EXPECT_EQ(text("name COLLATE NOCASE = 'a'"), "\"Name\" COLLATE public.nocase = 'a'");
  EXPECT_EQ(text("'NAME -- not a comment'"), "'NAME -- not a comment'");
  Names two = names();
  two.add_column("name", {.name = "name"});
  const auto ambiguous = translate("name = 'a'", two);
  ASSERT_FALSE(ambiguous);
  EXPECT_EQ(ambiguous.error().message, "the name name, which is spelt in two ways");
}

TEST_F(ExpressionsTest, Defaults) {
  const auto text = [](const char* sql, const char* type) {
    const auto translated = translate_default(sql, names(), type);
    return translated ? *translated : "! " + translated.error().message;
  };
  EXPECT_EQ(text("1", "boolean"), "true");
  EXPECT_EQ(text("((0))", "boolean"), "false");
  EXPECT_EQ(text("1", "bigint"), "1");
  EXPECT_EQ(text("(datetime('now'))", "timestamp without time zone"),
            "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')");
  EXPECT_EQ(text("CURRENT_TIMESTAMP", "timestamp with time zone"), "CURRENT_TIMESTAMP");
  EXPECT_EQ(text("CURRENT_TIMESTAMP", "text"),
            "to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')");
  EXPECT_EQ(text("(strftime('%s', 'now'))", "bigint"),
            "floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint");
  EXPECT_EQ(text("(date('now'))", "date"), "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date");
  EXPECT_EQ(text("(random())", "bigint"), "! random()");
}

}  // namespace
}  // namespace architrave::migration
