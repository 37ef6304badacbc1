// Proves migrations by running them: every up, its down, and the up again, on a private server,
// with the catalog compared after each.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/postgres/connection.h"
#include "engine/postgres/sandbox.h"
#include "migration/files.h"

namespace architrave::migration {

struct VerifiedStep {
  std::string version;
  std::string name;
  Phase phase = Phase::none;
  std::optional<Error> up_failed;  // nothing behind it is tried
  bool has_down = false;
  std::optional<Error> down_failed;
  std::vector<std::string> differences;  // from the catalog before, after the down
  std::vector<std::string>
      reordered;                  // tables whose columns stand in another order, after the down
  std::vector<std::string> lost;  // tables whose rows are not what they were, after the down
  // The up once more: its error, or how its catalog differs from the first time.
  std::optional<Error> again_failed;
  std::vector<std::string> again_differences;
  std::optional<Error> check_failed;  // sqitch's verify script

  bool restores() const { return has_down && !down_failed && differences.empty(); }
  bool holds() const {
    return !up_failed && restores() && lost.empty() && !again_failed && again_differences.empty() &&
           !check_failed;
  }
};

struct Verification {
  std::string server;  // "PostgreSQL 15.20 sandbox"
  std::vector<VerifiedStep> steps;
  catalog::Catalog before;  // of the sandbox as it was given
  catalog::Catalog after;   // after the last up that ran
  // What the history of a database says against the folder, and what to do about it.
  std::vector<std::string> problems;
  std::vector<std::string> next;
  bool holds() const;
};

struct VerifyOptions {
  bool rows = true;                // compare the rows of tables too
  double statement_timeout = 300;  // seconds
  std::function<void(std::string_view what, std::size_t done, std::size_t of)> progress;
  // Gives the way back instead of the migration's own, from the catalogs around its up.
  std::function<Result<std::optional<Script>>(const Migration&, const catalog::Catalog& before,
                                              const catalog::Catalog& after)>
      make_down;
};

// The same on SQLite, whose sandbox is copied before a down is tried.
Result<Verification> verify_sqlite(const std::vector<Migration>& migrations,
                                   std::unique_ptr<engine::Sandbox> sandbox,
                                   const VerifyOptions& options);

// `sandbox` holds what the first migration is applied to, definitions and rows. All is done in
// copies of its database: it stays as it is. Errors: the server went away, an interrupt. A
// migration that does not hold is not an error.
Result<Verification> verify(const std::vector<Migration>& migrations,
                            postgres::PostgresSandbox& sandbox, const VerifyOptions& options = {});

// Runs a script's steps as the runner would, but without a history, retries and batches. Errors at
// file:line:column.
Status run_script(postgres::Connection& connection, const Script& script);

// For people and for programs.
std::string to_text(const Verification& verification);
std::string to_json(const Verification& verification);

}  // namespace architrave::migration
