#include "base/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

namespace architrave {
namespace {

// Puts a pseudo-terminal, 72 columns wide, in place of one of this process's descriptors.
class PseudoTerminal {
 public:
  explicit PseudoTerminal(int descriptor) : descriptor_(descriptor), saved_(::dup(descriptor)) {
    master_ = ::posix_openpt(O_RDWR | O_NOCTTY);
    ::grantpt(master_);
    ::unlockpt(master_);
    slave_ = ::open(::ptsname(master_), O_RDWR | O_NOCTTY);
    termios settings{};
    ::tcgetattr(slave_, &settings);
    ::cfmakeraw(&settings);
    ::tcsetattr(slave_, TCSANOW, &settings);
    const winsize size{24, 72, 0, 0};
    ::ioctl(slave_, TIOCSWINSZ, &size);
    ::dup2(slave_, descriptor_);
  }
  ~PseudoTerminal() {
    ::dup2(saved_, descriptor_);
    ::close(saved_);
    ::close(slave_);
    ::close(master_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  std::string shown() const {
    std::string text;
    pollfd ready{master_, POLLIN, 0};
    while (::poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0) {
      std::array<char, 4096> buffer{};
      const ssize_t count = ::read(master_, buffer.data(), buffer.size());
      if (count <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  int descriptor_;
  int saved_;
  int master_ = -1;
  int slave_ = -1;
};

class Terminal : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("NO_COLOR");
    ::setenv("TERM", "xterm", 1);
  }
  void TearDown() override {
    set_colour(Colour::automatic);
    set_quiet(false);
    ::unsetenv("NO_COLOR");
  }
};

TEST_F(Terminal, WidthCountsColumnsNotBytes) {
  EXPECT_EQ(display_width(""), 0);
  EXPECT_EQ(display_width("orders"), 6);
  EXPECT_EQ(display_width("café"), 4);
  EXPECT_EQ(display_width("cafe\u0301"), 4);  // e with a combining accent
  EXPECT_EQ(display_width("注文"), 4);
  EXPECT_EQ(display_width("🗄"), display_width("\U0001F5C4"));
  EXPECT_EQ(display_width("🚀"), 2);
  EXPECT_EQ(display_width("a\u200bb"), 2);  // zero width space
}

TEST_F(Terminal, WidthLeavesOutEscapes) {
  EXPECT_EQ(display_width("\033[1;31merror\033[0m"), 5);
  EXPECT_EQ(display_width("\033]8;;https://example.org\033\\page\033]8;;\033\\"), 4);
  EXPECT_EQ(display_width("\033]0;title\aok"), 2);
  EXPECT_EQ(display_width("\033["), 0);  // cut off
}

TEST_F(Terminal, WidthOfBrokenTextIsAColumnAByte) {
  EXPECT_EQ(display_width("\xff\xfe"), 2);
  EXPECT_EQ(display_width("caf\xc3"), 4);
}

TEST_F(Terminal, WrapsAtSpaces) {
  EXPECT_EQ(wrap("one two three", 7), "one two\nthree");
  EXPECT_EQ(wrap("one two three", 13), "one two three");
  EXPECT_EQ(wrap("one two three", 12, "  "), "one two\n  three");
  EXPECT_EQ(wrap("", 10), "");
}

TEST_F(Terminal, WrapCountsTheIndent) {
  EXPECT_EQ(wrap("aaaa bbbb cccc dddd", 9, "    "), "aaaa bbbb\n    cccc\n    dddd");
}

TEST_F(Terminal, WrapMeasuresColumns) {
  EXPECT_EQ(wrap("注文 注文 注文", 9), "注文 注文\n注文");
  EXPECT_EQ(wrap("\033[31maaa\033[0m bbb", 7), "\033[31maaa\033[0m bbb");
}

TEST_F(Terminal, WrapLeavesLongWordsWhole) {
  EXPECT_EQ(wrap("a extraordinarily b", 5), "a\nextraordinarily\nb");
}

TEST_F(Terminal, WrapKeepsLinesAndTheirIndentation) {
  EXPECT_EQ(wrap("first\n  second\n\nthird", 20, "> "), "first\n>   second\n\n> third");
}

TEST_F(Terminal, ColoursOnlyATerminal) {
  {
    PseudoTerminal terminal(STDOUT_FILENO);
    EXPECT_TRUE(colour_on_stdout());
    EXPECT_EQ(styled("no", Style::red), "\033[31mno\033[0m");
    EXPECT_EQ(styled("no", Style::plain), "no");
    EXPECT_EQ(styled("", Style::red), "");
  }
  const int file = ::open("/dev/null", O_WRONLY);
  const int saved = ::dup(STDOUT_FILENO);
  ::dup2(file, STDOUT_FILENO);
  EXPECT_FALSE(colour_on_stdout());
  EXPECT_EQ(styled("no", Style::red), "no");
  ::dup2(saved, STDOUT_FILENO);
  ::close(file);
  ::close(saved);
}

TEST_F(Terminal, NoColorAndDumbTerminalsAreRespected) {
  PseudoTerminal terminal(STDOUT_FILENO);
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(colour_on_stdout());
  ::setenv("NO_COLOR", "", 1);  // by its definition, an empty one says nothing
  EXPECT_TRUE(colour_on_stdout());
  ::setenv("TERM", "dumb", 1);
  EXPECT_FALSE(colour_on_stdout());
}

TEST_F(Terminal, WhatWasChosenOverridesTheEnvironment) {
  PseudoTerminal terminal(STDOUT_FILENO);
  ::setenv("NO_COLOR", "1", 1);
  set_colour(Colour::always);
  EXPECT_TRUE(colour_on_stdout());
  ::unsetenv("NO_COLOR");
  set_colour(Colour::never);
  EXPECT_FALSE(colour_on_stdout());
  EXPECT_FALSE(colour_on_stderr());
}

TEST_F(Terminal, WidthIsThatOfTheTerminal) {
  {
    PseudoTerminal terminal(STDOUT_FILENO);
    EXPECT_EQ(terminal_width(), 72);
  }
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const int saved = ::dup(STDOUT_FILENO);
  ::dup2(ends[1], STDOUT_FILENO);
  EXPECT_EQ(terminal_width(), 100);
  ::dup2(saved, STDOUT_FILENO);
  for (const int descriptor : {ends[0], ends[1], saved}) ::close(descriptor);
}

TEST_F(Terminal, ProgressRewritesOneLineAndClearsIt) {
  PseudoTerminal terminal(STDERR_FILENO);
  Progress progress;
  progress.show("proving", 5, 10);
  const std::string shown = terminal.shown();
  EXPECT_TRUE(shown.starts_with("\r\033[K")) << shown;
  EXPECT_NE(shown.find("5/10 proving"), std::string::npos) << shown;
  EXPECT_EQ(shown.find('\n'), std::string::npos);
  progress.clear();
  EXPECT_EQ(terminal.shown(), "\r\033[K");
  progress.clear();
  EXPECT_EQ(terminal.shown(), "");
}

TEST_F(Terminal, ProgressStaysOnItsLine) {
  PseudoTerminal terminal(STDERR_FILENO);
  Progress progress;
  progress.show(std::string(200, 'x'));
  EXPECT_EQ(display_width(terminal.shown()), 71);
}

TEST_F(Terminal, NotesTakeTheProgressLineAway) {
  PseudoTerminal terminal(STDERR_FILENO);
  set_colour(Colour::never);
  Progress progress;
  progress.show("reading");
  note("no statistics");
  EXPECT_EQ(terminal.shown(), "\r\033[Kreading\r\033[Knote: no statistics\n");
}

TEST_F(Terminal, QuietMeansNothingAtAll) {
  PseudoTerminal terminal(STDERR_FILENO);
  set_quiet(true);
  Progress progress;
  progress.show("reading", 1, 2);
  note("no statistics");
  EXPECT_EQ(terminal.shown(), "");
}

TEST_F(Terminal, ProgressIsNothingWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress;
    progress.show("reading");
  }
  note("kept");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "note: kept\n");
}

}  // namespace
}  // namespace architrave
