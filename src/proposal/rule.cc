#include "proposal/rule.h"

#include <algorithm>
#include <utility>

namespace architrave {

Finding& Verdict::find(Subject object, std::string message, Evidence evidence,
                       std::optional<Proposal> fix) {
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
