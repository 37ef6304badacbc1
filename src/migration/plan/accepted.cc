#include "migration/plan/accepted.h"

#include <array>
#include <string>

namespace architrave::migration {

namespace {

struct Accepted {
  std::string_view head;
  std::string_view within;
  std::string_view rule;
};
constexpr std::array<Accepted, 5> table = {{
    {"ALTER TABLE ", " RENAME COLUMN ", "rename-column"},
    {"ALTER TABLE ", " RENAME TO ", "rename-table"},
    {"ALTER TABLE ", " DROP COLUMN ", "drop-column"},
    {"DROP TABLE ", "", "drop-table"},
    {"DROP SCHEMA ", "", "drop-schema"},
}};

}  // namespace

Statement accepted(Statement statement, std::string_view why) {
  for (const Accepted& each : table)
    if (statement.text.starts_with(each.head) &&
        statement.text.find(each.within) != std::string::npos)
      statement.accepted = std::string(each.rule) + ": " + std::string(why);
  return statement;
}

}  // namespace architrave::migration
