# Run by architrave_embed: writes OUTPUT from FILES. Bytes go out as an assembler .incbin, which
# costs no compile time however long the file is.
set(table "")
set(blocks "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(REPLACE "::" "_" stem ${NAMESPACE})
  set(symbol "architrave_${stem}_${index}")
  string(APPEND blocks
    "asm(\".section .rodata\\n.global ${symbol}\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n"
    ".global ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.previous\\n\");\n"
    "extern \"C\" const char ${symbol}[];\nextern \"C\" const char ${symbol}_end[];\n")
  string(APPEND table
    "      {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT}
"// Made by cmake/EmbedFiles.cmake.
#include \"base/embedded.h\"

${blocks}
namespace ${NAMESPACE} {
std::span<const architrave::EmbeddedFile> embedded_files() {
  static const architrave::EmbeddedFile files[] = {
${table}  };
  return files;
}
}  // namespace ${NAMESPACE}
")
