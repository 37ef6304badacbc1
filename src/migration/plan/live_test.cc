// Plans that begin at a live database.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/file.h"
#include "engine/engine.h"
#include "engine/postgres/sandbox.h"
#include "migration/plan/plan.h"

namespace architrave::migration {
namespace {

namespace fs = std::filesystem;

class LivePlan : public testing::Test {
 protected:
  void SetUp() override {
    const auto installation = postgres::choose_installation(15);
    ASSERT_TRUE(installation) << describe(installation.error());
    auto made = postgres::make_empty_sandbox(*installation);
    ASSERT_TRUE(made) << describe(made.error());
    live_ = std::move(*made);
    std::string pattern = (fs::temp_directory_path() / "live-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  void run(const std::string& script) {
    const Status ran = live_->connection().execute(script);
    ASSERT_TRUE(ran) << describe(ran.error());
  }

  Plan plan(const std::string& wanted, const PlanOptions& options = {}) {
    std::string url = "postgresql:///";
    std::string with;
    for (const auto& [name, value] : live_->environment()) {
      if (name == "PGDATABASE") url += value;
      for (const char* key : {"host", "port", "user"})
        if (name == "PG" + upper(key)) with += (with.empty() ? "?" : "&") + (key + ('=' + value));
    }
    auto from = engine::open(url + with, {});
    EXPECT_TRUE(from) << describe(from.error());
    EXPECT_TRUE(write_file(folder_ / "wanted.sql", wanted));
    auto to = engine::open((folder_ / "wanted.sql").string(), {});
    EXPECT_TRUE(to) << describe(to.error());
    if (!from || !to) return {};
    auto made = make_plan(*from, *to, options);
    EXPECT_TRUE(made) << describe(made.error());
    return made ? std::move(*made) : Plan();
  }
  static std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return text;
  }

  // What is claimed of the rows, there and back.
  static std::string lossless(const Plan& plan) {
    std::string seen;
    for (const Claim& each : plan.proof.claims)
      if (each.kind == ClaimKind::lossless) seen += each.seen + "; ";
    return seen;
  }

  std::unique_ptr<postgres::PostgresSandbox> live_;
  fs::path folder_;
};

TEST_F(LivePlan, IsTriedWithAllRowsWhereTheyAreFew) {
  run("CREATE TABLE customer (id int PRIMARY KEY);"
      "CREATE TABLE orders (id int PRIMARY KEY, customer int, total int);"
      "INSERT INTO customer SELECT generate_series(1, 10);"
      "INSERT INTO orders SELECT i, 1 + i % 10, i FROM generate_series(1, 2000) i; ANALYZE");
  const std::string wanted =
      "CREATE TABLE customer (id int PRIMARY KEY);"
      "CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customer, total "
      "bigint);";
  const Plan all = plan(wanted);
  EXPECT_TRUE(all.refused.empty());
  EXPECT_EQ(all.proof.status(), ProofStatus::proved);
  EXPECT_NE(all.proved_on.find(", with all of its 2,010 rows"), std::string::npos) << all.proved_on;
  EXPECT_EQ(
      lossless(all),
      "2,010 rows in 2 tables, the same as before; 2,010 rows in 2 tables, the same as before; ");

  PlanOptions without;
  without.rows = false;
  const Plan bare = plan(wanted, without);
  EXPECT_EQ(bare.proved_on.find("rows"), std::string::npos) << bare.proved_on;
}

TEST_F(LivePlan, IsTriedWithASampleAndItsNewForeignKeysHold) {
  run("CREATE TABLE customer (id int PRIMARY KEY, about text);"
      "CREATE TABLE orders (id int PRIMARY KEY, customer int, total int);"
      "INSERT INTO customer SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 20000) i;"
      "INSERT INTO orders SELECT i, 20000 - i % 100, i FROM generate_series(1, 2000) i; ANALYZE");
  const Plan made = plan(
      "CREATE TABLE customer (id int PRIMARY KEY, about text);"
      "CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customer, total int);");
  EXPECT_TRUE(made.refused.empty());
  EXPECT_EQ(made.proof.status(), ProofStatus::proved);
  EXPECT_NE(made.proved_on.find(", with a sample of "), std::string::npos) << made.proved_on;
  EXPECT_TRUE(made.notes.empty()) << made.notes.front();
}

// A check that looks into another table finds in a sample what is not so of the whole.
TEST_F(LivePlan, WhatASampleAloneSpeaksAgainstIsPlannedWithoutRows) {
  run("CREATE TABLE customer (id int PRIMARY KEY, about text);"
      "CREATE FUNCTION known(int) RETURNS boolean LANGUAGE sql STABLE AS"
      " 'SELECT EXISTS (SELECT FROM public.customer WHERE id = $1)';"
      "CREATE TABLE orders (id int PRIMARY KEY, customer int);"
      "INSERT INTO customer SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 20000) i;"
      "INSERT INTO orders SELECT i, i FROM generate_series(1, 20000) i; ANALYZE");
  const Plan made = plan(
      "CREATE TABLE customer (id int PRIMARY KEY, about text);"
      "CREATE FUNCTION known(int) RETURNS boolean LANGUAGE sql STABLE AS"
      " 'SELECT EXISTS (SELECT FROM public.customer WHERE id = $1)';"
      "CREATE TABLE orders (id int PRIMARY KEY, customer int, CHECK (known(customer)));");
  EXPECT_TRUE(made.refused.empty());
  EXPECT_FALSE(made.phases.empty());
  EXPECT_EQ(made.proved_on.find("rows"), std::string::npos) << made.proved_on;
  ASSERT_EQ(made.notes.size(), 1u);
  EXPECT_TRUE(made.notes.front().starts_with("tried without rows, since with a sample of them"))
      << made.notes.front();
}

}  // namespace
}  // namespace architrave::migration
