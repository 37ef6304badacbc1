#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace architrave {

namespace {

Result<std::string> read_descriptor(int descriptor, const std::string& name) {
  std::string bytes;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count == 0) return bytes;
    if (count > 0) {
      bytes.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return fail("file.read", "cannot read " + name + ": " + std::strerror(errno), name);
    }
  }
}

bool write_descriptor(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  if (path == "-") return read_descriptor(STDIN_FILENO, "standard input");
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT)
      return fail("file.missing", "there is no file " + path.string(), path.string(),
                  "check the path; a database is given as postgresql://HOST/NAME");
    return fail("file.read", "cannot open " + path.string() + ": " + std::strerror(errno),
                path.string());
  }
  Result<std::string> bytes = read_descriptor(descriptor, path.string());
  ::close(descriptor);
  return bytes;
}

Status write_file(const std::filesystem::path& path, std::string_view bytes) {
  if (path == "-") {
    if (!write_descriptor(STDOUT_FILENO, bytes))
      return fail("file.write",
                  std::string("cannot write to standard output: ") + std::strerror(errno), {},
                  errno == ENOSPC ? "free some disk space, or write elsewhere"
                                  : "see what reads the output, or write to a file with --output");
    return {};
  }
  const auto failed = [&](int error) {
    return fail("file.write", "cannot write " + path.string() + ": " + std::strerror(error),
                path.string(),
                error == ENOSPC ? "free some disk space, or choose another place with --output"
                                : "check that the folder exists and may be written to");
  };
  // A device or a pipe is written as it is: renaming over it would replace it.
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    const int device = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (device < 0) return failed(errno);
    const bool written = write_descriptor(device, bytes);
    const int error = errno;
    ::close(device);
    if (!written) return failed(error);
    return {};
  }
  std::string temporary = path.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return failed(errno);
  // mkostemp makes it private; a report is as readable as the umask lets any new file be.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  bool written = ::fchmod(descriptor, 0666 & ~mask) == 0 && write_descriptor(descriptor, bytes);
  int error = errno;
  if (::close(descriptor) != 0 && written) {
    written = false;
    error = errno;
  }
  if (written && ::rename(temporary.c_str(), path.c_str()) == 0) return {};
  if (written) error = errno;
  ::unlink(temporary.c_str());
  return failed(error);
}

std::filesystem::path cache_folder() {
  if (const char* base = std::getenv("XDG_CACHE_HOME"); base != nullptr && *base == '/')
    return std::filesystem::path(base) / "architrave";
  if (::geteuid() == 0) return "/var/cache/architrave";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::filesystem::path(home) / ".cache" / "architrave";
  return std::filesystem::temp_directory_path() /
         ("architrave-cache-" + std::to_string(::geteuid()));
}

std::filesystem::path find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path != nullptr ? path : "/usr/bin:/bin", ':')) {
    const std::filesystem::path candidate = std::filesystem::path(folder) / name;
    if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0 &&
        std::filesystem::is_regular_file(candidate))
      return candidate;
  }
  return {};
}

}  // namespace architrave
