#include "report/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/process.h"
#include "base/terminal.h"
#include "catalog/json.h"
#include "report/page_data.h"
#include "report/sample_test.h"

namespace architrave::report {

namespace {

using Json = nlohmann::json;

class ReportTest : public testing::Test {
 protected:
  ReportTest() : catalog_(sample_catalog()), report_(sample_report(catalog_)) {
    set_colour(Colour::never);
  }
  const catalog::Catalog catalog_;
  Report report_;
};

// A page may be mended without a change here.
std::string sarif_without_pages(const Report& report) {
  auto document = nlohmann::ordered_json::parse(to_sarif(report));
  for (auto& rule : document["runs"][0]["tool"]["driver"]["rules"])
    rule["help"]["markdown"] = "the rule's page";
  return document.dump(2) + '\n';
}

}  // namespace

TEST_F(ReportTest, Golden) {
  expect_golden("assess.txt", to_text(report_));
  expect_golden("assess.md", to_markdown(report_));
  expect_golden("assess.json", to_json(report_));
  expect_golden("assess.sarif", sarif_without_pages(report_));
  expect_golden("assess.github", to_github(report_));
  expect_golden("page.json", Json::parse(to_page_data(report_)).dump(1) + '\n');
  report_.command = "review";
  expect_golden("review.txt", to_text(report_));
}

TEST_F(ReportTest, GoldenOfAFile) {
  catalog::Catalog bare = catalog_;
  bare.server = {};
  bare.settings.clear();
  for (catalog::Relation& each : bare.relations) each.stats.reset();
  report_.catalog = &bare;
  report_.source = {"file", "postgresql", "15.20", "db/schema.sql"};
  report_.generated_at.reset();
  expect_golden("file.md", to_markdown(report_));
  expect_golden("file.sarif", sarif_without_pages(report_));
}

TEST_F(ReportTest, JsonHoldsToItsSchema) {
  if (!has_validator()) GTEST_SKIP() << "python3-jsonschema is not installed";
  EXPECT_EQ(complaints("docs/report.schema.json", to_json(report_)), "");
  report_.show_refuted = true;
  report_.has_baseline = true;
  report_.gone = {report_.review.findings.front()};
  EXPECT_EQ(complaints("docs/report.schema.json", to_json(report_)), "");
  Report empty;
  empty.command = "review";
  empty.source = {"file", "sqlite", "", "x"};
  EXPECT_EQ(complaints("docs/report.schema.json", to_json(empty)), "");
  Json broken = Json::parse(to_json(report_));
  broken["findings"][0].erase("rule");
  broken["findings"][1]["severity"] = "fatal";
  broken["more"] = 1;
  const std::string all = complaints("docs/report.schema.json", broken.dump());
  EXPECT_NE(all.find("'rule' is a required property"), std::string::npos) << all;
  EXPECT_NE(all.find("'fatal' is not one of"), std::string::npos) << all;
  EXPECT_NE(all.find("'more' was unexpected"), std::string::npos) << all;
}

TEST_F(ReportTest, SarifIsWhatGithubTakes) {
  if (!has_validator()) GTEST_SKIP() << "python3-jsonschema is not installed";
  const std::string schema = "src/report/testdata/sarif.schema.json";
  report_.problems = {{"schema.sql", 0, "CREATE TABL a", "syntax error", ""}};
  EXPECT_EQ(complaints(schema, to_sarif(report_)), "");
  Json broken = Json::parse(to_sarif(report_));
  broken["runs"][0]["results"][1]["locations"][0].erase("physicalLocation");
  EXPECT_NE(complaints(schema, broken.dump()).find("'physicalLocation' is a required"),
            std::string::npos);
}

TEST_F(ReportTest, CatalogHoldsToItsSchema) {
  if (!has_validator()) GTEST_SKIP() << "python3-jsonschema is not installed";
  EXPECT_EQ(complaints("docs/catalog.schema.json", catalog::to_json(catalog_)), "");
  EXPECT_EQ(complaints("docs/catalog.schema.json", catalog::to_json(catalog::Catalog{})), "");
  EXPECT_NE(complaints("docs/catalog.schema.json", R"({"relations": [{"nome": "x"}]})"), "");
}

TEST_F(ReportTest, RefutedProposalsAreLeftOut) {
  const Json hidden = Json::parse(to_json(report_));
  EXPECT_EQ(hidden["proposals"].size(), 2u);
  EXPECT_EQ(hidden["summary"]["refuted"], 1);
  EXPECT_EQ(hidden["findings"][2]["proposal"], nullptr);
  EXPECT_TRUE(hidden["summary"]["actions"][2]["proposals"].empty());
  EXPECT_EQ(to_markdown(report_).find("refuted"), std::string::npos);
  report_.show_refuted = true;
  const Json shown = Json::parse(to_json(report_));
  ASSERT_EQ(shown["proposals"].size(), 3u);
  EXPECT_EQ(shown["proposals"][2]["proof"]["status"], "refuted");
  EXPECT_EQ(shown["findings"][2]["proposal"], shown["proposals"][2]["id"]);
}

TEST_F(ReportTest, BytesThatAreNotUtf8AreReplaced) {
  report_.review.findings[0].message = "caf\xe9 \xff";
  report_.review.findings[0].evidence = {{"value\x80", std::string("\xc3")}};
  EXPECT_EQ(Json::parse(to_json(report_))["findings"][0]["message"], "caf\uFFFD \uFFFD");
  EXPECT_FALSE(Json::parse(to_sarif(report_)).empty());
  EXPECT_FALSE(Json::parse(to_page_data(report_)).empty());
}

TEST_F(ReportTest, BaselineComesBack) {
  const auto findings = findings_of_json(to_json(report_));
  ASSERT_TRUE(findings.has_value());
  ASSERT_EQ(findings->size(), report_.review.findings.size());
  for (std::size_t i = 0; i < findings->size(); ++i) {
    EXPECT_EQ((*findings)[i].fingerprint(), report_.review.findings[i].fingerprint());
    EXPECT_EQ((*findings)[i].severity, report_.review.findings[i].severity);
    EXPECT_EQ((*findings)[i].area, report_.review.findings[i].area);
    EXPECT_EQ((*findings)[i].file, report_.review.findings[i].file);
    EXPECT_EQ((*findings)[i].line, report_.review.findings[i].line);
  }
  for (const char* text : {"", "{", "[]", "{\"findings\": 1}", "{\"findings\": [1]}",
                           "{\"findings\": [{\"rule\": 7}]}"}) {
    const auto broken = findings_of_json(text);
    ASSERT_FALSE(broken.has_value()) << text;
    EXPECT_EQ(broken.error().code, "baseline.json");
  }
}

TEST_F(ReportTest, TextFitsItsWidth) {
  const std::string text = to_text(report_, {.width = 60});
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = text.substr(begin, end - begin);
    EXPECT_LE(display_width(line), 60) << line;
  }
}

