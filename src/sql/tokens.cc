#include "sql/tokens.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <cstdint>
#include <string>

#include "base/text.h"

namespace architrave::sql {

bool Token::is(std::string_view word) const {
  return text.size() == word.size() && lower(text) == word;
}

std::vector<Token> tokens(std::string_view statement) {
  std::vector<Token> out;
  const std::string text(statement);
  const PgQueryScanResult scanned = pg_query_scan(text.c_str());
  if (scanned.error == nullptr) {
    PgQuery__ScanResult* result = pg_query__scan_result__unpack(
        nullptr, scanned.pbuf.len, reinterpret_cast<const std::uint8_t*>(scanned.pbuf.data));
    if (result != nullptr) {
      out.reserve(result->n_tokens);
      for (std::size_t i = 0; i < result->n_tokens; ++i) {
        const PgQuery__ScanToken& token = *result->tokens[i];
        if (token.token == PG_QUERY__TOKEN__SQL_COMMENT ||
            token.token == PG_QUERY__TOKEN__C_COMMENT)
          continue;
        const auto begin = static_cast<std::size_t>(token.start);
        out.push_back(
            {begin, statement.substr(begin, static_cast<std::size_t>(token.end) - begin)});
      }
      pg_query__scan_result__free_unpacked(result, nullptr);
    }
  }
  pg_query_free_scan_result(scanned);
  return out;
}

}  // namespace architrave::sql
