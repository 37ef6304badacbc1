#include "engine/postgres/reader.h"

#include <map>
#include <vector>

#include "base/text.h"
#include "engine/postgres/assembler.h"
#include "engine/postgres/queries.h"

namespace architrave::postgres {

Result<catalog::Catalog> read_catalog(Connection& connection, const ReadOptions& options) {
  const int major = connection.server_version() / 10000;
  // Like Connection::read_only, with settings that hold for all questions and end with them. Each
  // stands between savepoints, so that one that is refused does not take the others with it.
  std::vector<std::string> statements = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                                         "SELECT 1", catalog_query("session", major)};
  const std::size_t opening = statements.size();
  std::map<std::size_t, const Assembler::Question*> questions;  // by the statement that asks
  for (const Assembler::Question& question : Assembler::questions()) {
    if (question.measured && !options.measurements) continue;
    statements.insert(statements.end(), {"SAVEPOINT question", catalog_query(question.query, major),
                                         "ROLLBACK TO question"});
    questions.emplace(statements.size() - 2, &question);
  }
  statements.push_back("ROLLBACK");

  // Each answer is taken while the server works on the next, and forgotten: there are never two
  // in memory.
  Assembler assembler;
  Status status;
  const auto take = [&](std::size_t i, Result<Rows> answer) {
    const auto asked = questions.find(i);
    if (!status || (asked == questions.end() && (answer || i >= opening))) return;
    if (!answer && (asked == questions.end() || asked->second->required))
      status = fail(answer);
    else if (answer)
      (assembler.*asked->second->take)(*answer);
    else
      assembler.unread(replace_all(std::string(asked->second->query), "_", " "),
                       answer.error().message);
  };
  if (Status done = connection.pipeline_each(statements, take); !done) return fail(done);
  if (!status) return fail(status);
  return assembler.finish();
}

}  // namespace architrave::postgres
