#include "base/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/clock.h"

namespace architrave {
namespace {

TEST(Process, RunGivesOutputAndCode) {
  const auto finished = run({.arguments = {"sh", "-c", "echo out; echo err >&2; exit 3"}});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->code, 3);
  EXPECT_EQ(finished->output, "out\nerr\n");
}

TEST(Process, RunReadsMoreThanAPipeHolds) {
  const auto finished = run({.arguments = {"sh", "-c", "head -c 1000000 /dev/zero"}});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output.size(), 1000000u);
}

TEST(Process, NamesTheProgramThatIsMissing) {
  const auto finished = run({.arguments = {"architrave-no-such-program"}});
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, "process.start");
  EXPECT_NE(finished.error().message.find("architrave-no-such-program"), std::string::npos);
  const auto path = run({.arguments = {"/nowhere/at/all"}});
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, "process.start");
}

TEST(Process, AddsToTheEnvironmentAndReplaces) {
  ::setenv("ARCHITRAVE_TEST_A", "old", 1);
  ::setenv("ARCHITRAVE_TEST_B", "kept", 1);
  const auto finished =
      run({.arguments = {"sh", "-c", "echo $ARCHITRAVE_TEST_A $ARCHITRAVE_TEST_B; pwd"},
           .environment = {{"ARCHITRAVE_TEST_A", "new"}},
           .folder = "/"});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output, "new kept\n/\n");
}

TEST(Process, WaitTellsTheSignal) {
  const auto pid = start({.arguments = {"sleep", "100"}, .output = "/dev/null"});
  ASSERT_TRUE(pid);
  ::kill(*pid, SIGKILL);
  EXPECT_EQ(wait(*pid), 128 + SIGKILL);
}

TEST(Process, RunsAsAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can change the user";
  const User nobody = {65534, 65534};
  const auto finished = run({.arguments = {"id", "-u"}, .user = &nobody});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output, "65534\n");
}

// A child that asked for it is killed when its parent is, also after a change of user.
TEST(Process, ChildDiesWithItsParent) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t parent = ::fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    const User nobody = {65534, 65534};
    const auto pid = start({.arguments = {"sleep", "100"},
                            .output = "/dev/null",
                            .user = ::geteuid() == 0 ? &nobody : nullptr,
                            .die_with_parent = SIGKILL});
    const pid_t number = pid ? *pid : -1;
    [[maybe_unused]] const ssize_t written = ::write(ends[1], &number, sizeof number);
    ::pause();
    ::_exit(0);
  }
  pid_t child = -1;
  ASSERT_EQ(::read(ends[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ASSERT_GT(child, 0);
  EXPECT_EQ(::kill(child, 0), 0);
  ::kill(parent, SIGKILL);
  wait(parent);
  // Gone, or a zombie that nobody reaps: either way it does nothing any more.
  const auto alive = [&] {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string pid, name, state;
    return static_cast<bool>(stat >> pid >> name >> state) && state != "Z" && state != "X";
  };
  const double deadline = monotonic_seconds() + 10;
  while (alive() && monotonic_seconds() < deadline) ::usleep(1000);
  EXPECT_FALSE(alive());
  ::close(ends[0]);
  ::close(ends[1]);
}

// In a process of its own, since the flag never goes back.
TEST(Process, FirstInterruptSetsTheFlagSecondEnds) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    catch_interrupts();
    if (interrupted()) ::_exit(1);
    ::raise(SIGINT);
    if (!interrupted()) ::_exit(2);
    const auto finished = run({.arguments = {"sleep", "100"}});
    if (finished || finished.error().code != "interrupted") ::_exit(3);
    ::raise(SIGTERM);
    ::_exit(4);
  }
  EXPECT_EQ(wait(child), 128 + SIGTERM);
}

}  // namespace
}  // namespace architrave
