#include "migration/run/runner.h"

#include "migration/run/choice.h"
#include "migration/run/session.h"

namespace architrave::migration {

Result<Situation> status(const RunOptions& options) {
  auto target = open_target(options, /*to_look=*/true);
  if (!target) return fail(target);
  auto situation = read_situation(**target, options);
  if (!situation) return situation;
  situation->at_work = (*target)->runner_at_work();
  if (situation->at_work.empty()) return situation;
  for (Standing& each : situation->list)
    if (each.state == "stopped" || each.state == "undoing") each.state = "running";
  situation->next = "wait until the other runner has ended";
  return situation;
}

Result<std::vector<Done>> up(const RunOptions& options) {
  auto session = begin(options);
  if (!session) return fail(session);
  const auto items = to_apply(session->situation, options.to);
  if (!items) return std::unexpected(items.error());
  return perform(*session, *items, options);
}

Result<std::vector<Done>> down(const RunOptions& options) {
  auto session = begin(options);
  if (!session) return fail(session);
  const auto items = to_undo(session->situation, options.to);
  if (!items) return std::unexpected(items.error());
  return perform(*session, *items, options);
}

Result<std::vector<Done>> resume(const RunOptions& options) {
  auto session = begin(options);
  if (!session) return fail(session);
  const auto items = to_resume(session->situation);
  if (!items) return std::unexpected(items.error());
  return perform(*session, *items, options);
}

}  // namespace architrave::migration
