#include "proposal/proposal.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace architrave {

namespace {
template <std::size_t n, class Enum>
std::string_view name_of(const std::array<std::string_view, n>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}
}  // namespace

std::string_view to_string(Severity severity) {
  static constexpr std::array<std::string_view, 3> names = {"info", "warning", "error"};
  return name_of(names, severity);
}

std::string_view to_string(Area area) {
  static constexpr std::array<std::string_view, 11> names = {
      "keys",        "indexes",     "types",    "naming",  "model", "security",
      "performance", "maintenance", "settings", "scaling", "backup"};
  return name_of(names, area);
}

std::string_view to_string(Lock lock) {
  static constexpr std::array<std::string_view, 9> names = {
      "none",  "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",   "SHARE UPDATE EXCLUSIVE",
      "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};
  return name_of(names, lock);
}

std::string_view blocked_by(Lock lock) {
  static constexpr std::array<std::string_view, 9> names = {
      "nothing", "nothing", "nothing", "nothing",         "schema changes",
      "writes",  "writes",  "writes",  "reads and writes"};
  return name_of(names, lock);
}

std::string_view to_string(ClaimKind kind) {
  static constexpr std::array<std::string_view, 8> names = {
      "loads", "reverses", "clears", "cheaper", "equivalent", "isolates", "restores", "lossless"};
  return name_of(names, kind);
}

std::string_view to_string(ProofStatus status) {
  static constexpr std::array<std::string_view, 3> names = {"untried", "proved", "refuted"};
  return name_of(names, status);
}

ProofStatus Proof::status() const {
  const auto refuted = [](const Claim& claim) { return claim.holds.has_value() && !*claim.holds; };
  const auto tried = [](const Claim& claim) { return claim.holds.has_value(); };
  if (std::ranges::any_of(claims, refuted)) return ProofStatus::refuted;
  return std::ranges::any_of(claims, tried) ? ProofStatus::proved : ProofStatus::untried;
}

std::string Finding::fingerprint() const {
  return stable_hash(rule + '\n' + object.kind + '\n' + object.name);
}

std::string proposal_id(const Proposal& proposal) {
  std::string text = proposal.kind;
  for (const std::string& statement : proposal.up) text += '\n' + statement;
  return "P-" + stable_hash(text).substr(0, 8);
}

}  // namespace architrave
