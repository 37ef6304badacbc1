#include "review/rules.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/rule_names.h"
#include "migration/lint/rule.h"
#include "report/pages.h"

namespace architrave::cli {

namespace {

struct Line {
  std::string_view name, severity, area, summary;
  std::string serves;
};

int list() {
  std::vector<Line> lines;
  for (const Rule* rule : review::all_rules()) {
    std::string serves;
    for (const std::string_view house : rule->serves) serves += fmt::format(" [{}]", house);
    lines.push_back({rule->name, to_string(rule->severity), to_string(rule->area), rule->summary,
                     std::move(serves)});
  }
  for (const migration::lint::Rule* rule : migration::lint::all_rules())
    lines.push_back(
        {rule->is.name, to_string(rule->is.severity), "migrations", rule->is.summary, {}});
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, line.name.size());
  std::string text;
  for (const Line& line : lines)
    text += fmt::format("{:<{}}  {:<7}  {:<11}  {}{}\n", line.name, width, line.severity, line.area,
                        line.summary, line.serves);
  return write_result("-", text, Exit::success);
}

// The pages of the rules; one name may be a rule of a schema and one of migrations.
int explain(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    const std::string_view pages[] = {report::review_page(name), report::lint_page(name)};
    if (pages[0].empty() && pages[1].empty())
      return report_error(unknown_rule(name, all_rule_names()));
    for (const std::string_view page : pages) {
      if (page.empty()) continue;
      if (!text.empty()) text += '\n';
      text.append(page);
      if (!text.ends_with('\n')) text += '\n';
    }
  }
  return write_result("-", text, Exit::success);
}

}  // namespace

void add_rules(CLI::App& app, Chosen& chosen) {
  CLI::App* command =
      add_command(app, "rules", "List the rules of review and of migrate lint, or explain some.",
                  "  architrave rules\n"
                  "  architrave rules drop-column\n"
                  "  architrave rules | grep SEC-3");
  const auto names = std::make_shared<std::vector<std::string>>();
  command->add_option("NAME", *names, "rules whose pages to show");
  command->callback([names, &chosen] {
    chosen.run = [names] { return names->empty() ? list() : explain(*names); };
  });
}

}  // namespace architrave::cli
