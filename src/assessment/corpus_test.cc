// Real schemas, and one that is hard on fixes: each loads, each proposal holds all that it claims,
// and a file says the same as the database that it makes. The corpus lies beside the source folder
// and may be missing; ARCHITRAVE_ALL=1 tries all pairs of it instead of every twentieth.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "assessment/assessment.h"
#include "base/text.h"
#include "engine/postgres/server.h"

namespace architrave::assessment {
namespace {

namespace fs = std::filesystem;

const fs::path source_folder = ARCHITRAVE_SOURCE_DIR;
const fs::path corpus = source_folder.parent_path() / "shared/corpus";
const fs::path nasty = source_folder / "src/assessment/testdata/nasty.sql";

std::vector<fs::path> sql_files(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const fs::directory_entry& each : fs::recursive_directory_iterator(folder))
    if (each.path().extension() == ".sql" && each.file_size() > 0) files.push_back(each.path());
  std::ranges::sort(files);
  return files;
}

// Its rows point to rows that were left out of it, which no key forgives.
bool is_known(const engine::LoadProblem& problem) {
  return problem.message.find("violates foreign key constraint") != std::string::npos;
}

Options with_refuted(int server_version = 15) {
  Options options;
  options.show_refuted = true;
  options.open.server_version = server_version;
  return options;
}

void expect_all_proved(const Assessment& assessment, bool has_to_load = true) {
  for (const engine::LoadProblem& problem : assessment.opened->problems)
    EXPECT_TRUE(!has_to_load || is_known(problem)) << problem.line << ": " << problem.message;
  for (const Proposal& proposal : assessment.report.review.proposals) {
    std::set<ClaimKind> tried;
    for (const Claim& claim : proposal.proof.claims) {
      EXPECT_TRUE(claim.holds.value_or(true))
          << proposal.title << ": " << to_string(claim.kind) << ": " << claim.seen;
      EXPECT_TRUE(claim.holds || claim.seen.starts_with("not tried: "))
          << proposal.title << ": " << claim.seen;
      if (claim.holds) tried.insert(claim.kind);
    }
    for (const ClaimKind kind : {ClaimKind::loads, ClaimKind::clears, ClaimKind::reverses})
      EXPECT_TRUE(tried.contains(kind)) << proposal.title << ": " << to_string(kind);
  }
}

class Corpus : public testing::TestWithParam<fs::path> {};

TEST_P(Corpus, EveryProposalHoldsWhatItClaims) {
  const Result<Assessment> assessed = assess(GetParam().string(), with_refuted());
  ASSERT_TRUE(assessed) << describe(assessed.error());
  EXPECT_GT(assessed->report.counts.tables, 0);
  expect_all_proved(*assessed);
}

std::vector<fs::path> whole_schemas() {
  std::vector<fs::path> files = sql_files(corpus / "postgresql");
  for (fs::path& file : sql_files(corpus / "sqlite")) files.push_back(std::move(file));
  return files;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Corpus);
INSTANTIATE_TEST_SUITE_P(Schemas, Corpus, testing::ValuesIn(whole_schemas()), [](const auto& each) {
  return each.param.parent_path().filename().string() + "_" + each.param.stem().string();
});

TEST(CorpusTest, NothingStopsTheFixesOfTheNastySchema) {
  for (const postgres::Installation& server : postgres::installations()) {
    if (server.major < 13) continue;
    SCOPED_TRACE(server.version);
    const Result<Assessment> assessed = assess(nasty.string(), with_refuted(server.major));
    ASSERT_TRUE(assessed) << describe(assessed.error());
    expect_all_proved(*assessed);
    std::set<std::string> kinds;
    for (const Proposal& proposal : assessed->report.review.proposals) kinds.insert(proposal.kind);
    EXPECT_GE(kinds.size(), 15U) << "it is there to have many kinds of fixes";
  }
}

// What a statement of a pair needs may be in a file that the pair does not hold.
TEST(CorpusTest, PairsAreAssessedToTheEnd) {
  const std::vector<fs::path> files = sql_files(corpus / "pairs");
  if (files.empty()) GTEST_SKIP() << "no corpus beside the source folder";
  const std::size_t step = std::getenv("ARCHITRAVE_ALL") != nullptr ? 1 : 20;
  for (std::size_t i = 0; i < files.size(); i += step) {
    if (files[i].filename() != "old.sql" && files[i].filename() != "new.sql") continue;
    SCOPED_TRACE(files[i].string());
    const Result<Assessment> assessed = assess(files[i].string(), with_refuted());
    if (!assessed) {
      EXPECT_TRUE(assessed.error().code == "sql.load" || assessed.error().code == "source.empty")
          << describe(assessed.error());
      continue;
    }
    expect_all_proved(*assessed, false);
  }
}

using Names = std::set<std::pair<std::string, std::string>>;

// Without what only a server in use can tell.
Names found(const Assessment& assessment, const std::vector<Skipped>& without) {
  Names names;
  for (const Finding& finding : assessment.report.review.findings)
    if (std::ranges::find(without, finding.rule, &Skipped::rule) == without.end())
      names.emplace(finding.rule, finding.object.name);
  return names;
}

TEST(CorpusTest, AFileAndTheDatabaseThatItMakesAgree) {
  std::vector<fs::path> files = sql_files(corpus / "postgresql");
  files.push_back(nasty);
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.string());
    Options options;
    options.prove = false;
    Result<Assessment> of_file = assess(file.string(), options);
    ASSERT_TRUE(of_file) << describe(of_file.error());
    auto sandbox = engine::make_sandbox(*of_file->opened);
    ASSERT_TRUE(sandbox) << describe(sandbox.error());
    std::string source;
    for (const auto& [name, value] : (*sandbox)->environment())
      if (name == "PGHOST")
        source += "host=" + value + ' ';
      else if (name == "PGPORT")
        source += "port=" + value + ' ';
      else if (name == "PGUSER")
        source += "user=" + value + ' ';
      else if (name == "PGDATABASE")
        source += "dbname=" + value + ' ';
    const Result<Assessment> of_server = assess(std::string(trim(source)), options);
    ASSERT_TRUE(of_server) << describe(of_server.error());
    const std::vector<Skipped>& skipped = of_file->report.review.skipped;
    EXPECT_EQ(found(*of_file, skipped), found(*of_server, skipped));
    EXPECT_FALSE(found(*of_file, skipped).empty());
  }
}

}  // namespace
}  // namespace architrave::assessment
