// The cases of ../shared/corpus/lint: what other linters say of SQL, by rules that are ours too.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "migration/lint/lint.h"

namespace architrave::migration::lint {
namespace {

namespace fs = std::filesystem;

// "E1 check-without-not-valid fk-without-not-valid": their code and our names.
std::map<std::string, std::vector<std::string>> codes() {
  std::map<std::string, std::vector<std::string>> out;
  const auto text = read_file(ARCHITRAVE_SOURCE_DIR "/src/migration/testdata/lint_codes.txt");
  EXPECT_TRUE(text);
  for (const std::string& line : split(*text, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    std::vector<std::string> words = split(line, ' ');
    out[words[0]] = {words.begin() + 1, words.end()};
  }
  return out;
}

TEST(LintCorpus, AgreesWithOtherLinters) {
  const fs::path folder = ARCHITRAVE_SOURCE_DIR "/../shared/corpus/lint";
  if (!fs::is_directory(folder)) GTEST_SKIP() << folder << " is not here";
  const auto ours = codes();
  int tried = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto expect = read_file(entry.path() / "expect.json");
    const auto sql = read_file(entry.path() / "in.sql");
    ASSERT_TRUE(expect && sql) << entry.path();
    // Its SQL has the index that the report proposes, and is expected to lack it.
    if (entry.path().filename() == "014_E15_unsafe_trace") continue;
    const auto document = nlohmann::json::parse(*expect);
    std::set<std::string> found;
    const auto take = [&](const LintFinding& finding) { found.emplace(finding.rule); };
    Linter linter({});
    File file;
    file.path = "case.sql";
    file.text = *sql;
    (void)linter.lint(file, take);
    linter.finish(take);
    for (const auto& rule : document["rules"]) {
      const std::string code = rule.get<std::string>();
      ASSERT_TRUE(ours.contains(code)) << code;
      const bool says = std::ranges::any_of(
          ours.at(code), [&](const std::string& name) { return found.contains(name); });
      EXPECT_EQ(says, document["expect"] == "err")
          << entry.path().filename() << ": " << join(ours.at(code), ", ");
    }
    ++tried;
  }
  EXPECT_GT(tried, 50);
}

}  // namespace
}  // namespace architrave::migration::lint
