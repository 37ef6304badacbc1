#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "report/page_data.h"
#include "report/report.h"

namespace architrave::report {
namespace {

constexpr std::string_view kOpen = R"(<script type="application/json" id="report">)";

catalog::Catalog shop() {
  catalog::Catalog catalog;
  catalog::Relation orders;
  orders.schema = "shop";
  orders.name = "orders";
  orders.comment = "</script><script>alert(1)</script><!-- ";
  catalog.relations.push_back(orders);
  catalog::sort(catalog);
  return catalog;
}

Report report_of(const catalog::Catalog& catalog) {
  Report report;
  report.command = "assess";
  report.source = {"file", "postgresql", "15.20", "shop.sql"};
  report.catalog = &catalog;
  report.verdict = "Sound, but for a < b & \"c\" \\ $& $1.";
  return report;
}

// What stands between the data's tag and the next end of a script.
std::string data_of(const std::string& html) {
  const std::size_t from = html.find(kOpen) + kOpen.size();
  return html.substr(from, html.find("</script", from) - from);
}

TEST(Html, HoldsTheDataAndTheDataComesBackWhole) {
  const catalog::Catalog catalog = shop();
  const Report report = report_of(catalog);
  const std::string html = to_html(report);
  ASSERT_NE(html.find(kOpen), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(data_of(html)), nlohmann::json::parse(to_page_data(report)));
  EXPECT_EQ(html.find("ARCHITRAVE-REPORT-DATA"), std::string::npos);
}

TEST(Html, DataCannotLeaveItsElement) {
  const catalog::Catalog catalog = shop();
  const std::string html = to_html(report_of(catalog));
  EXPECT_EQ(data_of(html).find('<'), std::string::npos);
  EXPECT_EQ(html.find("alert(1)</script"), std::string::npos);
  EXPECT_NE(html.find("\\u003c/script>"), std::string::npos);
}

TEST(Html, PolicyForbidsRequestsAndForeignScripts) {
  const catalog::Catalog catalog = shop();
  const std::string html = to_html(report_of(catalog));
  EXPECT_NE(html.find("default-src 'none'; script-src 'sha256-"), std::string::npos);
  const std::string head = html.substr(0, html.find("</head>"));
  for (const std::string_view loads : {" src=", "@import", "url(", "http://", "https://"}) {
    EXPECT_EQ(head.find(loads), std::string::npos) << loads;
  }
}

TEST(Html, SameReportSameBytes) {
  const catalog::Catalog catalog = shop();
  EXPECT_EQ(to_html(report_of(catalog)), to_html(report_of(catalog)));
}

}  // namespace
}  // namespace architrave::report
