// A page of plain HTML: one file, no script, nothing loaded.
#pragma once

#include <string>
#include <string_view>

namespace architrave::report {

// `body` is HTML, `title` is text.
std::string plain_page(std::string_view title, std::string_view body);

}  // namespace architrave::report
