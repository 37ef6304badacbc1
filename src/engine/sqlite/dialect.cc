// looks_like_sqlite_script: a script's signs, weighed.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "engine/sqlite/source.h"
#include "engine/sqlite/tokens.h"

namespace architrave::sqlite {
namespace {

// Words and signs in a row, folded to upper case, and what they say: above 0 for SQLite, below for
// PostgreSQL or MySQL. A sign counts once, however often it stands there.
struct Sign {
  std::string_view words;
  int weight;
};
constexpr Sign signs[] = {
    // SQLite's own.
    {"AUTOINCREMENT", 6},
    {"PRAGMA", 6},
    {"WITHOUT ROWID", 6},
    {"SQLITE_SEQUENCE", 6},
    {"SQLITE_STAT1", 6},
    {"SQLITE_SCHEMA", 6},
    {"SQLITE_MASTER", 6},
    {"VIRTUAL TABLE", 6},
    {"OR IGNORE INTO", 4},
    {"OR REPLACE INTO", 4},
    {"RAISE ( ABORT", 4},
    {"STRFTIME (", 4},
    {"JULIANDAY (", 4},
    {"DATETIME (", 3},
    {"ON CONFLICT REPLACE", 3},
    {") STRICT", 3},
    {"COLLATE NOCASE", 3},
    {"COLLATE RTRIM", 3},
    {"BLOB", 2},
    // Not PostgreSQL's: SQLite takes any name for a type.
    {"DATETIME", 2},
    {"NVARCHAR", 2},
    {"TINYINT", 2},
    {"MEDIUMINT", 1},
    {"MEDIUMBLOB", 2},
    {"LONGTEXT", 1},
    {"CLOB", 2},
    {"DOUBLE ,", 1},
    {"DOUBLE NOT", 1},
    // PostgreSQL's.
    {"::", -6},
    {"$$", -8},
    {"SERIAL", -6},
    {"BIGSERIAL", -6},
    {"SMALLSERIAL", -6},
    {"JSONB", -6},
    {"TIMESTAMPTZ", -5},
    {"TIMESTAMP WITH", -5},
    {"WITH TIME ZONE", -5},
    {"WITHOUT TIME ZONE", -5},
    {"CHARACTER VARYING", -3},
    {"BYTEA", -6},
    {"TSVECTOR", -6},
    {"INET", -3},
    {"CIDR", -3},
    {"UUID", -2},
    {"[]", -6},
    {"PUBLIC .", -6},
    {"UNLOGGED TABLE", -8},
    {"NULLS NOT DISTINCT", -6},
    {"CREATE EXTENSION", -8},
    {"CREATE SCHEMA", -4},
    {"CREATE TYPE", -6},
    {"CREATE DOMAIN", -6},
    {"CREATE SEQUENCE", -6},
    {"CREATE FUNCTION", -6},
    {"CREATE PROCEDURE", -6},
    {"OR REPLACE FUNCTION", -8},
    {"OR REPLACE VIEW", -4},
    {"MATERIALIZED VIEW", -6},
    {"CREATE POLICY", -6},
    {"CREATE ROLE", -6},
    {"LANGUAGE PLPGSQL", -8},
    {"COMMENT ON", -5},
    {"ALTER TABLE ONLY", -6},
    {"OWNER TO", -6},
    {"SEARCH_PATH", -6},
    {"NEXTVAL", -6},
    {"SETVAL", -6},
    {"GEN_RANDOM_UUID", -6},
    {"AS IDENTITY", -6},
    {"FROM STDIN", -8},
    {"USING GIN", -6},
    {"USING GIST", -6},
    {"USING BTREE", -4},
    {"PARTITION BY RANGE", -6},
    {"PARTITION BY LIST", -6},
    {"PARTITION BY HASH", -6},
    {"INDEX CONCURRENTLY", -6},
    {"ADD CONSTRAINT", -5},
    {"ALTER COLUMN", -5},
    {"SET NOT NULL", -5},
    {"GRANT SELECT", -4},
    {"GRANT ALL", -4},
    {"FOR EACH STATEMENT", -4},
    {"EXECUTE FUNCTION", -6},
    {"EXECUTE PROCEDURE", -6},
    {"TRUNCATE", -3},
    // MySQL's.
    {"AUTO_INCREMENT", -20},
    {"ENGINE = INNODB", -20},
    {"ENGINE = MYISAM", -20},
    {"DEFAULT CHARSET", -12},
    {"DEFAULT CHARACTER SET", -12},
    {"CHARACTER SET", -6},
    {"CREATE DATABASE", -8},
    {"USE", -4},
    {"DELIMITER", -12},
    {"LOCK TABLES", -12},
    {"SET NAMES", -8},
    {"UNSIGNED", -4},
    {"ENUM (", -6},
    {"UPDATE CURRENT_TIMESTAMP", -6},
    {"UNIQUE KEY", -6},
    {"USING BTREE", -4},
    // SQL Server's.
    {"IDENTITY (", -12},
    {"DBO", -12},
    {"GO", -4},
};

constexpr std::size_t enough_bytes = 256 * 1024;

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

// The words of all signs by their first, with their weights.
const std::multimap<std::string, std::pair<std::vector<std::string>, int>>& index() {
  static const auto made = [] {
    std::multimap<std::string, std::pair<std::vector<std::string>, int>> result;
    for (const Sign& sign : signs) {
      auto words = split(sign.words, ' ');
      result.emplace(words.front(), std::pair(words, sign.weight));
    }
    return result;
  }();
  return made;
}

}  // namespace

bool looks_like_sqlite_script(std::string_view text) {
  text = text.substr(0, enough_bytes);
  std::vector<std::string> words;
  int backticks = 0;
  int brackets = 0;
  for (const Token& token : tokenize(text)) {
    std::string_view word = text.substr(token.begin, token.end - token.begin);
    switch (token.kind) {
      case Token::Kind::word:
      case Token::Kind::other:
        words.push_back(upper(word));
        break;
      case Token::Kind::quoted:
        // [Order Items] is a name; [] and [1] and [i] behind a name belong to an array.
        if (word.front() == '`') ++backticks;
        if (word.front() == '[') {
          const bool behind_space = token.begin == 0 || text[token.begin - 1] <= ' ' ||
                                    text[token.begin - 1] == '(' || text[token.begin - 1] == '.';
          if (word == "[]") {
            words.push_back("[]");
          } else if (behind_space) {
            ++brackets;
          }
        }
        words.push_back("\"");
        break;
      case Token::Kind::string:
      case Token::Kind::number:
        words.push_back("'");
        break;
    }
  }
  int weight = (backticks > 0 ? 2 : 0) + (brackets > 0 ? 3 : 0);
  std::vector<const void*> seen;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto [first, last] = index().equal_range(words[i]);
    for (; first != last; ++first) {
      const auto& [sign, value] = first->second;
      if (i + sign.size() > words.size() ||
          !std::equal(sign.begin(), sign.end(), words.begin() + static_cast<std::ptrdiff_t>(i)) ||
          std::ranges::find(seen, &sign) != seen.end()) {
        continue;
      }
      seen.push_back(&sign);
      weight += value;
    }
  }
  // A file of SQLite's has no schemas to name but its own.
  for (std::size_t i = 0; i + 2 < words.size(); ++i)
    if ((words[i] == "TABLE" || words[i] == "EXISTS") && words[i + 2] == "." &&
        words[i + 1] != "MAIN" && words[i + 1] != "TEMP" && words[i + 1] != "\"") {
      weight -= 6;
      break;
    }
  return weight > 0;
}

}  // namespace architrave::sqlite
