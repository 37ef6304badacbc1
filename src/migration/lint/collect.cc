#include <algorithm>
#include <filesystem>
#include <ranges>
#include <set>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "migration/files.h"
#include "migration/lint/lint.h"

namespace architrave::migration::lint {

namespace fs = std::filesystem;

namespace {

// Files that undo: golang-migrate's and ours, diesel's, Flyway's.
bool undoes(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name.ends_with(".down.sql") || name == "down.sql" || name.ends_with("_down.sql")) return true;
  return name.size() > 2 && name[0] == 'U' && name[1] >= '0' && name[1] <= '9' &&
         name.find("__") != std::string::npos;
}

// The way down of a file that holds both (dbmate, goose) is not applied.
void cut_down(File& file) {
  for (const char* mark : {"-- migrate:down", "-- +goose Down"})
    if (const std::size_t at = file.text.find(mark); at != std::string::npos) {
      file.rest = file.text.substr(at);
      file.text.resize(at);
      return;
    }
}

// What git says has changed since the ref, or is new; absolute.
Result<std::set<fs::path>> changed_since(const std::string& since, const fs::path& folder) {
  std::set<fs::path> out;
  const auto git = [&](std::vector<std::string> arguments) -> Result<std::string> {
    arguments.insert(arguments.begin(), {"git", "-C", folder.string()});
    auto done = architrave::run({.arguments = std::move(arguments)});
    if (!done) return fail(done);
    if (done->code != 0)
      return fail("lint.git", std::string(trim(done->output)), folder.string(),
                  "--since takes a branch, tag or commit of the repository that holds the files");
    return done->output;
  };
  auto top = git({"rev-parse", "--show-toplevel"});
  if (!top) return fail(top);
  const fs::path root(std::string(trim(*top)));
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"diff", "--merge-base", "--name-only", "--diff-filter=d", "-z",
                                 since, "--"},
        std::vector<std::string>{"ls-files", "--others", "--exclude-standard", "--full-name",
                                 "-z"}}) {
    auto names = git(arguments);
    if (!names) return fail(names);
    for (const std::string& name : split(*names, '\0'))
      if (!name.empty()) out.insert(fs::weakly_canonical(root / name));
  }
  return out;
}

}  // namespace

Result<std::vector<File>> collect(const std::vector<std::string>& paths, const std::string& since) {
  std::vector<File> files;
  for (const std::string& path : paths) {
    std::error_code ignored;
    std::vector<fs::path> found;
    const bool folder = path != "-" && fs::is_directory(path, ignored);
    std::set<std::string> downs;
    if (folder) {
      for (const auto& entry : fs::recursive_directory_iterator(
               path, fs::directory_options::skip_permission_denied, ignored)) {
        if (!entry.is_regular_file(ignored) || entry.path().extension() != ".sql") continue;
        if (undoes(entry.path()))
          downs.insert(entry.path().string());
        else
          found.push_back(entry.path());
      }
      std::ranges::sort(found, [](const fs::path& a, const fs::path& b) {
        return version_less(a.string(), b.string());
      });
      if (found.empty())
        return fail("lint.empty", "there are no migrations in " + path, path,
                    "files of migrations end in .sql");
    } else {
      found.emplace_back(path);
    }
    for (const fs::path& each : found) {
      auto text = read_file(each);
      if (!text) return fail(text);
      File file{.path = each == "-" ? "stdin" : each.string(),
                .text = std::move(*text),
                .rest = {},
                .history = false,
                .out_of_order = false,
                .without_down = false};
      cut_down(file);
      const std::string& name = file.path;
      if (folder && !downs.empty() && name.ends_with(".up.sql"))
        file.without_down = !downs.contains(name.substr(0, name.size() - 6) + "down.sql");
      files.push_back(std::move(file));
    }
    if (since.empty() || path == "-") continue;
    const auto changed =
        changed_since(since, folder                                 ? fs::path(path)
                             : fs::path(path).parent_path().empty() ? fs::path(".")
                                                                    : fs::path(path).parent_path());
    if (!changed) return std::unexpected(changed.error());
    for (File& file : files)
      if (file.path != "stdin") file.history = !changed->contains(fs::weakly_canonical(file.path));
    // A new file before one that was there.
    bool older_behind = false;
    for (File& file : files | std::views::reverse) {
      file.out_of_order = !file.history && older_behind && folder;
      older_behind = older_behind || file.history;
    }
  }
  return files;
}

}  // namespace architrave::migration::lint