TEST_F(ReportTest, TextFoldsInAssessAlone) {
  EXPECT_NE(to_text(report_).find("and 4 more"), std::string::npos);
  report_.command = "review";
  EXPECT_EQ(to_text(report_).find("more"), std::string::npos);
  EXPECT_NE(
      to_text(report_).find("10 findings (1 error, 2 warnings, 7 infos), 1 with a proven fix"),
      std::string::npos);
}

TEST_F(ReportTest, TextShowsNoControlCharacters) {
  report_.review.findings[0].message = "evil \x1b[31m name";
  report_.source.name = "a\x1b]0;title\x07";
  EXPECT_EQ(to_text(report_).find('\x1b'), std::string::npos);
}

TEST_F(ReportTest, MarkdownHasTheSevenChapters) {
  const std::string text = to_markdown(report_);
  std::size_t at = 0;
  for (const char* chapter : {"\n## Current overview\n", "\n## Performance\n",
                              "\n## Schema review\n", "\n## Scalability\n", "\n## Security\n",
                              "\n## Backup\n", "\n## Roadmap with priorities\n"}) {
    const std::size_t found = text.find(chapter, at);
    ASSERT_NE(found, std::string::npos) << chapter;
    at = found;
  }
}

TEST_F(ReportTest, SarifNamesRulesAndPlaces) {
  const Json run = Json::parse(to_sarif(report_))["runs"][0];
  for (const Json& result : run["results"]) {
    EXPECT_EQ(run["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"],
              result["ruleId"]);
    EXPECT_EQ(result["partialFingerprints"]["architrave/v1"].get<std::string>().size(), 16u);
  }
  const Json place = run["results"][0]["locations"][0];
  EXPECT_EQ(place["physicalLocation"]["artifactLocation"]["uri"], "db/schema,%20v1:2.sql");
  EXPECT_EQ(place["physicalLocation"]["region"]["startLine"], 12);
  EXPECT_EQ(place["logicalLocations"][0]["fullyQualifiedName"], "app.shipments");
  const Json database = run["results"][1]["locations"][0]["physicalLocation"];
  EXPECT_TRUE(database["artifactLocation"]["uri"].get<std::string>().starts_with("database"));
  EXPECT_EQ(database["region"]["startLine"], 1);
  const Json rule = run["tool"]["driver"]["rules"][0];
  EXPECT_EQ(rule["shortDescription"]["text"], "A table without a primary key.");
  EXPECT_TRUE(rule["help"]["markdown"].get<std::string>().starts_with("# no-primary-key\n"));
  EXPECT_EQ(run["results"][9]["level"], "note");
}

TEST_F(ReportTest, GithubEscapes) {
  const std::string text = to_github(report_);
  EXPECT_NE(
      text.find("::error file=db/schema%2C v1%3A2.sql,line=12,title=no-primary-key::app.shipments"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("100%25 of it is read.%0Afix (proved):%0ACREATE INDEX"), std::string::npos);
}

TEST(EmptyReport, CanBeWritten) {
  Report report;
  report.command = "assess";
  EXPECT_NE(to_text(report).find("no findings"), std::string::npos);
  EXPECT_FALSE(to_markdown(report).empty());
  EXPECT_TRUE(Json::parse(to_page_data(report))["schema"]["tables"].empty());
  EXPECT_TRUE(Json::parse(to_sarif(report))["runs"][0]["results"].empty());
  EXPECT_EQ(to_github(report), "");
}

}  // namespace architrave::report
