#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace architrave {
namespace {

class File : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "architrave-file-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++count;
    return count;
  }

  std::filesystem::path folder_;
};

TEST_F(File, ReadsBackWhatWasWritten) {
  const std::string bytes("a\0b\r\n\xff", 6);
  ASSERT_TRUE(write_file(folder_ / "x", bytes));
  EXPECT_EQ(read_file(folder_ / "x").value(), bytes);
  ASSERT_TRUE(write_file(folder_ / "x", ""));
  EXPECT_EQ(read_file(folder_ / "x").value(), "");
  EXPECT_EQ(files(), 1U);
}

TEST_F(File, ReadsMoreThanItsBuffer) {
  const std::string bytes(300'001, 'x');
  ASSERT_TRUE(write_file(folder_ / "x", bytes));
  EXPECT_EQ(read_file(folder_ / "x").value(), bytes);
}

TEST_F(File, MissingFilesAreNamedWithAHint) {
  const auto missing = read_file(folder_ / "none.sql");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "file.missing");
  EXPECT_NE(missing.error().message.find("none.sql"), std::string::npos);
  EXPECT_EQ(missing.error().where, (folder_ / "none.sql").string());
  EXPECT_FALSE(missing.error().hint.empty());
}

TEST_F(File, AFolderIsNoFile) {
  const auto read = read_file(folder_);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "file.read");
}

// Whoever has the old file open goes on reading it whole: the new one takes its name, not its
// place.
TEST_F(File, ReplacesInOneStep) {
  ASSERT_TRUE(write_file(folder_ / "x", "old"));
  std::ifstream reader(folder_ / "x");
  ASSERT_TRUE(write_file(folder_ / "x", "new and longer"));
  std::string seen;
  std::getline(reader, seen);
  EXPECT_EQ(seen, "old");
  EXPECT_EQ(read_file(folder_ / "x").value(), "new and longer");
}

TEST_F(File, NewFilesAreAsReadableAsTheUmaskLetsThem) {
  const mode_t before = ::umask(0027);
  ASSERT_TRUE(write_file(folder_ / "x", "x"));
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat((folder_ / "x").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(File, AFullDiskIsAnErrorWithAHint) {
  const Status written = write_file("/dev/full", "report");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "file.write");
  EXPECT_NE(written.error().message.find("No space left"), std::string::npos);
  EXPECT_NE(written.error().hint.find("disk space"), std::string::npos);
  struct stat status{};
  ASSERT_EQ(::stat("/dev/full", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode)) << "the device was replaced";
}

TEST_F(File, WritesToADevice) { EXPECT_TRUE(write_file("/dev/null", "report")); }

TEST_F(File, AMissingFolderIsAnErrorAndLeavesNothing) {
  const Status written = write_file(folder_ / "none" / "x", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "file.write");
  EXPECT_FALSE(written.error().hint.empty());
  EXPECT_EQ(files(), 0U);
}

TEST_F(File, WhatCannotTakeItsNameLeavesNothingBehind) {
  std::filesystem::create_directory(folder_ / "x");
  EXPECT_FALSE(write_file(folder_ / "x", "x"));
  EXPECT_EQ(files(), 1U);
}

TEST_F(File, TheCacheIsWhereTheEnvironmentSays) {
  ::setenv("XDG_CACHE_HOME", "/some/cache", 1);
  EXPECT_EQ(cache_folder(), "/some/cache/architrave");
  ::setenv("XDG_CACHE_HOME", "relative", 1);  // not valid by its specification
  EXPECT_TRUE(cache_folder().is_absolute());
  ::unsetenv("XDG_CACHE_HOME");
  if (::geteuid() == 0) {
    EXPECT_EQ(cache_folder(), "/var/cache/architrave");
  }
}

TEST_F(File, FindsProgramsOnThePath) {
  EXPECT_EQ(find_program("no-such-program"), "");
  EXPECT_EQ(find_program("sh").filename(), "sh");
  const std::string before = std::getenv("PATH");
  ASSERT_TRUE(write_file(folder_ / "tool", "#!/bin/sh\n"));
  ::setenv("PATH", folder_.c_str(), 1);
  EXPECT_EQ(find_program("tool"), "") << "not executable yet";
  std::filesystem::permissions(folder_ / "tool", std::filesystem::perms::owner_all);
  EXPECT_EQ(find_program("tool"), folder_ / "tool");
  ::setenv("PATH", before.c_str(), 1);
}

}  // namespace
}  // namespace architrave
