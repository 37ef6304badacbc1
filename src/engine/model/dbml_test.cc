#include "engine/model/dbml.h"

#include <gtest/gtest.h>

#include <string>

namespace architrave::model {
namespace {

std::string script(const std::string& text) {
  const Result<Schema> schema = read_dbml({{"a.dbml", text}}, {});
  return schema ? write(*schema).text : schema.error().where + ": " + schema.error().message;
}

// The key is held by the side of many, and of one to one by the second, or by the column that says
// so.
TEST(Dbml, WhoHoldsTheKey) {
  const std::string tables = "Table a {\n x int\n y int\n}\nTable b {\n x int\n y int\n}\n";
  const auto key = [&](const std::string& more) {
    const std::string text = script(tables + more);
    const std::size_t at = text.find("ALTER");
    return at == std::string::npos ? text : text.substr(at);
  };
  const std::string of_a = "ALTER TABLE \"a\" ADD FOREIGN KEY (\"x\") REFERENCES \"b\" (\"y\");\n";
  const std::string of_b = "ALTER TABLE \"b\" ADD FOREIGN KEY (\"y\") REFERENCES \"a\" (\"x\");\n";
  EXPECT_EQ(key("Ref: a.x > b.y\n"), of_a);
  EXPECT_EQ(key("Ref: a.x < b.y\n"), of_b);
  EXPECT_EQ(key("Ref: a.x - b.y\n"), of_b);
  EXPECT_EQ(key("Ref: a.x ?> b.y\n"), of_a);
  EXPECT_EQ(key("Ref: a.x ?<? b.y\n"), of_b);
  EXPECT_EQ(key("Ref: a.x -? b.y\n"), of_b);
  const std::string inline_keys = script(
      "Table a {\n x int [ref: > b.y]\n}\nTable b {\n y int\n}\n"
      "Table c {\n y int [ref: - a.x, ref: < a.x]\n}\n");
  EXPECT_NE(inline_keys.find(of_a), std::string::npos);
  EXPECT_NE(inline_keys.find("ALTER TABLE \"c\" ADD FOREIGN KEY (\"y\") REFERENCES \"a\" (\"x\")"),
            std::string::npos);
  EXPECT_NE(inline_keys.find("ALTER TABLE \"a\" ADD FOREIGN KEY (\"x\") REFERENCES \"c\" (\"y\")"),
            std::string::npos);
}

// What the table says itself comes before a partial, and the last partial before the others.
TEST(Dbml, Partials) {
  EXPECT_EQ(script("TablePartial p {\n a int\n b int\n}\nTablePartial q {\n b text\n c text\n}\n"
                   "Table t {\n ~p\n ~q\n c bigint\n}\n"),
            "CREATE TABLE \"t\" (\n  \"a\" int,\n  \"b\" text,\n  \"c\" bigint\n);\n");
  EXPECT_EQ(script("Table t {\n ~p\n}\n"), "a.dbml:2:3: there is no TablePartial p");
  EXPECT_EQ(script("TablePartial q {\n a int\n}\nTablePartial p {\n ~q\n}\nTable t {\n ~p\n}\n"),
            "a.dbml:5:3: a TablePartial can't use another, here q");
}

TEST(Dbml, Strings) {
  EXPECT_EQ(script("Table t [note: '''\n    a\n      b\\\n c \\'''\n  '''] {\n x text [default: "
                   "'it\\'s']\n}\n"),
            "CREATE TABLE \"t\" (\n  \"x\" text DEFAULT 'it''s'\n);\n"
            "COMMENT ON TABLE \"t\" IS 'a\n  b c ''''''\n';\n");
}

TEST(Dbml, ATypesModifiers) {
  EXPECT_EQ(script("Table t {\n a decimal(10, 2)\n b int[]\n c \"timestamp with time zone\"\n"
                   " d int pk\n}\n"),
            "CREATE TABLE \"t\" (\n  \"a\" decimal(10,2),\n  \"b\" int[],\n"
            "  \"c\" timestamp with time zone,\n  \"d\" int,\n  PRIMARY KEY (\"d\")\n);\n");
}

TEST(Dbml, ProblemsSayWhere) {
  EXPECT_EQ(script("Table t {\n a int\n"),
            "a.dbml:3:1: expected } that closes the table, found the end of the file");
  EXPECT_EQ(script("Tabel t {\n}\n"),
            "a.dbml:1:1: expected Table, TablePartial, Enum, Ref, Project, TableGroup, Note or "
            "Records, found Tabel");
  EXPECT_EQ(script("/* a\n"), "a.dbml:1:1: this comment is not closed with */");
  EXPECT_EQ(script("Table t {\n a int\n}\nRef: t.(a, b) > t.a\n"),
            "a.dbml:4:6: the table t has no column b");
}

}  // namespace
}  // namespace architrave::model
