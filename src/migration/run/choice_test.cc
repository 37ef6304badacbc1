// Which migrations a command runs, by folder and history alone.
#include "migration/run/choice.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace architrave::migration {
namespace {

class ChoiceTest : public ::testing::Test {
 protected:
  static Migration migration(const std::string& version, const std::string& up = "CREATE TABLE t()",
                             const std::string& down = "DROP TABLE t") {
    Migration made;
    made.version = version;
    made.name = "m" + version;
    made.up = *parse_script(up, version + ".up.sql");
    if (!down.empty()) made.down = *parse_script(down, version + ".down.sql");
    return made;
  }
  void SetUp() override {
    for (const char* version : {"1", "2", "3"}) folder_.migrations.push_back(migration(version));
  }
  // As it was applied from the folder as it is now.
  Entry& applied(std::size_t place, State state = State::applied) {
    if (!history_) history_.emplace();
    Entry& entry = history_->emplace_back(entry_of(folder_.migrations[place], state));
    entry.steps = 1;
    return entry;
  }
  Situation situation(bool allow_gaps = false) const {
    return situation_of(folder_, history_, foreign_, allow_gaps);
  }
  // "+1 -2", or the error.
  static std::string told(const Result<std::vector<Item>>& items) {
    if (!items) return items.error().code + ": " + items.error().message;
    std::string text;
    for (const Item& each : *items)
      text += (text.empty() ? "" : " ") + std::string(each.direction == Direction::up ? "+" : "-") +
              each.migration->version + (each.goes_on() ? "…" : "") + each.why;
    return text;
  }
  std::string states(bool allow_gaps = false) const {
    std::vector<std::string> words;
    for (const Standing& each : situation(allow_gaps).list)
      words.push_back(each.version + ' ' + each.state);
    return join(words, ", ");
  }
  std::string up(const std::string& to = {}) const { return told(to_apply(situation(), to)); }
  std::string down(const std::string& to = {}) const { return told(to_undo(situation(), to)); }
  std::string resume() const { return told(to_resume(situation())); }

  Folder folder_;
  std::optional<std::vector<Entry>> history_;
  std::vector<std::string> foreign_;
};

TEST_F(ChoiceTest, WhatIsNotApplied) {
  EXPECT_EQ(up(), "+1 +2 +3");
  EXPECT_EQ(up("2"), "+1 +2");
  EXPECT_EQ(up("m2"), "+1 +2");
  EXPECT_EQ(up("02"), "+1 +2");
  EXPECT_TRUE(up("4").starts_with("migration.version: there is no migration 4"));
  EXPECT_EQ(down(), "");
  EXPECT_EQ(resume(), "");
  applied(0);
  applied(1, State::baseline);
  EXPECT_EQ(states(), "1 applied, 2 baseline, 3 pending");
  EXPECT_EQ(up(), "+3");
  EXPECT_EQ(up("1"), "");
  const Situation now = situation();
  const auto taken = to_take_over(now, "3");
  ASSERT_TRUE(taken && taken->size() == 1);
  EXPECT_EQ(taken->front()->version, "3");
}

TEST_F(ChoiceTest, WhatWasAppliedLastIsUndone) {
  applied(0);
  applied(2);
  EXPECT_EQ(states(), "1 applied, 2 gap, 3 applied");
  EXPECT_EQ(states(true), "1 applied, 2 pending, 3 applied");
  EXPECT_TRUE(up().starts_with("migration.history: migration 2 not applied"));
  EXPECT_EQ(down(), "-3");
  EXPECT_EQ(told(to_apply(situation(true), {})), "+2");
  applied(1);
  EXPECT_EQ(down(), "-2, which was applied last, after 3");
  EXPECT_EQ(down("1"), "-3 -2");
  EXPECT_EQ(down("0"), "-3 -2 -1");
  EXPECT_EQ(down("3"), "");
}

TEST_F(ChoiceTest, WhatHasStoppedComesFirst) {
  applied(0);
  applied(1, State::applying);
  EXPECT_EQ(up(), "+2… +3");
  EXPECT_EQ(resume(), "+2…");
  EXPECT_EQ(down(), "-2");
  history_->back().state = State::reverting;
  EXPECT_TRUE(up().starts_with("migration.stopped: 2 m2 was being undone"));
  EXPECT_EQ(resume(), "-2…");
}

TEST_F(ChoiceTest, WhatChangedIsRefused) {
  applied(0);
  applied(1);
  folder_.migrations[1] = migration("2", "CREATE TABLE t()", "DROP TABLE other");
  EXPECT_EQ(states(), "1 applied, 2 applied, 3 pending");
  EXPECT_EQ(up(), "+3");
  EXPECT_EQ(down(),
            "migration.history: the down script of migration 2 changed after it was applied");
  folder_.migrations[1] = migration("2", "CREATE TABLE t()", "");
  EXPECT_EQ(down(),
            "migration.history: the down script of migration 2 is gone since it was applied");
  folder_.migrations[1] = migration("2", "CREATE TABLE other()");
  EXPECT_EQ(states(), "1 applied, 2 changed, 3 pending");
  EXPECT_EQ(down(), "migration.history: migration 2 changed after being applied");
  folder_.migrations.erase(folder_.migrations.begin() + 1);
  EXPECT_EQ(states(), "1 applied, 3 pending, 2 missing");
  EXPECT_TRUE(up().starts_with("migration.history: migration 2 applied, but not in"));
}

TEST_F(ChoiceTest, AnotherToolsHistoryIsTakenOverFirst) {
  foreign_ = {"flyway"};
  EXPECT_EQ(up(),
            "migration.takeover: this database has a history of flyway, and none of "
            "Architrave's");
}

// Rows tell nobody whether what would be undone was done.
TEST_F(ChoiceTest, RowsOfWhatWasDoneInPart) {
  folder_.migrations[2] =
      migration("3", "BEGIN; UPDATE t SET a = 1; COMMIT; BEGIN; CREATE TABLE u(); COMMIT",
                "UPDATE t SET a = 0; DROP TABLE u");
  applied(2, State::applying);
  EXPECT_TRUE(told(to_undo(situation(true), {})).starts_with("migration.stopped: 3 m3 stopped at"));
  history_->back().step = 1;
  EXPECT_EQ(told(to_undo(situation(true), {})), "-3");
}

}  // namespace
}  // namespace architrave::migration
