// A script split into statements: every item lies inside the script, after the one before, is not
// empty, and stands on the line that it says.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sql/script.h"

namespace {
void require(bool holds) {
  if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace architrave;
  const std::string_view script(reinterpret_cast<const char*>(data), size);
  const char* end = script.data();
  for (const sql::ScriptItem& item : sql::split_script(script)) {
    require(item.text.data() >= end);
    end = item.text.data() + item.text.size();
    require(end <= script.data() + script.size());
    if (item.kind != sql::ScriptItem::Kind::copy_data) require(!item.text.empty());
    require(item.line == 1 + std::count(script.data(), item.text.data(), '\n'));
  }
  sql::substitute_variables(script);
  return 0;
}
