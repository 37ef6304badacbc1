// A PostgreSQL server's planner, asked by EXPLAIN over one or two sessions. How indexes are made
// to seem there is for those that derive from it to say.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/planner.h"
#include "engine/postgres/connection.h"

namespace architrave::postgres {

class ExplainPlanner : public engine::Planner {
 public:
  Result<std::vector<std::string>> set_queries(std::vector<engine::PlannerQuery> queries) override;
  bool set_dispensable(std::vector<engine::RealIndex> indexes) override;
  Result<std::vector<std::optional<double>>> expected_rows(
      const std::vector<std::string>& selects) override;
  Result<std::vector<std::optional<engine::ExpressionSample>>> sample(
      const std::vector<engine::Expression>& expressions) override;
  Result<std::vector<std::optional<engine::Answer>>> ask(
      const std::vector<engine::Question>& questions) override;
  Result<std::vector<std::optional<engine::Answer>>> ask_without(
      const std::vector<std::string>& dropped,
      const std::vector<engine::Question>& questions) override;
  Result<std::vector<std::optional<engine::Answer>>> ask_with(
      const std::vector<std::string>& built,
      const std::vector<engine::Question>& questions) override;
  Result<std::string> plan(const engine::Question& question) override;
  std::int64_t calls() const override { return calls_; }
  double server_seconds() const override;
  std::string description() const override { return description_; }

 protected:
  // `pids` of the sessions, where the server is our own: its CPU time is counted, and changes that
  // are rolled back may be made in it.
  ExplainPlanner(std::vector<Connection> connections, std::vector<int> pids,
                 std::string description)
      : connections_(std::move(connections)),
        pids_(std::move(pids)),
        description_(std::move(description)) {}

  // Which hypothetical index has this name in a plan.
  using FindNumber = std::function<std::optional<std::size_t>(std::string_view name)>;

  // Statements after which exactly these hypothetical indexes are there, until the transaction is
  // rolled back.
  virtual std::vector<std::string> suppose(const std::vector<std::size_t>& indexes) const = 0;
  // `supposed`: what the last of those statements returned. Empty if they are not there.
  virtual FindNumber finder(const std::vector<std::size_t>& indexes,
                            const Rows& supposed) const = 0;
  // What ends a session's transactions, beside their rollback.
  virtual std::vector<std::string> forget() const { return {}; }
  // Whether supposing writes.
  virtual bool writes() const { return false; }

  Connection& connection() { return connections_[0]; }
  // In a transaction that makes changes first and is rolled back; own servers only.
  Result<std::vector<std::optional<engine::Answer>>> ask_after(
      const std::vector<std::string>& changes, const std::vector<engine::Question>& questions);

 private:
  struct Prepared {
    std::vector<std::string> before;  // statements
    std::string explain;              // "" if it can't be planned
    std::vector<std::string> after;
  };
  // The answers to the questions at `which`, by one session.
  Status ask_one(Connection& connection, const std::vector<engine::Question>& questions,
                 std::span<const std::size_t> which,
                 std::vector<std::optional<engine::Answer>>& answers,
                 const std::vector<std::string>& changes = {}) const;
  std::vector<Connection> connections_;
  std::vector<int> pids_;
  std::string description_;
  std::vector<Prepared> queries_;
  std::vector<engine::RealIndex> dispensable_;
  std::int64_t calls_ = 0;
};

// The server process of each session.
Result<std::vector<int>> processes_of(std::vector<Connection>& connections);

}  // namespace architrave::postgres
