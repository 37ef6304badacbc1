// A twin file that somebody sent: it is read or refused, and what was read can be written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/postgres/twin.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace architrave;
  const auto twin = postgres::read_twin({reinterpret_cast<const char*>(data), size});
  if (!twin) {
    if (twin.error().code != "twin.corrupt") std::abort();
    return 0;
  }
  const auto bytes = postgres::write_twin(*twin);
  if (!bytes || !postgres::read_twin(*bytes)) std::abort();
  return 0;
}
