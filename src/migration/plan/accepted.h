// What a planned file does on purpose, and `migrate lint` would hold against it.
#pragma once

#include <string_view>

#include "migration/files.h"

namespace architrave::migration {

// Names the rule and why it does not hold here, for the comment that the file says it with. Of a
// statement that no rule is against, nothing.
Statement accepted(Statement statement, std::string_view why);

constexpr std::string_view names_change_hands = "one takes the other's name in this transaction";
constexpr std::string_view nobody_uses_it = "contract: run it when no application uses this";

}  // namespace architrave::migration
