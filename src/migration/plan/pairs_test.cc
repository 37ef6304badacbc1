// Pairs of schemas, kind by kind and change by change, there and back on a real server:
// testdata/pairs/NAME.sql holds an old half and a new one. PAIRS=word,word tries those whose names
// have one of the words in them, from old to new and from new to old; PAIRS= tries all so.
// PAIRS_VERSION=18 has them tried on that server. What only that server knows lies in pairs_18.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
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
    return path.string().find(each) != std::string::npos;  // the empty word is in all
  });
}

struct Pair {
  std::string name;
  std::string before;
  std::string after;
  bool foreign = false;
};

std::string go(PairTrial& server, const Pair& pair) {
  const bool is_large = pair.name.starts_with("large_") && pair.name.ends_with(", there");
  return server.trial(pair.before, pair.after, {.foreign = pair.foreign, .is_large = is_large});
}
std::string stop(PairTrial& server, const Pair& pair) {
  return server.stops(pair.before, pair.after);
}

int version_asked_for() {
  const char* version = std::getenv("PAIRS_VERSION");
  return version != nullptr ? std::atoi(version) : 15;
}

// One after the other on a few servers side by side; what does not hold, by name.
void try_all(const std::vector<Pair>& pairs, std::string (*trial)(PairTrial&, const Pair&) = go,
             int version = version_asked_for()) {
  const auto installation = postgres::choose_installation(version);
  if (!installation) GTEST_SKIP() << installation.error().message;
  constexpr std::size_t servers = 2;
  std::vector<std::future<std::string>> halves;
  for (std::size_t first = 0; first < servers; ++first)
    halves.push_back(std::async(std::launch::async, [&, first] {
      PairTrial server(*installation);
      std::string failures;
      for (std::size_t i = first; i < pairs.size(); i += servers)
        if (const std::string seen = trial(server, pairs[i]); !seen.empty())
          failures += pairs[i].name + ": " + seen + '\n';
      return failures;
    }));
  for (auto& half : halves) EXPECT_EQ(half.get(), "");
}

// Of testdata. A plan is proved both ways and so are its files; in which direction it is planned
// takes turns, but for the names in `always`, which go both ways.
std::vector<Pair> own_pairs(int every, const std::set<std::string>& always = {},
                            const std::string& folder = "pairs") {
  std::vector<Pair> pairs;
  int number = 0;
  for (const fs::path& file :
       sorted(fs::path(ARCHITRAVE_SOURCE_DIR) / "src/migration/plan/testdata" / folder)) {
    if (!is_asked_for(file.filename())) continue;
    const std::string text = text_of(file);
    const std::size_t half = text.find("-- new\n");
    EXPECT_TRUE(text.starts_with("-- old\n") && half != std::string::npos) << file;
    const std::string name = file.stem();
    const bool both = std::getenv("PAIRS") != nullptr || always.contains(name);
    const bool turn = ++number % 2 == 0;
    if (!both && number % every != 0) continue;
    if (both || turn) pairs.push_back({name + ", there", text.substr(0, half), text.substr(half)});
    if (both || !turn) pairs.push_back({name + ", back", text.substr(half), text.substr(0, half)});
  }
  return pairs;
}

TEST(PairsTest, GoThereAndBack) { try_all(own_pairs(1)); }

TEST(PairsTest, GoThereAndBackOnTheNewest) {
  const auto newest = postgres::choose_installation(18);
  if (!newest || newest->major < 18) GTEST_SKIP() << "no PostgreSQL 18 here: ./dev servers";
  try_all(own_pairs(1, {}, "pairs_18"), go, 18);
}

