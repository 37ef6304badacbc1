#include "migration/run/standing.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace architrave::migration {

namespace {

std::string state_of(const Migration& migration, const Entry& entry) {
  if (entry.state == State::reverting) return "undoing";
  if (entry.state == State::applying) {
    const bool same =
        migration.up.checksum == entry.checksum ||
        hash_of_steps(migration.up.steps, static_cast<std::size_t>(entry.step)) == entry.done ||
        entry.step == 0;
    return same ? "stopped" : "changed";
  }
  if (migration.up.checksum == entry.checksum) return std::string(word(entry.state));
  return migration.repeatable ? "pending" : "changed";
}

// One that has not been applied to its end may be mended; its down script is taken as it is then.
bool has_changed_down(const Migration& migration, const Entry& entry) {
  if (entry.state == State::applying) return false;
  if (entry.state == State::reverting)
    return entry.step > 0 &&
           (!migration.down || entry.done != hash_of_steps(migration.down->steps,
                                                           static_cast<std::size_t>(entry.step)));
  return !entry.down_checksum.empty() &&
         (!migration.down || migration.down->checksum != entry.down_checksum);
}

void judge_downs(Situation& situation) {
  for (const Standing& each : situation.list) {
    if (!each.down_changed) continue;
    situation.down_problems.push_back(down_problem(situation, each));
    situation.down_next = down_hint(each);
  }
}

void judge(Situation& situation, bool allow_gaps) {
  std::map<std::string, std::vector<std::string>> by_state;
  bool later_applied = false;
  for (auto each = situation.list.rbegin(); each != situation.list.rend(); ++each) {
    const bool repeatable =
        each->migration && situation.folder.migrations[*each->migration].repeatable;
    if (each->state == "pending" && later_applied && !repeatable && !allow_gaps)
      each->state = "gap";
    if (each->entry && each->migration && !repeatable) later_applied = true;
  }
  for (const Standing& each : situation.list) by_state[each.state].push_back(each.version);
  const auto problem = [&](const char* state, const std::string& text) {
    if (const auto& found = by_state[state]; !found.empty())
      situation.problems.push_back(list_of(found) + ' ' + text);
  };
  problem("changed", "changed after being applied");
  problem("missing", "applied, but not in " + situation.folder.path.string());
  problem("gap", "not applied, though later ones are");
  if (!by_state["changed"].empty()) {
    situation.next =
        "put the files back as they were applied (git checkout), and write a new migration for "
        "what is to change";
  } else if (!by_state["missing"].empty()) {
    situation.next = "put the missing files back, or name their folder: --dir";
  } else if (!by_state["gap"].empty()) {
    situation.next = "give them later numbers, or apply them as they are: --allow-gaps";
  } else if (!by_state["stopped"].empty() || !by_state["undoing"].empty()) {
    situation.next = "architrave migrate resume goes on with what was stopped";
    const bool can_go_back = std::ranges::any_of(situation.list, [&](const Standing& each) {
      return each.state == "stopped" && situation.folder.migrations[*each.migration].down;
    });
    if (can_go_back) situation.next += "; architrave migrate down undoes it";
  } else if (!situation.foreign.empty()) {
    // Where there are several, the folder tells whose it is.
    std::vector<std::string>& tools = situation.foreign;
    const auto own = std::ranges::find(tools, word(situation.folder.layout));
    if (own != tools.end()) std::rotate(tools.begin(), own, own + 1);
    situation.next =
        "architrave migrate baseline --from " + tools.front() + " takes over what it has applied";
  } else if (!by_state["pending"].empty()) {
    situation.next = "architrave migrate up applies " + list_of(by_state["pending"]);
  }
}

}  // namespace

std::string list_of(const std::vector<std::string>& versions) {
  return (versions.size() == 1 ? "migration " : "migrations ") + join(versions, ", ");
}

const Migration& migration_of(const Situation& situation, const Standing& standing) {
  return situation.folder.migrations[*standing.migration];
}

std::string down_problem(const Situation& situation, const Standing& standing) {
  return "the down script of migration " + standing.version +
         (!migration_of(situation, standing).down ? " is gone since it was applied"
          : standing.state == "undoing"           ? " changed in what of it is done already"
                                                  : " changed after it was applied");
}

const char* down_hint(const Standing& standing) {
  return standing.state == "undoing"
             ? "put it back as it was (git checkout)"
             : "put it back as it was (git checkout), or say that it is right as it is now: "
               "architrave migrate baseline --changed-downs";
}

Situation situation_of(Folder folder, const std::optional<std::vector<Entry>>& history,
                       std::vector<std::string> foreign, bool allow_gaps) {
  Situation situation;
  situation.folder = std::move(folder);
  situation.has_history = history.has_value();
  situation.foreign = std::move(foreign);
  struct Row {
    const Entry* entry;
    int order;
  };
  std::map<std::string_view, Row> rows;
  const std::vector<Entry> none;
  for (const Entry& each : history ? *history : none)
    rows.emplace(each.version, Row{&each, static_cast<int>(rows.size())});
  for (std::size_t i = 0; i < situation.folder.migrations.size(); ++i) {
    const Migration& migration = situation.folder.migrations[i];
    Standing standing{migration.version, migration.name, i, {}, "pending"};
    if (const auto found = rows.find(migration.version); found != rows.end()) {
      const auto [entry, order] = found->second;
      standing.state = state_of(migration, *entry);
      standing.down_changed = standing.state != "changed" && has_changed_down(migration, *entry);
      standing.entry = *entry;
      standing.order = order;
      rows.erase(found);
    }
    situation.list.push_back(std::move(standing));
  }
  for (const Entry& each : history ? *history : none)
    if (const auto found = rows.find(each.version); found != rows.end())
      situation.list.push_back(
          {each.version, each.name, {}, each, "missing", false, found->second.order});
  judge(situation, allow_gaps);
  judge_downs(situation);
  return situation;
}

Result<Situation> read_situation(Target& target, const RunOptions& options) {
  auto folder = read_folder(options.folder, target.dialect());
  if (!folder) return fail(folder);
  auto history = target.history();
  if (!history) return fail(history);
  std::vector<std::string> foreign;
  if (!*history || (*history)->empty()) {
    auto found = target.foreign();
    if (!found) return fail(found);
    foreign = std::move(*found);
  }
  return situation_of(std::move(*folder), *history, std::move(foreign), options.allow_gaps);
}

}  // namespace architrave::migration
