// Small things done with text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace architrave {

std::string_view trim(std::string_view text);
std::string lower(std::string_view text);  // ASCII only: SQL's own folding
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
bool contains_word(std::string_view text, std::string_view word);  // at identifier boundaries

// "12.3 MB", "1 row", "2,345 rows", "1.5 s", "240 ms".
std::string human_bytes(std::int64_t bytes);
std::string human_count(std::int64_t count);
std::string human_seconds(double seconds);
std::string plural(std::int64_t count, std::string_view singular, std::string_view plural = {});

// "500MB", "1.5 GB", "200k", "64MiB", "1073741824": bytes, by powers of 1000 as human_bytes writes
// them, or of 1024 (KiB, MiB, …). Absent for anything else, below zero or beyond 2^62.
std::optional<std::int64_t> parse_bytes(std::string_view text);

// 64-bit FNV-1a as 16 hexadecimal digits: stable across runs and machines.
std::string stable_hash(std::string_view text);

}  // namespace architrave
