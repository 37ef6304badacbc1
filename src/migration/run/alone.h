// Statements that no transaction holds (CREATE INDEX CONCURRENTLY, …): whether one that was begun
// is done is found in the catalog, since it could not be recorded together with it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/postgres/connection.h"

namespace architrave::migration {

struct Alone {
  bool is_done = false;
  bool is_known = false;           // the catalog was asked: what an error says of it adds nothing
  std::vector<std::string> first;  // what clears away the leftovers of an attempt before
  std::string statement;           // what is to be run: the statement, or what finishes it
  std::string note;                // to be kept with the record that it was begun
};
// `begun`: an attempt was recorded, with this note, and how it ended was not.
Result<Alone> look_before(postgres::Connection& connection, const std::string& statement,
                          bool begun, const std::string& note);
// Whether an error of a statement that was begun before says that it had been done.
bool says_done(const Error& error);
// What clears away what an attempt has left that failed just now.
Result<std::vector<std::string>> leftovers(postgres::Connection& connection,
                                           const std::string& statement, const std::string& note);

}  // namespace architrave::migration
