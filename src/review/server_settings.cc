#include "review/server_settings.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "catalog/catalog.h"
#include "review/columns.h"

namespace architrave::review {

namespace {
const catalog::Setting* find(const Look& look, std::string_view name) {
  const auto found = look.catalog.settings.find(std::string(name));
  return found == look.catalog.settings.end() ? nullptr : &found->second;
}
}  // namespace

std::optional<std::string> raw_setting(const Look& look, std::string_view name) {
  const catalog::Setting* setting = find(look, name);
  if (setting == nullptr) return std::nullopt;
  return setting->raw;
}

std::optional<std::int64_t> number_setting(const Look& look, std::string_view name) {
  const catalog::Setting* setting = find(look, name);
  if (setting == nullptr) return std::nullopt;
  std::int64_t number = 0;
  const char* end = setting->raw.data() + setting->raw.size();
  if (std::from_chars(setting->raw.data(), end, number).ec != std::errc()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> bytes_setting(const Look& look, std::string_view name) {
  const std::optional<std::int64_t> number = number_setting(look, name);
  if (!number) return std::nullopt;
  const std::string& unit = find(look, name)->unit;
  if (unit == "8kB") return *number * 8192;
  if (unit == "kB") return *number * 1024;
  if (unit == "MB") return *number * 1024 * 1024;
  return unit == "B" || unit.empty() ? number : std::nullopt;
}

bool is_set_to(const Look& look, std::string_view name, std::string_view raw) {
  const catalog::Setting* setting = find(look, name);
  return setting != nullptr && setting->raw == raw;
}

std::string shown_setting(const Look& look, std::string_view name) {
  const catalog::Setting* setting = find(look, name);
  if (setting == nullptr) return {};
  return setting->value.empty() ? setting->raw : setting->value;
}

Proposal set_setting(std::string_view name, std::string_view value, std::string_view why,
                     bool restart) {
  Proposal proposal = propose(
      "setting", fmt::format("Set {} to {}", name, value),
      fmt::format("{}{}", why, restart ? " It takes effect at the server's next start." : ""),
      {fmt::format("ALTER SYSTEM SET {} = {}", name, catalog::quote_literal(value)),
       "SELECT pg_catalog.pg_reload_conf()"},
      {fmt::format("ALTER SYSTEM RESET {}", name), "SELECT pg_catalog.pg_reload_conf()"});
  proposal.transactional = false;
  proposal.effort = restart ? 2 : 1;
  return proposal;
}

Subject about_setting(std::string_view name) { return {"setting", std::string(name)}; }

}  // namespace architrave::review
