// Pairs of schemas, kind by kind and change by change, there and back on a real server:
// testdata/pairs/NAME.sql holds an old half and a new one, and is tried in both directions.
// PAIRS=word tries those whose name has the word in it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/text.h"
#include "migration/plan/pair_trial.h"

namespace architrave::migration {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::vector<fs::path> sorted(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& each : fs::directory_iterator(folder)) paths.push_back(each.path());
  std::ranges::sort(paths);
  return paths;
}

bool is_asked_for(const fs::path& path) {
  const char* word = std::getenv("PAIRS");
  if (word == nullptr) return true;
  return std::ranges::any_of(split(word, ','), [&](std::string_view each) {
    return path.string().find(each) != std::string::npos;
  });
}

TEST(PairsTest, GoThereAndBack) {
  const auto installation = postgres::choose_installation(15);
  if (!installation) GTEST_SKIP() << installation.error().message;
  PairTrial server(*installation);
  int tried = 0;
  for (const fs::path& file :
       sorted(fs::path(ARCHITRAVE_SOURCE_DIR) / "src/migration/plan/testdata/pairs")) {
    if (!is_asked_for(file.filename())) continue;
    const std::string text = text_of(file);
    const std::size_t half = text.find("-- new\n");
    ASSERT_TRUE(text.starts_with("-- old\n") && half != std::string::npos) << file;
    const std::string before = text.substr(0, half);
    const std::string after = text.substr(half);
    EXPECT_EQ(server.trial(before, after), "") << file.filename() << ", from old to new";
    EXPECT_EQ(server.trial(after, before), "") << file.filename() << ", from new to old";
    ++tried;
  }
  EXPECT_GT(tried, 0);
}

// Pairs of others' making; every sixth, since all take minutes.
TEST(PairsTest, CorpusGoesThereAndBack) {
  const fs::path corpus = fs::path(ARCHITRAVE_SOURCE_DIR) / "../shared/corpus/pairs";
  if (!fs::exists(corpus)) GTEST_SKIP() << corpus << " is not there";
  const auto installation = postgres::choose_installation(15);
  if (!installation) GTEST_SKIP() << installation.error().message;
  PairTrial server(*installation);
  int number = 0;
  for (const fs::path& suite : sorted(corpus))
    for (const fs::path& pair : sorted(suite)) {
      if (!fs::exists(pair / "old.sql")) continue;
      if (++number % 6 != 0 || !is_asked_for(pair)) continue;
      EXPECT_EQ(server.trial(text_of(pair / "old.sql"), text_of(pair / "new.sql"), true), "")
          << suite.filename() / pair.filename();
    }
}

}  // namespace
}  // namespace architrave::migration
