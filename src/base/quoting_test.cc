#include "base/quoting.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace architrave {
namespace {

TEST(DerivedName, IsTheNameAndItsTail) {
  EXPECT_EQ(derived_name("orders", "__old"), "orders__old");
}

TEST(DerivedName, OfNamesThatBeginAlikeAreNotAlike) {
  const std::string begin(58, 'a');
  const std::string one = derived_name(begin + "_2020", "__old");
  const std::string other = derived_name(begin + "_2021", "__old");
  EXPECT_NE(one, other);
  for (const std::string& each : {one, other}) {
    EXPECT_EQ(each.size(), 63U);
    EXPECT_TRUE(each.ends_with("__old"));
  }
}

TEST(DerivedName, IsCutBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 21; ++i) name += "\u20ac";  // of three bytes
  for (const std::string head : {"", "a", "ab"}) {
    const std::string made = derived_name(head + name, "__new");
    EXPECT_TRUE(is_utf8(made)) << made;
    EXPECT_LE(made.size(), 63U);
  }
}

}  // namespace
}  // namespace architrave
