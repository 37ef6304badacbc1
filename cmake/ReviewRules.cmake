# The registry of review rules, made from the files in src/review/rules: fk-without-index.cc
# defines `const Rule fk_without_index`. A new rule is a new file, and nothing else changes.
function(architrave_review_rules target)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/review/rules/*.cc)
  set(declarations "")
  set(entries "")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    if(name MATCHES "_test$")
      continue()
    endif()
    string(REPLACE "-" "_" symbol ${name})
    string(APPEND declarations "extern const Rule ${symbol};\n")
    string(APPEND entries "      &rules::${symbol},\n")
  endforeach()
  set(output ${CMAKE_BINARY_DIR}/embedded/review_rules.cc)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"// Made by cmake/ReviewRules.cmake from src/review/rules.
#include \"review/rules.h\"

namespace architrave::review {
namespace rules {
@declarations@}  // namespace rules

std::span<const Rule* const> all_rules() {
  static const Rule* const list[] = {
@entries@  };
  return list;
}
}  // namespace architrave::review
")
  target_sources(${target} PRIVATE ${output})
endfunction()
