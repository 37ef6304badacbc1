// What was applied by other means than the runner: written into the history, nothing is run.
#include <algorithm>

#include "base/text.h"
#include "migration/run/choice.h"
#include "migration/run/runner.h"
#include "migration/run/session.h"

namespace architrave::migration {

Result<std::vector<std::string>> baseline(const RunOptions& given, const std::string& from) {
  RunOptions options = given;
  options.allow_gaps = true;  // it fills them
  auto session = begin(options);
  if (!session) return fail(session);
  const Situation& situation = session->situation;
  const bool is_empty = std::ranges::none_of(
      situation.list, [](const Standing& each) { return each.entry.has_value(); });
  if (!is_empty && !from.empty())
    return fail("migration.history", "this database has a history already", {},
                "architrave migrate status shows it");
  if (Status fine = refuse_problems(situation); !fine) return fail(fine);
  for (const char* state : {"stopped", "undoing"})
    if (Status fine = refuse_stopped(situation, state); !fine) return fail(fine);
  std::vector<Entry> entries;
  if (!from.empty()) {
    auto taken = session->target->read_foreign(from, situation.folder);
    if (!taken) return fail(taken);
    entries = std::move(*taken);
  } else {
    auto chosen = to_take_over(situation, options.to);
    if (!chosen) return fail(chosen);
    for (const Migration* each : *chosen) entries.push_back(entry_of(*each, State::baseline));
  }
  std::vector<std::string> versions;
  for (const Entry& each : entries) versions.push_back(each.version);
  if (options.dry_run || versions.empty()) return versions;
  if (Status agreed = agree(options,
                            {"write into " + session->target->history_name() +
                             ", and run nothing: " + list_of(versions)},
                            "--yes answers for you");
      !agreed)
    return fail(agreed);
  if (Status ready = session->prepare_history(); !ready) return fail(ready);
  if (Status taken = session->target->take_over(entries); !taken) return fail(taken);
  return versions;
}

Result<std::vector<std::string>> accept_downs(const RunOptions& options) {
  auto session = begin(options);
  if (!session) return fail(session);
  const Situation& situation = session->situation;
  std::vector<const Migration*> changed;
  std::vector<std::string> versions;
  for (const Standing& each : situation.list) {
    if (!each.down_changed || each.state == "undoing") continue;
    changed.push_back(&migration_of(situation, each));
    versions.push_back(each.version);
  }
  if (options.dry_run || versions.empty()) return versions;
  if (Status agreed =
          agree(options,
                {"write into " + session->target->history_name() +
                 " that these are right as they are now: the down scripts of " + list_of(versions)},
                "--yes answers for you");
      !agreed)
    return fail(agreed);
  if (Status ready = session->prepare_history(); !ready) return fail(ready);
  for (const Migration* each : changed)
    if (Status accepted = session->target->accept_down(*each); !accepted) return fail(accepted);
  return versions;
}

}  // namespace architrave::migration
