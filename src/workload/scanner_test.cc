#include "workload/scanner.h"

#include <gtest/gtest.h>

namespace architrave::workload {
namespace {

std::uint64_t key(std::string_view text) { return Scanner().scan(text); }

TEST(Scanner, PassesOverLiteralsCaseWhitespaceAndComments) {
  const std::uint64_t one = key("SELECT * FROM orders WHERE id = 5");
  for (const char* text : {
           "select * from ORDERS where id=6 ;",
           "SELECT *\n\tFROM orders -- all\n\tWHERE id = 'a''b'",
           "/* trace=1 /* deep */ */ SELECT * FROM orders WHERE id = $1",
           "SELECT * FROM orders WHERE id = $tag$ it's $$ $tag$",
           "SELECT * FROM orders WHERE id = E'it\\'s'",
           "SELECT * FROM orders WHERE id = 1.5e-3",
           "SELECT * FROM orders WHERE id = .5",
       })
    EXPECT_EQ(key(text), one) << text;
}

TEST(Scanner, TellsApartWhatIsNotTheSame) {
  const std::uint64_t one = key("SELECT * FROM orders WHERE id = 5");
  for (const char* text : {
           "SELECT * FROM orders WHERE ids = 5",
           "SELECT * FROM \"Orders\" WHERE id = 5",
           "SELECT * FROM orders WHERE id <> 5",
           "SELECT * FROM orders WHERE id = 5 AND id = 6",
           "SELECT * FROM orders WHERE id = - 5",
           "SELECT * FROM orders WHERE id = x",
       })
    EXPECT_NE(key(text), one) << text;
  EXPECT_NE(key("SELECT 1 < - 2"), key("SELECT 1 <- 2"));
  EXPECT_NE(key("SELECT f(1, 2)"), key("SELECT f(1)"));
  EXPECT_NE(key("INSERT INTO t VALUES (1, 2)"), key("INSERT INTO t VALUES (1)"));
  EXPECT_NE(key("INSERT INTO t VALUES (1), (now())"), key("INSERT INTO t VALUES (1)"));
}

TEST(Scanner, CountsNoListItemsAndNoRows) {
  EXPECT_EQ(key("SELECT 1 FROM t WHERE a IN (1, 2, 'x') AND b = 2"),
            key("SELECT 1 FROM t WHERE a IN (7) AND b = 2"));
  EXPECT_EQ(key("SELECT ARRAY[1,2,3]"), key("SELECT ARRAY [5]"));
  EXPECT_EQ(key("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c') RETURNING id"),
            key("INSERT INTO t VALUES (1, 'a') RETURNING id"));
  EXPECT_EQ(collapse("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, f(IN)) RETURNING id"),
            "INSERT INTO t VALUES (1, 'a'), (3, f(IN)) RETURNING id");
  EXPECT_EQ(collapse("SELECT 1 WHERE a IN (1, 2, -3) AND b IN ($1,$2)"),
            "SELECT 1 WHERE a IN (1) AND b IN ($1)");
}

TEST(Scanner, SaysWhereLiteralsAreAndWhetherTheTextIsCutOff) {
  const std::string_view text = "SELECT 'a', $2, 10 FROM t";
  Scanner scanner;
  scanner.scan(text);
  std::string found;
  for (const Literal& each : scanner.literals())
    found += std::string(text.substr(each.begin, each.end - each.begin)) + '|';
  EXPECT_EQ(found, "'a'|$2|10|");
  EXPECT_FALSE(scanner.ends_inside());
  for (const char* cut :
       {"SELECT 'a", "SELECT \"a", "SELECT $$a", "SELECT /* a", "SELECT E'a\\'"}) {
    scanner.scan(cut);
    EXPECT_TRUE(scanner.ends_inside()) << cut;
  }
}

}  // namespace
}  // namespace architrave::workload
