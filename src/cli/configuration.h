// architrave.yaml, found in this folder or the nearest above it.
//
//   fail_on: warning            # error, warning, never
//   rules:
//     without: [varchar-limit, unrelated-table]
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace architrave::cli {

struct Configuration {
  std::string file;  // where it was found; empty if nowhere
  std::string fail_on;
  std::vector<std::string> without;
};

// Error "configuration" for a file that is not YAML, or has a key or value that is not known;
// "rule.unknown" for the name of a rule that there is not.
Result<Configuration> read_configuration();

}  // namespace architrave::cli
