// Lint: what a folder of migrations would do to a database that is in use, found in its text. Files
// are read in order; what each leaves behind is known to the next. Findings are given as they are
// found, file by file, so that memory does not grow with them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "migration/lint/rule.h"
#include "proposal/lint.h"

namespace architrave::migration::lint {

struct Options {
  int version = 15;  // of the server that the migrations are for
  int minor = -1;
  std::optional<bool> transaction;             // how files run that do not say; absent: presumed
  std::set<std::string, std::less<>> without;  // rules that are not asked
  std::set<std::string, std::less<>> only;     // rules that are; empty: all
  const catalog::Catalog* catalog = nullptr;   // what was there before the first file
  bool fix = false;
};

struct File {
  std::string path;
  std::string text;
  std::string rest;           // behind the text, of a file that holds the way back as well
  bool history = false;       // read for what it leaves behind alone
  bool out_of_order = false;  // new, but before files that were there
  bool without_down = false;  // an up whose down is missing
};

// Files of a folder in the order in which they are applied, or a single one; "-" is standard input.
// Those that undo (NAME.down.sql, down.sql, U1__x.sql) are left out of folders. `since`: a git ref;
// files that it has unchanged are history. Errors: "file.missing", "file.read", "lint.empty",
// "lint.git".
Result<std::vector<File>> collect(const std::vector<std::string>& paths, const std::string& since);

class Linter {
 public:
  explicit Linter(const Options& options);
  ~Linter();
  // With Options::fix the text that the file should have, if it differs from the one it has; what
  // that mends is counted and not given.
  std::optional<std::string> lint(const File& file,
                                  const std::function<void(const LintFinding&)>& take);
  // What can be said after the last file alone. The files must still be there, if not their texts.
  void finish(const std::function<void(const LintFinding&)>& take);
  const LintSummary& summary() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace architrave::migration::lint
