#include "base/version.h"

namespace architrave {
std::string_view version() { return ARCHITRAVE_VERSION; }
}  // namespace architrave
