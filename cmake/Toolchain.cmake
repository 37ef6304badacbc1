# What every room is compiled with.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

option(ARCHITRAVE_BENCH "Build what bench/ measures" OFF)
option(ARCHITRAVE_FUZZ "Build the libFuzzer programs (clang only)" OFF)
set(ARCHITRAVE_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                    -fno-omit-frame-pointer
                    # Leaving a field at its default is what designated initializers are for.
                    -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns wrongly inside libstdc++ and fmt once it has inlined them.
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict)
endif()
if(ARCHITRAVE_SANITIZE)
  add_compile_options(-fsanitize=${ARCHITRAVE_SANITIZE} -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${ARCHITRAVE_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
