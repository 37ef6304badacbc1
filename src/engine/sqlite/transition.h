// The statements that turn one SQLite database into another, and what they would lose. SQLite
// alters little in place: it adds a column of a plain kind; for all else a table is made anew
// beside its old self, filled from it, and the old one dropped, by the procedure of SQLite's own
// manual. Pure: what SQLite thinks of them is for those above to try.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/diff.h"

namespace architrave::sqlite {

struct Loss {
  catalog::Object object;
  std::string what;  // "its rows"
};

struct TransitionOptions {
  // By column, "main.orders.total": the expression that gives rows that are there their value; a
  // column of that name in the old table may stand in it.
  std::map<std::string, std::string> fill;
  // Tables and columns by to_string(Object), to be kept under another name instead of dropped.
  std::map<std::string, std::string> keep;
  // What to_string(Object) says of a table or column that is wanted, by the name under which the
  // old catalog keeps it.
  std::map<std::string, std::string> kept;
};

struct Transition {
  std::vector<std::string> statements;  // in order, for one transaction
  // They drop or make anew a table: for them `PRAGMA foreign_keys` has to be off, else the rows
  // that refer to it would go with it, and `PRAGMA legacy_alter_table` on.
  bool rebuilds = false;
  std::vector<Loss> losses;
};
Transition transition(const catalog::Catalog& from, const catalog::Catalog& to,
                      const TransitionOptions& options = {});

// How the one differs from the other, but for white space, comments, quotes and the order of
// columns.
std::vector<catalog::Change> difference(catalog::Catalog a, catalog::Catalog b);

}  // namespace architrave::sqlite
