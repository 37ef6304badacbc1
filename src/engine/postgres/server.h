// A private, disposable PostgreSQL server.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

// A PostgreSQL installation that was found on this machine.
struct Installation {
  std::filesystem::path bin;  // the folder of initdb and postgres
  int major = 0;
  std::string version;          // "15.20"
  std::filesystem::path share;  // where its extensions' control files are (…/extension)
};

// $ARCHITRAVE_POSTGRES (folders of bin/, separated by colons), /usr/lib/postgresql/*/bin,
// /usr/pgsql-*/bin, PATH, and cache_folder()/servers/*/bin; sorted by version, each major once
// (earlier places first).
std::vector<Installation> installations();
// The same major, else the nearest newer, else the newest there is. Error "postgres.no_server" with
// the command that installs one.
Result<Installation> choose_installation(int major);

// A running server: its data in a private folder that is removed when this is destroyed. Killed
// with this process; what a SIGKILL leaves behind, the next start() sweeps up.
class Server {
 public:
  // `settings` go to postgresql.conf, over the sandbox's own (fsync off, autovacuum off, …).
  static Result<std::unique_ptr<Server>> start(const Installation& installation,
                                               const std::vector<std::string>& settings = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const Installation& installation() const { return installation_; }
  const std::filesystem::path& data() const { return data_; }
  const std::filesystem::path& socket() const { return socket_; }
  static constexpr const char* role = "postgres";  // its superuser
  std::string connection_string(const std::string& database) const;
  Result<Connection> connect(const std::string& database) const;
  // Stops it cleanly, calls `change` while it is down, and starts it again: for what is done to
  // its files.
  Status restart_around(const std::function<Status(const std::filesystem::path& data)>& change);
  // What it logged last, for error messages.
  std::string log_tail() const;

 private:
  explicit Server(Installation installation) : installation_(std::move(installation)) {}
  Status launch();
  Status stop();
  Installation installation_;
  std::filesystem::path folder_;  // holds data/, socket/, log, lock
  std::filesystem::path data_;
  std::filesystem::path socket_;
  int lock_ = -1;  // descriptor whose flock says that the folder is in use
  int pid_ = -1;
};

}  // namespace architrave::postgres
