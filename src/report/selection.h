// What of a report is shown, in one place for all writers: a proposal that was refuted is not
// offered unless the report says so, and then its finding stands without a fix.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "report/report.h"

namespace architrave::report {

// Holds pointers into the report, which must outlive it unchanged.
class Selection {
 public:
  explicit Selection(const Report& report);

  const std::vector<const Proposal*>& proposals() const { return proposals_; }
  // The proposal of that id if it is shown, else nullptr.
  const Proposal* proposal(std::string_view id) const;
  // Of an action, those that are shown.
  std::vector<const Proposal*> proposals_of(const Action& action) const;

  std::int64_t errors = 0;
  std::int64_t warnings = 0;
  std::int64_t infos = 0;
  std::int64_t proved = 0;
  std::int64_t refuted = 0;  // also those that are not shown
  std::int64_t findings_with_proved_fix = 0;

 private:
  std::vector<const Proposal*> proposals_;
  std::unordered_map<std::string_view, const Proposal*> by_id_;
};

// "proved", "not tried", "refuted": for people.
std::string_view words(ProofStatus status);
// What running it keeps others from doing.
std::string_view blocks(const Impact& impact);
// "low", "medium", "high" for 1 to 3.
std::string_view level(int value);
// "PostgreSQL" for "postgresql".
std::string_view engine_name(std::string_view engine);
// "12 findings (2 errors, 7 warnings, 3 infos), 9 with a proven fix".
std::string summary_line(const Report& report, const Selection& selection);
// A proposal's script: each statement with its semicolon, on lines of its own.
std::string script(const std::vector<std::string>& statements);
// The areas' names as people read them: "Keys" for "keys".
std::string capitalized(std::string_view text);
// The value of a fact as text, without a unit.
std::string to_text(const Fact& fact);

}  // namespace architrave::report
