// What is known of the server that a catalog was read from: its settings as numbers, and for how
// long its counters have counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace architrave::catalog {

// Null where it could not be read.
const Setting* find_setting(const Catalog& catalog, std::string_view name);
// The setting's value as stored, in its unit; absent where it could not be read.
std::optional<std::string> raw_setting(const Catalog& catalog, std::string_view name);
std::optional<std::int64_t> number_setting(const Catalog& catalog, std::string_view name);
// A memory setting in bytes, its unit considered.
std::optional<std::int64_t> bytes_setting(const Catalog& catalog, std::string_view name);
// True if the setting was read and is this.
bool is_set_to(const Catalog& catalog, std::string_view name, std::string_view raw);
// The value for people, as SHOW prints it.
std::string shown_setting(const Catalog& catalog, std::string_view name);

// Days that the usage counters cover; absent where that is not known.
std::optional<double> counted_days(const Catalog& catalog);

}  // namespace architrave::catalog
