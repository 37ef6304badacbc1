// A file that the build has put into the program; see cmake/Embed.cmake.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace architrave {

struct EmbeddedFile {
  std::string_view name;  // the file's name without its folder
  std::string_view bytes;
};

}  // namespace architrave
