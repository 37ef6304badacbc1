#include "migration/lint/lint.h"

#include "migration/lint/pass.h"

namespace architrave::migration::lint {

Linter::Impl::Impl(const Options& given)
    : options(given),
      schema(given.catalog != nullptr ? Schema(*given.catalog) : Schema()),
      state(schema) {
  state.version = options.version;
  state.minor = options.minor;
  for (const Rule* rule : all_rules()) {
    if (options.without.contains(rule->is.name)) continue;
    if (!options.only.empty() && !options.only.contains(rule->is.name)) continue;
    if (!rule->message.empty())
      for (const Do what : rule->actions) by_action[static_cast<std::size_t>(what)].push_back(rule);
    if (rule->check != nullptr && rule->nodes.size() == 0) for_all.push_back(rule);
    if (rule->check != nullptr)
      for (const std::string_view node : rule->nodes) by_node[node].push_back(rule);
    if (rule->at_end != nullptr) at_end.push_back(rule);
    by_name[rule->is.name] = rule;
  }
}

Linter::Linter(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
Linter::~Linter() = default;
const LintSummary& Linter::summary() const { return impl_->summary; }

std::optional<std::string> Linter::lint(const File& file,
                                        const std::function<void(const LintFinding&)>& take) {
  Pass pass(*impl_, file, take);
  pass.run();
  return pass.fixed_text();
}

void Linter::finish(const std::function<void(const LintFinding&)>& take) {
  const File none;
  Pass(*impl_, none, take).finish();
}

}  // namespace architrave::migration::lint
