#include "engine/sqlite/sqlite.h"

#include <sqlite3.h>

#include "engine/sqlite/testing.h"

namespace architrave::sqlite {
namespace {

using testing::bytes;
using testing::Folder;
using testing::make;
using testing::put;
namespace fs = std::filesystem;

constexpr const char* two_rows = "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)";

TEST(Connection, ReadsAFileAndCannotWriteIt) {
  Folder folder;
  make(folder / "a b%#?.db", two_rows);
  auto connection = Connection::open_file(folder / "a b%#?.db");
  ASSERT_TRUE(connection) << connection.error().message;
  EXPECT_EQ(connection->number("SELECT count(*) FROM t").value_or(-1), 2);
  Status written = connection->execute("INSERT INTO t VALUES (3)");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "sqlite.query");
}

TEST(Connection, MissingFileIsNotMade) {
  Folder folder;
  auto connection = Connection::open_file(folder / "none.db");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, "sqlite.open");
  EXPECT_FALSE(fs::exists(folder / "none.db"));
}

TEST(Connection, SaysWhatIsNoDatabase) {
  Folder folder;
  put(folder / "a.db", std::string(5000, 'x'));
  auto connection = Connection::open_file(folder / "a.db");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, "sqlite.not_a_database");
}

TEST(Connection, SaysWhatIsTruncated) {
  Folder folder;
  make(folder / "a.db",
       "CREATE TABLE t (a); INSERT INTO t SELECT randomblob(900) FROM "
       "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
       "WHERE i < 100) SELECT i FROM n)");
  fs::resize_file(folder / "a.db", fs::file_size(folder / "a.db") / 2);
  auto connection = Connection::open_file(folder / "a.db");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, "sqlite.corrupt");
}

TEST(Connection, SaysWhatIsLocked) {
  Folder folder;
  Connection writer = make(folder / "a.db", two_rows);
  ASSERT_TRUE(writer.execute("BEGIN EXCLUSIVE; INSERT INTO t VALUES (3)"));
  auto connection = Connection::open_file(folder / "a.db", 0);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, "sqlite.locked");
  ASSERT_TRUE(writer.execute("ROLLBACK"));
  EXPECT_TRUE(Connection::open_file(folder / "a.db", 0));
}

TEST(Connection, LeavesADatabaseInWalModeAlone) {
  Folder folder;
  make(folder / "a.db", std::string("PRAGMA journal_mode = WAL;") + two_rows);
  ASSERT_EQ(folder.files(), 1u);
  const std::string before = bytes(folder / "a.db");
  {
    auto connection = Connection::open_file(folder / "a.db");
    ASSERT_TRUE(connection) << connection.error().message;
    EXPECT_TRUE(connection->is_immutable());
    EXPECT_EQ(connection->number("SELECT count(*) FROM t").value_or(-1), 2);
    EXPECT_EQ(folder.files(), 1u);
  }
  EXPECT_EQ(folder.files(), 1u);
  EXPECT_EQ(bytes(folder / "a.db"), before);
}

TEST(Connection, SeesWhatALiveWriterHasInItsLog) {
  Folder folder;
  Connection writer = make(folder / "a.db", std::string("PRAGMA journal_mode = WAL;") + two_rows);
  ASSERT_TRUE(writer.execute("INSERT INTO t VALUES (3)"));
  const std::string before = bytes(folder / "a.db") + bytes(folder / "a.db-wal");
  {
    auto connection = Connection::open_file(folder / "a.db");
    ASSERT_TRUE(connection) << connection.error().message;
    EXPECT_EQ(connection->number("SELECT count(*) FROM t").value_or(-1), 3);
  }
  EXPECT_EQ(bytes(folder / "a.db") + bytes(folder / "a.db-wal"), before);
}

TEST(Connection, ReplaysALeftLogInACopy) {
  Folder folder;
  {
    Connection writer = make(folder / "a.db", std::string("PRAGMA journal_mode = WAL;") + two_rows);
    fs::copy_file(folder / "a.db", folder / "b.db");
    fs::copy_file(folder / "a.db-wal", folder / "b.db-wal");
  }
  const std::string before = bytes(folder / "b.db") + bytes(folder / "b.db-wal");
  const std::size_t files = folder.files();
  {
    auto connection = Connection::open_file(folder / "b.db");
    ASSERT_TRUE(connection) << connection.error().message;
    EXPECT_EQ(connection->number("SELECT count(*) FROM t").value_or(-1), 2);
  }
  EXPECT_EQ(folder.files(), files);
  EXPECT_EQ(bytes(folder / "b.db") + bytes(folder / "b.db-wal"), before);
}

TEST(Connection, RollsAHotJournalBackInACopy) {
  Folder folder;
  {
    // A cache of few pages, so that a transaction reaches the file before it is committed.
    Connection writer = make(folder / "a.db",
                             "PRAGMA cache_size = 2; CREATE TABLE t (a); INSERT INTO t "
                             "VALUES (1), (2); BEGIN; UPDATE t SET a = randomblob(200000)");
    fs::copy_file(folder / "a.db", folder / "b.db");
    fs::copy_file(folder / "a.db-journal", folder / "b.db-journal");
  }
  const std::string before = bytes(folder / "b.db") + bytes(folder / "b.db-journal");
  auto connection = Connection::open_file(folder / "b.db");
  ASSERT_TRUE(connection) << connection.error().message;
  EXPECT_EQ(connection->number("SELECT sum(a) FROM t").value_or(-1), 3);
  EXPECT_EQ(bytes(folder / "b.db") + bytes(folder / "b.db-journal"), before);
}

TEST(Connection, AConfinedOneTouchesNoOtherFile) {
  Folder folder;
  auto connection = Connection::open_memory();
  ASSERT_TRUE(connection);
  connection->confine();
  const std::string other = "'" + (folder / "other.db").string() + "'";
  EXPECT_FALSE(connection->execute("ATTACH " + other + " AS other"));
  EXPECT_FALSE(connection->execute("ATTACH " + other + " || '' AS other"));
  EXPECT_FALSE(connection->execute("VACUUM INTO " + other));
  EXPECT_FALSE(connection->execute("SELECT load_extension(" + other + ")"));
  EXPECT_TRUE(connection->execute("CREATE TABLE t (a); VACUUM"));
  EXPECT_EQ(folder.files(), 0u);
}

TEST(Connection, ALimitOfTimeEndsWhatRunsTooLong) {
  auto connection = Connection::open_memory();
  ASSERT_TRUE(connection);
  connection->limit_time(0.01);
  auto endless = connection->number(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, "sqlite.timeout");
  connection->limit_time(0);
  EXPECT_EQ(connection->number("SELECT 1").value_or(-1), 1);
}

}  // namespace
}  // namespace architrave::sqlite
