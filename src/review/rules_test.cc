// Runs review/rules/NAME.test: each case is a schema on a real server, what the rule finds in it,
// and for each proposal the round trip: it runs, mends the finding, brings no new one, and undoes
// itself. The sections of a case:
//
//   == fires: what is wrong        SQL; "fires on sqlite: …" for the other engine
//   == measured                    JSON laid over the catalog that was read, objects by name
//   == finds                       a line for each finding: KIND NAME -> kind of proposal | no fix
//   == silent: what is in order    SQL that the rule says nothing about
//
// "fires from 15: …" and "silent before 15: …" are of those versions of PostgreSQL alone. The
// cases are tried on 15, and on the oldest and the newest server that is here.
#include "review/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <tuple>

#include "base/file.h"
#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/json.h"
#include "engine/postgres/connection.h"
#include "engine/postgres/reader.h"
#include "engine/postgres/server.h"
#include "engine/sqlite/source.h"
#include "review/review.h"

namespace architrave::review {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path source_folder = ARCHITRAVE_SOURCE_DIR;

struct Case {
  std::string title;
  int line = 0;
  bool fires = false;
  bool on_sqlite = false;
  int from = 0;  // major versions of PostgreSQL
  int before = INT_MAX;
  std::string sql;
  std::string measured;
  std::vector<std::string> finds;
};

std::vector<Case> cases_of(const std::string& text) {
  std::vector<Case> cases;
  std::string section;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (line.starts_with("== ")) {
      const std::string head = line.substr(3);
      const auto colon = head.find(':');
      section = std::string(trim(head.substr(0, colon)));
      if (section.starts_with("fires") || section.starts_with("silent")) {
        EXPECT_NE(colon, std::string::npos) << "line " << number << ": a case has a title";
        cases.push_back({.title = head,
                         .line = number,
                         .fires = section.starts_with("fires"),
                         .on_sqlite = section.ends_with("on sqlite")});
        const std::vector<std::string> words = split(section, ' ');
        for (std::size_t i = 1; i + 1 < words.size(); ++i) {
          if (words[i] == "from") cases.back().from = std::stoi(words[i + 1]);
          if (words[i] == "before") cases.back().before = std::stoi(words[i + 1]);
        }
        section = "sql";
      } else if (section != "measured" && section != "finds") {
        ADD_FAILURE() << "line " << number << ": unknown section " << section;
      }
    } else if (cases.empty()) {
      if (!trim(line).empty()) ADD_FAILURE() << "line " << number << ": text before a section";
    } else if (section == "sql") {
      cases.back().sql += line + '\n';
    } else if (section == "measured") {
      cases.back().measured += line + '\n';
    } else if (!trim(line).empty()) {
      cases.back().finds.emplace_back(trim(line));
    }
  }
  return cases;
}

// Lays `over` onto `under`. An object laid over a list names its elements: "public.orders" in
// relations, "customer_id" in columns. `strict`: an element that is not there is an error.
void lay(json& under, const json& over, bool strict) {
  if (!over.is_object()) {
    under = over;
    return;
  }
  for (const auto& [name, value] : over.items()) {
    if (!under.is_array()) {
      lay(under[name], value, strict);
      continue;
    }
    const auto element = std::ranges::find_if(under, [&](const json& each) {
      return catalog::qualified(each.value("schema", ""), each.value("name", "")) == name ||
             each.value("name", "") == name;
    });
    if (element != under.end())
      lay(*element, value, strict);
    else if (strict)
      ADD_FAILURE() << "nothing to measure is called " << name;
  }
}

catalog::Catalog measured(const catalog::Catalog& read, const std::string& measurements,
                          bool strict) {
  if (trim(measurements).empty()) return read;
  json document = json::parse(catalog::to_json(read, -1));
  const json over = json::parse(measurements, nullptr, false);
  EXPECT_FALSE(over.is_discarded()) << "not JSON: " << measurements;
  if (!over.is_discarded()) lay(document, over, strict);
  auto result = catalog::from_json(document.dump());
  EXPECT_TRUE(result) << (result ? "" : describe(result.error()));
  return result ? *result : read;
}

// Where a case is loaded.
class Database {
 public:
  virtual ~Database() = default;
  virtual Result<catalog::Catalog> read() = 0;
  virtual Status run(const std::vector<std::string>& statements, bool transactional) = 0;
};

class PostgresDatabase : public Database {
 public:
  explicit PostgresDatabase(postgres::Connection connection) : connection_(std::move(connection)) {}

