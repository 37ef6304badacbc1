// What a child process may do with the machine, kept by the kernel: for a program that runs what
// a stranger wrote. By Linux's Landlock (from 5.13; files, TCP, signals) and seccomp (sockets);
// neither needs root. Where the kernel has not the one or the other, the child runs with less of
// it or without: confinement() says which.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace architrave {

// The program that is started may be run, and no other. What is not there is left out.
struct Confinement {
  std::vector<std::filesystem::path> readable = {};  // files, and folders with all they hold
  std::vector<std::filesystem::path> writable = {};  // read too; files made and removed in it
  bool sockets = false;  // may connect, and make sockets of other kinds than a unix stream
};

// "files, TCP, signals, sockets": what this kernel keeps a confined child from; empty: nothing.
std::string confinement();

// For process.cc, in two halves, because only async-signal-safe calls are allowed after a fork.
class Confiner {
 public:
  Confiner(const Confinement& confinement, const std::filesystem::path& program);
  ~Confiner();
  Confiner(const Confiner&) = delete;
  Confiner& operator=(const Confiner&) = delete;
  // In the child, for good. False, with errno, if the kernel has it and refuses.
  bool confine() const;

 private:
  int rules_ = -1;
  bool sockets_;
};

}  // namespace architrave
