// GitHub's workflow commands: one annotation a line. Escaping is that of @actions/core: %, CR and
// LF everywhere, and : and , in properties.
#include <fmt/format.h>

#include "base/text.h"
#include "report/report.h"
#include "report/selection.h"

namespace architrave::report {

namespace {

std::string data(std::string text) {
  text = replace_all(std::move(text), "%", "%25");
  text = replace_all(std::move(text), "\r", "%0D");
  return replace_all(std::move(text), "\n", "%0A");
}

std::string property(std::string text) {
  text = replace_all(data(std::move(text)), ":", "%3A");
  return replace_all(std::move(text), ",", "%2C");
}

std::string annotation(std::string_view level, const std::string& file, int line,
                       const std::string& title, const std::string& message) {
  std::string where;
  if (!file.empty()) {
    where = "file=" + property(file) + ',';
    if (line > 0) where += fmt::format("line={},", line);
  }
  return fmt::format("::{} {}title={}::{}\n", level, where, property(title), data(message));
}

}  // namespace

std::string to_github(const Report& report) {
  const Selection selection(report);
  std::string out;
  for (const Problem& each : report.problems)
    out += annotation("warning", each.file, each.line, "statement did not load", each.message);
  for (const Finding& each : report.review.findings) {
    const std::string_view level =
        each.severity == Severity::info ? "notice" : to_string(each.severity);
    std::string message = each.message;
    if (const Proposal* fix = selection.proposal(each.proposal))
      message += fmt::format("\nfix ({}):\n{}", words(fix->proof.status()), script(fix->up));
    out += annotation(level, each.file, each.line, each.rule, message);
  }
  return out;
}

}  // namespace architrave::report
