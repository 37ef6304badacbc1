#include "sql/script.h"

#include <gtest/gtest.h>

#include <string>

namespace architrave::sql {
namespace {

std::vector<std::string> texts(std::string_view script) {
  std::vector<std::string> list;
  for (const ScriptItem& item : split_script(script)) list.emplace_back(item.text);
  return list;
}

TEST(Script, SplitsAtSemicolonsOutsideQuotesAndComments) {
  EXPECT_EQ(texts("SELECT 1; SELECT ';' ; -- ; \nSELECT \";\" /* ; /* ; */ */ ;;"),
            (std::vector<std::string>{"SELECT 1", "SELECT ';'", "SELECT \";\" /* ; /* ; */ */"}));
}

TEST(Script, KeepsDollarQuotesWhole) {
  EXPECT_EQ(texts("DO $x$ BEGIN a; $$ ; $$ END $x$; SELECT $1;"),
            (std::vector<std::string>{"DO $x$ BEGIN a; $$ ; $$ END $x$", "SELECT $1"}));
}

TEST(Script, EndsStatementsAtCommandsOfPsql) {
  EXPECT_EQ(texts("SELECT 1 AS a \\gset\nSELECT 2 \\; SELECT '\\g';"),
            (std::vector<std::string>{"SELECT 1 AS a", "\\gset", "SELECT 2", "SELECT '\\g'"}));
}

TEST(Script, KnowsEscapeStrings) {
  EXPECT_EQ(texts("SELECT E'\\';'; SELECT '\\'; SELECT 2"),
            (std::vector<std::string>{"SELECT E'\\';'", "SELECT '\\'", "SELECT 2"}));
}

TEST(Script, KeepsAtomicBodiesAndRuleActionsWhole) {
  EXPECT_EQ(texts("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
                  "SELECT 2; END; SELECT 3;")
                .size(),
            2U);
  EXPECT_EQ(texts("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3").size(), 2U);
  EXPECT_EQ(texts("BEGIN; SELECT 1; END; SELECT 2;").size(), 4U);
}

TEST(Script, SeparatesCopyDataAndMetaCommands) {
  const std::vector<ScriptItem> items =
      split_script("\\set a 1\nCOPY t (a) FROM stdin;\n1;\n2\n\\.\n\nSELECT 1;\n\\echo done\n");
  ASSERT_EQ(items.size(), 5U);
  EXPECT_EQ(items[0].kind, ScriptItem::Kind::meta_command);
  EXPECT_EQ(items[1].text, "COPY t (a) FROM stdin");
  EXPECT_EQ(items[2].kind, ScriptItem::Kind::copy_data);
  EXPECT_EQ(items[2].text, "1;\n2\n");
  EXPECT_EQ(items[3].text, "SELECT 1");
  EXPECT_EQ(items[3].line, 7);
  EXPECT_EQ(items[4].text, "\\echo done");
}

TEST(Script, CountsLines) {
  const std::vector<ScriptItem> items = split_script("-- one\n\nSELECT\n1;\n\nSELECT 2");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].line, 3);
  EXPECT_EQ(items[1].line, 6);
}

TEST(Script, SurvivesWhatIsNeverClosed) {
  for (const char* text :
       {"SELECT 'a", "SELECT $x$ a", "/* a", "\"", "COPY t FROM stdin;\n1\n", "(;"})
    EXPECT_LE(texts(text).size(), 2U) << text;
}

TEST(Script, PutsVariablesIn) {
  EXPECT_EQ(substitute_variables("\\set n 10\nSELECT :n, :'n', ':n', a::int, :m;"),
            "\\set n 10\nSELECT 10, '10', ':n', a::int, :m;");
}

}  // namespace
}  // namespace architrave::sql
