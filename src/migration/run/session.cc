#include "migration/run/session.h"

#include "base/process.h"

namespace architrave::migration {

Status Session::prepare_history() {
  return situation.has_history ? target->extend_history() : target->make_history();
}

Result<Session> begin(const RunOptions& options) {
  auto target = open_target(options, options.dry_run);
  if (!target) return fail(target);
  if (!options.dry_run)
    if (Status locked = (*target)->lock(); !locked) return fail(locked);
  auto situation = read_situation(**target, options);
  if (!situation) return fail(situation);
  return Session{std::move(*target), std::move(*situation)};
}

Status agree(const RunOptions& options, const std::vector<std::string>& what, const char* hint) {
  if (!options.confirm || options.confirm(what)) return {};
  if (interrupted()) return fail("interrupted", "interrupted", {}, "nothing was changed");
  return fail("migration.declined", "nobody has said yes: nothing was changed", {}, hint);
}

}  // namespace architrave::migration
