#include <fmt/format.h>

#include "base/text.h"
#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  constexpr std::int64_t default_buffers = 128 * 1024 * 1024;
  constexpr std::int64_t large = 1'000'000'000;
  const std::optional<std::int64_t> buffers = bytes_setting(look.catalog, "shared_buffers");
  const std::int64_t size = look.catalog.server.database_bytes.value_or(0);
  if (!buffers || *buffers > default_buffers || size < large) return;
  verdict.find(about_setting("shared_buffers"),
               fmt::format("shared_buffers is {} for a database of {}: pages are fetched again and "
                           "again; a quarter of the machine's memory is the usual start",
                           shown_setting(look.catalog, "shared_buffers"), human_bytes(size)),
               {{"shared_buffers", *buffers}, {"database bytes", size}});
}

}  // namespace

extern const Rule memory_defaults;
const Rule memory_defaults = {.name = "memory-defaults",
                              .area = Area::settings,
                              .summary = "The server has the memory settings of a trial",
                              .serves = {},
                              .check = check};

}  // namespace architrave::review::rules
