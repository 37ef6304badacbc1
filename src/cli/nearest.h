// What somebody meant who wrote a name that there is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace architrave::cli {

// "did you mean NAME? ", or nothing where all names are too far off.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& names);

}  // namespace architrave::cli
