#include "proposal/rule.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace architrave {

namespace {

// The last part of a qualified name, without quotes: what people call the object.
std::string_view last_part(std::string_view name) {
  if (const std::size_t arguments = name.find('('); arguments != std::string_view::npos)
    name = name.substr(0, arguments);
  if (name.ends_with('"')) {
    name.remove_suffix(1);
    return name.substr(name.rfind('"') + 1);
  }
  return name.substr(name.rfind('.') + 1);
}

}  // namespace

Finding& Verdict::find(Subject object, std::string message, Evidence evidence,
                       std::optional<Proposal> fix) {
  // A list of findings is read message by message: each has to name what it is about.
  if (message.find(last_part(object.name)) == std::string::npos)
    message = object.name + ": " + message;
  Finding finding{.rule = rule_,
                  .severity = severity_,
                  .area = area_,
                  .object = std::move(object),
                  .message = std::move(message),
                  .evidence = std::move(evidence),
                  .proposal = {},
                  .file = {},
                  .line = 0};
  if (fix) {
    fix->id = proposal_id(*fix);
    finding.proposal = fix->id;
    proposals.push_back(std::move(*fix));
  }
  return findings.emplace_back(std::move(finding));
}

void Verdict::skip(std::string why) {
  const auto same = [&](const Skipped& each) { return each.why == why; };
  if (std::ranges::none_of(skipped, same)) skipped.push_back({rule_, std::move(why)});
}

}  // namespace architrave
