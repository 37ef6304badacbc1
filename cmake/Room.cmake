# A room is one folder of src/, one library, and one include root of its own.
#
#   architrave_room(prover SOURCES a.cc b.cc ROOMS engine proposal LIBRARIES fmt::fmt)
#
# Headers are included as "room/header.h". Each room's include root holds nothing but a link to
# that room, so that a header of a room which is not named in ROOMS (or reached through one that
# is) is not found: the build checks who may know whom.
function(architrave_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LIBRARIES;PRIVATE" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${name} ${root}/${name} SYMBOLIC)
  if(NOT ROOM_SOURCES)
    file(WRITE ${CMAKE_BINARY_DIR}/rooms/${name}.cc "// The room has no sources yet.\n")
    set(ROOM_SOURCES ${CMAKE_BINARY_DIR}/rooms/${name}.cc)
  endif()
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_include_directories(${name} PUBLIC ${root})
  target_link_libraries(${name} PUBLIC ${ROOM_ROOMS} ${ROOM_LIBRARIES} PRIVATE ${ROOM_PRIVATE})
endfunction()

# The tests of a room: every *_test.cc beside its sources, as one program.
function(architrave_room_tests name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*_test.cc)
  if(sources)
    find_package(GTest REQUIRED)
    add_executable(${name}_test ${sources})
    target_link_libraries(${name}_test PRIVATE ${name} ${ARGN} GTest::gtest GTest::gtest_main
                          fmt::fmt nlohmann_json::nlohmann_json)
    target_compile_definitions(${name}_test PRIVATE ARCHITRAVE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
endfunction()

# The sources of a room: every .cc in its folder that is not a test.
function(architrave_sources variable folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()
