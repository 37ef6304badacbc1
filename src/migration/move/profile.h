// What the rows of a SQLite database really hold: its columns take values of any kind, whatever
// they were declared to be.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/sqlite/sqlite.h"

namespace architrave::migration {

// Numbers of rows, but where something else is said.
struct ColumnProfile {
  std::int64_t nulls = 0;
  std::int64_t integers = 0;
  std::int64_t reals = 0;
  std::int64_t texts = 0;
  std::int64_t blobs = 0;

  std::int64_t zero_or_one = 0;    // of the integers
  std::int64_t beyond_double = 0;  // integers that no double holds
  std::int64_t epochs = 0;         // integers that are seconds of the years 1 to 9999
  std::int64_t infinite = 0;       // of the reals
  int whole_digits = 0;            // the most before the point, of all numbers
  int places = 0;                  // and behind it

  std::int64_t with_nul = 0;  // of the texts
  std::int64_t broken = 0;    // texts that are no UTF-8
  std::int64_t uuids = 0;
  std::int64_t dates = 0;
  std::int64_t stamps = 0;
  std::int64_t longest = 0;  // characters

  std::int64_t values() const { return integers + reals + texts + blobs; }
};

struct TableProfile {
  std::int64_t rows = 0;
  std::vector<ColumnProfile> columns;  // as in the catalog
  // A name under which its rowid can be asked for; empty if it has none, or no name is free.
  std::string rowid;
  std::int64_t first_rowid = 0;
  std::int64_t last_rowid = 0;
  std::int64_t sequence = 0;                    // of AUTOINCREMENT: the last that was given
  std::map<std::string, std::int64_t> orphans;  // by foreign key: rows without their parent
};

using Profile = std::map<std::string, TableProfile>;  // by the table's name

// Reads every row once. Virtual tables are left out.
Result<Profile> read_profile(sqlite::Connection& connection, const catalog::Catalog& catalog,
                             const std::function<void(std::string_view)>& progress);

}  // namespace architrave::migration
