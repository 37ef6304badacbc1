#include "catalog/server_facts.h"

#include <charconv>

namespace architrave::catalog {

const Setting* find_setting(const Catalog& catalog, std::string_view name) {
  const auto found = catalog.settings.find(std::string(name));
  return found == catalog.settings.end() ? nullptr : &found->second;
}

std::optional<std::string> raw_setting(const Catalog& catalog, std::string_view name) {
  const Setting* setting = find_setting(catalog, name);
  if (setting == nullptr) return std::nullopt;
  return setting->raw;
}

std::optional<std::int64_t> number_setting(const Catalog& catalog, std::string_view name) {
  const Setting* setting = find_setting(catalog, name);
  if (setting == nullptr) return std::nullopt;
  std::int64_t number = 0;
  const char* end = setting->raw.data() + setting->raw.size();
  if (std::from_chars(setting->raw.data(), end, number).ec != std::errc()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> bytes_setting(const Catalog& catalog, std::string_view name) {
  const std::optional<std::int64_t> number = number_setting(catalog, name);
  if (!number) return std::nullopt;
  const std::string& unit = find_setting(catalog, name)->unit;
  if (unit == "8kB") return *number * 8192;
  if (unit == "kB") return *number * 1024;
  if (unit == "MB") return *number * 1024 * 1024;
  return unit == "B" || unit.empty() ? number : std::nullopt;
}

bool is_set_to(const Catalog& catalog, std::string_view name, std::string_view raw) {
  const Setting* setting = find_setting(catalog, name);
  return setting != nullptr && setting->raw == raw;
}

std::string shown_setting(const Catalog& catalog, std::string_view name) {
  const Setting* setting = find_setting(catalog, name);
  if (setting == nullptr) return {};
  return setting->value.empty() ? setting->raw : setting->value;
}

std::optional<double> counted_days(const Catalog& catalog) {
  const Server& server = catalog.server;
  if (!server.read_at) return std::nullopt;
  // Counters that were never reset are at most as old as is known of the server's start.
  const std::optional<double> since = server.stats_reset ? server.stats_reset : server.started_at;
  if (!since) return std::nullopt;
  return (*server.read_at - *since) / 86400;
}

}  // namespace architrave::catalog
