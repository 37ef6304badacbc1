#include "report/pages.h"

#include <span>

#include "base/embedded.h"

namespace architrave::report {

namespace pages {
std::span<const EmbeddedFile> embedded_files();  // docs/rules/*.md
}  // namespace pages
namespace lint_pages {
std::span<const EmbeddedFile> embedded_files();  // docs/lint/*.md
}  // namespace lint_pages

namespace {

std::string_view page_of(std::span<const EmbeddedFile> files, std::string_view rule) {
  for (const EmbeddedFile& file : files)
    if (file.name.starts_with(rule) && file.name.substr(rule.size()) == ".md") return file.bytes;
  return {};
}

}  // namespace

std::string_view review_page(std::string_view rule) {
  return page_of(pages::embedded_files(), rule);
}
std::string_view lint_page(std::string_view rule) {
  return page_of(lint_pages::embedded_files(), rule);
}

}  // namespace architrave::report
