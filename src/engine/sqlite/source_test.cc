#include "engine/sqlite/source.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/diff.h"
#include "engine/sqlite/loader.h"
#include "engine/sqlite/reader.h"
#include "engine/sqlite/sandbox.h"
#include "engine/sqlite/testing.h"
#include "engine/sqlite/writer.h"

namespace architrave::sqlite {
namespace {

using catalog::Catalog;
using engine::Opened;
using testing::bytes;
using testing::Folder;
namespace fs = std::filesystem;

const fs::path corpus = fs::path(ARCHITRAVE_SOURCE_DIR) / "../shared/corpus";

std::vector<fs::path> scripts(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code missing;
  for (const auto& entry : fs::recursive_directory_iterator(folder, missing)) {
    if (entry.path().extension() == ".sql") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

Opened load(const std::string& sql) {
  auto opened = load_script(sql, "test.sql");
  EXPECT_TRUE(opened) << opened.error().message;
  return opened ? std::move(*opened) : Opened{};
}

Catalog written_and_read(const Catalog& catalog) {
  auto sandbox = make_sandbox(catalog);
  EXPECT_TRUE(sandbox) << sandbox.error().message << " in " << sandbox.error().where;
  if (!sandbox) return {};
  return (*sandbox)->read().value_or(Catalog{});
}

void expect_equal(const Catalog& before, const Catalog& after) {
  EXPECT_TRUE(catalog::equal(before, after));
  for (const auto& change : catalog::diff(before, after)) {
    ADD_FAILURE() << catalog::describe(change);
  }
}

// As a catalog that was designed and never was a database.
Catalog without_definitions(Catalog catalog) {
  std::erase_if(catalog.relations,
                [](const auto& each) { return each.options.contains("virtual"); });
  for (auto& relation : catalog.relations) {
    if (relation.is_table()) relation.definition.clear();
    for (auto& index : relation.indexes) index.definition.clear();
  }
  return catalog;
}

TEST(Corpus, LoadsAndRoundTrips) {
  auto paths = scripts(corpus / "sqlite");
  if (paths.empty()) GTEST_SKIP() << "no corpus";
  for (const fs::path& path : paths) {
    SCOPED_TRACE(path.filename().string());
    const std::string text = bytes(path);
    // Temporal's schema is written so that MySQL would take it too.
    EXPECT_EQ(looks_like_sqlite_script(text), path.filename() != "temporal.sql");
    Opened opened = load(text);
    for (const auto& problem : opened.problems) {
      ADD_FAILURE() << problem.line << ": " << problem.statement << ": " << problem.message;
    }
    EXPECT_TRUE(opened.catalog.unread.empty());
    EXPECT_GE(opened.catalog.relations.size(), 10u);
    expect_equal(opened.catalog, opened.sandbox->read().value_or(Catalog{}));
    expect_equal(opened.catalog, written_and_read(opened.catalog));
    Catalog bare = without_definitions(opened.catalog);
    expect_equal(bare, without_definitions(written_and_read(bare)));
  }
}

TEST(Corpus, OtherDialectsAreNotTakenForSqlite) {
  auto paths = scripts(corpus / "postgresql");
  std::ranges::copy(scripts(corpus / "mysql"), std::back_inserter(paths));
  if (paths.empty()) GTEST_SKIP() << "no corpus";
  for (const fs::path& path : paths) {
    EXPECT_FALSE(looks_like_sqlite_script(bytes(path))) << path;
  }
}

TEST(Dialect, IsWeighed) {
  EXPECT_TRUE(looks_like_sqlite_script("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)"));
  EXPECT_TRUE(looks_like_sqlite_script("CREATE TABLE [Order Items] ([Id] INT)"));
  EXPECT_TRUE(looks_like_sqlite_script("create table t (a datetime, b nvarchar(3))"));
  EXPECT_FALSE(looks_like_sqlite_script(""));
  EXPECT_FALSE(looks_like_sqlite_script("CREATE TABLE t (a int PRIMARY KEY)"));
  EXPECT_FALSE(looks_like_sqlite_script("-- PRAGMA\nSELECT 'AUTOINCREMENT'"));
  EXPECT_FALSE(looks_like_sqlite_script("CREATE TABLE t (id serial, tags text[], x int[3])"));
  EXPECT_FALSE(looks_like_sqlite_script(
      "CREATE TABLE `t` (`id` int AUTO_INCREMENT, `d` datetime) ENGINE=InnoDB"));
}

TEST(RoundTrip, KeepsEveryFeature) {
  Opened opened = load(testing::every_feature());
  EXPECT_TRUE(opened.problems.empty());
  Catalog written = written_and_read(opened.catalog);
  expect_equal(opened.catalog, written);
  EXPECT_EQ(written.settings["user_version"].value, "7");
  Catalog bare = without_definitions(opened.catalog);
  expect_equal(bare, without_definitions(written_and_read(bare)));
}

TEST(Script, ReportsWhatFailsAndGoesOn) {
  Opened opened = load(
      "CREATE TABLE a (x);\n\n-- a comment; with a semicolon\n"
      "CREATE TABLE b (\n  y int,,\n);\nCREATE TABLE c (z);\n"
      "INSERT INTO gone VALUES (1); CREATE TABLE d (z)");
  ASSERT_EQ(opened.problems.size(), 2u);
  EXPECT_EQ(opened.problems[0].file, "test.sql");
  EXPECT_EQ(opened.problems[0].line, 4);
  EXPECT_EQ(opened.problems[0].statement, "CREATE TABLE b (");
  EXPECT_EQ(opened.problems[0].message, "near \",\": syntax error");
  EXPECT_EQ(opened.problems[1].line, 8);
  EXPECT_EQ(opened.problems[1].statement, "INSERT INTO gone VALUES (1);");
  EXPECT_FALSE(opened.problems[1].hint.empty());
  EXPECT_EQ(opened.catalog.relations.size(), 3u);
}

TEST(Script, ABrokenTriggerIsOneStatement) {
  Opened opened = load(
      "CREATE TABLE a (x);\nCREATE TRIGGER t INSERT ON gone BEGIN\n  SELECT 1;\n"
      "  SELECT 2;\nEND;\nCREATE TABLE b (x);");
  ASSERT_EQ(opened.problems.size(), 1u);
  EXPECT_EQ(opened.problems[0].line, 2);
  EXPECT_EQ(opened.catalog.relations.size(), 2u);
}

TEST(Script, SeveralKeepTheirLines) {
  auto opened = load_scripts({{"1.sql", "CREATE TABLE a (x);\n"}, {"2.sql", "\nnonsense;"}}, "all");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->source.name, "all");
  ASSERT_EQ(opened->problems.size(), 1u);
  EXPECT_EQ(opened->problems[0].file, "2.sql");
  EXPECT_EQ(opened->problems[0].line, 2);
  EXPECT_EQ(opened->catalog.relations.size(), 1u);
}

TEST(Script, TouchesNoOtherFile) {
  Folder folder;
  const std::string other = (folder / "other.db").string();
  Opened opened = load("ATTACH '" + other + "' AS o;\nVACUUM INTO '" + other + "';\nVACUUM;");
  ASSERT_EQ(opened.problems.size(), 2u);
  EXPECT_EQ(opened.problems[0].line, 1);
  EXPECT_FALSE(opened.problems[0].hint.empty());
  EXPECT_FALSE(fs::exists(other));
}

TEST(Script, HonoursTransactionsAndPragmas) {
  Opened opened = load(
      "PRAGMA foreign_keys = ON; BEGIN; CREATE TABLE a (x); ROLLBACK;\n"
      "BEGIN; CREATE TABLE b (x);");
  EXPECT_TRUE(opened.problems.empty());
  EXPECT_EQ(opened.catalog.relations.size(), 1u);
  EXPECT_EQ(opened.catalog.settings["foreign_keys"].value, "on");
  EXPECT_EQ(opened.notes.size(), 1u) << "the open transaction";
}

TEST(Script, SkipsTheShellsCommands) {
  Opened opened = load(".bail on\nCREATE TABLE a (x);\n.mode csv\n.import a.csv a\n");
  EXPECT_TRUE(opened.problems.empty());
  EXPECT_EQ(opened.catalog.relations.size(), 1u);
  ASSERT_EQ(opened.notes.size(), 1u);
  EXPECT_NE(opened.notes[0].find("3 commands"), std::string::npos) << opened.notes[0];
}

TEST(Script, ADumpBringsItsVirtualTables) {
  Opened opened = load(
      "PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; PRAGMA writable_schema=ON;\n"
      "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table','f','f',0,"
      "'CREATE VIRTUAL TABLE f USING fts5(a)');\n"
      "CREATE TABLE IF NOT EXISTS 'f_data'(id INTEGER PRIMARY KEY, block BLOB);\n"
      "CREATE TABLE IF NOT EXISTS 'f_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) "
      "WITHOUT ROWID;\nCREATE TABLE IF NOT EXISTS 'f_content'(id INTEGER PRIMARY KEY, c0);\n"
      "CREATE TABLE IF NOT EXISTS 'f_docsize'(id INTEGER PRIMARY KEY, sz BLOB);\n"
      "CREATE TABLE IF NOT EXISTS 'f_config'(k PRIMARY KEY, v) WITHOUT ROWID;\n"
      "INSERT INTO f_config VALUES('version',4);\nPRAGMA writable_schema=OFF; COMMIT;");
  EXPECT_TRUE(opened.problems.empty());
  ASSERT_EQ(opened.catalog.relations.size(), 1u);
  EXPECT_EQ(opened.catalog.relations[0].name, "f");
}

TEST(File, IsReadAndLeftAsItWas) {
  Folder folder;
  const fs::path path = folder / "app.db";
  testing::make(path, testing::every_feature());
  const std::string before = bytes(path);
  const auto changed = fs::last_write_time(path);
  EXPECT_TRUE(looks_like_sqlite_file(path));
  auto opened = open_file(path);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->source.kind, "live");
  EXPECT_EQ(opened->catalog.server.database, "app.db");
  EXPECT_TRUE(opened->catalog.server.read_at);
  expect_equal(opened->catalog, load(testing::every_feature()).catalog);
  EXPECT_EQ(bytes(path), before);
  EXPECT_EQ(fs::last_write_time(path), changed);
  EXPECT_EQ(folder.files(), 1u);
}

TEST(File, InWalModeIsReadAndLeftAsItWas) {
  Folder folder;
  const fs::path path = folder / "app.db";
  testing::make(path, "PRAGMA journal_mode = WAL;" + testing::every_feature());
  const std::string before = bytes(path);
  auto opened = open_file(path);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->catalog.settings["journal_mode"].value, "wal");
  EXPECT_EQ(opened->catalog.relations.size(), 6u);
  EXPECT_EQ(bytes(path), before);
  EXPECT_EQ(folder.files(), 1u);
}

TEST(File, AnEmptyOneIsADatabaseOfNoTables) {
  Folder folder;
  testing::put(folder / "a.db", "");
  EXPECT_FALSE(looks_like_sqlite_file(folder / "a.db"));
  auto opened = open_file(folder / "a.db");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->catalog.relations.empty());
  EXPECT_EQ(opened->notes.size(), 1u);
  EXPECT_EQ(fs::file_size(folder / "a.db"), 0u);
}

