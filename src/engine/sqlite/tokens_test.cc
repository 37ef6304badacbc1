#include "engine/sqlite/tokens.h"

#include <gtest/gtest.h>

#include "engine/sqlite/definitions.h"

namespace architrave::sqlite {
namespace {

std::vector<std::string> texts(std::string_view sql) {
  std::vector<std::string> result;
  for (const Token& token : tokenize(sql)) {
    result.emplace_back(sql.substr(token.begin, token.end - token.begin));
  }
  return result;
}

using Texts = std::vector<std::string>;

TEST(Tokens, FollowTheLexicalRules) {
  EXPECT_EQ(texts("a -- b\n/* c */ 'd''e' [f g]\"h\"\"i\"`j`"),
            (Texts{"a", "'d''e'", "[f g]", "\"h\"\"i\"", "`j`"}));
  EXPECT_EQ(texts("x'00ff' 1.5e-3 .5 0x1F a||b a::int"),
            (Texts{"x'00ff'", "1.5e-3", ".5", "0x1F", "a", "||", "b", "a", "::", "int"}));
}

TEST(Tokens, WhatIsNeverClosedEndsWithTheText) {
  EXPECT_EQ(texts("'abc"), (Texts{"'abc"}));
  EXPECT_EQ(texts("a /* b"), (Texts{"a"}));
  EXPECT_EQ(texts("[ab"), (Texts{"[", "ab"}));
}

TEST(Tokens, StatementsEndAtSemicolonsAndTriggersBehindEnd) {
  auto first = [](std::string_view sql) {
    return std::string(sql.substr(0, statement_end(sql, 0)));
  };
  EXPECT_EQ(first("SELECT ';'; x"), "SELECT ';';");
  EXPECT_EQ(first("SELECT 1"), "SELECT 1");
  EXPECT_EQ(first("CREATE TEMP TRIGGER t INSERT ON a BEGIN SELECT CASE 1 END; END; x"),
            "CREATE TEMP TRIGGER t INSERT ON a BEGIN SELECT CASE 1 END; END;");
  EXPECT_EQ(first("CREATE TABLE trigger (a); END;"), "CREATE TABLE trigger (a);");
}

TEST(Tokens, NamesAreQuotedWhereSqliteNeedsIt) {
  EXPECT_EQ(quote("plain_1"), "plain_1");
  EXPECT_EQ(quote("Order"), "\"Order\"");
  EXPECT_EQ(quote("1st"), "\"1st\"");
  EXPECT_EQ(quote("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote(""), "\"\"");
  EXPECT_EQ(unquote("[a b]"), "a b");
  EXPECT_EQ(unquote("\"a\"\"b\""), "a\"b");
}

TEST(Definitions, TableConstraintsMayStandWithoutCommas) {
  TableText table = parse_table(
      "CREATE TABLE t (a INT CHECK (a > 0) NOT NULL, b DEFAULT (1, 2) UNIQUE, "
      "CONSTRAINT k PRIMARY KEY (a DESC, b COLLATE NOCASE) UNIQUE (b) CONSTRAINT c CHECK ((a)))");
  ASSERT_EQ(table.columns.size(), 2u);
  ASSERT_EQ(table.constraints.size(), 5u);
  EXPECT_EQ(table.constraints[0].expression, "a > 0");
  EXPECT_EQ(table.constraints[1].columns, (Texts{"b"}));
  EXPECT_EQ(table.constraints[2].name, "k");
  EXPECT_EQ(table.constraints[2].columns, (Texts{"a", "b"}));
  EXPECT_EQ(table.constraints[4].name, "c");
  EXPECT_EQ(table.constraints[4].expression, "(a)");
}

TEST(Definitions, IndexKeysKeepWhatBelongsToTheExpression) {
  IndexText index = parse_index(
      "CREATE INDEX i ON t (a || b COLLATE nocase || c DESC, lower(d, e) COLLATE x ASC) WHERE f > "
      "1");
  EXPECT_EQ(index.keys, (Texts{"a || b COLLATE nocase || c", "lower(d, e)"}));
  EXPECT_EQ(index.predicate, "f > 1");
}

TEST(Definitions, HalfATextIsNoCrash) {
  const std::string sql =
      "CREATE TABLE t (a INT CONSTRAINT n CHECK (a > (0)) REFERENCES o (x) ON DELETE SET NULL, "
      "FOREIGN KEY (a) REFERENCES b DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY (a)) STRICT";
  for (std::size_t length = 0; length <= sql.size(); ++length) {
    std::string_view half = std::string_view(sql).substr(0, length);
    parse_table(half);
    parse_index(half);
    parse_trigger(half);
    view_query(half);
  }
}

}  // namespace
}  // namespace architrave::sqlite
