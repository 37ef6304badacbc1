#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace architrave {
namespace {

using Parts = std::vector<std::string>;

TEST(Text, TrimTakesEveryKindOfSpace) {
  EXPECT_EQ(trim(" \t\r\n a b \f\v"), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim("  "), "");
}

TEST(Text, LowerFoldsAsciiOnly) { EXPECT_EQ(lower("SELECT Ärger"), "select Ärger"); }

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a:b:c", ':'), (Parts{"a", "b", "c"}));
  EXPECT_EQ(split(":a::", ':'), (Parts{"", "a", "", ""}));
  EXPECT_EQ(split("", ':'), (Parts{""}));
}

TEST(Text, JoinUndoesSplit) {
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join({"a"}, ", "), "a");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(join(split(":a::", ':'), ":"), ":a::");
}

TEST(Text, ReplaceAllDoesNotLookAtWhatItHasWritten) {
  EXPECT_EQ(replace_all("aXbX", "X", "--"), "a--b--");
  EXPECT_EQ(replace_all("'", "'", "''"), "''");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("abc", "d", "e"), "abc");
}

TEST(Text, WordsEndWhereIdentifiersEnd) {
  EXPECT_TRUE(contains_word("customer_id IS NOT NULL", "customer_id"));
  EXPECT_TRUE(contains_word("(id)", "id"));
  EXPECT_TRUE(contains_word("ids id", "id"));
  EXPECT_FALSE(contains_word("customer_id", "id"));
  EXPECT_FALSE(contains_word("id$1 ids", "id"));
  EXPECT_FALSE(contains_word("", "id"));
}

TEST(Text, BytesForPeople) {
  EXPECT_EQ(human_bytes(0), "0 bytes");
  EXPECT_EQ(human_bytes(1), "1 byte");
  EXPECT_EQ(human_bytes(999), "999 bytes");
  EXPECT_EQ(human_bytes(8192), "8.2 kB");
  EXPECT_EQ(human_bytes(123'456'789), "123 MB");
  EXPECT_EQ(human_bytes(-1'500'000), "-1.5 MB");
  EXPECT_EQ(human_bytes(10'000'000'000'000), "10.0 TB");
}

TEST(Text, CountsForPeople) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(1000), "1,000");
  EXPECT_EQ(human_count(-1'234'567), "-1,234,567");
  EXPECT_EQ(human_count(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Text, TimesForPeople) {
  EXPECT_EQ(human_seconds(0.000'04), "40 µs");
  EXPECT_EQ(human_seconds(0.24), "240 ms");
  EXPECT_EQ(human_seconds(1.5), "1.5 s");
  EXPECT_EQ(human_seconds(600), "10 min");
  EXPECT_EQ(human_seconds(7200), "2 h");
  EXPECT_EQ(human_seconds(86400 * 9), "9 days");
}

TEST(Text, Plurals) {
  EXPECT_EQ(plural(1, "row"), "1 row");
  EXPECT_EQ(plural(0, "row"), "0 rows");
  EXPECT_EQ(plural(2345, "row"), "2,345 rows");
  EXPECT_EQ(plural(2, "index", "indexes"), "2 indexes");
}

// The reference values of FNV-1a: fingerprints that people have stored must never change.
TEST(Text, HashIsThatOfItsDefinition) {
  EXPECT_EQ(stable_hash(""), "cbf29ce484222325");
  EXPECT_EQ(stable_hash("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(stable_hash("foobar"), "85944171f73967e8");
}

}  // namespace
}  // namespace architrave
