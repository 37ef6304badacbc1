// The statements that turn one catalog into another, on one server: what is new is made, what has
// gone is unmade, what has changed is altered where PostgreSQL can, and else unmade and made again
// with all that hangs on it. Pure: what a server thinks of them is for those above to try.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/postgres/ordering.h"

namespace architrave::postgres {

struct TransitionOptions {
  int version = 150000;  // of the server
  // Objects, as catalog::to_string(Object) names them, to be unmade before all else, and made again
  // if they are to stay, though nothing in the catalogs asks for it: what a server has said to be
  // in the way.
  std::set<std::string> remake;
  // Who runs the statements, and owns what they make without being told.
  std::string role;
  // Columns, named the same way, whose values go to a new type by way of their text.
  std::set<std::string> through_text;
  // Columns, named the same way, that take no nulls (any more) and whose old values are gone: rows
  // get something that says nothing (0, an empty text; counted through where it may be a key). And
  // tables whose rows are gone: they get those that others refer to, by their keys alone.
  std::set<std::string> made_up;
};

// What is not there afterwards and can't be had back from the definitions: rows, values.
struct Loss {
  catalog::Object object;
  std::string what;  // "its rows"
};

// The priority of a step that drops what nothing needs any more, and of those behind it.
constexpr int not_wanted = 900;

struct Transition {
  std::vector<Step> steps;  // in an order that runs; see Step::act
  std::vector<Loss> losses;
};
Transition transition(const catalog::Catalog& from, const catalog::Catalog& to,
                      const TransitionOptions& options = {});

// Whether a column's values can go from one type to another and lose nothing.
bool keeps_values(const catalog::Column& from, const catalog::Column& to);
// The same, of what the catalogs' own types are made of too: one that had to make room is
// another's.
bool keeps_values(const catalog::Catalog& from, const catalog::Column& a,
                  const catalog::Catalog& to, const catalog::Column& b);
// What they lose otherwise: "values that date does not hold".
std::string lost_values(const catalog::Column& from, const catalog::Column& to);

// An attribute that values of the column's composite type have no more, however deep, or nothing.
std::string lost_attribute(const catalog::Catalog& from, const catalog::Column& a,
                           const catalog::Catalog& to, const catalog::Column& b);

// A value of the one column as one of the other: "now::text::app.state". Row types of other
// attributes are more than a cast.
std::string cast_to(const std::string& value, const catalog::Column& a, const catalog::Column& b);

// Whether a change from the one to the other writes the whole table anew.
bool rewrites(const catalog::Column& from, const catalog::Column& to);

// Whether one of the same name has to be dropped and made for it.
bool replaces(const catalog::Type& before, const catalog::Type& after);
bool replaces(const catalog::Index& before, const catalog::Index& after);
bool replaces(const catalog::Constraint& before, const catalog::Constraint& after);

// What can't be altered nor made beside what it replaces, since rows depend on it: an enumeration
// that loses a label, a table that becomes partitioned, a function that deals out rows. It has to
// make room first, by statements that give it another name; a transition from the catalog as it is
// then does the rest, or finds that more has to make room. `in_use` names what a server would not
// alter since rows hold it, as catalog::to_string(Object) does: a domain whose checks change while
// it is in arrays, a table whose rows columns hold.
struct Aside {
  catalog::Object object;
  std::vector<std::string> statements;   // the last: "ALTER TYPE app.mood RENAME TO mood_before"
  catalog::ObjectName rows_in;           // of a table: its name until it is dropped
  std::vector<Loss> losses;              // what those rows do not take along
  std::vector<std::string> copied = {};  // by it: "table app.t_before", and its partitions
};
std::vector<Aside> put_aside(const catalog::Catalog& from, const catalog::Catalog& to,
                             const std::set<std::string>& in_use = {});
// INSERT … SELECT, and what it needs before and after, in a catalog where all have made room.
std::vector<std::string> copy_rows(const catalog::Catalog& from, const catalog::Catalog& to,
                                   const Aside& aside);

}  // namespace architrave::postgres
