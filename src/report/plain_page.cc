#include "report/plain_page.h"

#include <algorithm>
#include <span>

#include "base/embedded.h"
#include "report/markup.h"

namespace architrave::report {

std::span<const EmbeddedFile> embedded_files();

std::string plain_page(std::string_view title, std::string_view body) {
  const auto files = embedded_files();
  const auto style = std::ranges::find(files, "plain_page.css", &EmbeddedFile::name);
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"><title>" +
      escaped(title) + "</title><style>";
  if (style != files.end()) out += style->bytes;
  out += "</style></head><body><main>";
  out += body;
  return out + "</main></body></html>\n";
}

}  // namespace architrave::report
