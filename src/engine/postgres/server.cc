#include "engine/postgres/server.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/clock.h"
#include "base/confinement.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/postgres/cluster_template.h"

namespace architrave::postgres {

namespace {

namespace fs = std::filesystem;

constexpr const char* folder_prefix = "architrave-";
constexpr double patience = 60;  // seconds for a server to start or stop

// What a disposable server is told: nothing of it need survive a crash, and nobody but us is to
// reach it. The memory for locks lets one transaction make thousands of tables.
constexpr const char* own_settings = R"(listen_addresses = ''
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
max_connections = 20
max_locks_per_transaction = 1024
shared_buffers = 32MB
huge_pages = off
dynamic_shared_memory_type = mmap
checkpoint_timeout = 1d
bgwriter_lru_maxpages = 0
update_process_title = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
datestyle = 'iso, mdy'
default_text_search_config = 'pg_catalog.english'
)";

fs::path temporary_folder() {
  const char* chosen = std::getenv("TMPDIR");
  // A socket's path may have 107 characters.
  if (chosen == nullptr || *chosen != '/' || std::strlen(chosen) > 60) return "/tmp";
  return chosen;
}

bool is_postgres_of(pid_t pid, const fs::path& data) {
  std::error_code failed;
  const fs::path process = "/proc/" + std::to_string(pid);
  const fs::path folder = fs::read_symlink(process / "cwd", failed);
  if (failed || folder != data) return false;
  std::ifstream name(process / "comm");
  std::string word;
  return std::getline(name, word) && word == "postgres";
}

void wait_a_little(int milliseconds) {
  pollfd interrupt{interrupt_descriptor(), POLLIN, 0};
  ::poll(&interrupt, 1, milliseconds);
}

// Ends a server whose owner is dead. It is nobody's child that we could wait for.
void end_orphan(const fs::path& data) {
  std::ifstream file(data / "postmaster.pid");
  pid_t pid = 0;
  if (!(file >> pid) || pid <= 1) return;
  for (const int signal : {SIGQUIT, SIGKILL}) {
    if (!is_postgres_of(pid, data)) return;
    ::kill(pid, signal);
    for (int i = 0; i < 500 && is_postgres_of(pid, data); ++i) ::usleep(2000);
  }
}

// Removes what processes have left that could not do it themselves. A living server's folder is
// locked; one without a lock is still being made, unless it is old.
void sweep() {
  const User* user = server_user();
  DIR* listing = ::opendir(temporary_folder().c_str());
  if (listing == nullptr) return;
  while (const dirent* entry = ::readdir(listing)) {
    if (!std::string_view(entry->d_name).starts_with(folder_prefix)) continue;
    const fs::path folder = temporary_folder() / entry->d_name;
    struct stat status{};
    if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) continue;
    if (status.st_uid != (user != nullptr ? user->uid : ::geteuid()) &&
        status.st_uid != ::geteuid())
      continue;
    std::error_code ignored;
    const int lock = ::open((folder / "lock").c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0) {
      if (errno == ENOENT && ::time(nullptr) - status.st_mtime > 600)
        fs::remove_all(folder, ignored);
      continue;
    }
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) {
      end_orphan(folder / "data");
      fs::remove_all(folder, ignored);
    }
    ::close(lock);
  }
  ::closedir(listing);
}

// A sandbox runs what a stranger wrote, as superuser: as far as the kernel can see to it, the
// server reads the system and itself, writes its own folder, runs no program and reaches nobody.
Confinement confinement_of(const Installation& installation, const fs::path& data,
                           const fs::path& socket) {
  Confinement confinement{.readable = {installation.bin.parent_path(), installation.share},
                          .writable = {data, socket, "/dev/null"},
                          // Before 15 its processes tell each other their counters by UDP.
                          .sockets = installation.major < 15};
  for (const char* each : {"/usr",
                           "/lib",
                           "/lib32",
                           "/lib64",
                           "/opt",
                           "/nix/store",
                           "/gnu/store",
                           "/home/linuxbrew/.linuxbrew",
                           "/etc/ld.so.cache",
                           "/etc/ld.so.preload",
                           "/etc/passwd",
                           "/etc/group",
                           "/etc/nsswitch.conf",
                           "/etc/localtime",
                           "/etc/timezone",
                           "/etc/locale.alias",
                           "/etc/host.conf",
                           "/etc/hosts",
                           "/etc/resolv.conf",
                           "/etc/ssl/openssl.cnf",
                           "/etc/ssl/certs",
                           "/dev/zero",
                           "/dev/random",
                           "/dev/urandom",
                           "/proc/cpuinfo",
                           "/proc/meminfo",
                           "/proc/stat",
                           "/sys/devices/system"})
    confinement.readable.emplace_back(each);
  // Libraries, dictionaries, data to load: what lies elsewhere.
  if (const char* more = std::getenv("ARCHITRAVE_READABLE"))
    for (const std::string& each : split(more, ':'))
      if (!each.empty()) confinement.readable.emplace_back(each);
  return confinement;
}

std::unexpected<Error> start_error(const std::string& message, const std::string& log = {}) {
  // The line that says why stands before the fatal one, if that one does not say it itself.
  const std::vector<std::string> lines = split(trim(log), '\n');
  std::string said = lines.empty() ? "" : lines.back();
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i].find("FATAL") != std::string::npos || lines[i].find("PANIC") != std::string::npos)
      said = (i > 0 ? lines[i - 1] + "; " : "") + lines[i];
  const std::string temporary = temporary_folder().string();
  return fail(
      "postgres.start", message + (said.empty() ? "" : ": " + std::string(trim(said))), {},
      said.find("Permission denied") != std::string::npos && server_user() != nullptr
          ? "a server is not run as root: let all users enter " + temporary +
                ", or set TMPDIR to another folder"
          : "check the free space of " + temporary + " and that the server's own files are whole");
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Installation& installation,
                                              const std::vector<std::string>& settings) {
  sweep();
  for (const bool last_try : {false, true}) {
    std::unique_ptr<Server> server(new Server(installation));
    std::string folder = (temporary_folder() / (std::string(folder_prefix) + "XXXXXX")).string();
    if (::mkdtemp(folder.data()) == nullptr)
      return start_error("cannot make a folder in " + temporary_folder().string() + ": " +
                         std::strerror(errno));
    server->folder_ = folder;
    server->data_ = server->folder_ / "data";
    server->socket_ = server->folder_ / "socket";
    // Locked before it has its name, so that no sweep finds it unlocked.
    const fs::path lock = server->folder_ / "lock";
    server->lock_ = ::open((lock.string() + ".new").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (server->lock_ < 0 || ::flock(server->lock_, LOCK_EX | LOCK_NB) != 0 ||
        ::rename((lock.string() + ".new").c_str(), lock.c_str()) != 0 ||
        ::mkdir(server->socket_.c_str(), 0700) != 0 || !give_to_server(server->socket_) ||
        !give_to_server(server->folder_))
      return start_error("cannot make " + folder + ": " + std::strerror(errno));

    if (Status made = make_data_folder(installation, server->folder_, server->data_); !made)
      return fail(made);
    std::string configuration = own_settings;
    configuration += "unix_socket_directories = '" + server->socket_.string() + "'\n";
    if (installation.major >= 18) configuration += "io_method = sync\n";
    for (const std::string& each : settings) configuration += each + '\n';
    if (Status written = write_file(server->data_ / "postgresql.conf", configuration); !written)
      return fail(written);
    if (Status written = write_file(server->data_ / "pg_hba.conf", "local all all trust\n");
        !written)
      return fail(written);
    if (!give_to_server(server->data_ / "postgresql.conf") ||
        !give_to_server(server->data_ / "pg_hba.conf"))
      return start_error("cannot make " + folder + ": " + std::strerror(errno));
    Status launched = server->launch();
    if (launched) return server;
    const std::string said = server->log_tail();
    const bool no_fault_of_its = said.find("Permission denied") != std::string::npos ||
                                 said.find("No space left") != std::string::npos;
    if (last_try || no_fault_of_its || launched.error().code == "interrupted")
      return fail(launched);
    // It may be the template that is broken: what a crash of the machine left of it.
    forget_template(installation);
  }
  return start_error("cannot start");
}

Server::~Server() {
  if (pid_ > 0) {
    ::kill(pid_, SIGQUIT);
    wait(pid_);
  }
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

Status Server::launch() {
  const Confinement confinement = confinement_of(installation_, data_, socket_);
  // SIGQUIT rather than SIGKILL: it ends just as surely, and removes its shared memory.
  const Result<pid_t> pid = architrave::start(
      {.arguments = {(installation_.bin / "postgres").string(), "-D", data_.string()},
       // A PGPORT of the user's is where their server listens, and would be taken for this one.
       .environment = {{"LC_ALL", "C"}, {"TZ", "UTC"}, {"PGPORT", "5432"}},
       .folder = folder_,
       .output = folder_ / "log",
       .user = server_user(),
       .die_with_parent = SIGQUIT,
       .confinement = &confinement});
  if (!pid) return std::unexpected(pid.error());
  pid_ = *pid;
  const double deadline = monotonic_seconds() + patience;
  while (true) {
    if (interrupted()) return fail("interrupted", "interrupted while a server was starting");
    // Not before the socket is there: then a failure to connect is cheap.
    if (::access((socket_ / ".s.PGSQL.5432").c_str(), F_OK) == 0 && connect("template1")) return {};
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return start_error("PostgreSQL " + installation_.version + " did not start", log_tail());
    }
    if (monotonic_seconds() > deadline)
      return start_error("PostgreSQL " + installation_.version + " does not get ready", log_tail());
    wait_a_little(2);
  }
}

Status Server::stop() {
  if (pid_ <= 0) return {};
  ::kill(pid_, SIGINT);  // "fast": checkpoints, without waiting for clients
  const double deadline = monotonic_seconds() + patience;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) != pid_) {
    if (monotonic_seconds() > deadline) return start_error("the server does not stop", log_tail());
    ::usleep(1000);
  }
  pid_ = -1;
  return {};
}

std::string Server::connection_string(const std::string& database) const {
  std::string quoted;
  for (const char each : database) {
    if (each == '\'' || each == '\\') quoted += '\\';
    quoted += each;
  }
  return "host='" + socket_.string() + "' port=5432 user=" + role + " dbname='" + quoted +
         "' sslmode=disable gssencmode=disable";
}

Result<Connection> Server::connect(const std::string& database) const {
  return Connection::open(connection_string(database), {.statement_timeout = 0});
}

Status Server::restart_around(const std::function<Status(const fs::path& data)>& change) {
  if (Status stopped = stop(); !stopped) return stopped;
  if (Status changed = change(data_); !changed) return changed;
  return launch();
}

std::string Server::log_tail() const {
  std::ifstream file(folder_ / "log", std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::streamoff>(file.tellg());
  if (!file || size <= 0) return {};
  constexpr std::streamoff most = 4096;
  file.seekg(std::max<std::streamoff>(0, size - most));
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace architrave::postgres
