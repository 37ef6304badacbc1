// The frame that all rules share: review, migration lint, security and monitoring register theirs
// in it. A rule is a name, a severity, a page, what it looks at, and a check that yields findings,
// where it can each with a proposal that mends it.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proposal/proposal.h"

namespace architrave {

namespace catalog {
struct Catalog;
class Lookup;
}  // namespace catalog

// What a rule may look at. More will join: a workload, statements, metrics.
struct Look {
  const catalog::Catalog& catalog;
  const catalog::Lookup& lookup;  // indexes over the catalog, made once for all rules
};

// What a rule says.
class Verdict {
 public:
  Verdict(std::string_view rule, Severity severity, Area area)
      : rule_(rule), severity_(severity), area_(area) {}

  // Adds a finding, and with a proposal its fix: the proposal gets its id here. A message that does
  // not name the object gets the name before it. The reference is valid until the next call; use it
  // to change the severity for one finding.
  Finding& find(Subject object, std::string message, Evidence evidence = {},
                std::optional<Proposal> fix = std::nullopt);
  // Says that (a part of) the rule could not be judged. The same reason is kept once.
  void skip(std::string why);

  std::vector<Finding> findings;
  std::vector<Proposal> proposals;
  std::vector<Skipped> skipped;

 private:
  std::string rule_;
  Severity severity_;
  Area area_;
};

enum class Engines { postgresql, sqlite, all };

struct Rule {
  std::string_view name;  // "fk-without-index": also its file's and its page's name
  Severity severity = Severity::warning;
  Area area = Area::model;
  std::string_view summary;  // one sentence: what is wrong when it fires
  Engines engines = Engines::postgresql;
  std::initializer_list<std::string_view> serves;  // house rules: "DB-2", "SEC-3"; mostly empty
  bool needs_workload = false;  // looks at usage counters: not judged on a source without them
  void (*check)(const Look& look, Verdict& verdict) = nullptr;
};

struct Review {
  std::vector<Finding> findings;    // sorted: severity (worst first), rule, object
  std::vector<Proposal> proposals;  // in the order of the findings that they mend; ids are unique
  std::vector<Skipped> skipped;     // sorted by rule
};

}  // namespace architrave
