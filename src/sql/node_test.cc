#include "sql/node.h"

#include <gtest/gtest.h>

namespace architrave::sql {
namespace {

TEST(Node, IsReadInPlace) {
  TreeReader reader;
  ASSERT_TRUE(reader.parse("SELECT 1; ALTER TABLE s.t ADD COLUMN c varchar(10) NOT NULL"));
  ASSERT_EQ(reader.statements().size(), 2u);
  EXPECT_EQ(reader.statements()[1].offset, 9);
  const Node alter = reader.statements()[1].node;
  EXPECT_TRUE(alter.is("AlterTableStmt"));
  EXPECT_EQ(alter["relation"]["schemaname"].text(), "s");
  EXPECT_TRUE(alter["relation"]["inh"].flag());
  EXPECT_FALSE(alter["missing_ok"].flag());
  ASSERT_EQ(alter["cmds"].size(), 1u);
  const Node column = alter["cmds"].front()["def"];
  EXPECT_TRUE(column.is("ColumnDef"));
  EXPECT_EQ(dotted(column["typeName"]["names"]), "pg_catalog.varchar");
  EXPECT_EQ(column["typeName"]["typmods"].front()["ival"]["ival"].number(), 10);
  EXPECT_EQ(column["constraints"].back()["contype"].text(), "CONSTR_NOTNULL");
  EXPECT_TRUE(alter.any([](Node each) { return each.text() == "CONSTR_NOTNULL"; }));
  EXPECT_FALSE(alter["no"]["such"]["field"]);
  EXPECT_EQ(Node().size(), 0u);
}

TEST(Node, TextsAreAsTheyWereWritten) {
  TreeReader reader;
  ASSERT_TRUE(reader.parse("SELECT E'a\"b\\\\c\\n\\t\\x01ä'"));
  const Node constant = reader.statements()[0].node["targetList"].front()["val"];
  EXPECT_EQ(string_of(constant["sval"]), "a\"b\\c\n\t\x01ä");
}

TEST(Node, AnErrorHasItsPlaceInBytes) {
  TreeReader reader;
  EXPECT_FALSE(reader.parse("SELECT 'ää' FRM x y z"));
  EXPECT_EQ(reader.error().message, "syntax error at or near \"x\"");
  EXPECT_EQ(reader.error().offset, 18);
  EXPECT_TRUE(reader.parse("SELECT 1"));  // and can be used again
}

TEST(Node, DepthHasAnEnd) {
  const auto chain = [](int links) {
    std::string text = "SELECT 1";
    for (int i = 0; i < links; ++i) text += " + 1";
    return text;
  };
  TreeReader reader;
  ASSERT_TRUE(reader.parse(chain(100'000)));
  int deep = 0;
  for (Node each = reader.statements()[0].node["targetList"].front()["val"]; each.is("A_Expr");
       each = each["lexpr"])
    ++deep;
  EXPECT_EQ(deep, 100'000);
  EXPECT_FALSE(reader.parse(chain(1'000'000)));
  EXPECT_EQ(reader.error().message, "the statement nests too deep");
  std::string rows = "INSERT INTO t VALUES (-1, 'x')";
  for (int i = 0; i < 100'000; ++i) rows += ", (-1, 'it''s')";
  EXPECT_TRUE(reader.parse(rows));
}

}  // namespace
}  // namespace architrave::sql