  Result<catalog::Catalog> read() override {
    auto catalog = postgres::read_catalog(connection_);
    if (!catalog) return catalog;
    // As from a file: nobody has used this server.
    catalog->server.has_workload = false;
    catalog->server.read_at.reset();
    return catalog;
  }
  Status run(const std::vector<std::string>& statements, bool transactional) override {
    if (transactional)
      if (Status begun = connection_.execute("BEGIN"); !begun) return begun;
    for (const std::string& statement : statements)
      if (Status ran = connection_.execute(statement); !ran) {
        (void)connection_.execute("ROLLBACK");
        ran.error().where = statement;
        return ran;
      }
    return transactional ? connection_.execute("COMMIT") : Status{};
  }

 private:
  postgres::Connection connection_;
};

class SqliteDatabase : public Database {
 public:
  explicit SqliteDatabase(engine::Opened opened) : opened_(std::move(opened)) {}

  Result<catalog::Catalog> read() override { return opened_.sandbox->read(); }
  Status run(const std::vector<std::string>& statements, bool transactional) override {
    auto outcomes = opened_.sandbox->run({{statements, transactional}});
    if (!outcomes) return fail(outcomes);
    if (!outcomes->front().ok)
      return fail("sql", outcomes->front().error, outcomes->front().statement);
    return {};
  }

 private:
  engine::Opened opened_;
};

class Rules : public testing::TestWithParam<std::tuple<const Rule*, int>> {
 protected:
  void SetUp() override {
    std::unique_ptr<postgres::Server>& server = servers_[std::get<int>(GetParam())];
    if (server == nullptr) {
      auto installation = postgres::choose_installation(std::get<int>(GetParam()));
      ASSERT_TRUE(installation) << describe(installation.error());
      auto started = postgres::Server::start(*installation);
      ASSERT_TRUE(started) << describe(started.error());
      server = std::move(*started);
    }
    server_ = server.get();
  }
  static void TearDownTestSuite() { servers_.clear(); }

  // A fresh database with the case in it; null, and a failure, if it does not load.
  std::unique_ptr<Database> load(const Case& test) {
    if (test.on_sqlite) {
      auto opened = sqlite::load_script(test.sql, "case.sql");
      EXPECT_TRUE(opened) << (opened ? "" : describe(opened.error()));
      if (!opened) return nullptr;
      for (const engine::LoadProblem& problem : opened->problems)
        ADD_FAILURE() << problem.line << ": " << problem.message;
      return std::make_unique<SqliteDatabase>(std::move(*opened));
    }
    if (server_ == nullptr) return nullptr;
    auto admin = server_->connect("postgres");
    EXPECT_TRUE(admin) << (admin ? "" : describe(admin.error()));
    if (!admin) return nullptr;
    // Roles belong to the server: those of the case before go with its database.
    (void)admin->execute("DROP DATABASE IF EXISTS one_case WITH (FORCE)");
    auto roles = admin->query(
        "SELECT quote_ident(rolname) FROM pg_roles WHERE rolname !~ '^pg_' AND oid <> 10");
    for (int row = 0; roles && row < roles->size(); ++row)
      (void)admin->execute("DROP ROLE " + std::string(roles->cell(row, 0)));
    const Status made = admin->execute("CREATE DATABASE one_case");
    EXPECT_TRUE(made) << (made ? "" : describe(made.error()));
    auto connection = server_->connect("one_case");
    EXPECT_TRUE(connection) << (connection ? "" : describe(connection.error()));
    if (!made || !connection) return nullptr;
    const Status loaded = connection->execute(test.sql);
    EXPECT_TRUE(loaded) << (loaded ? "" : describe(loaded.error()));
    if (!loaded) return nullptr;
    return std::make_unique<PostgresDatabase>(std::move(*connection));
  }

  postgres::Server* server_ = nullptr;
  inline static std::map<int, std::unique_ptr<postgres::Server>> servers_;  // by major version
};

std::string line_of(const Finding& finding, const Review& review) {
  const auto fix = std::ranges::find(review.proposals, finding.proposal, &Proposal::id);
  return finding.object.kind + ' ' + finding.object.name + " -> " +
         (fix == review.proposals.end() ? "no fix" : fix->kind);
}

std::string script_of(const Proposal& proposal) {
  return "up: " + join(proposal.up, ";\n    ") + "\ndown: " + join(proposal.down, ";\n      ");
}

