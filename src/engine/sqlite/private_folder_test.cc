#include "engine/sqlite/private_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace architrave::sqlite {
namespace {

namespace fs = std::filesystem;

TEST(PrivateFolder, IsRemovedAfterwards) {
  fs::path path;
  {
    auto folder = PrivateFolder::make();
    ASSERT_TRUE(folder) << folder.error().message;
    path = folder->path();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    PrivateFolder moved = std::move(*folder);
    EXPECT_TRUE(fs::exists(moved.path()));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(PrivateFolder, WhatAKilledProcessLeftIsSweptAndWhatIsInUseIsNot) {
  auto mine = PrivateFolder::make();
  ASSERT_TRUE(mine);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto folder = PrivateFolder::make();
    std::string path = folder ? folder->path().string() : "";
    const bool sent = ::write(ends[1], path.data(), path.size()) > 0;
    ::_exit(sent ? 0 : 1);  // as SIGKILL would: nothing is destroyed
  }
  ::close(ends[1]);
  char buffer[4096];
  const ssize_t length = ::read(ends[0], buffer, sizeof buffer);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_GT(length, 0);
  const fs::path left(std::string(buffer, static_cast<std::size_t>(length)));
  ASSERT_TRUE(fs::exists(left));
  auto next = PrivateFolder::make();
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(mine->path()));
}

}  // namespace
}  // namespace architrave::sqlite
