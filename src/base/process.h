// Other programs, and the signals that end this one.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace architrave {

// Whom to run a child as. Servers refuse to run as root.
struct User {
  uid_t uid = 0;
  gid_t gid = 0;
};

struct Confinement;  // base/confinement.h

struct Command {
  std::vector<std::string> arguments = {};  // [0] is the program: a path, or a name on PATH
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to this process's own
  std::filesystem::path folder = {};                                  // to run in; empty: this one
  std::filesystem::path output = {};         // file for stdout and stderr; empty: inherited
  const User* user = nullptr;                // empty: as this process
  int die_with_parent = 0;                   // signal that the kernel sends it if this process dies
  const Confinement* confinement = nullptr;  // empty: it may do what its user may
};

// Starts it and returns its pid. Error "process.start", naming the program.
Result<pid_t> start(const Command& command);
// Waits for it; gives its exit code, or 128 + the signal that ended it.
int wait(pid_t pid);
// The same, but an interrupt of this program ends it (SIGTERM). Error "interrupted".
Result<int> wait_unless_interrupted(pid_t pid);
struct Finished {
  int code = 0;
  std::string output;  // stdout and stderr, together
};
// Runs it to its end and gives what it printed.
Result<Finished> run(Command command);

// SIGINT and SIGTERM set a flag instead of ending the process, so that sandboxes are removed and
// queries cancelled. A second signal ends it at once. `interrupted` is for loops to ask.
void catch_interrupts();
bool interrupted();
// A descriptor that becomes readable when an interrupt arrives, for poll().
int interrupt_descriptor();

}  // namespace architrave
