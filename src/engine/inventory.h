// What of the outside world is on this machine: servers, extensions, tools.
#pragma once

#include <string>
#include <vector>

namespace architrave::engine {

struct Item {
  std::string name;  // "PostgreSQL 15"
  bool present = false;
  bool required = false;  // without it the main job can't be done
  std::string detail;     // "15.20 in /usr/lib/postgresql/15/bin; a sandbox was ready in 140 ms"
  std::string purpose;    // what it is for
  std::string install;    // the one command that installs it, where it is missing
};

// Tries what it finds: each server is started as a sandbox and asked its version.
std::vector<Item> take_inventory();

}  // namespace architrave::engine
