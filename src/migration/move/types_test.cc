#include "migration/move/types.h"

#include <gtest/gtest.h>

namespace architrave::migration {
namespace {

// "type; why; ! what would be lost"
std::string chosen(const char* declared, const ColumnProfile& profile, bool dates = false) {
  catalog::Column column;
  column.name = "c";
  column.type = declared;
  const ChosenType type = choose_type(column, profile, dates);
  return type.type + (type.why.empty() ? "" : "; " + type.why) +
         (type.refusal.empty() ? "" : "; ! " + type.refusal);
}

TEST(MovedTypes, WhatWasDeclaredWhereTheRowsHoldNothingElse) {
  EXPECT_EQ(chosen("INTEGER", {.integers = 3}), "bigint");
  EXPECT_EQ(chosen("UNSIGNED BIG INT", {}), "bigint");
  EXPECT_EQ(chosen("VARCHAR(20)", {.texts = 2, .longest = 20}), "character varying(20)");
  EXPECT_EQ(chosen("TEXT", {.texts = 2, .longest = 99}), "text");
  EXPECT_EQ(chosen("REAL", {.integers = 1, .reals = 2}), "double precision");
  EXPECT_EQ(chosen("BLOB", {.blobs = 2}), "bytea");
  EXPECT_EQ(chosen("BOOLEAN", {.integers = 2, .zero_or_one = 2}), "boolean");
  EXPECT_EQ(chosen("uuid", {.texts = 2, .uuids = 2}), "uuid");
  EXPECT_EQ(chosen("DECIMAL(10, 2)", {.reals = 2, .whole_digits = 8, .places = 2}),
            "numeric(10,2)");
  EXPECT_EQ(chosen("NUMERIC", {.integers = 2}), "numeric");
}

TEST(MovedTypes, ByTheRowsWhereTheyHoldMore) {
  EXPECT_EQ(chosen("INTEGER", {.integers = 2, .texts = 1}),
            "text; declared INTEGER, and holds 2 integers, 1 text");
  EXPECT_EQ(chosen("BOOLEAN", {.integers = 2, .zero_or_one = 1}),
            "bigint; declared BOOLEAN, and holds 2 integers");
  EXPECT_EQ(chosen("VARCHAR(3)", {.texts = 1, .longest = 4}),
            "text; declared VARCHAR(3), which SQLite does not hold it to: it has a text of 4 "
            "characters");
  EXPECT_EQ(chosen("DECIMAL(4, 2)", {.reals = 1, .whole_digits = 3, .places = 1}),
            "numeric; declared DECIMAL(4, 2), which SQLite does not hold it to: it has a number "
            "with 3 digits before and 1 behind the point");
  EXPECT_EQ(chosen("", {.integers = 1, .reals = 1}),
            "double precision; declared nothing, and holds 1 integer, 1 real");
  EXPECT_EQ(chosen("REAL", {.integers = 1, .beyond_double = 1}),
            "bigint; declared REAL, and holds 1 integer");
  // An exact number and a fraction: only a type without a limit holds both.
  EXPECT_EQ(chosen("REAL", {.integers = 1, .reals = 1, .beyond_double = 1}),
            "numeric; declared REAL, and holds 1 integer, 1 real");
}

TEST(MovedTypes, WhatNoTypeHoldsIsRefused) {
  EXPECT_EQ(chosen("TEXT", {.texts = 1, .blobs = 1}),
            "bytea; declared TEXT, and holds 1 text, 1 blob; ! it holds 1 text, 1 blob, which no "
            "one type takes: bytes, with all else as text");
  EXPECT_EQ(chosen("REAL", {.integers = 1, .reals = 1, .beyond_double = 1, .infinite = 1}),
            "double precision; declared REAL, and holds 1 integer, 1 real; ! integers beyond 2^53 "
            "lose their last digits");
  EXPECT_EQ(chosen("TEXT", {.texts = 2, .with_nul = 1, .broken = 1}),
            "text; ! 1 text with a NUL byte, which is dropped, and 1 text that is not UTF-8, where "
            "U+FFFD is written");
}

TEST(MovedTypes, DatesOnlyWhereTheyAreAskedFor) {
  const ColumnProfile stamps{.texts = 2, .stamps = 2};
  EXPECT_EQ(chosen("DATETIME", stamps),
            "text; declared DATETIME, and SQLite has no dates: --dates makes it one");
  EXPECT_EQ(chosen("DATETIME", stamps, true),
            "timestamp without time zone; the texts are dates and times, taken for UTC: --dates");
  EXPECT_EQ(chosen("TIMESTAMP", {.integers = 2, .epochs = 2}, true),
            "timestamp with time zone; the integers are taken for seconds since 1970: --dates");
  EXPECT_EQ(chosen("DATE", {.texts = 2, .dates = 2}, true), "date; the texts are dates: --dates");
  EXPECT_EQ(chosen("DATE", {.texts = 2, .dates = 1}, true),
            "text; declared DATE, and SQLite has no dates");
}

}  // namespace
}  // namespace architrave::migration
