// What statements return when they are tried on a sandbox, in a transaction that is rolled back.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace architrave::engine {

struct Attempt {
  std::vector<std::string> columns;  // their names
  std::vector<std::string> types;    // and the engine's own numbers or names for their types
  std::vector<std::vector<std::optional<std::string>>> rows;  // as text; absent: NULL
  double seconds = 0;  // as the server took, by its own clock; 0 of one that failed
  std::string error;   // of a statement that failed; then the rest is empty
  std::string code;    // of the error: "postgres.23505"
  bool ok() const { return error.empty(); }
};

}  // namespace architrave::engine
