#include "engine/postgres/reader.h"

#include <vector>

#include "base/text.h"
#include "engine/postgres/assembler.h"
#include "engine/postgres/queries.h"

namespace architrave::postgres {

Result<catalog::Catalog> read_catalog(Connection& connection, const ReadOptions& options) {
  const int major = connection.server_version() / 10000;
  std::vector<const Assembler::Question*> questions;
  for (const Assembler::Question& question : Assembler::questions())
    if (options.measurements || !question.measured) questions.push_back(&question);

  // Like Connection::read_only, with settings that hold for all questions and end with them. Each
  // stands between savepoints, so that one that is refused does not take the others with it.
  std::vector<std::string> statements = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                                         "SELECT 1", catalog_query("session", major)};
  const std::size_t opening = statements.size();
  for (const Assembler::Question* question : questions)
    statements.insert(
        statements.end(),
        {"SAVEPOINT question", catalog_query(question->query, major), "ROLLBACK TO question"});
  statements.push_back("ROLLBACK");
  auto answers = connection.pipeline(statements);
  if (!answers) return fail(answers);
  for (std::size_t i = 0; i < opening; ++i)
    if (!(*answers)[i]) return fail((*answers)[i]);

  Assembler assembler;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    Result<Rows>& answer = (*answers)[opening + 3 * i + 1];
    if (answer) {
      (assembler.*questions[i]->take)(*answer);
      answer = Rows();  // one result less in memory
    } else if (questions[i]->required) {
      return fail(answer);
    } else {
      assembler.unread(replace_all(std::string(questions[i]->query), "_", " "),
                       answer.error().message);
    }
  }
  return assembler.finish();
}

}  // namespace architrave::postgres
