// The settings that bound how long others wait for a lock: what the rules about them share.
#pragma once

#include <cstdint>
#include <string>

#include "migration/lint/rule.h"

namespace architrave::migration::lint {

// The statement takes such a lock, the setting is not set, and nobody has said so yet.
void missing(const Statement& statement, Finder& finder, Watched which, const std::string& why,
             const char* instead);
// It takes one while the setting is off (`zero` says so), or longer than `longest` milliseconds.
void too_long(const Statement& statement, Finder& finder, Watched which, std::int64_t longest,
              const std::string& zero, const std::string& other, const char* instead);

}  // namespace architrave::migration::lint
