#include "engine/model/prisma.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace architrave::model {
namespace {

Result<Schema> read(const std::string& text) { return read_prisma({{"a.prisma", text}}); }

std::string problem(const std::string& text) {
  const Result<Schema> schema = read(text);
  return schema ? "none" : schema.error().where + ": " + schema.error().message;
}

std::string script(const std::string& text) {
  const Result<Schema> schema = read(text);
  return schema ? write(*schema).text : schema.error().message;
}

TEST(Prisma, ProblemsSayWhere) {
  EXPECT_EQ(problem("model A {\n  id Int @id\n"),
            "a.prisma:3:1: expected } that closes model A, found the end of the file");
  EXPECT_EQ(problem("modle A {\n}\n"),
            "a.prisma:1:1: expected model, enum, view, type, datasource or generator, found modle");
  EXPECT_EQ(problem("model A {\n  id Int @uniqe\n}\n"),
            "a.prisma:2:10: there is no attribute @uniqe");
  EXPECT_EQ(problem("model A {\n  id Int @id @default(\"a)\n}\n"),
            "a.prisma:2:23: this string is not closed with \"");
  EXPECT_EQ(problem("model A {\n  id Int @id\n  @@index([b])\n}\n"),
            "a.prisma:3:12: the model A has no field b");
  EXPECT_EQ(problem("model A {\n  é Ünknown\n}\n"),
            "a.prisma:2:3: é has the type Ünknown, which is neither a scalar nor an enum or model "
            "that is declared");
  EXPECT_EQ(problem("model A {\n  id String @id @db.VarChat(3)\n}\n"),
            "a.prisma:2:17: there is no native type db.VarChat of PostgreSQL");
  EXPECT_EQ(problem("enum E {\n  a\n}\nmodel A {\n  e E @default(b)\n}\n"),
            "a.prisma:5:16: the enum E has no value b");
  EXPECT_EQ(problem("model A {\n id Int\n}\nmodel A {\n id Int\n}\n"),
            "a.prisma:4:1: A is declared twice");
  EXPECT_EQ(problem("model A {\n  id Int @id\n  b A @relation(fields: [id], references: [id], "
                    "onDelete: Drop)\n}\n"),
            "a.prisma:3:59: there is no referential action Drop");
}

TEST(Prisma, NestingHasAnEnd) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(problem("model A {\n  id Int @default(" + deep + ")\n}\n"),
            "a.prisma:2:69: this is nested too deeply");
}

// A line of the script is pointed back to the line that declares it.
TEST(Prisma, PlacesOfLines) {
  const Result<Schema> schema =
      read("enum E {\n  a\n}\n\nmodel A {\n  id Int @id\n  b String @unique\n}\n");
  ASSERT_TRUE(schema.has_value());
  const Script script = write(*schema);
  std::string lines;
  for (const Place& each : script.places) lines += std::to_string(each.line) + ' ';
  EXPECT_EQ(script.text,
            "CREATE TYPE \"E\" AS ENUM ('a');\n"
            "CREATE TABLE \"A\" (\n"
            "  \"id\" INTEGER NOT NULL,\n"
            "  \"b\" TEXT NOT NULL,\n"
            "  CONSTRAINT \"A_pkey\" PRIMARY KEY (\"id\")\n"
            ");\n"
            "CREATE UNIQUE INDEX \"A_b_key\" ON \"A\" (\"b\");\n");
  EXPECT_EQ(lines, "1 5 5 5 5 5 7 ");
}

// A name that is too long is cut in front of its suffix, and not within a character.
TEST(Prisma, NamesOfSixtyThreeBytes) {
  const std::string name = "a" + std::string(28, 'x') + "éééééééééééééééé";
  EXPECT_NE(script("model " + name + " {\n  id Int @id\n}\n")
                .find("CONSTRAINT \"a" + std::string(28, 'x') + "éééééééééééééé_pkey\""),
            std::string::npos);
}

// A line break in a string is one of the statement's lines too.
TEST(Prisma, LinesOfStrings) {
  const Result<Schema> schema = read("model A {\n  id String @id @default(\"a\\nb\")\n}\n");
  ASSERT_TRUE(schema.has_value());
  EXPECT_EQ(write(*schema).places.size(), 5U);
}

}  // namespace
}  // namespace architrave::model
