#include "migration/files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace architrave::migration {
namespace {

namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    std::string pattern = (fs::temp_directory_path() / "files-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~FilesTest() override { fs::remove_all(folder); }
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }
  // "V0001 name: TRANSACTION(a, b) …", a line each, up and behind "|" down.
  std::string read() {
    const Result<Folder> read = read_folder(folder);
    if (!read)
      return read.error().message + " @ " + read.error().where.substr(folder.string().size());
    std::string text(word(read->layout));
    for (const Migration& each : read->migrations) {
      text += "\n" + each.version + " " + each.name + ":" + steps(each.up.steps);
      if (each.down) text += " |" + steps(each.down->steps);
    }
    return text;
  }
  static std::string steps(const std::vector<Step>& list) {
    std::string text;
    for (const Step& step : list) {
      text += ' ';
      if (step.lock_timeout) text += *step.lock_timeout + '!';
      if (step.kind == Step::Kind::transaction) text += '(';
      if (step.kind == Step::Kind::setting) text += '^';
      if (step.kind == Step::Kind::backfill) text += "fill " + step.backfill.table;
      for (std::size_t i = 0; i < step.statements.size(); ++i)
        text += (i > 0 ? "; " : "") + step.statements[i].text;
      if (step.kind == Step::Kind::transaction) text += ')';
    }
    return text;
  }
  std::string parsed(const std::string& text) {
    const Result<Script> script = parse_script(text, "f.sql");
    return script ? steps(script->steps) : script.error().message + " @ " + script.error().where;
  }
  fs::path folder;
};

TEST_F(FilesTest, WhatIsWrittenIsReadAgain) {
  Migration migration;
  migration.version = *next_number(folder / "m");
  EXPECT_EQ(migration.version, "0001");
  migration.name = "add_price_cents";
  migration.phase = Phase::migrate;
  migration.proof = {"loads: PostgreSQL 15.20", "reverses"};
  Step block = Step::transaction({"ALTER TABLE a ADD b int -- why", "COPY a FROM STDIN"});
  block.lock_timeout = "100ms";
  block.statement_timeout = "5s";
  block.statements[1].copy_data = "1\t2\n";
  Step index = Step::single("CREATE INDEX CONCURRENTLY i ON a (b)");
  index.lock_timeout = "0";
  Step plain = Step::transaction({"SELECT ';', $$;$$"});
  migration.up.steps = {block, index, plain,
                        Step::fill({"public.\"A b\"", {"id", "Order"}, "b = 'it''s'", "b IS NULL"}),
                        Step::fill({"t", {}, "b = 1", "b IS NULL"})};
  for (const std::size_t i : {0, 1, 3}) migration.up.steps[i].is_swap = true;
  migration.down = Script{{}, {}, {}, {Step::transaction({"ALTER TABLE a DROP b"})}};
  ASSERT_TRUE(write_migration(migration, folder / "m"));
  EXPECT_EQ(migration.up.file.filename(), "0001_add_price_cents.migrate.up.sql");
  EXPECT_EQ(*next_number(folder / "m"), "0002");
  const Status again = write_migration(migration, folder / "m");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "migration.exists");

  const Result<Folder> read = read_folder(folder / "m");
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(read->layout, Layout::architrave);
  ASSERT_EQ(read->migrations.size(), 1u);
  const Migration& back = read->migrations[0];
  EXPECT_EQ(back.name, migration.name);
  EXPECT_EQ(back.phase, Phase::migrate);
  EXPECT_EQ(back.proof, migration.proof);
  EXPECT_EQ(back.up.checksum, migration.up.checksum);
  ASSERT_EQ(back.up.steps.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    const Step& a = migration.up.steps[i];
    const Step& b = back.up.steps[i];
    EXPECT_EQ(a.kind, b.kind) << i;
    EXPECT_EQ(a.lock_timeout, b.lock_timeout) << i;
    EXPECT_EQ(a.statement_timeout, b.statement_timeout) << i;
    EXPECT_EQ(a.is_swap, b.is_swap) << i;
    EXPECT_EQ(a.backfill, b.backfill) << i;
    ASSERT_EQ(a.statements.size(), b.statements.size()) << i;
    for (std::size_t j = 0; j < a.statements.size(); ++j)
      EXPECT_EQ(a.statements[j].copy_data, b.statements[j].copy_data);
  }
  EXPECT_EQ(back.up.steps[0].statements[0].text, "ALTER TABLE a ADD b int -- why");
  EXPECT_EQ(render(back, back.up.steps), migration.up.text);
  EXPECT_EQ(render(back, back.down->steps), migration.down->text);
}

