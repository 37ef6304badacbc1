#include "engine/postgres/cluster_template.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "base/text.h"

namespace architrave::postgres {

namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> cannot(const char* what, const fs::path& path) {
  const int error = errno;
  return fail(
      "postgres.initdb",
      std::string("cannot ") + what + ' ' + path.string() + ": " + std::strerror(error),
      path.string(),
      error == ENOSPC ? "free some disk space, or set TMPDIR to a place that has some" : "");
}

// A reflink where the file system can, else a copy that stays in the kernel, else by hand.
bool copy_bytes(int from, int to, off_t size) {
  if (size == 0 || ::ioctl(to, FICLONE, from) == 0) return true;
  while (size > 0) {
    const ssize_t count =
        ::copy_file_range(from, nullptr, to, nullptr, static_cast<std::size_t>(size), 0);
    if (count <= 0) break;
    size -= count;
  }
  if (size == 0) return true;
  std::array<char, 65536> buffer;
  ssize_t count = 0;
  while ((count = ::read(from, buffer.data(), buffer.size())) > 0) {
    // A disk that is nearly full takes a part first, and says why it takes no more only then.
    for (ssize_t done = 0; done < count;) {
      const ssize_t some =
          ::write(to, buffer.data() + done, static_cast<std::size_t>(count - done));
      if (some <= 0) return false;
      done += some;
    }
  }
  return count == 0;
}

// Asks ext4 to lay the folders of this one apart from each other; others know nothing of it. ext4
// gives no inode out again for minutes, and looks at each of those in its group for every new file:
// where databases come and go side by side, half of all time went there.
void lay_folders_apart(int folder) {
  int flags = 0;
  if (::ioctl(folder, FS_IOC_GETFLAGS, &flags) != 0) return;
  flags |= FS_TOPDIR_FL;
  (void)::ioctl(folder, FS_IOC_SETFLAGS, &flags);
}

// Copies a folder's content into an existing one, giving everything to the user.
Status copy_folder(int from, int to, const fs::path& path, const User* user) {
  lay_folders_apart(to);
  const int again = ::dup(from);
  DIR* listing = again < 0 ? nullptr : ::fdopendir(again);
  if (listing == nullptr) return cannot("read", path);
  Status copied;
  while (const dirent* entry = ::readdir(listing)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    const bool is_folder = entry->d_type == DT_DIR;
    const Descriptor source(::openat(from, entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (is_folder) ::mkdirat(to, entry->d_name, 0700);
    const Descriptor target(
        is_folder ? ::openat(to, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                  : ::openat(to, entry->d_name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             0600));
    struct stat status{};
    if (source.get() < 0 || target.get() < 0 || ::fstat(source.get(), &status) != 0 ||
        (user != nullptr && ::fchown(target.get(), user->uid, user->gid) != 0) ||
        (!is_folder && !copy_bytes(source.get(), target.get(), status.st_size)))
      copied = cannot("copy", path / name);
    else if (is_folder)
      copied = copy_folder(source.get(), target.get(), path / name, user);
    if (!copied) break;
  }
  ::closedir(listing);
  return copied;
}

Status copy_folder(const fs::path& from, const fs::path& to, const User* user) {
  if (::mkdir(to.c_str(), 0700) != 0) return cannot("make", to);
  const Descriptor source(::open(from.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Descriptor target(::open(to.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (source.get() < 0 || target.get() < 0) return cannot("open", source.get() < 0 ? from : to);
  if (user != nullptr && ::fchown(target.get(), user->uid, user->gid) != 0)
    return cannot("hand over", to);
  return copy_folder(source.get(), target.get(), from, user);
}

// C.UTF-8 orders by code point like C and knows letters; a system that lacks it gets C.
Status initdb(const Installation& installation, const fs::path& data) {
  std::vector<std::string> arguments = {(installation.bin / "initdb").string(),
                                        "--pgdata=" + data.string(),
                                        "--wal-segsize=1",
                                        "--no-sync",
                                        "--auth=trust",
                                        std::string("--username=") + Server::role,
                                        "--encoding=UTF8"};
  // On by default since 18; a twin's files are written by hand and carry none.
  if (installation.major >= 18) arguments.push_back("--no-data-checksums");
  std::string said;
  for (const char* locale : {"C.UTF-8", "C"}) {
    arguments.push_back(std::string("--locale=") + locale);
    // TZ saves initdb a search through all time zones.
    auto finished = run({.arguments = arguments,
                         .environment = {{"TZ", "UTC"}, {"LC_ALL", "C"}},
                         .folder = data.parent_path(),
                         .user = server_user()});
    arguments.pop_back();
    if (!finished) return fail(finished);
    if (finished->code == 0) return {};
    said = finished->output;
    std::error_code ignored;
    fs::remove_all(data, ignored);
    if (said.find("invalid locale") == std::string::npos) break;
  }
  std::string last;
  for (const std::string& line : split(said, '\n'))
    if (line.starts_with("initdb:") || line.find("error") != std::string::npos) last = line;
  return fail(
      "postgres.initdb", "initdb failed: " + std::string(trim(last.empty() ? said : last)),
      installation.bin.string(),
      last.find(data.string()) != std::string::npos && server_user() != nullptr
          ? "a server is not run as root: let all users enter the folder for temporary "
            "files, or set TMPDIR to another one"
          : "check that the user it runs as may read and execute " + installation.bin.string());
}

// The installation as it is on disk now: an upgrade of the package makes another template.
std::string template_name(const Installation& installation) {
  const fs::path program = installation.bin / "postgres";
  struct stat status{};
  ::stat(program.c_str(), &status);
  // The number at the front is this file's own: raise it when what initdb is told changes.
  const std::string identity = "1 " + program.string() + ' ' + installation.version + ' ' +
                               std::to_string(status.st_size) + ' ' +
                               std::to_string(status.st_mtime);
  return installation.version + '-' + stable_hash(identity);
}

fs::path template_folder() { return cache_folder() / "templates"; }

// Whole as far as a look at it can tell; a server that does not start from it says the rest.
bool looks_whole(const fs::path& data) {
  std::error_code ignored;
  return fs::exists(data / "PG_VERSION", ignored) &&
         fs::file_size(data / "global/pg_control", ignored) == 8192;
}

}  // namespace

const User* server_user() {
  static const std::optional<User> user = []() -> std::optional<User> {
    if (::geteuid() != 0) return {};
    for (const char* name : {"postgres", "nobody"})
      if (const passwd* entry = ::getpwnam(name)) return User{entry->pw_uid, entry->pw_gid};
    return User{65534, 65534};
  }();
  return user ? &*user : nullptr;
}

bool give_to_server(const fs::path& path) {
  const User* user = server_user();
  return user == nullptr || ::chown(path.c_str(), user->uid, user->gid) == 0;
}

Status make_data_folder(const Installation& installation, const fs::path& scratch,
                        const fs::path& data) {
  const fs::path kept = template_folder() / template_name(installation);
  std::error_code failed;
  fs::create_directories(template_folder(), failed);
  // Shared while it is copied, exclusive while it is made. Without a place to keep it (a read-only
  // system), every server has an initdb of its own.
  const Descriptor lock(
      ::open((kept.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return initdb(installation, data);
  ::flock(lock.get(), LOCK_SH);
  if (!looks_whole(kept)) {
    ::flock(lock.get(), LOCK_EX);
    if (!looks_whole(kept)) {
      // Made where the server's user may write; kept as our own, whatever that user may enter.
      const fs::path made = scratch / "template";
      if (Status done = initdb(installation, made); !done) return done;
      const fs::path half = kept.string() + ".new";
      fs::remove_all(half, failed);
      fs::remove_all(kept, failed);
      const Status stored = copy_folder(made, half, nullptr);
      fs::remove_all(made, failed);
      if (!stored || ::rename(half.c_str(), kept.c_str()) != 0) {
        fs::remove_all(half, failed);
        return initdb(installation, data);
      }
    }
  }
  return copy_folder(kept, data, server_user());
}

void forget_template(const Installation& installation) {
  const fs::path kept = template_folder() / template_name(installation);
  const Descriptor lock(
      ::open((kept.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return;
  ::flock(lock.get(), LOCK_EX);
  std::error_code ignored;
  fs::remove_all(kept, ignored);
}

}  // namespace architrave::postgres
