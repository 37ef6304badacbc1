// Bytes that are text, or not.
#pragma once

#include <cstddef>
#include <string_view>

namespace architrave {

// The length of the UTF-8 character at the beginning of what is not empty, 0 if there is none.
std::size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace architrave
