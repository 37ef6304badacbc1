#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "review/columns.h"
#include "review/fixes.h"
#include "review/words.h"

namespace architrave::review::rules {

namespace {

// Hashes, keys and the like are a few bytes.
bool is_small(const Column& column) {
  static constexpr std::array<std::string_view, 17> words = {
      "hash",      "digest", "checksum",    "key",    "salt", "token",
      "signature", "hmac",   "uuid",        "guid",   "iv",   "nonce",
      "encrypted", "cipher", "fingerprint", "secret", "id"};
  return std::ranges::any_of(name_words(column.name), [](const std::string& word) {
    return std::ranges::find(words, word) != words.end();
  });
}

// A record in a program's own encoding ("data" beside "data_encoding") is what the row is there
// for.
bool is_the_row(const Relation& table, const Column& column) {
  return table.column(column.name + "_encoding") != nullptr;
}

void check(const Look& look, Verdict& verdict) {
  for (const Relation* table : own_tables(look.catalog))
    for (const Column& column : table->columns) {
      if (!is_builtin(column, "bytea") || is_small(column) || is_the_row(*table, column)) continue;
      const bool measured_large = column.stats && column.stats->width > 100'000;
      const bool in_wide_table = table->columns.size() >= 10 && !column.stats;
      if (!measured_large && !in_wide_table) continue;
      verdict.find(about(*table, column),
                   fmt::format("{} keeps binary data among {} other columns: backups, replicas and "
                               "SELECT * carry it along; keep it in a table of its own or outside",
                               column.name, table->columns.size() - 1),
                   {{"columns", static_cast<std::int64_t>(table->columns.size())}});
    }
}

}  // namespace

extern const Rule blob_column;
const Rule blob_column = {.name = "blob-column",
                          .severity = Severity::info,
                          .area = Area::types,
                          .summary = "Large binary values lie in the rows of a table in use",
                          .serves = {},
                          .check = check};

}  // namespace architrave::review::rules
