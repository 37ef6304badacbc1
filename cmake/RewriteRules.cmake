# The registries of rewrites and of advice, made from the files in src/advisor/rewrites: rules/
# not-in-to-not-exists.cc defines `const RewriteRule not_in_to_not_exists`, advice/select-star.cc
# `const AdviceRule select_star`. A new rule is a new file, and nothing else changes.
function(architrave_rewrite_rules target)
  set(body "")
  foreach(kind Rewrite Advice)
    string(TOLOWER ${kind} word)
    set(folder ${CMAKE_SOURCE_DIR}/src/advisor/rewrites/rules)
    if(kind STREQUAL "Advice")
      set(folder ${CMAKE_SOURCE_DIR}/src/advisor/rewrites/advice)
    endif()
    file(GLOB files CONFIGURE_DEPENDS ${folder}/*.cc)
    set(declarations "")
    set(entries "")
    foreach(file IN LISTS files)
      get_filename_component(name ${file} NAME_WE)
      string(REPLACE "-" "_" symbol ${name})
      string(APPEND declarations "extern const ${kind}Rule ${symbol};\n")
      string(APPEND entries "      &rules::${symbol},\n")
    endforeach()
    string(APPEND body
"namespace rules {
${declarations}}  // namespace rules

std::span<const ${kind}Rule* const> all_${word}_rules() {
  static const ${kind}Rule* const list[] = {
${entries}  };
  return list;
}
")
  endforeach()
  set(output ${CMAKE_BINARY_DIR}/embedded/rewrite_rules.cc)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"// Made by cmake/RewriteRules.cmake from src/advisor/rewrites.
#include \"advisor/rewrites/rule.h\"

namespace architrave::advisor::rewrites {
@body@}  // namespace architrave::advisor::rewrites
")
  target_sources(${target} PRIVATE ${output})
endfunction()
