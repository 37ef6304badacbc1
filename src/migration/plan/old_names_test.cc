// Two versions of an application beside each other: one knows a column by its old name, or does not
// know it at all.
#include <gtest/gtest.h>

#include <string>

#include "engine/postgres/server.h"
#include "migration/plan/pair_trial.h"

namespace architrave::migration {
namespace {

class OldNames : public testing::Test {
 protected:
  void SetUp() override {
    const auto installation = postgres::choose_installation(15);
    ASSERT_TRUE(installation) << describe(installation.error());
    server_ = std::make_unique<PairTrial>(*installation);
  }
  std::string after(std::size_t phases, const std::string& done, const std::string& query,
                    bool back = false) {
    return server_->after_phases(phases, before, wanted, done, query, back, options_);
  }

  static constexpr const char* before = R"(
    CREATE TABLE people (id serial PRIMARY KEY, email text NOT NULL UNIQUE DEFAULT 'nobody', "full" text);
    CREATE INDEX people_full ON people (lower("full"));
    INSERT INTO people (email, "full") SELECT n || '@x', 'Ann' || n || ' Lee' || n FROM generate_series(1, 3) n;
  )";
  static constexpr const char* wanted = R"(
    CREATE TABLE people (id serial PRIMARY KEY, mail text NOT NULL UNIQUE DEFAULT 'nobody',
                         first text NOT NULL, last text, currency char(3) NOT NULL, host text NOT NULL);
  )";
  PlanOptions options_{.renames = {"people.email=mail"},
                       .online = {.fill = {{"people.first", "split_part(\"full\", ' ', 1)"},
                                           {"people.last", "split_part(people.\"full\", ' ', 2)"},
                                           {"people.currency", "'EUR'"},
                                           {"people.host", "split_part(mail, '@', 2)"}}}};
  std::unique_ptr<PairTrial> server_;
};

constexpr const char* all_mails =
    "SELECT string_agg(mail || '=' || email, ' ' ORDER BY id) FROM people";

TEST_F(OldNames, BothNamesOfAColumnAreReadAndWrittenUntilContract) {
  EXPECT_EQ(after(1, "", all_mails), "1@x=1@x 2@x=2@x 3@x=3@x");
  EXPECT_EQ(after(1,
                  "UPDATE people SET email = 'old' WHERE id = 1;"
                  "UPDATE people SET mail = 'new' WHERE id = 2;"
                  "UPDATE people SET \"full\" = 'x' WHERE id = 3;"
                  "INSERT INTO people (email) VALUES ('by old');"
                  "INSERT INTO people (mail) VALUES ('by new');"
                  "INSERT INTO people (\"full\") VALUES ('by default')",
                  all_mails),
            "old=old new=new 3@x=3@x by old=by old by new=by new nobody=nobody");
  // What an application says of conflicts needs a key under either name.
  EXPECT_EQ(after(1,
                  "INSERT INTO people (email) VALUES ('1@x') ON CONFLICT (email) DO NOTHING;"
                  "INSERT INTO people (mail) VALUES ('1@x') ON CONFLICT (mail) DO NOTHING",
                  "SELECT count(*) FROM people"),
            "3");
  EXPECT_EQ(after(2, "UPDATE people SET email = 'late' WHERE id = 2", all_mails),
            "1@x=1@x late=late 3@x=3@x");
  EXPECT_EQ(after(3, "UPDATE people SET mail = 'last' WHERE id = 3",
                  "SELECT string_agg(mail, ' ' ORDER BY id) FROM people"),
            "1@x 2@x last");
}

TEST_F(OldNames, WhatWasWrittenUnderEitherNameComesBack) {
  for (const std::size_t phases : {1, 2})
    EXPECT_EQ(after(phases,
                    "UPDATE people SET email = 'old' WHERE id = 1;"
                    "UPDATE people SET mail = 'new' WHERE id = 2",
                    "SELECT string_agg(email, ' ' ORDER BY id) FROM people", /*back=*/true),
              "old new 3@x")
        << phases;
  EXPECT_EQ(after(3, "UPDATE people SET mail = 'new' WHERE id = 2",
                  "SELECT string_agg(email, ' ' ORDER BY id) FROM people", /*back=*/true),
            "1@x new 3@x");
}

TEST_F(OldNames, AColumnIsSplitWhileItIsWritten) {
  const char* names =
      "SELECT string_agg(concat_ws('/', first, last, currency), ' ' ORDER BY id) FROM people";
  const char* writes =
      "INSERT INTO people (email, \"full\") VALUES ('b', 'Bo Diddley');"
      "INSERT INTO people (mail, \"full\", first, currency) VALUES ('c', 'Cy X', 'Cyrus', 'USD');"
      "UPDATE people SET \"full\" = 'Di Smith' WHERE id = 1;"
      "UPDATE people SET first = 'Eve' WHERE id = 2;"
      "UPDATE people SET email = 'else' WHERE id = 2";
  // Those that were there are filled in the second phase.
  EXPECT_EQ(after(1, writes, names), "Di/Smith Eve  Bo/Diddley/EUR Cyrus/X/USD");
  EXPECT_EQ(after(2, writes, names),
            "Di/Smith/EUR Eve/Lee2/EUR Ann3/Lee3/EUR Bo/Diddley/EUR Cyrus/X/USD");
}

TEST_F(OldNames, WhatIsComputedFromARenamedColumnFollowsItsOldName) {
  for (const std::size_t phases : {1, 2})
    EXPECT_EQ(after(phases,
                    "INSERT INTO people (email, \"full\") VALUES ('a@b', '');"
                    "INSERT INTO people (mail, \"full\") VALUES ('c@d', '');"
                    "UPDATE people SET email = 'e@f' WHERE id = 2",
                    "SELECT string_agg(host, ' ' ORDER BY id) FROM people WHERE id > 1"),
              phases == 1 ? "f b d" : "f x b d");
}

TEST_F(OldNames, WhereverAPhaseStopsItIsUndone) {
  EXPECT_EQ(server_->stops(before, wanted, options_), "");
}

}  // namespace
}  // namespace architrave::migration