// Applies the proposal and undoes it, looking at what the catalog and the review make of it.
void try_out(const Case& test, Database& database, const catalog::Catalog& before,
             const Review& found, const Proposal& proposal) {
  SCOPED_TRACE(script_of(proposal));
  EXPECT_FALSE(proposal.title.empty());
  EXPECT_FALSE(proposal.why.empty());
  const Status up = database.run(proposal.up, proposal.transactional);
  ASSERT_TRUE(up) << describe(up.error());
  const auto after = database.read();
  ASSERT_TRUE(after) << describe(after.error());
  // A setting that was laid over the catalog would be laid over its mended value again.
  if (proposal.kind != "setting") {
    const Review then = review(measured(*after, test.measured, false));
    std::vector<std::string> known;
    for (const Finding& finding : found.findings) {
      known.push_back(finding.fingerprint());
      if (finding.proposal != proposal.id) continue;
      EXPECT_FALSE(std::ranges::any_of(
          then.findings,
          [&](const Finding& each) { return each.fingerprint() == finding.fingerprint(); }))
          << "the finding is still there: " << finding.message;
    }
    for (const Finding& finding : then.findings)
      EXPECT_TRUE(std::ranges::find(known, finding.fingerprint()) != known.end())
          << "a new finding: " << finding.rule << ": " << finding.message;
  }
  const Status down = database.run(proposal.down, proposal.transactional);
  ASSERT_TRUE(down) << describe(down.error());
  const auto back = database.read();
  ASSERT_TRUE(back) << describe(back.error());
  for (const catalog::Change& change : catalog::diff(before, *back))
    ADD_FAILURE() << "not undone: " << catalog::describe(change);
}

TEST_P(Rules, DoWhatTheirCasesSay) {
  const auto [rule, major] = GetParam();
  const std::string name(rule->name);
  const auto text = read_file(source_folder / "src/review/rules" / (name + ".test"));
  ASSERT_TRUE(text) << describe(text.error());
  const std::vector<Case> cases = cases_of(*text);
  EXPECT_TRUE(std::ranges::any_of(cases, [](const Case& each) { return each.fires; }));
  EXPECT_TRUE(std::ranges::any_of(cases, [](const Case& each) { return !each.fires; }));
  for (const Case& test : cases) {
    SCOPED_TRACE(name + ".test:" + std::to_string(test.line) + ": " + test.title);
    EXPECT_EQ(test.fires, !test.finds.empty());
    if (major < test.from || major >= test.before) continue;
    const std::unique_ptr<Database> database = load(test);
    if (database == nullptr) continue;
    const auto before = database->read();
    ASSERT_TRUE(before) << describe(before.error());
    const Review found = review(measured(*before, test.measured, true));
    std::vector<std::string> expected = test.finds;
    std::vector<std::string> seen;
    std::vector<std::string> own_proposals;
    for (const Finding& finding : found.findings) {
      if (finding.rule != name) continue;
      seen.push_back(line_of(finding, found));
      own_proposals.push_back(finding.proposal);
      EXPECT_FALSE(finding.message.empty());
    }
    std::ranges::sort(expected);
    std::ranges::sort(seen);
    EXPECT_EQ(join(expected, "\n"), join(seen, "\n"));
    for (const Proposal& proposal : found.proposals)
      if (std::ranges::find(own_proposals, proposal.id) != own_proposals.end())
        try_out(test, *database, *before, found, proposal);
  }
}

class Pages : public testing::TestWithParam<const Rule*> {};

TEST_P(Pages, HaveTheirParts) {
  const std::string name(GetParam()->name);
  const auto page = read_file(source_folder / "docs/rules" / (name + ".md"));
  ASSERT_TRUE(page) << describe(page.error());
  EXPECT_TRUE(page->starts_with("# " + name + "\n"));
  const auto has = [&](const char* heading) { return page->find(heading) != std::string::npos; };
  EXPECT_TRUE(has("\n## The problem\n"));
  EXPECT_TRUE(has("\n## Why\n"));
  EXPECT_TRUE(has("\n## Use\n") || !has("\n## Instead of\n"));
  for (const std::string_view served : GetParam()->serves)
    EXPECT_TRUE(contains_word(*page, served)) << "the page does not say that it serves " << served;
  EXPECT_FALSE(GetParam()->summary.ends_with('.'));
}

std::string symbol_of(const Rule& rule) { return replace_all(std::string(rule.name), "-", "_"); }

std::vector<int> versions() {
  std::set<int> majors = {15};
  const std::vector<postgres::Installation> here = postgres::installations();
  for (const postgres::Installation& each : here)
    if (each.major >= 13) majors.insert(each.major);
  if (!here.empty() && std::ranges::find(here, 15, &postgres::Installation::major) == here.end())
    majors.erase(15);
  std::set<int> chosen = {*majors.begin(), *majors.rbegin()};
  if (majors.contains(15)) chosen.insert(15);
  return {chosen.begin(), chosen.end()};
}

INSTANTIATE_TEST_SUITE_P(Review, Pages, testing::ValuesIn(all_rules().begin(), all_rules().end()),
                         [](const auto& each) { return symbol_of(*each.param); });
INSTANTIATE_TEST_SUITE_P(Review, Rules,
                         testing::Combine(testing::ValuesIn(all_rules().begin(), all_rules().end()),
                                          testing::ValuesIn(versions())),
                         [](const auto& each) {
                           return symbol_of(*std::get<0>(each.param)) + '_' +
                                  std::to_string(std::get<1>(each.param));
                         });

}  // namespace
}  // namespace architrave::review
