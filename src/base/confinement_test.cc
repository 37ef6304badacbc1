#include "base/confinement.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include "base/process.h"

namespace architrave {
namespace {

namespace fs = std::filesystem;

class Confined : public testing::Test {
 protected:
  void SetUp() override {
    if (confinement().find("files") == std::string::npos) GTEST_SKIP() << "no Landlock here";
    std::string name = (fs::temp_directory_path() / "architrave-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    for (const char* each : {"mine", "seen", "other"}) {
      fs::create_directory(folder / each);
      std::ofstream(folder / each / "file") << each << '\n';
    }
    allowed.readable = {"/usr", "/lib", "/lib64", "/no/such/place", folder / "seen"};
    allowed.writable = {folder / "mine", "/dev/null"};
  }
  void TearDown() override {
    if (!folder.empty()) fs::remove_all(folder);
  }
  // Only the shell's own commands can work, since it may start nothing.
  std::string shell(const std::string& script) const {
    const auto finished =
        run({.arguments = {"/bin/sh", "-c", script}, .folder = folder, .confinement = &allowed});
    return finished ? finished->output : describe(finished.error());
  }
  fs::path folder;
  Confinement allowed;
};

TEST_F(Confined, ReadsWhatItMay) {
  EXPECT_EQ(shell("read x < seen/file; echo $x; read x < mine/file; echo $x"), "seen\nmine\n");
  EXPECT_NE(shell("read x < other/file").find("Permission denied"), std::string::npos);
  EXPECT_EQ(shell("echo other/*"), "other/*\n");
}

TEST_F(Confined, WritesWhatItMay) {
  EXPECT_EQ(shell("echo 1 > mine/new; echo 2 > mine/file; echo 3 > /dev/null"), "");
  EXPECT_TRUE(fs::exists(folder / "mine/new"));
  for (const char* where : {"seen/new", "other/new", "new"}) {
    EXPECT_NE(shell(std::string("echo 1 > ") + where).find("Permission denied"), std::string::npos);
    EXPECT_FALSE(fs::exists(folder / where)) << where;
  }
  shell(": > seen/file");
  EXPECT_EQ(fs::file_size(folder / "seen/file"), 5u);
}

TEST_F(Confined, RunsNothingElse) {
  EXPECT_NE(shell("/usr/bin/env").find("Permission denied"), std::string::npos);
  EXPECT_EQ(run({.arguments = {"/usr/bin/env", "true"}, .confinement = &allowed})->code, 126);
}

// In a process of its own, since there is no way back.
TEST_F(Confined, ReachesNobody) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!Confiner(allowed, "/bin/sh").confine()) ::_exit(1);
    sockaddr_un nobody{};
    nobody.sun_family = AF_UNIX;
    std::array<int, 2> pair{};
    const int stream = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (stream < 0 || ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) != 0) ::_exit(2);
    if (::connect(stream, reinterpret_cast<sockaddr*>(&nobody), sizeof nobody) == 0 ||
        errno != EACCES)
      ::_exit(3);
    for (const auto& [family, type] : {std::pair(AF_INET, SOCK_STREAM),
                                       {AF_INET, SOCK_DGRAM},
                                       {AF_INET6, SOCK_DGRAM},
                                       {AF_UNIX, SOCK_DGRAM}})
      if (::socket(family, type, 0) >= 0 || errno != EACCES) ::_exit(4);
    if (confinement().find("signals") != std::string::npos && ::kill(::getppid(), 0) == 0)
      ::_exit(5);
    ::_exit(0);
  }
  const int code = wait(child);
  if (confinement().find("sockets") == std::string::npos && code == 3) GTEST_SKIP();
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace architrave
