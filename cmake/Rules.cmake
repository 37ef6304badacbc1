# Registries of rules, made from the files in a folder: rules/fk-without-index.cc defines
# `const Rule fk_without_index` in NAMESPACE::rules. A new rule is a new file, and nothing else
# changes.
#
#   architrave_rules(review HEADER review/rules.h NAMESPACE architrave::review FOLDER review/rules)
#
# TYPE is the rules' (Rule), FUNCTION the registry's name (all_rules), which HEADER declares; its
# rules stand there by name.
function(architrave_rules target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;NAMESPACE;FOLDER;TYPE;FUNCTION" "")
  if(NOT arg_TYPE)
    set(arg_TYPE Rule)
  endif()
  if(NOT arg_FUNCTION)
    set(arg_FUNCTION all_rules)
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${arg_FOLDER}/*.cc)
  set(names "")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    list(APPEND names ${name})
  endforeach()
  list(SORT names)
  set(declarations "")
  set(entries "")
  foreach(name IN LISTS names)
    string(REPLACE "-" "_" symbol ${name})
    string(APPEND declarations "extern const ${arg_TYPE} ${symbol};\n")
    string(APPEND entries "      &rules::${symbol},\n")
  endforeach()
  string(REPLACE "/" "_" output ${arg_FOLDER})
  set(output ${CMAKE_BINARY_DIR}/embedded/${output}.cc)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"// Made by cmake/Rules.cmake from src/@arg_FOLDER@.
#include \"@arg_HEADER@\"

namespace @arg_NAMESPACE@ {
namespace rules {
@declarations@}  // namespace rules

std::span<const @arg_TYPE@* const> @arg_FUNCTION@() {
  static const @arg_TYPE@* const list[] = {
@entries@  };
  return list;
}
}  // namespace @arg_NAMESPACE@
")
  target_sources(${target} PRIVATE ${output})
endfunction()