// Every ninth, since each is stopped at all of its steps, and those that take something away in one
// step and make it again in another.
TEST(PairsTest, ComeBackFromAnywhere) {
  try_all(own_pairs(9, {"busy_partitions_constraints",
                        "busy_partitions_filled",
                        "busy_partitions_index_replaced",
                        "busy_partitions_indexes",
                        "busy_partitions_keys",
                        "function_used_everywhere",
                        "identity_of_column_with_nulls",
                        "identity_of_heirs",
                        "index_and_key_replaced",
                        "inheritance_left",
                        "large_enum_loses_label",
                        "large_partition_beside_default",
                        "large_partition_key_change",
                        "large_partition_split",
                        "large_partitions_retyped",
                        "large_table_gets_computed_column",
                        "large_table_to_partitioned",
                        "not_null_names_of_heirs",
                        "partition_index_with_own_constraint",
                        "table_attached_with_what_it_needs",
                        "tables_and_partitions_dropped"}),
          stop);
}

// The old column is there until the last phase: what was not written meanwhile is as it was, and
// what was is not lost.
TEST(PairsTest, ValuesThatWereRoundedComeBack) {
  const auto installation = postgres::choose_installation(version_asked_for());
  if (!installation) GTEST_SKIP() << installation.error().message;
  PairTrial server(*installation);
  const std::string old_sql =
      "CREATE TABLE t (id int PRIMARY KEY, total numeric(12,4) NOT NULL);"
      "CREATE INDEX t_total ON t (total);"
      "INSERT INTO t SELECT n, n + 0.1234 FROM generate_series(1, 5) n;";
  const std::string new_sql =
      "CREATE TABLE t (id int PRIMARY KEY, total numeric(8,2) NOT NULL);"
      "CREATE INDEX t_total ON t (total);";
  EXPECT_EQ(server.after_phases(
                2, old_sql, new_sql,
                "UPDATE t SET total = 9.99 WHERE id = 2; DELETE FROM t WHERE id = 3;"
                "UPDATE t SET id = 40 WHERE id = 4; INSERT INTO t (id, total) VALUES (6, 6.66)",
                "SELECT string_agg(id || ' ' || total, ', ' ORDER BY id) FROM t", true),
            "1 1.1234, 2 9.9900, 5 5.1234, 6 6.6600, 40 4.1234");
}

TEST(PairsTest, WhatATriggerSetsIsCarriedOver) {
  const auto installation = postgres::choose_installation(version_asked_for());
  if (!installation) GTEST_SKIP() << installation.error().message;
  PairTrial server(*installation);
  const std::string stamp =
      "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := "
      "'2020-02-02'; "
      "RETURN NEW; END $$; CREATE TRIGGER zz_stamp BEFORE UPDATE ON t FOR EACH ROW EXECUTE "
      "FUNCTION "
      "stamp();";
  EXPECT_EQ(server.after_phases(1,
                                "CREATE TABLE t (id int PRIMARY KEY, at date);" + stamp +
                                    "INSERT INTO t VALUES (1, '2019-01-01')",
                                "CREATE TABLE t (id int PRIMARY KEY, at timestamp);" + stamp,
                                "UPDATE t SET id = 2", "SELECT at || ' ' || at__new FROM t", false),
            "2020-02-02 2020-02-02 00:00:00");
}

// Pairs of others' making; every sixth, since all take minutes.
TEST(PairsTest, CorpusGoesThereAndBack) {
  const fs::path corpus = fs::path(ARCHITRAVE_SOURCE_DIR) / "../shared/corpus/pairs";
  if (!fs::exists(corpus)) GTEST_SKIP() << corpus << " is not there";
  std::vector<Pair> pairs;
  int number = 0;
  for (const fs::path& suite : sorted(corpus)) {
    if (!fs::is_directory(suite)) continue;
    for (const fs::path& pair : sorted(suite))
      if (fs::exists(pair / "old.sql") && ++number % 6 == 0 && is_asked_for(pair))
        pairs.push_back(
            {pair.filename(), text_of(pair / "old.sql"), text_of(pair / "new.sql"), true});
  }
  try_all(pairs);
}

}  // namespace
}  // namespace architrave::migration
