// The HTML page: web/dist/report.html with the report's data in it.
#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "base/embedded.h"
#include "report/page_data.h"
#include "report/report.h"

namespace architrave::report {

std::span<const EmbeddedFile> embedded_files();

namespace {

// Stands in the page where its data goes, once, as a JSON string; see web/report.html.
constexpr std::string_view placeholder = "\"ARCHITRAVE-REPORT-DATA\"";

std::string_view page() {
  const auto files = embedded_files();
  const auto found = std::ranges::find(files, "report.html", &EmbeddedFile::name);
  return found == files.end() ? std::string_view() : found->bytes;
}

// `<` would let a string end the script element or open a comment. JSON has it in strings alone,
// where it may be written as an escape.
void append_escaped(std::string& out, std::string_view json) {
  for (std::size_t from = 0; from < json.size();) {
    const std::size_t at = std::min(json.find('<', from), json.size());
    out.append(json.substr(from, at - from));
    if (at < json.size()) out.append("\\u003c");
    from = at + 1;
  }
}

}  // namespace

std::string to_html(const Report& report) {
  const std::string_view whole = page();
  const std::size_t at = whole.find(placeholder);
  if (at == std::string_view::npos) return std::string(whole);
  const std::string data = to_page_data(report);
  std::string out;
  out.reserve(whole.size() + data.size() + data.size() / 64);
  out.append(whole.substr(0, at));
  append_escaped(out, data);
  out.append(whole.substr(at + placeholder.size()));
  return out;
}

}  // namespace architrave::report
