// What --fix writes: changes of a statement's text that mean the same but for what the rule speaks
// of, and that need no decision. Everything else is left to people.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "migration/lint/rule.h"
#include "sql/tokens.h"

namespace architrave::migration::lint {

struct Edit {
  std::size_t offset = 0;  // in the statement's text
  std::size_t remove = 0;  // bytes
  std::string insert;
};

struct Fix {
  std::vector<Edit> edits;       // none: there is no fix
  bool transactionless = false;  // the file has to say that it runs without a transaction
};

// `location`: the finding's, in the statement; 0 where it is the statement's own.
// `tokens`: the statement's.
Fix fix_of(std::string_view rule, const Statement& statement, std::span<const sql::Token> tokens,
           std::size_t location);

}  // namespace architrave::migration::lint
