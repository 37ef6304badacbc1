// What comments say to the linter:
//
//   -- architrave:ignore drop-column, rename-table: the release of May reads neither
//   -- architrave:ignore-file require-table-schema
//   -- architrave:transaction none
//
// and what other tools' comments say of transactions. A line `-- NAME.sql` alone begins another
// migration: files that were put one behind the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace architrave::migration::lint {

struct Directives {
  struct Ignore {
    std::string rule;
    bool whole_file = false;
    std::size_t offset = 0;  // in the text that was given
    bool expected = false;   // nobody has written it: it need not silence anything
  };
  std::vector<Ignore> ignores;
  std::optional<bool> transaction;
  bool begins_migration = false;
};

// Adds what the comments in a text between statements say.
void read_comments(std::string_view text, Directives& directives);

}  // namespace architrave::migration::lint
