#include "migration/move/values.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/utf8.h"

namespace architrave::migration {
namespace {

TEST(MovedValues, NumbersKeepEveryDigit) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(-0.0), "0");
  EXPECT_EQ(shortest(1e20), "1e+20");
  EXPECT_EQ(shortest(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(plain_digits(1e20), "100000000000000000000");
  EXPECT_EQ(plain_digits(1e-7), "0.0000001");
  EXPECT_EQ(plain_digits(-0.0), "0");
  EXPECT_EQ(plain_digits(12.50), "12.5");
  // The smallest double fits.
  EXPECT_TRUE(plain_digits(5e-324).starts_with("0.000"));
}

TEST(MovedValues, WhatPostgresPrintsIsSpeltTheSame) {
  EXPECT_EQ(spelling(Form::real, "1e+20"), shortest(1e20));
  EXPECT_EQ(spelling(Form::real, "-0"), "0");
  EXPECT_EQ(spelling(Form::real, "-Infinity"), "-Infinity");
  EXPECT_EQ(spelling(Form::numeric, "12.500"), "12.5");
  EXPECT_EQ(spelling(Form::numeric, "100"), "100");
  EXPECT_EQ(spelling(Form::numeric, "-0.00"), "0");
  EXPECT_EQ(spelling(Form::bytes, "\\x00ff0a"), std::string("\0\xff\n", 3));
  EXPECT_EQ(spelling(Form::text, "12.500"), "12.500");
}

TEST(MovedValues, WhatIsSentIsReadBack) {
  for (const std::string& text :
       {std::string(), std::string("\\N"), std::string("a\tb\nc\rd\\e"), std::string("\\."),
        std::string("\x08\x0b\x0c"), std::string("grüße 🐘"), std::string("\\x41")}) {
    std::string line;
    put_field(line, Form::text, text);
    EXPECT_EQ(line.find_first_of("\t\n\r"), std::string::npos);
    EXPECT_EQ(read_field(line), text);
  }
  std::string line;
  put_field(line, Form::text, {});
  EXPECT_EQ(line, "\\N");
  EXPECT_FALSE(read_field(line));
  line.clear();
  const std::string bytes("\0\xff\\\n", 4);
  put_field(line, Form::bytes, bytes);
  EXPECT_EQ(line, "\\\\x00ff5c0a");
  EXPECT_EQ(spelling(Form::bytes, *read_field(line)), bytes);
}

TEST(MovedValues, Texts) {
  EXPECT_TRUE(is_utf8("grüße 🐘"));
  for (const char* broken : {"\xff", "\xc0\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                             "\xf0\x8f\xbf\xbf", "\xc3"})
    EXPECT_FALSE(is_utf8(broken));
  EXPECT_TRUE(is_uuid("01234567-89ab-cdef-0123-456789abcdef"));
  EXPECT_FALSE(is_uuid("01234567-89AB-cdef-0123-456789abcdef"));
  EXPECT_FALSE(is_uuid("0123456789abcdef0123456789abcdef"));
}

TEST(MovedValues, Dates) {
  for (const char* date : {"2026-11-21", "2024-02-29", "2000-02-29", "0001-01-01"})
    EXPECT_TRUE(is_date(date)) << date;
  for (const char* none : {"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-4-31",
                           "0000-01-01", "today", "2026-04-31", "2026-11-21 "})
    EXPECT_FALSE(is_date(none)) << none;
  EXPECT_EQ(stamp("2026-11-21T10:00Z"), "2026-11-21 10:00:00");
  EXPECT_EQ(stamp("2026-11-21 10:00:00.500"), "2026-11-21 10:00:00.5");
  EXPECT_EQ(stamp("2026-11-21 10:00:00.000000"), "2026-11-21 10:00:00");
  for (const char* none :
       {"2026-11-21", "2026-11-21 24:00", "2026-11-21 10:60", "2026-11-21 10:00:60",
        "2026-11-21 10:00:00.", "2026-11-21 10:00:00.1234567", "2026-11-21 10:00:00+01",
        "2026-11-21 10:00:00.5x"})
    EXPECT_FALSE(stamp(none)) << none;
  EXPECT_TRUE(is_epoch(-62135596800));
  EXPECT_FALSE(is_epoch(-62135596801));
  EXPECT_FALSE(is_epoch(253402300800));
}

std::string sum(const std::vector<std::vector<std::optional<std::string>>>& rows) {
  Checksum checksum;
  for (const auto& row : rows) {
    checksum.begin_row();
    for (const auto& value : row) checksum.add(value);
    checksum.end_row();
  }
  return std::to_string(checksum.rows()) + ' ' + checksum.text();
}

TEST(MovedValues, ChecksumsTellRowsApart) {
  const std::string one = sum({{"a", "b"}, {"c", {}}});
  EXPECT_EQ(one, sum({{"c", {}}, {"a", "b"}}));
  EXPECT_NE(one, sum({{"a", "b"}, {"c", ""}}));
  EXPECT_NE(one, sum({{"ab", ""}, {"c", {}}}));
  EXPECT_NE(one, sum({{"b", "a"}, {"c", {}}}));
  EXPECT_NE(one, sum({{"a", {}}, {"c", "b"}}));
  EXPECT_NE(one, sum({{"a", "b"}}));
  // Twice the same row is not none, nor another twice.
  EXPECT_NE(sum({{"a"}, {"a"}}), sum({{"b"}, {"b"}}));
  Checksum parts = Checksum::of(2, one.substr(2));
  parts.add(Checksum::of(0, Checksum().text()));
  EXPECT_EQ("2 " + parts.text(), one);
}

}  // namespace
}  // namespace architrave::migration
