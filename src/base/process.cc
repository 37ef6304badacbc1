#include "base/process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/confinement.h"
#include "base/file.h"

extern char** environ;

namespace architrave {

namespace {

// Written by the signal handler, read by everyone: a pipe, because poll() can wait for it together
// with a socket.
std::array<int, 2> interrupt_pipe = {-1, -1};
std::atomic<bool> interrupt_seen = false;
static_assert(std::atomic<bool>::is_always_lock_free);

constexpr std::array interrupting_signals = {SIGINT, SIGTERM, SIGHUP};

void on_interrupt(int) {
  const int saved = errno;
  interrupt_seen.store(true);
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = ::write(interrupt_pipe[1], &byte, 1);
  // The next one ends the process.
  for (const int each : interrupting_signals) std::signal(each, SIG_DFL);
  errno = saved;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  list.reserve(strings.size() + 1);
  for (std::string& each : strings) list.push_back(each.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> merged_environment(const Command& command) {
  std::vector<std::string> merged;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view entry = *each;
    const std::string_view name = entry.substr(0, entry.find('='));
    bool replaced = false;
    for (const auto& added : command.environment) replaced |= added.first == name;
    if (!replaced) merged.emplace_back(entry);
  }
  for (const auto& [name, value] : command.environment) merged.push_back(name + '=' + value);
  return merged;
}

// What the child of a fork needs, made before the fork: afterwards only async-signal-safe calls
// are allowed.
struct Child {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* folder;        // null: this one
  const User* user;          // null: unchanged
  const Confiner* confiner;  // null: not confined
  int die_with_parent;
  pid_t parent;
  bool background;  // in a process group of its own, which a terminal's Ctrl-C does not reach
  int input;        // -1: inherited
  int output;       // -1: inherited
  int report;       // where errno goes if the program can't be started
};

[[noreturn]] void become(const Child& child) {
  const auto give_up = [&](int error) {
    [[maybe_unused]] const ssize_t written = ::write(child.report, &error, sizeof error);
    ::_exit(127);
  };
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  if (child.background) ::setpgid(0, 0);
  if (child.input >= 0 && ::dup2(child.input, STDIN_FILENO) < 0) give_up(errno);
  if (child.output >= 0 &&
      (::dup2(child.output, STDOUT_FILENO) < 0 || ::dup2(child.output, STDERR_FILENO) < 0))
    give_up(errno);
  if (child.folder != nullptr && ::chdir(child.folder) != 0) give_up(errno);
  if (child.user != nullptr && (::setgroups(1, &child.user->gid) != 0 ||
                                ::setgid(child.user->gid) != 0 || ::setuid(child.user->uid) != 0))
    give_up(errno);
  if (child.confiner != nullptr && !child.confiner->confine()) give_up(errno);
  // After the change of credentials, which clears it. A parent that died before this line would
  // never be noticed, hence the second look.
  if (child.die_with_parent != 0) {
    ::prctl(PR_SET_PDEATHSIG, child.die_with_parent);
    if (::getppid() != child.parent) ::_exit(127);
  }
  ::execve(child.program, child.arguments, child.environment);
  give_up(errno);
  ::_exit(127);
}

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  void set(int number) {
    close();
    number_ = number;
  }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

std::unexpected<Error> cannot_start(const std::string& program, int error) {
  return fail("process.start", "cannot start " + program + ": " + std::strerror(error), program,
              error == ENOENT   ? "install it, or put its folder on PATH"
              : error == EACCES ? "check that the user it runs as may read and execute it"
                                : "");
}

// `output`: a descriptor for stdout and stderr, or -1.
Result<pid_t> spawn(const Command& command, int output) {
  if (command.arguments.empty()) return cannot_start("nothing", ENOENT);
  std::string program = command.arguments.front();
  if (program.find('/') == std::string::npos) {
    program = find_program(program).string();
    if (program.empty()) return cannot_start(command.arguments.front(), ENOENT);
  }
  std::array<int, 2> report{};
  if (::pipe2(report.data(), O_CLOEXEC) != 0) return cannot_start(program, errno);
  Descriptor report_read(report[0]);
  Descriptor report_write(report[1]);
  Descriptor input(output >= 0 ? ::open("/dev/null", O_RDONLY | O_CLOEXEC) : -1);

  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = merged_environment(command);
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment_pointers = pointers(environment);
  std::optional<Confiner> confiner;
  if (command.confinement != nullptr) confiner.emplace(*command.confinement, program);
  const Child child = {.program = program.c_str(),
                       .arguments = argument_pointers.data(),
                       .environment = environment_pointers.data(),
                       .folder = command.folder.empty() ? nullptr : command.folder.c_str(),
                       .user = command.user,
                       .confiner = confiner ? &*confiner : nullptr,
                       .die_with_parent = command.die_with_parent,
                       .parent = ::getpid(),
                       .background = output >= 0,
                       .input = input.get(),
                       .output = output,
                       .report = report_write.get()};
  const pid_t pid = ::fork();
  if (pid < 0) return cannot_start(program, errno);
  if (pid == 0) become(child);

  report_write.close();
  int error = 0;
  ssize_t count = 0;
  while ((count = ::read(report_read.get(), &error, sizeof error)) < 0 && errno == EINTR) {
  }
  if (count == sizeof error) {
    wait(pid);
    return cannot_start(program, error);
  }
  return pid;
}

}  // namespace

Result<pid_t> start(const Command& command) {
  Descriptor output;
  if (!command.output.empty()) {
    output.set(::open(command.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (output.get() < 0)
      return fail("process.start",
                  "cannot write " + command.output.string() + ": " + std::strerror(errno),
                  command.output.string());
  }
  return spawn(command, output.get());
}

int wait(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Result<int> wait_unless_interrupted(pid_t pid) {
  for (int milliseconds = 1; !interrupted(); milliseconds = std::min(2 * milliseconds, 50)) {
    siginfo_t state{};
    const int found = ::waitid(P_PID, static_cast<id_t>(pid), &state, WEXITED | WNOHANG | WNOWAIT);
    if ((found < 0 && errno != EINTR) || state.si_pid == pid) return wait(pid);
    pollfd end{interrupt_descriptor(), POLLIN, 0};
    ::poll(&end, 1, milliseconds);
  }
  ::kill(pid, SIGTERM);
  wait(pid);
  return fail("interrupted", "interrupted");
}

Result<Finished> run(Command command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return cannot_start(command.arguments.empty() ? "nothing" : command.arguments.front(), errno);
  const Descriptor output(ends[0]);
  Descriptor write_end(ends[1]);
  const Result<pid_t> pid = spawn(command, write_end.get());
  write_end.close();
  if (!pid) return std::unexpected(pid.error());

  Finished finished;
  std::array<char, 16384> buffer{};
  while (true) {
    std::array<pollfd, 2> waits = {pollfd{output.get(), POLLIN, 0},
                                   pollfd{interrupt_descriptor(), POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) break;
    if (interrupted()) {
      ::kill(*pid, SIGTERM);
      wait(*pid);
      return fail("interrupted", "interrupted while " + command.arguments.front() + " was running");
    }
    if (waits[0].revents == 0) continue;
    const ssize_t count = ::read(output.get(), buffer.data(), buffer.size());
    if (count == 0) break;
    if (count > 0) finished.output.append(buffer.data(), static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) break;
  }
  finished.code = wait(*pid);
  return finished;
}

void catch_interrupts() {
  if (interrupt_pipe[0] >= 0) return;
  if (::pipe2(interrupt_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  for (const int each : interrupting_signals) {
    struct sigaction before = {};
    ::sigaction(each, nullptr, &before);
    // A signal that was ignored at the start (nohup, a shell's background job) stays so.
    if (before.sa_handler != SIG_IGN) ::sigaction(each, &action, nullptr);
  }
}

bool interrupted() { return interrupt_seen.load(); }

int interrupt_descriptor() { return interrupt_pipe[0]; }

}  // namespace architrave
