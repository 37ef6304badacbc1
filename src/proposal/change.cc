#include "proposal/change.h"

#include <fmt/format.h>

#include <utility>

#include "base/quoting.h"
#include "base/text.h"

namespace architrave {

Proposal propose(std::string_view kind, std::string title, std::string_view why,
                 std::vector<std::string> up, std::vector<std::string> down) {
  Proposal proposal;
  proposal.kind = kind;
  proposal.title = std::move(title);
  proposal.why = why;
  proposal.up = std::move(up);
  proposal.down = std::move(down);
  return proposal;
}

namespace {

// A list is set name by name: as one literal it would be one name with commas in it.
std::string literal(std::string_view name, std::string_view value) {
  if (!name.ends_with("_preload_libraries")) return quote_literal(value);
  std::vector<std::string> items;
  for (const std::string& each : split(value, ','))
    if (const std::string_view item = trim(each); !item.empty())
      items.push_back(quote_literal(item));
  return items.empty() ? "''" : join(items, ", ");
}

}  // namespace

Proposal set_setting(std::string_view name, std::string_view value, std::string_view why,
                     bool restart, std::string_view before) {
  Proposal proposal = propose(
      "setting", fmt::format("Set {} to {}", name, value),
      fmt::format("{}{}", why, restart ? " It takes effect at the server's next start." : ""),
      {fmt::format("ALTER SYSTEM SET {} = {}", name, literal(name, value)),
       "SELECT pg_catalog.pg_reload_conf()"},
      {before.empty() ? fmt::format("ALTER SYSTEM RESET {}", name)
                      : fmt::format("ALTER SYSTEM SET {} = {}", name, literal(name, before)),
       "SELECT pg_catalog.pg_reload_conf()"});
  proposal.transactional = false;
  proposal.effort = restart ? 2 : 1;
  return proposal;
}

Proposal set_table_option(std::string_view table, std::string_view option, std::string_view value,
                          std::string title, std::string_view why, std::string_view before) {
  Proposal proposal = propose(
      "set_option", std::move(title), why,
      {fmt::format("ALTER TABLE {} SET ({} = {})", table, option, value)},
      {before.empty() ? fmt::format("ALTER TABLE {} RESET ({})", table, option)
                      : fmt::format("ALTER TABLE {} SET ({} = {})", table, option, before)});
  proposal.impact.lock = Lock::share_update_exclusive;
  return proposal;
}

}  // namespace architrave
