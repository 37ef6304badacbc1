// A private database in a private folder, removed afterwards.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/sqlite/attempt.h"
#include "engine/sqlite/private_folder.h"
#include "engine/sqlite/sqlite.h"

namespace architrave::sqlite {

class SqliteSandbox : public engine::Sandbox {
 public:
  // Empty, or with the same as `original`, rows included.
  static Result<std::unique_ptr<SqliteSandbox>> make(Connection* original = nullptr);

  std::string description() const override;  // "SQLite 3.40.1 sandbox"
  bool has_statistics() const override { return false; }
  Result<catalog::Catalog> read() override;
  // A transactional unit may hold no BEGIN, COMMIT or ROLLBACK of its own. No unit may touch
  // another file.
  Result<std::vector<engine::Outcome>> run(const std::vector<engine::Unit>& units) override;
  // SQLite's planner has no numbers to show: absent for each.
  Result<std::vector<std::optional<double>>> costs(
      const std::vector<std::string>& queries) override;
  Result<std::unique_ptr<engine::Sandbox>> copy() override;
  // Statements may call hash_of(value, …): 62 bits over the values and what they are stored as.
  Result<std::vector<engine::Attempt>> attempt(const std::vector<std::string>& statements,
                                               double seconds) override {
    return sqlite::attempt(connection_, statements, seconds);
  }
  // {"ARCHITRAVE_DATABASE", the file}
  std::vector<std::pair<std::string, std::string>> environment() const override;

 private:
  SqliteSandbox(PrivateFolder folder, std::filesystem::path file, Connection connection)
      : folder_(std::move(folder)), file_(std::move(file)), connection_(std::move(connection)) {}
  engine::Outcome run(const engine::Unit& unit);
  PrivateFolder folder_;  // declared first: removed once the connection is closed
  std::filesystem::path file_;
  Connection connection_;
};

}  // namespace architrave::sqlite
