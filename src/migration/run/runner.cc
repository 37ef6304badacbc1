#include "migration/run/runner.h"

#include <fmt/format.h>

#include "migration/run/choice.h"
#include "migration/run/session.h"

namespace architrave::migration {

namespace {

bool is_under_way(const Standing& each) {
  return each.state == "stopped" || each.state == "undoing";
}

// What is under way, and where.
std::string places(const Situation& situation) {
  std::string text;
  for (const Standing& each : situation.list)
    if (is_under_way(each))
      text += fmt::format("{} {} {} {} {}\n", each.version, each.state, each.entry->started,
                          each.entry->step, each.entry->rows);
  return text;
}

}  // namespace

Result<Situation> status(const RunOptions& options) {
  auto target = open_target(options, /*to_look=*/true);
  if (!target) return fail(target);
  // A runner that ended after its history was read has not stopped: what has is found twice.
  for (std::string before;;) {
    auto situation = read_situation(**target, options);
    if (!situation) return situation;
    situation->at_work = (*target)->runner_at_work();
    if (situation->at_work.empty()) {
      std::string now = places(*situation);
      if (now == before) return situation;
      before = std::move(now);
      continue;
    }
    for (Standing& each : situation->list)
      if (is_under_way(each)) each.state = "running";
    situation->next = "wait until the other runner has ended";
    return situation;
  }
}

Result<std::vector<Done>> up(const RunOptions& options) {
  auto session = begin(options);
  if (!session) return fail(session);
  const Folder& folder = session->situation.folder;
  if (folder.migrations.empty() && options.say)
    options.say("there are no migrations in " + folder.path.string());
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