TEST_F(FilesTest, Steps) {
  EXPECT_EQ(parsed("CREATE TABLE a (); CREATE TABLE b ();"),
            " (CREATE TABLE a (); CREATE TABLE b ())");
  EXPECT_EQ(parsed(""), "");
  EXPECT_EQ(parsed("SET lock_timeout = '1s'; CREATE TABLE a ();"), " 1s!(CREATE TABLE a ())");
  EXPECT_EQ(parsed("CREATE INDEX CONCURRENTLY i ON a (b); ANALYZE a;"),
            " CREATE INDEX CONCURRENTLY i ON a (b) ANALYZE a");
  EXPECT_EQ(parsed("-- architrave:transaction none\nSET search_path = s;\nANALYZE a;"),
            " ^SET search_path = s ANALYZE a");
  EXPECT_EQ(parsed("SET lock_timeout TO 0; VACUUM a; RESET lock_timeout; ANALYZE b;"
                   "START TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET LOCAL lock_timeout = '2s';"
                   "SELECT 1; SAVEPOINT x; ROLLBACK TO x; END;"),
            " 0!VACUUM a ANALYZE b 2s!(SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1; "
            "SAVEPOINT x; ROLLBACK TO x)");
  EXPECT_EQ(parsed("\\set ON_ERROR_STOP on\n\\echo x\nSELECT 1;"), " (SELECT 1)");
  EXPECT_EQ(parsed("DO $$ BEGIN COMMIT; END $$;"), " DO $$ BEGIN COMMIT; END $$");
  // A block that was changed by hand is no longer what the directive says.
  std::string text = backfill_statement({"t", {"id"}, "a = 1", ""}) + ";";
  EXPECT_EQ(parsed(text), " fill t");
  text.replace(text.rfind("5000"), 4, "9000");
  EXPECT_EQ(parsed(text).substr(0, 15), " DO $backfill$\n");
}

TEST_F(FilesTest, BadFiles) {
  EXPECT_EQ(parsed("SELECT 1;\n  BEGIN;\nSELECT 2;"), "this BEGIN has no COMMIT @ f.sql:2:3");
  EXPECT_EQ(parsed("BEGIN;\nSELECT 1;\n ROLLBACK;"),
            "a migration does not say rollback itself @ f.sql:3:2");
  EXPECT_EQ(parsed("SELECT 1;\n\\i other.sql\n"), "only psql knows \\i other.sql @ f.sql:2:1");
  EXPECT_EQ(parsed("BEGIN;\nDROP INDEX CONCURRENTLY a;\nCOMMIT;"),
            "the server does not take this statement in a transaction @ f.sql:2:1");
  EXPECT_EQ(parsed("-- architrave:transaction one\nVACUUM a;"),
            "the file says that it is one transaction, and this stands outside of it @ f.sql:2:1");
  EXPECT_EQ(parsed("-- architrave:phase shrink\n"), "there is no phase shrink @ f.sql:1:1");
  EXPECT_EQ(parsed("-- architrave:backfill {\"table\":1}\nDO $$ $$;"),
            "the backfill's table is not a text @ f.sql:1:24");
  EXPECT_EQ(parsed("-- architrave:backfill {\"table\":\"t\",\"set\":\"a=1\",\"where\":\"true\"}\n"),
            "no DO block stands below this backfill @ f.sql:1:1");
}

TEST_F(FilesTest, GolangMigrate) {
  write("10_c.up.sql", "SELECT 3;");
  write("2_b.up.sql", "SELECT 2;");
  write("1_a.up.sql", "SELECT 1;");
  write("1_a.down.sql", "SELECT -1;");
  EXPECT_EQ(read(),
            "golang-migrate\n1 a: (SELECT 1) | (SELECT -1)\n2 b: (SELECT 2)\n10 c: (SELECT 3)");
  write("3_x.down.sql", "SELECT 1;");
  EXPECT_EQ(read(), "this undoes a migration that is not there @ /3_x.down.sql");
}

TEST_F(FilesTest, TwoOfOneNumber) {
  write("1_a.up.sql", "SELECT 1;");
  write("1_b.up.sql", "SELECT 2;");
  EXPECT_EQ(read(), "two migrations have the version 1: a and b @ /1_b.up.sql");
}

