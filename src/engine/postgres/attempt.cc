#include "engine/postgres/attempt.h"

#include <cstdlib>

#include "engine/postgres/sandbox.h"

namespace architrave::postgres {

namespace {

// The moment, and that at which its transaction began.
constexpr const char* clock_of_server =
    "SELECT extract(epoch FROM pg_catalog.clock_timestamp()),"
    " extract(epoch FROM pg_catalog.transaction_timestamp())";

double number_at(const Rows& row, int column) {
  return std::strtod(std::string(row.cell(0, column)).c_str(), nullptr);
}

}  // namespace

Result<std::vector<engine::Attempt>> attempt(Connection& connection,
                                             const std::vector<std::string>& statements,
                                             double seconds) {
  const auto limit = static_cast<long long>(seconds * 1000);
  std::vector<std::string> all = {"DISCARD ALL", "BEGIN",
                                  "SET LOCAL statement_timeout = " + std::to_string(limit)};
  const std::size_t first = all.size();
  // The server's clock, since answers to several statements may arrive together. It is asked after
  // each, so that the first may be one that no query may come before.
  for (const std::string& each : statements)
    all.insert(all.end(), {each, std::string(clock_of_server)});
  all.insert(all.end(), {"ROLLBACK", "DISCARD ALL"});
  auto results = connection.pipeline(all);
  if (!results) return fail(results);
  std::vector<engine::Attempt> answers;
  std::optional<double> since;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    engine::Attempt answer;
    const Result<Rows>& rows = (*results)[first + 2 * i];
    if (const Result<Rows>& clock = (*results)[first + 2 * i + 1]; clock && clock->size() == 1) {
      const double now = number_at(*clock, 0);
      answer.seconds = now - since.value_or(number_at(*clock, 1));
      since = now;
    }
    if (!rows) {
      answer.error = rows.error().message.empty() ? "it failed" : rows.error().message;
      answer.code = rows.error().code;
      answers.push_back(std::move(answer));
      continue;
    }
    for (int column = 0; column < rows->columns(); ++column) {
      answer.columns.emplace_back(rows->column_name(column));
      answer.types.push_back(rows->column_type(column));
    }
    for (int row = 0; row < rows->size(); ++row) {
      auto& cells = answer.rows.emplace_back();
      for (int column = 0; column < rows->columns(); ++column)
        cells.push_back(rows->is_null(row, column)
                            ? std::nullopt
                            : std::optional(std::string(rows->cell(row, column))));
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

Result<std::vector<engine::Attempt>> PostgresSandbox::attempt(
    const std::vector<std::string>& statements, double seconds) {
  return postgres::attempt(connection_, statements, seconds);
}

}  // namespace architrave::postgres
