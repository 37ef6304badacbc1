#include "plan/pasted.h"

#include <gtest/gtest.h>

namespace architrave::plan {
namespace {

// A sort over a scan with its filter, however it was pasted.
void is_the_plan(std::string_view text) {
  const auto plan = read_pasted(text);
  ASSERT_TRUE(plan) << describe(plan.error()) << "\n" << text;
  EXPECT_EQ(plan->root.type, "Sort") << text;
  ASSERT_EQ(plan->root.children.size(), 1U) << text;
  EXPECT_EQ(plan->root.children[0].relation, "t");
  EXPECT_EQ(plan->root.children[0].detail("Filter"), "(a > 5)") << text;
  EXPECT_EQ(plan->root.children[0].rows, 3);
}

TEST(Pasted, TextInPsqlsFrames) {
  is_the_plan(
      "             QUERY PLAN\n-----------------------------\n"
      " Sort  (cost=2.00..2.10 rows=3 width=4)\n   Sort Key: a\n"
      "   ->  Seq Scan on t  (cost=0.00..1.00 rows=3 width=4)\n         Filter: (a > 5)\n(4 "
      "rows)\n");
  is_the_plan(
      "+---------------+\n|  QUERY PLAN   |\n+---------------+\n"
      "| Sort  (cost=2.00..2.10 rows=3 width=4)              |\n"
      "|   Sort Key: a                                       |\n"
      "|   ->  Seq Scan on t  (cost=0.00..1.00 rows=3 width=4) |\n"
      "|         Filter: (a > 5)                             |\n+---------------+\n");
  is_the_plan(
      "┌──────────┐\n│ QUERY PLAN │\n├──────────┤\n"
      "│ Sort  (cost=2.00..2.10 rows=3 width=4)              │\n"
      "│   Sort Key: a                                       │\n"
      "│   ->  Seq Scan on t  (cost=0.00..1.00 rows=3 width=4) │\n"
      "│         Filter: (a > 5)                             │\n└──────────┘\n(4 rows)\n");
  is_the_plan(
      "-[ RECORD 1 ]---\nQUERY PLAN | Sort  (cost=2.00..2.10 rows=3 width=4)\n"
      "-[ RECORD 2 ]---\nQUERY PLAN |   Sort Key: a\n"
      "-[ RECORD 3 ]---\nQUERY PLAN |   ->  Seq Scan on t  (cost=0.00..1.00 rows=3 width=4)\n"
      "-[ RECORD 4 ]---\nQUERY PLAN |         Filter: (a > 5)\n");
}

TEST(Pasted, TextOfMailsAndPages) {
  is_the_plan(
      "> Sort  (cost=2.00..2.10 rows=3 width=4)\r\n>   Sort Key: a\r\n"
      ">   ->  Seq Scan on t  (cost=0.00..1.00 rows=3 width=4)\r\n>         Filter: (a > 5)\r\n");
  is_the_plan(
      "<table border=\"1\">\n<tr><td align=\"left\">Sort  (cost=2.00..2.10 rows=3 "
      "width=4)</td></tr>\n"
      "<tr><td align=\"left\">&nbsp; Sort Key: a</td></tr>\n"
      "<tr><td align=\"left\">&nbsp; -&gt;  Seq Scan on t  (cost=0.00..1.00 rows=3 "
      "width=4)</td></tr>\n"
      "<tr><td align=\"left\">&nbsp; &nbsp; &nbsp; &nbsp; Filter: (a &gt; "
      "5)</td></tr>\n</table>\n");
}

constexpr const char* json = R"json([{"Plan": {"Node Type": "Sort", "Plan Rows": 3, "Plans": [
{"Node Type": "Seq Scan", "Relation Name": "t", "Plan Rows": 3, "Filter": "(a > 5)"}]}}])json";

TEST(Pasted, JsonInPsqlsFrames) {
  is_the_plan(json);
  is_the_plan("   QUERY PLAN\n----------\n " + std::string(json) + "\n(1 row)\n");
  is_the_plan(
      "           QUERY PLAN           \n--------------------------------\n [                   +\n"
      "   {                 +\n     \"Plan\": {      +\n       \"Node Type\": \"Sort\",  +\n"
      "       \"Plans\": [{\"Node Type\": \"Seq Scan\", \"Relation Name\": \"t\", \"Plan Rows\": "
      "3, "
      "\"Filter\": \"(a > 5)\"}]+\n     }+\n   }  +\n ]\n(1 row)\n");
  is_the_plan(
      "│ [                   ↵│\n│   {\"Plan\": {\"Node Type\": \"Sort\", ↵│\n│  \"Plans\": "
      "[{\"Node "
      "Type\": \"Seq Scan\", \"Relation Name\": \"t\", \"Plan Rows\": 3, \"Filter\": \"(a > "
      "5)\"}]}}↵│\n│ ] │\n");
}

TEST(Pasted, WhatIsNotReadIsNamed) {
  EXPECT_NE(read_pasted("<explain xmlns=\"x\">").error().message.find("XML"), std::string::npos);
  EXPECT_NE(read_pasted("- Plan: \n    Node Type: Sort").error().message.find("YAML"),
            std::string::npos);
  EXPECT_FALSE(read_pasted(""));
  EXPECT_FALSE(read_pasted("| | |\n│\n> \n[\n]"));
  EXPECT_FALSE(read_pasted("<td"));
}

}  // namespace
}  // namespace architrave::plan
