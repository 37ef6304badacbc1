#include "report/explanation.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/process.h"
#include "base/terminal.h"
#include "report/plan_svg.h"
#include "report/plan_words.h"
#include "report/sample_test.h"

namespace architrave::report {
namespace {

plan::Plan recorded(const std::string& name) {
  const auto text =
      read_file(std::string(ARCHITRAVE_SOURCE_DIR) + "/src/plan/testdata/" + name + ".json");
  EXPECT_TRUE(text) << name;
  return plan::read_json(text.value_or("")).value_or(plan::Plan{});
}

ExplainedPlan explained(const std::string& name, const std::string& title = {}) {
  ExplainedPlan out{.title = title, .plan = recorded(name)};
  out.remarks = plan::diagnose(*out.plan);
  return out;
}

Explanation sample() {
  Explanation out{.tool_version = "0.1.0", .generated_at = 1767225600};
  out.source = {"live", "postgresql", "15.20", "shop"};
  out.how = "run on the live server";
  out.queries.push_back({.name = "q.sql:1",
                         .query = "SELECT * FROM orders\nWHERE status = 'open'",
                         .plan = explained("selective-filter", "as it is"),
                         .other = explained("filter-after-index", "with an index")});
  out.queries.push_back({.name = "q.sql:4", .query = "SELECT 1", .plan = explained("cte")});
  out.queries.push_back({.name = "q.sql:6", .query = "SELECT 1", .plan = explained("parallel")});
  out.queries.push_back({.name = "q.sql:9", .query = "SELEC", .plan = {.error = "syntax error"}});
  out.notes = {"a note"};
  out.problems = {{"a.sql", 3, "CREATE", "it did not load", "a hint"}};
  return out;
}

// Names that would break out of whatever they are put into.
Explanation hostile() {
  Explanation out;
  plan::Plan plan;
  plan.root = {.type = "Seq Scan", .relation = "<script>alert(1)</script>\"|`\x1b[31m", .rows = 1};
  plan.root.total_cost = 10;
  plan.root.details["Filter"] = "(\"a|b\" = '</pre><img src=x>'::text)";
  ExplainedPlan side{.plan = plan};
  side.remarks.push_back({.check = "misestimate", .message = "<b>", .advice = "```", .sql = "```"});
  out.queries.push_back({.name = "<q>", .query = "SELECT '```\x07'", .plan = side});
  return out;
}

class ExplanationTest : public testing::Test {
 protected:
  ExplanationTest() { set_colour(Colour::never); }
};

TEST_F(ExplanationTest, Golden) {
  expect_golden("explain.txt", to_text(sample(), {.width = 100}));
  expect_golden("explain.md", to_markdown(sample()));
  expect_golden("explain.svg", to_svg(recorded("cte"), "p") + '\n');
}

TEST_F(ExplanationTest, TextFitsTheWidthThatIsAskedFor) {
  for (const int width : {80, 100, 140}) {
    const std::string text = to_text(sample(), {.width = width});
    std::size_t from = 0;
    while (from < text.size()) {
      const std::size_t end = text.find('\n', from);
      const std::string line = text.substr(from, end - from);
      // What is to be copied stays on one line.
      if (line.find("CREATE ") == std::string::npos) {
        EXPECT_LE(display_width(line), width) << line;
      }
      from = end + 1;
    }
  }
}

TEST_F(ExplanationTest, JsonHoldsToItsSchema) {
  if (!has_validator()) GTEST_SKIP() << "python3-jsonschema is not installed";
  EXPECT_EQ(complaints("docs/explain.schema.json", to_json(sample())), "");
  EXPECT_EQ(complaints("docs/explain.schema.json", to_json(hostile())), "");
  auto broken = nlohmann::json::parse(to_json(sample()));
  broken["queries"][0]["plan"].erase("cost");
  broken["queries"][1]["plan"]["nodes"][0]["depth"] = -1;
  const std::string all = complaints("docs/explain.schema.json", broken.dump());
  EXPECT_NE(all.find("queries[0].plan"), std::string::npos) << all;
  EXPECT_NE(all.find("-1 is less than the minimum"), std::string::npos) << all;
}

TEST_F(ExplanationTest, JsonNamesEveryCheckInItsSchema) {
  const auto schema = nlohmann::json::parse(
      read_file(std::string(ARCHITRAVE_SOURCE_DIR) + "/docs/explain.schema.json").value_or("{}"));
  const auto names =
      schema["$defs"]["remark"]["properties"]["check"]["enum"].get<std::vector<std::string>>();
  for (const auto& [name, _] : plan::checks()) {
    EXPECT_NE(std::ranges::find(names, name), names.end()) << name;
  }
}

// A parser that takes nothing but well-formed XML reads all of the page.
std::string xml_error(const std::string& text) {
  const std::string path = testing::TempDir() + "architrave_explain.xml";
  EXPECT_TRUE(write_file(path, text));
  const auto finished =
      run({.arguments = {"python3", "-c",
                         "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])", path}});
  if (!finished) return describe(finished.error());
  return finished->code == 0 ? "" : finished->output;
}

TEST_F(ExplanationTest, SvgIsWellFormedWhateverTheNames) {
  for (const char* name : {"cte", "parallel", "never", "initplan", "index-lookup"})
    EXPECT_EQ(xml_error(to_svg(recorded(name), "p")), "") << name;
  EXPECT_EQ(xml_error(to_svg(*hostile().queries[0].plan.plan, "p\"><")), "");
}

TEST_F(ExplanationTest, NothingBreaksOutOfThePage) {
  const std::string page = to_html(hostile());
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<q>"), std::string::npos);
  const std::string text = to_text(hostile());
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
}

TEST_F(ExplanationTest, ThePageLoadsNothing) {
  const std::string page = to_html(sample());
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page.find("src="), std::string::npos);
  EXPECT_EQ(page.find("url("), std::string::npos);
  EXPECT_EQ(page.find("@import"), std::string::npos);
}

// Every box leads to a row that is there.
TEST_F(ExplanationTest, LinksLeadSomewhere) {
  const std::string page = to_html(sample());
  int links = 0;
  for (std::size_t at = page.find("href=\"#"); at != std::string::npos;
       at = page.find("href=\"#", at + 1)) {
    const std::string id = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    EXPECT_NE(page.find("id=\"" + id + '"'), std::string::npos) << id;
    ++links;
  }
  EXPECT_GT(links, 10);
}

TEST(PlanWords, ChangesAreToldAsSharesAndFactors) {
  plan::Plan before;
  plan::Plan after;
  before.root.total_cost = 100;
  after.root.total_cost = 20;
  EXPECT_EQ(compare_totals(before, after)[0].change, "−80 %");
  EXPECT_TRUE(compare_totals(before, after)[0].better);
  EXPECT_EQ(compare_totals(after, before)[0].change, "×5.0");
  EXPECT_TRUE(compare_totals(after, before)[0].worse);
  EXPECT_EQ(compare_totals(before, before)[0].change, "");
}

}  // namespace
}  // namespace architrave::report
