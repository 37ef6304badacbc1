// A disposable PostgreSQL server that holds one database: empty, with a catalog written into it,
// or as a twin that plans like the original.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/postgres/connection.h"
#include "engine/postgres/server.h"
#include "engine/postgres/statistics.h"

namespace architrave::postgres {

class PostgresSandbox final : public engine::Sandbox {
 public:
  PostgresSandbox(std::shared_ptr<Server> server, Connection connection, std::string database);

  Server& server() { return *server_; }
  // As the superuser; may be left in any state, since every question starts by resetting it.
  Connection& connection() { return connection_; }
  ~PostgresSandbox() override;
  std::string connection_string() const { return server_->connection_string(database_); }

  std::string description() const override;
  bool has_statistics() const override { return has_statistics_; }
  // Loads the statistics given to sandbox_with and lengthens the relations' files; the server is
  // restarted for that.
  Status take_statistics() override;
  Result<catalog::Catalog> read() override;
  Result<std::unique_ptr<engine::Sandbox>> copy() override;
  Result<std::vector<engine::Outcome>> run(const std::vector<engine::Unit>& units) override;
  // Queries may hold $1, $2, …: they are planned as generic plans.
  Result<std::vector<std::optional<double>>> costs(
      const std::vector<std::string>& queries) override;
  // Installs HypoPG in the sandbox's database, where the server has it.
  Result<std::vector<std::optional<double>>> costs_with(
      const std::vector<std::string>& queries,
      const std::vector<std::string>& create_indexes) override;
  Result<std::vector<engine::Attempt>> attempt(const std::vector<std::string>& statements,
                                               double seconds) override;
  std::vector<std::pair<std::string, std::string>> environment() const override;

 private:
  friend Result<std::unique_ptr<PostgresSandbox>> sandbox_with(
      const catalog::Catalog& catalog, std::shared_ptr<const Statistics> statistics,
      const Installation& installation);
  // They are the server's, each for one database, and no template has them.
  Status give_subscriptions(PostgresSandbox& other);

  std::shared_ptr<Server> server_;  // with the copies, which are databases beside this one
  Connection connection_;
  std::string database_;
  bool is_copy_ = false;
  std::shared_ptr<const Statistics> statistics_;
  bool has_statistics_ = false;
  std::optional<bool> has_hypopg_;  // once it was asked for
};

// `settings` are lines for postgresql.conf.
Result<std::unique_ptr<PostgresSandbox>> make_empty_sandbox(
    const Installation& installation, const std::vector<std::string>& settings = {},
    const std::string& database = "postgres");

// Holds the catalog's definitions, owned by roles of the same names that can't log in.
// `statistics` (may be null) are for take_statistics. Errors: "sandbox.write" for a definition that
// this server does not take, with a hint where an extension is missing.
Result<std::unique_ptr<PostgresSandbox>> sandbox_with(const catalog::Catalog& catalog,
                                                      std::shared_ptr<const Statistics> statistics,
                                                      const Installation& installation);

}  // namespace architrave::postgres
