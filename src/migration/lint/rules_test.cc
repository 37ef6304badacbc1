// Each rule's page holds its test: what stands under "Instead of" makes it speak, what stands under
// "Use" does not. A block may say for which server: ```sql server=14.2. More cases are in
// rules/*.test.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "migration/lint/lint.h"

namespace architrave::migration::lint {
namespace {

Options options_for(std::string_view server, bool transaction = false) {
  Options options;
  if (transaction) options.transaction = true;
  if (server.empty()) return options;
  const std::vector<std::string> parts = split(server, '.');
  options.version = std::stoi(parts[0]);
  if (parts.size() > 1) options.minor = std::stoi(parts[1]);
  return options;
}

std::vector<LintFinding> findings_in(const std::string& sql, const Options& options) {
  std::vector<LintFinding> out;
  const auto take = [&](const LintFinding& finding) { out.push_back(finding); };
  Linter linter(options);
  File file;
  file.path = "case.sql";
  file.text = sql;
  (void)linter.lint(file, take);
  linter.finish(take);
  return out;
}

std::set<std::string> rules_in(const std::string& sql, const Options& options) {
  std::set<std::string> out;
  for (const LintFinding& each : findings_in(sql, options)) {
    out.emplace(each.rule);
    EXPECT_FALSE(each.message.empty());
    EXPECT_FALSE(each.instead.empty());
    EXPECT_GE(each.line, 1);
    EXPECT_EQ(each.message.find('{'), std::string::npos) << each.message;
  }
  return out;
}

class Pages : public testing::TestWithParam<const Rule*> {};

TEST_P(Pages, AreTrue) {
  const std::string name(GetParam()->is.name);
  const auto page = read_file(ARCHITRAVE_SOURCE_DIR "/docs/lint/" + name + ".md");
  ASSERT_TRUE(page) << describe(page.error());
  EXPECT_TRUE(
      page->starts_with("# " + name + "\n\n" + std::string(GetParam()->is.summary) + ".\n"));
  EXPECT_NE(page->find("\n## The problem\n"), std::string::npos);
  EXPECT_NE(page->find("\n## Why\n"), std::string::npos);
  for (const char* heading : {"Instead of", "Use"}) {
    SCOPED_TRACE(heading);
    const std::size_t at = page->find("\n## " + std::string(heading) + "\n\n```");
    ASSERT_NE(at, std::string::npos);
    const std::size_t fence = page->find("```", at) + 3;
    const std::size_t begin = page->find('\n', fence) + 1;
    const std::string language = page->substr(fence, begin - 1 - fence);
    const std::string sql = page->substr(begin, page->find("\n```", begin) + 1 - begin);
    // Those about files are tried as whole commands: tests/cases/migrate/lint.
    if (language == "text") continue;
    const std::size_t server = language.find("server=");
    const std::set<std::string> rules =
        rules_in(sql, options_for(server == std::string::npos ? "" : language.substr(server + 7)));
    EXPECT_EQ(rules.contains(name), std::string_view(heading) == "Instead of") << sql;
    EXPECT_TRUE(name == "syntax-error" || !rules.contains("syntax-error")) << sql;
  }
}

INSTANTIATE_TEST_SUITE_P(Lint, Pages, testing::ValuesIn(all_rules().begin(), all_rules().end()),
                         [](const auto& each) {
                           return replace_all(std::string(each.param->is.name), "-", "_");
                         });

// rules/NAME.test: "== fires[, server N][, in a transaction]: title", or "== silent", then SQL.
TEST(Lint, DoesWhatCasesSay) {
  namespace fs = std::filesystem;
  int tried = 0;
  for (const auto& entry :
       fs::directory_iterator(ARCHITRAVE_SOURCE_DIR "/src/migration/lint/rules")) {
    if (entry.path().extension() != ".test") continue;
    const std::string rule = entry.path().stem();
    EXPECT_TRUE(
        std::ranges::any_of(all_rules(), [&](const Rule* each) { return each->is.name == rule; }))
        << entry.path() << " is of no rule";
    const auto text = read_file(entry.path());
    ASSERT_TRUE(text) << describe(text.error());
    std::string head, sql;
    int number = 0, line_of_head = 0;
    const auto run = [&] {
      if (head.empty()) return;
      SCOPED_TRACE(rule + ".test:" + std::to_string(line_of_head) + ": " + head);
      const std::vector<std::string> parts = split(head.substr(0, head.find(':')), ',');
      ASSERT_TRUE(parts[0] == "fires" || parts[0] == "silent");
      std::string server;
      bool transaction = false;
      for (const std::string& part : parts) {
        if (part.starts_with(" server ")) server = part.substr(8);
        transaction = transaction || part == " in a transaction";
      }
      const std::set<std::string> rules = rules_in(sql, options_for(server, transaction));
      EXPECT_EQ(rules.contains(rule), parts[0] == "fires") << sql;
      ++tried;
    };
    for (const std::string& line : split(*text, '\n')) {
      ++number;
      if (!line.starts_with("== ")) {
        sql += line + '\n';
        continue;
      }
      run();
      head = line.substr(3);
      line_of_head = number;
      sql.clear();
    }
    run();
  }
  EXPECT_GT(tried, 100);
}

}  // namespace
}  // namespace architrave::migration::lint