TEST(File, ATruncatedOneIsAnError) {
  Folder folder;
  testing::make(folder / "a.db", testing::every_feature());
  fs::resize_file(folder / "a.db", 6000);
  auto opened = open_file(folder / "a.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "sqlite.corrupt");
  EXPECT_EQ(opened.error().where, (folder / "a.db").string());
}

TEST(File, ErrorsNameIt) {
  Folder folder;
  testing::put(folder / "a.db",
               "this is text, and long enough to hold a header: " + std::string(600, '.'));
  EXPECT_FALSE(looks_like_sqlite_file(folder / "a.db"));
  auto opened = open_file(folder / "a.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "sqlite.not_a_database");
  EXPECT_EQ(opened.error().where, (folder / "a.db").string());
}

TEST(Sandbox, ReadsWhatWasRun) {
  auto sandbox = SqliteSandbox::make();
  ASSERT_TRUE(sandbox) << sandbox.error().message;
  auto outcomes = (*sandbox)->run({
      {{"CREATE TABLE a (x)", "CREATE TABLE broken (", "CREATE TABLE b (x)"}, true},
      {{"CREATE TABLE c (x)", "INSERT INTO c VALUES (1); INSERT INTO c VALUES (2)"}, true},
      {{"BEGIN"}, true},
      {{"VACUUM"}, true},
      {{"VACUUM", "BEGIN"}, false},
      {{"CREATE TABLE d (x)"}, true},
  });
  ASSERT_TRUE(outcomes);
  std::vector<bool> ok;
  for (const auto& outcome : *outcomes) ok.push_back(outcome.ok);
  EXPECT_EQ(ok, (std::vector<bool>{false, true, false, false, true, true}));
  EXPECT_EQ(outcomes->at(0).statement, "CREATE TABLE broken (");
  EXPECT_FALSE(outcomes->at(0).error.empty());
  Catalog catalog = (*sandbox)->read().value_or(Catalog{});
  ASSERT_EQ(catalog.relations.size(), 2u) << "a failed unit changes nothing";
  EXPECT_EQ(catalog.relations[0].stats->live_rows, 2);
  auto costs = (*sandbox)->costs({"SELECT 1", "nonsense"});
  ASSERT_TRUE(costs);
  EXPECT_EQ(costs->size(), 2u);
  EXPECT_FALSE(costs->at(0));
}

TEST(Sandbox, ADeferredKeyIsCheckedAtTheEndOfAUnit) {
  auto sandbox = SqliteSandbox::make();
  ASSERT_TRUE(sandbox);
  auto outcomes = (*sandbox)->run({
      {{"PRAGMA foreign_keys = ON", "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)"},
       false},
      {{"INSERT INTO c VALUES (1)"}, true},
      {{"INSERT INTO c VALUES (1)", "INSERT INTO p VALUES (1)"}, true},
  });
  ASSERT_TRUE(outcomes);
  EXPECT_FALSE(outcomes->at(1).ok);
  EXPECT_TRUE(outcomes->at(2).ok);
}

TEST(Sandbox, IsAFileThatOthersCanOpenAndIsRemoved) {
  Opened opened = load("CREATE TABLE t (a); INSERT INTO t VALUES (7)");
  auto environment = opened.sandbox->environment();
  ASSERT_EQ(environment.size(), 1u);
  EXPECT_EQ(environment[0].first, "ARCHITRAVE_DATABASE");
  const fs::path file = environment[0].second;
  auto other = Connection::create_file(file);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->number("SELECT a FROM t").value_or(-1), 7);
  ASSERT_TRUE(other->execute("CREATE TABLE u (a)"));
  EXPECT_EQ(opened.sandbox->read().value_or(Catalog{}).relations.size(), 2u);
  EXPECT_EQ(fs::status(file.parent_path()).permissions(), fs::perms::owner_all);
  opened.sandbox.reset();
  EXPECT_FALSE(fs::exists(file.parent_path()));
}

}  // namespace
}  // namespace architrave::sqlite
