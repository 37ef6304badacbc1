// A SQLite catalog as one of PostgreSQL: a function from values to values, which says of every
// decision what was guessed, what is lost and what stays behind.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "migration/move/profile.h"
#include "migration/move/values.h"

namespace architrave::migration {

struct Decision {
  enum class Kind {
    chosen,    // one of several ways, none of which loses anything that is stored
    lost,      // something that was there has no counterpart
    left_out,  // an object that is not made
    refused,   // nothing is moved before someone has allowed it: --allow-loss
  };
  Kind kind = Kind::chosen;
  std::string object;  // "column app.orders.note"
  std::string what;
};
std::string_view word(Decision::Kind kind);

struct MovedColumn {
  std::string source;
  std::string target;
  Form form = Form::text;
  bool computed = false;  // the target makes its values
};

struct MovedTable {
  std::string source;
  std::string target;
  std::vector<MovedColumn> columns;
  std::int64_t rows = 0;
  std::string rowid;  // as TableProfile has it
  std::int64_t first_rowid = 0;
  std::int64_t last_rowid = 0;
};

struct MovedSequence {
  std::string table;  // target names
  std::string column;
  std::int64_t last = 0;  // that was given; 0: none was
};

struct Mapping {
  catalog::Catalog catalog;
  std::vector<MovedTable> tables;
  std::vector<MovedSequence> sequences;
  std::vector<Decision> decisions;
  std::vector<std::string> views;  // in the order in which they can be made

  bool refused() const;
};

struct MapOptions {
  std::string schema = "public";
  bool dates = false;  // what is declared a date and holds nothing else becomes one
  bool allow_losses = false;
  std::set<std::string> allowed;  // by the object's name: "app.orders.note"
};

// What the target makes of expressions is not known here: it is for the trial to find out.
Mapping map_catalog(const catalog::Catalog& from, const Profile& profile,
                    const MapOptions& options);

}  // namespace architrave::migration
