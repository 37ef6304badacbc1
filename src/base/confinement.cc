#include "base/confinement.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>

namespace architrave {

namespace {

namespace fs = std::filesystem;

// The numbers of the kernel's interface, which are the same on every architecture and newer than
// the headers of the systems we build on.
struct RulesetAttributes {
  std::uint64_t files;
  std::uint64_t network;
  std::uint64_t scoped;
};
constexpr std::uint64_t refer = 1ULL << 13;           // from version 2 of the interface: rename to
                                                      // another folder
constexpr std::uint64_t truncate = 1ULL << 14;        // 3
constexpr std::uint64_t device_control = 1ULL << 15;  // 5
constexpr std::uint64_t tcp = 0b11;                   // 4: bind and connect
constexpr std::uint64_t scopes = 0b11;  // 6: abstract sockets of others, signals to others

constexpr std::uint64_t execute = LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t read_only = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t of_files =  // what a rule on a file rather than a folder may grant
    execute | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | truncate |
    device_control;
// No symbolic links: who looks into the folder from outside might follow one.
constexpr std::uint64_t read_write =
    read_only | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | refer | truncate;

// Of Landlock's interface; 0: the kernel has none, or it is off.
int landlock_version() {
  static const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}

std::uint64_t handled_files(int version) {
  std::uint64_t all = (1ULL << 13) - 1;
  if (version >= 2) all |= refer;
  if (version >= 3) all |= truncate;
  if (version >= 5) all |= device_control;
  return all;
}

void allow(int rules, const fs::path& path, std::uint64_t rights) {
  const int file = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (file < 0) return;
  struct stat status{};
  rights &= handled_files(landlock_version());
  if (::fstat(file, &status) == 0 && !S_ISDIR(status.st_mode)) rights &= of_files;
  const landlock_path_beneath_attr rule{.allowed_access = rights, .parent_fd = file};
  ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  ::close(file);
}

// The loader that the kernel runs a program by, which has to be allowed as well.
fs::path loader_of(const fs::path& program) {
  const int file = ::open(program.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::array<char, PATH_MAX> name{};
  Elf64_Ehdr header{};
  if (::read(file, &header, sizeof header) == sizeof header &&
      header.e_ident[EI_CLASS] == ELFCLASS64) {
    for (unsigned i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr segment{};
      const auto at = static_cast<off_t>(header.e_phoff + i * sizeof segment);
      if (::pread(file, &segment, sizeof segment, at) != sizeof segment) break;
      if (segment.p_type != PT_INTERP || segment.p_filesz >= name.size()) continue;
      if (::pread(file, name.data(), segment.p_filesz, static_cast<off_t>(segment.p_offset)) < 0)
        name = {};
    }
  }
  ::close(file);
  return name.data();
}

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t architecture = 0;
#endif

constexpr sock_filter step(unsigned code, std::uint32_t value, unsigned char if_true = 0,
                           unsigned char if_false = 0) {
  return {static_cast<std::uint16_t>(code), if_true, if_false, value};
}
constexpr sock_filter load(std::size_t offset) {
  return step(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
constexpr std::uint32_t refuse = SECCOMP_RET_ERRNO | EACCES;

// What Landlock leaves open: UDP, and the sockets of others that have a name in the file system,
// such as a real server's, which trusts its own user. A server listens, it connects to nobody.
// What a call's pointers point to can't be looked at, hence whole calls are refused; io_uring
// would be a way around them.
constexpr std::array socket_filter = {
    load(offsetof(seccomp_data, arch)),
    step(BPF_JMP | BPF_JEQ | BPF_K, architecture, 0, 11),
    load(offsetof(seccomp_data, nr)),
    step(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 9, 0),  // x86-64 has every call a second time
    step(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 8, 0),
    step(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 7, 0),
    step(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 5),
    load(offsetof(seccomp_data, args[0])),  // the low half: both architectures are little-endian
    step(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 4),
    load(offsetof(seccomp_data, args[1])),
    step(BPF_ALU | BPF_AND | BPF_K, 0xf),
    step(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 0, 1),
    step(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    step(BPF_RET | BPF_K, refuse),
};

bool has_seccomp() {
  static const bool has = [] {
    std::uint32_t action = SECCOMP_RET_ERRNO;
    return architecture != 0 && ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
  }();
  return has;
}

}  // namespace

std::string confinement() {
  const int version = landlock_version();
  std::string text;
  const auto add = [&](bool has, const char* what) {
    if (has) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(version >= 1, "files");
  add(version >= 4, "TCP");
  add(version >= 6, "signals");
  add(has_seccomp(), "sockets");
  return text;
}

Confiner::Confiner(const Confinement& confinement, const fs::path& program)
    : sockets_(confinement.sockets) {
  const int version = landlock_version();
  if (version == 0) return;
  const RulesetAttributes handled{.files = handled_files(version),
                                  .network = version >= 4 ? tcp : 0,
                                  .scoped = version >= 6 ? scopes : 0};
  const std::size_t size = version >= 6   ? sizeof handled
                           : version >= 4 ? offsetof(RulesetAttributes, scoped)
                                          : offsetof(RulesetAttributes, network);
  rules_ = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, size, 0));
  if (rules_ < 0) return;
  for (const fs::path& each : confinement.readable) allow(rules_, each, read_only);
  for (const fs::path& each : confinement.writable) allow(rules_, each, read_write);
  for (const fs::path& each : {program, loader_of(program)})
    if (!each.empty()) allow(rules_, each, execute | read_only);
}

Confiner::~Confiner() {
  if (rules_ >= 0) ::close(rules_);
}

bool Confiner::confine() const {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (rules_ >= 0 && ::syscall(SYS_landlock_restrict_self, rules_, 0) != 0) return false;
  if (sockets_ || architecture == 0) return true;
  const sock_fprog program{static_cast<unsigned short>(socket_filter.size()),
                           const_cast<sock_filter*>(socket_filter.data())};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 || errno == EINVAL;
}

}  // namespace architrave
