// Which Architrave this is.
#pragma once

#include <string_view>

namespace architrave {
std::string_view version();  // "0.1.0"
}
