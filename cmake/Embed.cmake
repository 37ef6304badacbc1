# Files as data inside the program.
#
#   architrave_embed(TARGET NAMESPACE FILES a.sql b.sql)
#
# gives TARGET a generated source that defines, for each file, what base/embedded.h declares:
# an entry (file name, bytes) of the table NAMESPACE::embedded_files().
function(architrave_embed target namespace)
  cmake_parse_arguments(EMBED "" "" "FILES" ${ARGN})
  string(REPLACE "::" "_" stem ${namespace})
  set(output ${CMAKE_BINARY_DIR}/embedded/${stem}.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAMESPACE=${namespace}
            "-DFILES=${EMBED_FILES}" -P ${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake
    DEPENDS ${EMBED_FILES} ${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
