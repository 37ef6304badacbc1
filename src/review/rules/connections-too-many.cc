#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  const std::optional<std::int64_t> connections = number_setting(look.catalog, "max_connections");
  if (!connections) return;
  const std::optional<std::int64_t> work_memory = bytes_setting(look.catalog, "work_mem");
  const std::optional<std::int64_t> buffers = bytes_setting(look.catalog, "shared_buffers");
  // Shared buffers are a quarter of the memory by the usual advice: four times that is all of it.
  const bool too_much_memory =
      work_memory && buffers && *connections * *work_memory > 4 * *buffers && *connections > 200;
  if (*connections <= 500 && !too_much_memory) return;
  Evidence evidence{{"max_connections", *connections}};
  if (work_memory) evidence.push_back({"work_mem", human_bytes(*work_memory)});
  verdict.find(about_setting("max_connections"),
               fmt::format("{} connections are allowed: each is a process with its own memory, and "
                           "far more than the processors can serve; put a pooler in front",
                           *connections),
               std::move(evidence));
}

}  // namespace

extern const Rule connections_too_many;
const Rule connections_too_many = {
    .name = "connections-too-many",
    .area = Area::settings,
    .summary = "More connections are allowed than a server can serve",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules
