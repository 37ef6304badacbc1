#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/postgres/packages.h"
#include "engine/postgres/server.h"

namespace architrave::postgres {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> matching(const std::string& pattern) {
  std::vector<fs::path> found;
  glob_t list{};
  if (::glob(pattern.c_str(), 0, nullptr, &list) == 0)
    for (std::size_t i = 0; i < list.gl_pathc; ++i) found.emplace_back(list.gl_pathv[i]);
  ::globfree(&list);
  return found;
}

bool is_program(const fs::path& path) {
  std::error_code ignored;
  return ::access(path.c_str(), X_OK) == 0 && fs::is_regular_file(path, ignored);
}

// "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)" -> "15.20". Asked once per process.
std::string version_of(const fs::path& bin) {
  static std::mutex mutex;
  static std::map<fs::path, std::string> known;
  const std::lock_guard guard(mutex);
  const auto [entry, is_new] = known.try_emplace(bin);
  if (!is_new) return entry->second;
  const auto finished = run({.arguments = {(bin / "postgres").string(), "--version"}});
  if (!finished || finished->code != 0) return {};
  const std::vector<std::string> words = split(trim(finished->output), ' ');
  if (words.size() >= 3) entry->second = words[2];
  return entry->second;
}

// The folder that holds extension/*.control: it depends on who has packaged the server.
fs::path share_of(const fs::path& bin, int major) {
  for (const fs::path& candidate :
       {bin.parent_path() / "share" / "postgresql", bin.parent_path() / "share",
        fs::path("/usr/share/postgresql") / std::to_string(major),
        bin.parent_path() / "share" / ("postgresql" + std::to_string(major))}) {
    std::error_code ignored;
    if (fs::is_directory(candidate / "extension", ignored)) return candidate;
  }
  return {};
}

std::optional<Installation> inspect(const fs::path& folder) {
  std::error_code failed;
  const fs::path bin = fs::canonical(folder, failed);
  if (failed || !is_program(bin / "postgres") || !is_program(bin / "initdb")) return {};
  Installation found{.bin = bin, .major = 0, .version = version_of(bin), .share = {}};
  std::from_chars(found.version.data(), found.version.data() + found.version.size(), found.major);
  if (found.major == 0) return {};
  found.share = share_of(bin, found.major);
  return found;
}

}  // namespace

std::vector<Installation> installations() {
  std::vector<fs::path> places;
  if (const char* chosen = std::getenv("ARCHITRAVE_POSTGRES"))
    for (const std::string& each : split(chosen, ':'))
      if (!each.empty()) places.emplace_back(each);
  for (const char* pattern : {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"})
    for (fs::path& each : matching(pattern)) places.push_back(std::move(each));
  if (const fs::path program = find_program("postgres"); !program.empty()) {
    std::error_code failed;
    const fs::path real = fs::canonical(program, failed);
    if (!failed) places.push_back(real.parent_path());
  }
  for (fs::path& each : matching((cache_folder() / "servers/*/bin").string()))
    places.push_back(std::move(each));

  std::vector<Installation> found;
  for (const fs::path& place : places) {
    std::optional<Installation> candidate = inspect(place);
    if (!candidate) continue;
    const bool known = std::ranges::any_of(
        found, [&](const Installation& each) { return each.major == candidate->major; });
    if (!known) found.push_back(std::move(*candidate));
  }
  std::ranges::sort(found, {}, &Installation::major);
  return found;
}

Result<Installation> choose_installation(int major) {
  const std::vector<Installation> all = installations();
  if (all.empty())
    return fail("postgres.no_server",
                "there is no PostgreSQL server on this machine to try things in", {},
                install_server(15) +
                    " (no service has to run), or name the folder of another one's initdb and "
                    "postgres in ARCHITRAVE_POSTGRES");
  if (major > 0)
    for (const Installation& each : all)
      if (each.major >= major) return each;
  return all.back();
}

}  // namespace architrave::postgres
