// What rules about a server's settings share.
#pragma once

#include <string_view>

#include "catalog/server_facts.h"
#include "proposal/change.h"

namespace architrave::review {

// What a setting is as a finding's object.
inline Subject about_setting(std::string_view name) { return {"setting", std::string(name)}; }

}  // namespace architrave::review
