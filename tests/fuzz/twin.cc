// A twin file that somebody sent: it is read or refused, and what was read can be written again.
// Input that is not a twin file is taken for the text inside of one, since no mutation would get
// past its checksum and its compression.
#include "engine/postgres/twin.h"

#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"

namespace {

using namespace architrave;

std::string sealed(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  return std::string(postgres::twin_magic) + "1 " + std::to_string(text.size()) + ' ' +
         stable_hash(packed) + '\n' + packed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto twin = input.starts_with(postgres::twin_magic) ? postgres::read_twin(input)
                                                            : postgres::read_twin(sealed(input));
  if (!twin) {
    if (twin.error().code != "twin.corrupt") std::abort();
    return 0;
  }
  auto copy = *twin;
  postgres::remove_values(copy);
  for (const auto& each : {*twin, copy}) {
    const auto bytes = postgres::write_twin(each);
    if (!bytes || !postgres::read_twin(*bytes)) std::abort();
  }
  return 0;
}
