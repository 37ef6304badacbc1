#include <fmt/format.h>

#include <string>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

// The lengths of MD5, SHA-1, bcrypt, SHA-256 and SHA-512 as text, or a comment that says so.
bool says_it_is_hashed(const Column& column) {
  const int limit = length_limit(column);
  if (limit == 32 || limit == 40 || limit == 60 || limit == 64 || limit == 128) return true;
  const std::string comment = lower(column.comment);
  for (const char* word :
       {"hash", "bcrypt", "argon", "scrypt", "scram", "pbkdf", "crypt", "digest"})
    if (comment.find(word) != std::string::npos) return true;
  return false;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Column& column : table->columns) {
      const bool is_text = is_builtin(column, "text") || is_builtin(column, "varchar") ||
                           is_builtin(column, "bpchar");
      if (!is_text || !is_password_name(column.name) || !is_own(look, *table, column)) continue;
      if (says_it_is_hashed(column)) continue;
      verdict.find(about(*table, column),
                   fmt::format("{} may hold passwords as they were typed: nothing in its name, its "
                               "length or its comment says that they are hashed",
                               column.name),
                   {{"type", column.type}});
    }
}

}  // namespace

extern const Rule plaintext_password;
const Rule plaintext_password = {.name = "plaintext-password",
                                 .area = Area::security,
                                 .summary = "A password seems to be stored as it is",
                                 .serves = {"SEC-3"},
                                 .check = check};

}  // namespace architrave::review::rules
