#include "engine/postgres/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "base/clock.h"
#include "base/confinement.h"
#include "base/file.h"
#include "base/process.h"

namespace architrave::postgres {
namespace {

namespace fs = std::filesystem;

// Every major version that is found here, those of ARCHITRAVE_POSTGRES included.
class EachServer : public testing::TestWithParam<Installation> {};
INSTANTIATE_TEST_SUITE_P(Servers, EachServer, testing::ValuesIn(installations()),
                         [](const auto& each) {
                           return "Major" + std::to_string(each.param.major);
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EachServer);

class OneServer : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = choose_installation(0);
    if (!found) GTEST_SKIP() << found.error().message;
    installation = *found;
  }
  Installation installation;
};

std::string ask(const Server& server, const std::string& sql) {
  auto connection = server.connect("postgres");
  if (!connection) return connection.error().message;
  const auto rows = connection->query(sql);
  if (!rows) return rows.error().message;
  return rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
}

// Waits for what another process brings about.
template <class Condition>
bool eventually(Condition condition) {
  const double deadline = monotonic_seconds() + 20;
  while (!condition() && monotonic_seconds() < deadline) ::usleep(2000);
  return condition();
}

TEST_F(OneServer, ThePortOfTheEnvironmentIsNotItsOwn) {
  ::setenv("PGPORT", "5999", 1);
  const auto server = Server::start(installation);
  ::unsetenv("PGPORT");
  ASSERT_TRUE(server) << describe(server.error());
  EXPECT_EQ(ask(**server, "SHOW port"), "5432");
}

// Whatever a script does as superuser: it reaches the server's own folder, and nothing else.
TEST_P(EachServer, IsConfined) {
  if (confinement().find("files") == std::string::npos) GTEST_SKIP() << "no Landlock here";
  const auto server = Server::start(GetParam());
  ASSERT_TRUE(server) << describe(server.error());
  std::string mine = (fs::temp_directory_path() / "architrave-home-XXXXXX").string();
  ASSERT_NE(::mkdtemp(mine.data()), nullptr);
  const fs::path secret = fs::path(mine) / "secret";
  const fs::path harm = fs::path(mine) / "harm";
  std::ofstream(secret) << "secret";
  ASSERT_EQ(::chmod(mine.c_str(), 0777), 0);
  EXPECT_NE(ask(**server, "COPY (SELECT 1) TO PROGRAM 'echo > " + harm.string() + "'"), "");
  EXPECT_NE(ask(**server, "COPY (SELECT 1) TO '" + harm.string() + "'"), "");
  EXPECT_NE(ask(**server, "SELECT lo_export(lo_from_bytea(4711, 'x'), '" + harm.string() + "')"),
            "1");
  EXPECT_FALSE(fs::exists(harm));
  for (const fs::path& path : {secret, fs::path("/etc/shadow"), fs::path("/proc/1/cmdline"),
                               server.value()->data() / "../lock"})
    EXPECT_NE(
        ask(**server, "SELECT pg_read_file('" + path.string() + "')").find("Permission denied"),
        std::string::npos)
        << path;
  EXPECT_NE(ask(**server, "SELECT pg_ls_dir('" + mine + "')").find("ermission denied"),
            std::string::npos);
  EXPECT_NE(ask(**server, "CREATE TABLESPACE t LOCATION '" + mine + "'"), "");
  fs::remove_all(mine);
}

TEST_P(EachServer, IsAWholeServerForAllThat) {
  const auto server = Server::start(GetParam());
  ASSERT_TRUE(server) << describe(server.error());
  const auto has = [](const fs::path& share, const char* name) {
    return fs::exists(share / "extension" / (std::string(name) + ".control"));
  };
  for (const char* extension : {"pg_trgm", "dblink", "hypopg", "pg_stat_statements", "uuid-ossp"})
    if (has(GetParam().share, extension)) {
      const std::string sql = std::string("CREATE EXTENSION \"") + extension + '"';
      EXPECT_EQ(ask(**server, sql), "");
    }
  EXPECT_EQ(ask(**server, "DO $$ BEGIN PERFORM 1; END $$"), "");
  EXPECT_EQ(ask(**server, "SELECT to_tsvector('english', 'cats')"), "'cat':1");
  EXPECT_EQ(ask(**server, "SELECT '2024-07-01 00:00Z'::timestamptz AT TIME ZONE 'Europe/Berlin'"),
            "2024-07-01 02:00:00");
  EXPECT_EQ(ask(**server, "COPY (SELECT 1) TO '" + (server.value()->data() / "x").string() + "'"),
            "");
  auto connection = (*server)->connect("postgres");
  ASSERT_TRUE(connection);
  const Status made = connection->execute(
      "CREATE TABLE big AS SELECT g FROM generate_series(1, 10000) g; ANALYZE big;"
      "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;"
      "SET min_parallel_table_scan_size = 0;");
  ASSERT_TRUE(made) << describe(made.error());
  const auto plan =
      connection->query("EXPLAIN (ANALYZE, FORMAT JSON, COSTS OFF) SELECT sum(g) FROM big");
  ASSERT_TRUE(plan) << describe(plan.error());
  EXPECT_NE(plan->cell(0, 0).find("\"Workers Launched\": 2"), std::string::npos);
  ASSERT_TRUE(connection->execute("SET allow_in_place_tablespaces = on"));
  ASSERT_TRUE(connection->execute("CREATE TABLESPACE inside LOCATION ''"));
  EXPECT_TRUE(connection->execute("CREATE TABLE t (x int) TABLESPACE inside"));
}

TEST_P(EachServer, StartsAnswersAndLeavesNothing) {
  fs::path folder;
  {
    const auto server = Server::start(GetParam());
    ASSERT_TRUE(server) << describe(server.error());
    folder = (*server)->data().parent_path();
    struct stat status{};
    ASSERT_EQ(::stat(folder.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
    EXPECT_LT(((*server)->socket() / ".s.PGSQL.5432").string().size(), 100u);
    auto connection = (*server)->connect("postgres");
    ASSERT_TRUE(connection) << describe(connection.error());
    EXPECT_EQ(connection->server_version() / 10000, GetParam().major);
    EXPECT_EQ(ask(**server, "SHOW fsync"), "off");
    EXPECT_EQ(ask(**server, "SHOW data_checksums"), "off");
    EXPECT_EQ(ask(**server, "SHOW listen_addresses"), "");
    EXPECT_EQ(ask(**server, "SELECT current_user"), Server::role);
  }
  EXPECT_FALSE(fs::exists(folder));
}

// As ext4 is asked; other file systems have no such flag.
TEST_F(OneServer, ItsDatabasesLieApartFromEachOther) {
  const auto server = Server::start(installation);
  ASSERT_TRUE(server) << describe(server.error());
  const int base = ::open(((*server)->data() / "base").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_GE(base, 0);
  int flags = 0;
  const bool has_flags = ::ioctl(base, FS_IOC_GETFLAGS, &flags) == 0;
  int with = flags | FS_TOPDIR_FL;
  const bool may_have_it = has_flags && ::ioctl(base, FS_IOC_SETFLAGS, &with) == 0;
  ::close(base);
  if (!may_have_it) GTEST_SKIP() << "this file system lays folders as it likes";
  EXPECT_NE(flags & FS_TOPDIR_FL, 0);
}

TEST_P(EachServer, SettingsGoOverItsOwn) {
  const auto server = Server::start(GetParam(), {"work_mem = '17MB'", "autovacuum = on"});
  ASSERT_TRUE(server) << describe(server.error());
  EXPECT_EQ(ask(**server, "SHOW work_mem"), "17MB");
  EXPECT_EQ(ask(**server, "SHOW autovacuum"), "on");
}

TEST_P(EachServer, RestartsAroundAChangeOfItsFiles) {
  const auto server = Server::start(GetParam());
  ASSERT_TRUE(server) << describe(server.error());
  ASSERT_EQ(ask(**server, "CREATE TABLE kept (x int)"), "");
  const Status done = (*server)->restart_around([](const fs::path& data) -> Status {
    EXPECT_FALSE(fs::exists(data / "postmaster.pid")) << "it still runs";
    std::ofstream(data / "postgresql.conf", std::ios::app) << "work_mem = '23MB'\n";
    return {};
  });
  ASSERT_TRUE(done) << describe(done.error());
  EXPECT_EQ(ask(**server, "SHOW work_mem"), "23MB");
  EXPECT_EQ(ask(**server, "SELECT count(*) FROM kept"), "0");
}

TEST_F(OneServer, TwoLiveSideBySide) {
  const auto one = Server::start(installation);
  const auto two = Server::start(installation);
  ASSERT_TRUE(one && two);
  EXPECT_NE((*one)->data(), (*two)->data());
  EXPECT_EQ(ask(**one, "CREATE TABLE t (x int)"), "");
  EXPECT_EQ(ask(**two, "SELECT to_regclass('t') IS NULL"), "t");
}

TEST_F(OneServer, AWrongSettingIsAnErrorThatNamesIt) {
  const auto server = Server::start(installation, {"no_such_setting = 1"});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, "postgres.start");
  EXPECT_NE(server.error().message.find("no_such_setting"), std::string::npos)
      << server.error().message;
}

// A template that was damaged is found out by the server that does not start, and made again.
TEST_F(OneServer, ABrokenTemplateIsRemade) {
  const fs::path cache =
      fs::temp_directory_path() / ("architrave_test_cache_" + std::to_string(::getpid()));
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before != nullptr ? before : "";
  ::setenv("XDG_CACHE_HOME", cache.c_str(), 1);
  {
    const auto first = Server::start(installation);
    EXPECT_TRUE(first) << describe(first.error());
  }
  int broken = 0;
  for (const auto& each : fs::recursive_directory_iterator(cache))
    if (each.path().filename() == "pg_control") {
      std::ofstream(each.path(), std::ios::trunc) << std::string(8192, 'x');
      ++broken;
    }
  EXPECT_EQ(broken, 1);
  {
    const auto second = Server::start(installation);
    EXPECT_TRUE(second) << describe(second.error());
  }
  if (before != nullptr)
    ::setenv("XDG_CACHE_HOME", kept.c_str(), 1);
  else
    ::unsetenv("XDG_CACHE_HOME");
  fs::remove_all(cache);
}

TEST_F(OneServer, KillingItsOwnerEndsItAndTheNextStartSweeps) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t owner = ::fork();
  ASSERT_GE(owner, 0);
  if (owner == 0) {
    const auto server = Server::start(installation);
    const std::string folder = server ? (*server)->data().parent_path().string() : "";
    [[maybe_unused]] const ssize_t written = ::write(ends[1], folder.data(), folder.size());
    ::close(ends[1]);
    ::pause();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string folder(256, '\0');
  folder.resize(
      static_cast<std::size_t>(std::max<ssize_t>(0, ::read(ends[0], folder.data(), 256))));
  ::close(ends[0]);
  ASSERT_FALSE(folder.empty());
  std::ifstream file(fs::path(folder) / "data/postmaster.pid");
  pid_t postmaster = 0;
  ASSERT_TRUE(file >> postmaster);
  EXPECT_EQ(::kill(postmaster, 0), 0);
  // A server that lives is not swept.
  {
    ASSERT_TRUE(Server::start(installation));
  }
  EXPECT_TRUE(fs::exists(folder));

  ::kill(owner, SIGKILL);
  wait(owner);
  const auto running = [&] {
    std::error_code gone;
    return fs::read_symlink("/proc/" + std::to_string(postmaster) + "/cwd", gone) ==
           folder + "/data";
  };
  EXPECT_TRUE(eventually([&] { return !running(); }));
  EXPECT_TRUE(fs::exists(folder));
  {
    ASSERT_TRUE(Server::start(installation));
  }
  EXPECT_FALSE(fs::exists(folder));
}

TEST(Installations, AreSortedAndEachMajorOnce) {
  int before = 0;
  for (const Installation& each : installations()) {
    EXPECT_GT(each.major, before);
    EXPECT_TRUE(each.version.starts_with(std::to_string(each.major))) << each.version;
    EXPECT_TRUE(fs::exists(each.share / "extension/plpgsql.control")) << each.share;
    before = each.major;
  }
}

TEST(Installations, NearestNewerElseNewest) {
  const auto all = installations();
  if (all.empty()) GTEST_SKIP() << "no server here";
  EXPECT_EQ(choose_installation(all.front().major)->major, all.front().major);
  EXPECT_EQ(choose_installation(1)->major, all.front().major);
  EXPECT_EQ(choose_installation(999)->major, all.back().major);
}

TEST(Installations, AnEmptyFolderIsNone) {
  Installation missing{.bin = "/nowhere", .major = 15, .version = "15.0", .share = {}};
  const auto server = Server::start(missing);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, "process.start") << server.error().message;
}

}  // namespace
}  // namespace architrave::postgres