TEST_F(FilesTest, Flyway) {
  write("V1_10__ten.sql", "SELECT 10;");
  write("V1.9__nine.sql", "SELECT 9;");
  write("U1.9__nine.sql", "SELECT -9;");
  write("R__view.sql", "SELECT 0;");
  write("V2__vacuum.sql", "ANALYZE a;");
  write("V2__vacuum.sql.conf", "executeInTransaction=false\n");
  EXPECT_EQ(read(),
            "flyway\n1.9 nine: (SELECT 9) | (SELECT -9)\n1.10 ten: (SELECT 10)\n2 vacuum: ANALYZE "
            "a\nR__view view: (SELECT 0)");
  write("V3_one_underscore.sql", "SELECT 3;");
  EXPECT_EQ(read(),
            "two underscores divide a version from its name, and here are none @ "
            "/V3_one_underscore.sql");
}

TEST_F(FilesTest, Dbmate) {
  write("20240101000000_a.sql",
        "-- migrate:up\nCREATE TABLE a ();\n\n-- migrate:down transaction:false\nDROP TABLE a;\n");
  write("20240102000000_b.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n");
  EXPECT_EQ(read(),
            "dbmate\n20240101000000 a: (CREATE TABLE a ()) | DROP TABLE a\n20240102000000 b: "
            "(SELECT 1)");
  write("20240103000000_c.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n\\i x\n");
  EXPECT_EQ(read(), "only psql knows \\i x @ /20240103000000_c.sql:4:1");
}

TEST_F(FilesTest, Sqitch) {
  write("sqitch.plan",
        "%syntax-version=1.0.0\n%project=shop\n\n"
        "users 2024-01-01T00:00:00Z A <a@b> # users\n@v1 2024-01-02T00:00:00Z A <a@b> # tag\n"
        "orders [users] 2024-01-03T00:00:00Z A <a@b> # orders\n"
        "users [users@v1] 2024-01-04T00:00:00Z A <a@b> # again\n");
  write("deploy/users@v1.sql", "BEGIN;\nCREATE TABLE u ();\nCOMMIT;\n");
  write("deploy/orders.sql", "BEGIN;\nCREATE TABLE o ();\nCOMMIT;\n");
  write("revert/orders.sql", "BEGIN;\nDROP TABLE o;\nCOMMIT;\n");
  write("verify/orders.sql", "BEGIN;\nSELECT 1/0;\nROLLBACK;\n");
  write("deploy/users.sql", "BEGIN;\nALTER TABLE u ADD a int;\nCOMMIT;\n");
  EXPECT_EQ(read(),
            "sqitch\nusers@v1 users: (CREATE TABLE u ())\norders orders: (CREATE TABLE o ()) | "
            "(DROP TABLE o)\nusers users: (ALTER TABLE u ADD a int)");
}

TEST_F(FilesTest, FoldersAndPrisma) {
  write("20240101000000_init/migration.sql", "SELECT 1;");
  write("migration_lock.toml", "provider = \"postgresql\"");
  EXPECT_EQ(read(), "prisma\n20240101000000 init: (SELECT 1)");
  fs::remove_all(folder / "20240101000000_init");
  write("2024-01-01-000000_init/up.sql", "SELECT 1;");
  write("2024-01-01-000000_init/down.sql", "SELECT 2;");
  write("2024-01-02-000000_more/up.sql", "SELECT 1;");
  write("2024-01-02-000000_more/metadata.toml", "run_in_transaction = false\n");
  EXPECT_EQ(read(),
            "folders\n2024-01-01-000000 init: (SELECT 1) | (SELECT 2)\n2024-01-02-000000 more: "
            "SELECT 1");
}

TEST(FilesCorpusTest, AChainOfARealProject) {
  const fs::path chain = fs::path(ARCHITRAVE_SOURCE_DIR) / "../shared/corpus/chains/lemmy";
  if (!fs::exists(chain)) GTEST_SKIP() << "no corpus here";
  const Result<Folder> read = read_folder(chain);
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(read->layout, Layout::folders);
  ASSERT_EQ(read->migrations.size(), 342u);
  EXPECT_EQ(read->migrations[0].version, "001");
  for (const Migration& each : read->migrations) EXPECT_TRUE(each.down) << each.version;
}

}  // namespace
}  // namespace architrave::migration
