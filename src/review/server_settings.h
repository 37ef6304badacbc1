// What rules about a server's settings share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proposal/rule.h"

namespace architrave::review {

// The setting's value as stored, in its unit; absent where it could not be read.
std::optional<std::string> raw_setting(const Look& look, std::string_view name);
std::optional<std::int64_t> number_setting(const Look& look, std::string_view name);
// A memory setting in bytes, its unit considered.
std::optional<std::int64_t> bytes_setting(const Look& look, std::string_view name);
// True if the setting was read and is this.
bool is_set_to(const Look& look, std::string_view name, std::string_view raw);
// The value for people, as SHOW prints it.
std::string shown_setting(const Look& look, std::string_view name);

// ALTER SYSTEM, which takes effect when the configuration is loaded again; `restart` says that
// this setting waits for the server's next start.
Proposal set_setting(std::string_view name, std::string_view value, std::string_view why,
                     bool restart = false);

// What a setting is as a finding's object.
Subject about_setting(std::string_view name);

}  // namespace architrave::review
