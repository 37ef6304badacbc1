// A Prisma schema of any bytes: read or refused with a place, and what was read becomes a script
// each line of which has its place.
#include "engine/model/prisma.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {
void require(bool holds) {
  if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace architrave;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<model::Schema> schema = model::read_prisma({{"a.prisma", text}});
  if (!schema) {
    require(schema.error().where.starts_with("a.prisma:"));
    return 0;
  }
  const model::Script script = model::write(*schema);
  require(std::ranges::count(script.text, '\n') == std::ssize(script.places));
  return 0;
}
