#include "sql/statement.h"

#include <gtest/gtest.h>

namespace architrave::sql {
namespace {

TEST(Statement, FindsRolesAndExtensions) {
  Mentions mentions;
  for (const char* text :
       {"ALTER TABLE t OWNER TO app", "GRANT SELECT ON t TO reader, PUBLIC, app",
        "CREATE POLICY p ON t TO tenant USING (true)", "CREATE EXTENSION IF NOT EXISTS hstore",
        "ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON TABLES TO reader",
        "SELECT 'grant owner to nobody'", "GRANT nonsense"})
    collect_mentions(text, mentions);
  EXPECT_EQ(mentions.roles, (std::vector<std::string>{"app", "reader", "tenant", "maker"}));
  EXPECT_EQ(mentions.extensions, (std::vector<std::string>{"hstore"}));
}

TEST(Statement, PointsAtSyntaxErrors) {
  EXPECT_FALSE(syntax_error("SELECT 1"));
  const auto error = syntax_error("SELEC 1");
  ASSERT_TRUE(error);
  EXPECT_NE(error->message.find("SELEC"), std::string::npos);
  EXPECT_EQ(error->offset, 0);
}

}  // namespace
}  // namespace architrave::sql
