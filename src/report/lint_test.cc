#include "report/lint.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/terminal.h"
#include "base/text.h"
#include "report/sample_test.h"

namespace architrave::report {
namespace {

constexpr LintRule rule = {.name = "drop-table",
                           .severity = Severity::error,
                           .summary = "A dropped table's rows are gone",
                           .needs = "text"};

// Names and texts as a stranger may choose them.
std::string written(std::string_view format) {
  std::string out;
  const auto writer = make_lint_writer(format, {.notes = true, .tool_version = "1.0"},
                                       [&](std::string_view bytes) { out += bytes; });
  const std::vector<const LintRule*> rules = {&rule};
  writer->begin(rules);
  writer->take({.rule = rule.name,
                .severity = Severity::error,
                .file = "a b/ü,:%\x01.sql",
                .line = 3,
                .column = 7,
                .relation = "odd|\"name\"\xff",
                .message = "line\nbreak \x1b[31m <script> | \xed\xa0\x80 \xf0\x9f\x98\x80",
                .instead = "50 % of `it`",
                .lock = Lock::access_exclusive,
                .rewrites = true,
                .cost = "about 40 s of ACCESS EXCLUSIVE on orders (80 GB)"});
  writer->take({.rule = rule.name,
                .severity = Severity::info,
                .file = "b.sql",
                .line = 1,
                .column = 1,
                .relation = {},
                .message = "second",
                .instead = {},
                .lock = Lock::none,
                .rewrites = false,
                .cost = {}});
  writer->end({.files = 2, .statements = 5, .errors = 1, .warnings = 0, .infos = 1});
  return out;
}

TEST(LintWriter, JsonHasItsShape) {
  if (!has_validator()) GTEST_SKIP() << "python3-jsonschema is not installed";
  const std::string text = written("json");
  EXPECT_EQ(complaints("docs/lint.schema.json", text), "");
  const auto document = nlohmann::json::parse(text);
  EXPECT_EQ(document["findings"].size(), 2u);
  EXPECT_EQ(document["findings"][0]["relation"], "odd|\"name\"\xEF\xBF\xBD");
  EXPECT_EQ(document["findings"][0]["lock"], "ACCESS EXCLUSIVE");
}

TEST(LintWriter, JsonOfNothingHasItToo) {
  if (!has_validator()) GTEST_SKIP() << "python3-jsonschema is not installed";
  std::string out;
  const auto writer = make_lint_writer("json", {}, [&](std::string_view bytes) { out += bytes; });
  writer->begin({});
  writer->end({});
  EXPECT_EQ(complaints("docs/lint.schema.json", out), "");
}

TEST(LintWriter, SarifHasRulesPlacesAndPages) {
  const auto document = nlohmann::json::parse(written("sarif"));
  const auto& run = document["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["rules"][0]["id"], "drop-table");
  EXPECT_NE(run["tool"]["driver"]["rules"][0]["help"]["markdown"].get<std::string>().find(
                "## Instead of"),
            std::string::npos);
  const auto& place = run["results"][0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "a%20b/%C3%BC,:%25%01.sql");
  EXPECT_EQ(place["region"]["startLine"], 3);
  EXPECT_EQ(run["results"][1]["level"], "note");
}

TEST(LintWriter, AnnotationsAreALineEach) {
  const std::vector<std::string> lines = split(written("github"), '\n');
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_TRUE(lines[0].starts_with("::error file=a b/ü%2C%3A%25\x01.sql,line=3,col=7,"))
      << lines[0];
  EXPECT_TRUE(lines[1].starts_with("::notice file=b.sql,line=1,col=1,title=drop-table::second"));
}

TEST(LintWriter, TextHoldsNoControlCharacters) {
  set_colour(Colour::never);
  const std::string text = written("text");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("lock: about 40 s"), std::string::npos);
  EXPECT_NE(text.find("2 findings (1 error, 0 warnings, 1 note)"), std::string::npos);
}

TEST(LintWriter, MarkdownKeepsItsTable) {
  for (const std::string& line : split(written("markdown"), '\n')) {
    if (!line.starts_with("| 3:7")) continue;
    EXPECT_EQ(line.find("<script>"), line.find("\\<script>") + 1);
    EXPECT_NE(line.find("\\|"), std::string::npos);
  }
}

}  // namespace
}  // namespace architrave::report
