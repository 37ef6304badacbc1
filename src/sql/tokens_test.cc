#include "sql/tokens.h"

#include <gtest/gtest.h>

namespace architrave::sql {
namespace {

std::vector<std::string_view> texts(std::string_view statement) {
  std::vector<std::string_view> out;
  for (const Token& each : tokens(statement)) {
    EXPECT_EQ(statement.substr(each.begin, each.text.size()), each.text);
    out.push_back(each.text);
  }
  return out;
}

TEST(Tokens, CommentsAreNone) {
  EXPECT_EQ(texts("ALTER /* a /* b */ c */ TABLE \"a \"\"--b\" ADD x$y varchar(9)[] -- end"),
            (std::vector<std::string_view>{"ALTER", "TABLE", "\"a \"\"--b\"", "ADD", "x$y",
                                           "varchar", "(", "9", ")", "[", "]"}));
  EXPECT_EQ(texts("SELECT E'it\\'s', $$a;b$$, 'ä' || b::int"),
            (std::vector<std::string_view>{"SELECT", "E'it\\'s'", ",", "$$a;b$$", ",", "'ä'", "||",
                                           "b", "::", "int"}));
}

TEST(Tokens, OfWhatCannotBeReadThereAreNone) {
  EXPECT_TRUE(tokens("").empty());
  EXPECT_TRUE(tokens("-- a comment").empty());
  EXPECT_TRUE(tokens("SELECT 'open").empty());
}

TEST(Tokens, WordsAreComparedInLowerCase) {
  const std::vector<Token> all = tokens("Create \"create\"");
  EXPECT_TRUE(all[0].is("create"));
  EXPECT_FALSE(all[1].is("create"));
}

}  // namespace
}  // namespace architrave::sql
