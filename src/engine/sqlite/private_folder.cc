#include "engine/sqlite/private_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

namespace architrave::sqlite {
namespace {

namespace fs = std::filesystem;
constexpr const char* prefix = "architrave-sqlite-";

// The descriptor of the folder's lock, held; -1 if another process holds it or there is none.
int take_lock(const fs::path& folder, int flags) {
  int descriptor = ::open((folder / "lock").c_str(), flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return -1;
  }
  // A sweeper that was here between the two calls has let go of it, and removed it.
  struct stat status{};
  if (descriptor >= 0 && (::fstat(descriptor, &status) != 0 || status.st_nlink == 0)) {
    ::close(descriptor);
    return -1;
  }
  return descriptor;
}

void sweep(const fs::path& parent) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    struct stat status{};
    if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != ::geteuid()) {
      continue;
    }
    int lock = take_lock(entry.path(), 0);
    if (lock < 0) continue;
    fs::remove_all(entry.path(), ignored);
    ::close(lock);
  }
}

}  // namespace

Result<PrivateFolder> PrivateFolder::make() {
  std::error_code problem;
  fs::path parent = fs::temp_directory_path(problem);
  if (problem) parent = "/tmp";
  sweep(parent);
  // A sweeper may take the lock between its creation and ours: then begin again.
  for (int attempt = 0; attempt < 3; ++attempt) {
    std::string name = (parent / (std::string(prefix) + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) break;
    PrivateFolder folder;
    folder.path_ = name;
    folder.lock_ = take_lock(folder.path_, O_CREAT);
    if (folder.lock_ >= 0) return folder;
  }
  return fail("sqlite.folder",
              "cannot make a private folder in " + parent.string() + ": " + std::strerror(errno),
              parent.string(), "set TMPDIR to a folder that you may write to");
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace architrave::sqlite
