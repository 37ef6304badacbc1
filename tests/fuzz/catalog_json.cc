// A catalog from JSON: any text is read or refused, and what was read survives a round trip.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "catalog/catalog.h"
#include "catalog/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace architrave;
  const auto catalog = catalog::from_json({reinterpret_cast<const char*>(data), size});
  if (!catalog) {
    if (catalog.error().code.empty() || catalog.error().message.empty()) std::abort();
    return 0;
  }
  const std::string text = catalog::to_json(*catalog);
  const auto again = catalog::from_json(text);
  if (!again || catalog::to_json(*again) != text) std::abort();
  return 0;
}
