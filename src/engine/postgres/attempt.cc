#include "engine/postgres/sandbox.h"

namespace architrave::postgres {

Result<std::vector<engine::Attempt>> PostgresSandbox::attempt(
    const std::vector<std::string>& statements, double seconds) {
  const auto limit = static_cast<long long>(seconds * 1000);
  std::vector<std::string> all = {"DISCARD ALL", "BEGIN",
                                  "SET LOCAL statement_timeout = " + std::to_string(limit)};
  const std::size_t first = all.size();
  all.insert(all.end(), statements.begin(), statements.end());
  all.insert(all.end(), {"ROLLBACK", "DISCARD ALL"});
  std::vector<double> finished;
  auto results = connection_.pipeline(all, &finished);
  if (!results) return fail(results);
  std::vector<engine::Attempt> answers;
  for (std::size_t i = first; i < first + statements.size(); ++i) {
    engine::Attempt answer;
    const Result<Rows>& rows = (*results)[i];
    answer.seconds = finished[i] - finished[i - 1];
    if (!rows) {
      answer.error = rows.error().message.empty() ? "it failed" : rows.error().message;
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

}  // namespace architrave::postgres
