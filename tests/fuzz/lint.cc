// Lint of any text: findings stand on lines that the text has, and --fix breaks no statement that
// could be read.
#include "migration/lint/lint.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

using namespace architrave;
using namespace architrave::migration;

struct Seen {
  bool broken = false;
  std::optional<std::string> fixed;
};

Seen look(const std::string& text, bool fix) {
  lint::Options options;
  options.fix = fix;
  lint::Linter linter(options);
  lint::File file;
  file.path = "file.sql";
  file.text = text;
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  Seen seen;
  const auto take = [&](const LintFinding& finding) {
    require(finding.line >= 1 && finding.line <= lines);
    require(finding.column >= 1 && static_cast<std::size_t>(finding.column) <= text.size() + 1);
    require(!finding.message.empty());
    seen.broken = seen.broken || finding.rule == "syntax-error";
  };
  seen.fixed = linter.lint(file, take);
  linter.finish(take);
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Seen seen = look(text, true);
  if (seen.fixed && !seen.broken) require(!look(*seen.fixed, false).broken);
  return 0;
}
