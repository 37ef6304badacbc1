// Findings of lint, written one by one: nothing is kept, so that a large folder takes no memory.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proposal/lint.h"

namespace architrave::report {

struct LintOptions {
  bool notes = false;  // text: findings of severity info as well, not only how many there are
  std::string tool_version;
};

class LintWriter {
 public:
  virtual ~LintWriter() = default;
  virtual void begin(std::span<const LintRule* const>) {}
  virtual void take(const LintFinding& finding) = 0;
  virtual void end(const LintSummary& summary) = 0;
};

// `format`: text, json, markdown, sarif, github. `out` gets bytes as they come.
std::unique_ptr<LintWriter> make_lint_writer(std::string_view format, const LintOptions& options,
                                             std::function<void(std::string_view)> out);

}  // namespace architrave::report
