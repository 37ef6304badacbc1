// Times as logs and people write them.
#pragma once

#include <optional>
#include <string_view>

namespace architrave::workload {

// "2026-11-21 04:44:51", with T instead of the space, a fraction, and a zone (UTC, Z, +02, +02:00,
// CET, …) as far as they are there. `end`, if given, gets the place behind it. A zone that has more
// than one meaning is read as UTC. Gives Unix time.
std::optional<double> read_time(std::string_view text, std::size_t* end = nullptr);
// The same, or only a date, or Unix seconds, and nothing behind it.
std::optional<double> read_time_argument(std::string_view text);

}  // namespace architrave::workload
