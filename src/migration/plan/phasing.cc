#include "migration/plan/phasing.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/quoting.h"

namespace architrave::migration {

namespace {

// How long a statement waits for a lock while others wait behind it; the runner tries again.
constexpr const char* patience_among_writers = "100ms";

}  // namespace

void Phasing::alone(Statement statement, bool patient) {
  close();
  Step step = Step::single(std::move(statement));
  step.lock_timeout = patient ? "0" : patience_among_writers;
  step.statement_timeout = "0";
  steps_.push_back(std::move(step));
}

void Phasing::fill(Backfill backfill) {
  close();
  steps_.push_back(Step::fill(std::move(backfill)));
}

void Phasing::not_null(const catalog::ObjectName& table, const std::string& column,
                       Leftover leftover) {
  const std::string name = catalog::qualified(table.schema, table.name);
  const std::string quoted = catalog::quote_identifier(column);
  const std::string check = catalog::quote_identifier(derived_name(column, "__is_not_null"));
  const std::string drop = " DROP CONSTRAINT ";
  together({"ALTER TABLE " + name + " ADD CONSTRAINT " + check + " CHECK (" + quoted +
                " IS NOT NULL) NOT VALID",
            Made{},
            {"ALTER TABLE IF EXISTS " + name + drop + "IF EXISTS " + check, {}, {}}});
  alone("ALTER TABLE " + name + " VALIDATE CONSTRAINT " + check);
  together({"ALTER TABLE " + name + " ALTER COLUMN " + quoted + " SET NOT NULL",
            {Made::What::not_null, table, column, {}},
            std::move(leftover)});
  together("ALTER TABLE " + name + drop + check);
}

void Phasing::close() {
  if (open_.empty()) return;
  std::vector<Statement> statements;
  // A body may name what comes after it.
  if (std::ranges::any_of(open_, [](const Statement& each) {
        return each.text.starts_with("CREATE OR REPLACE FUNCTION") ||
               each.text.starts_with("CREATE OR REPLACE PROCEDURE");
      }))
    statements.emplace_back("SET LOCAL check_function_bodies = off");
  std::ranges::move(open_, std::back_inserter(statements));
  Step step = Step::transaction(std::move(statements));
  step.lock_timeout = patience_among_writers;
  steps_.push_back(std::move(step));
  open_.clear();
}

std::vector<Step> Phasing::take() {
  close();
  return std::move(steps_);
}

}  // namespace architrave::migration
