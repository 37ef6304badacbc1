#include "migration/run/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <map>
#include <ranges>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"
#include "migration/run/target.h"
#include "sql/tree.h"

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

const char* down_hint(const Standing& standing) {
  return standing.state == "undoing"
             ? "put it back as it was (git checkout)"
             : "put it back as it was (git checkout), or say that it is right as it is now: "
               "architrave migrate baseline --changed-downs";
}

std::string down_problem(const Standing& standing, const Migration& migration) {
  return "the down script of migration " + standing.version +
         (!migration.down               ? " is gone since it was applied"
          : standing.state == "undoing" ? " changed in what of it is done already"
                                        : " changed after it was applied");
}

std::string list_of(const std::vector<std::string>& versions) {
  return (versions.size() == 1 ? "migration " : "migrations ") + join(versions, ", ");
}

void judge_downs(Situation& situation) {
  for (const Standing& each : situation.list) {
    if (!each.down_changed) continue;
    situation.down_problems.push_back(
        down_problem(each, situation.folder.migrations[*each.migration]));
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

Result<Situation> situation_of(Target& target, const RunOptions& options) {
  auto folder = read_folder(options.folder, target.dialect());
  if (!folder) return fail(folder);
  auto history = target.history();
  if (!history) return fail(history);
  Situation situation;
  situation.folder = std::move(*folder);
  situation.has_history = history->has_value();
  std::map<std::string, Entry> entries;
  std::map<std::string, int> places;
  std::vector<std::string> order;
  if (*history) {
    for (Entry& each : **history) {
      places.emplace(each.version, static_cast<int>(order.size()));
      order.push_back(each.version);
      entries.emplace(each.version, std::move(each));
    }
  }
  for (std::size_t i = 0; i < situation.folder.migrations.size(); ++i) {
    const Migration& migration = situation.folder.migrations[i];
    Standing standing{migration.version, migration.name, i, {}, "pending"};
    if (const auto found = entries.find(migration.version); found != entries.end()) {
      standing.state = state_of(migration, found->second);
      standing.down_changed =
          standing.state != "changed" && has_changed_down(migration, found->second);
      standing.entry = std::move(found->second);
      entries.erase(found);
    }
    situation.list.push_back(std::move(standing));
  }
  for (const std::string& version : order) {
    const auto found = entries.find(version);
    if (found == entries.end()) continue;
    situation.list.push_back({version, found->second.name, {}, found->second, "missing"});
  }
  for (Standing& each : situation.list)
    if (each.entry) each.order = places.at(each.version);
  if (entries.empty() && order.empty()) {
    auto foreign = target.foreign();
    if (!foreign) return fail(foreign);
    situation.foreign = std::move(*foreign);
  }
  judge(situation, options.allow_gaps);
  judge_downs(situation);
  return situation;
}

struct Item {
  const Migration* migration;
  Direction direction;
  const Entry* entry;    // null: it has no row
  std::string why = {};  // this one and no other, where that may surprise
};

std::string describe_item(const Item& item) {
  const Script& script =
      item.direction == Direction::up ? item.migration->up : *item.migration->down;
  std::string text = item.direction == Direction::up ? "apply " : "undo  ";
  text += title(item.migration->version, item.migration->name);
  if (item.migration->phase != Phase::none)
    text += " (" + std::string(word(item.migration->phase)) + ')';
  if (script.steps.size() > 1)
    text += ": " + plural(static_cast<std::int64_t>(script.steps.size()), "step");
  if (script.steps.empty()) text += ", which holds no statement";
  text += item.why;
  if (item.entry == nullptr || !item.entry->is_under_way()) return text;
  text += (item.entry->state == State::applying) == (item.direction == Direction::up)
              ? fmt::format(", of which {} are done", item.entry->step)
              : fmt::format(", as far as it came: {} of its {} steps were done", item.entry->step,
                            item.entry->steps);
  return text;
}

Status run_hook(const std::string& command, const char* name, const char* consequence) {
  if (command.empty()) return {};
  Result<pid_t> process = start({.arguments = {"/bin/sh", "-c", command}});
  if (!process) return fail(process);
  const Result<int> code = wait_unless_interrupted(*process);
  // One that a terminal interrupts ends together with this program.
  if (!code || interrupted())
    return fail("interrupted", fmt::format("interrupted while the command of {} was running", name),
                {}, consequence);
  if (*code == 0) return {};
  return fail("migration.hook",
              fmt::format("the command of {} failed with {}: {}", name, *code, command), {},
              consequence);
}

// What is run, as a script.
void show_plan(const std::vector<Item>& items, const RunOptions& options) {
  if (!options.say) return;
  for (const Item& item : items) {
    const Script& script =
        item.direction == Direction::up ? item.migration->up : *item.migration->down;
    options.say("-- " + describe_item(item));
    const bool under_way =
        item.entry != nullptr && item.entry->is_under_way() &&
        (item.entry->state == State::applying) == (item.direction == Direction::up);
    std::vector<Step> steps = script.steps;
    if (under_way)
      steps.erase(steps.begin(),
                  steps.begin() + std::min<long>(item.entry->step, std::ssize(steps)));
    options.say(render(*item.migration, steps));
  }
}

std::unexpected<Error> declined(const char* hint) {
  if (interrupted()) return fail("interrupted", "interrupted", {}, "nothing was changed");
  return fail("migration.declined", "nobody has said yes: nothing was changed", {}, hint);
}

// A file that was mended behind the steps that are done is taken as it is now, and so is its down.
Status accept_changes(Target& target, const std::vector<Item>& items) {
  for (const Item& item : items) {
    if (item.entry == nullptr || item.entry->state != State::applying ||
        item.direction != Direction::up)
      continue;
    if (item.entry->checksum != item.migration->up.checksum)
      if (Status accepted = target.accept_change(*item.entry, *item.migration); !accepted)
        return accepted;
    if (item.entry->down_checksum != entry_of(*item.migration, State::applying).down_checksum)
      if (Status accepted = target.accept_down(*item.migration); !accepted) return accepted;
  }
  return {};
}

Status prepare_history(Target& target, const Situation& situation) {
  return situation.has_history ? target.extend_history() : target.make_history();
}

// What is to be made is there: a database that had it before there was a history.
bool says_there(const Error& error) {
  constexpr std::array codes = {"postgres.42P07", "postgres.42701", "postgres.42710",
                                "postgres.42723", "postgres.42P06"};
  return std::ranges::find(codes, error.code) != codes.end();
}

Result<std::vector<Done>> perform(Target& target, const Situation& situation,
                                  const std::vector<Item>& items, const RunOptions& options) {
  std::vector<Done> done;
  if (items.empty()) return done;
  for (const Item& item : items) {
    const Script& script =
        item.direction == Direction::up ? item.migration->up : *item.migration->down;
    if (Status checked = target.check(script); !checked) return fail(checked);
  }
  if (options.dry_run) {
    show_plan(items, options);
    return done;
  }
  std::vector<std::string> what;
  if (!situation.has_history) what.push_back("make " + target.history_name());
  for (const Item& item : items) what.push_back(describe_item(item));
  if (options.confirm && !options.confirm(what))
    return declined("--yes answers for you, --dry-run shows what would be run");
  if (Status ran = run_hook(options.before, "--before", "nothing was changed"); !ran)
    return fail(ran);
  if (Status ready = prepare_history(target, situation); !ready) return fail(ready);
  if (Status accepted = accept_changes(target, items); !accepted) return fail(accepted);
  for (const Item& item : items) {
    const double begun = monotonic_seconds();
    if (Status ran = target.run(*item.migration, item.direction, item.entry); !ran) {
      if (item.direction == Direction::up && item.entry == nullptr && says_there(ran.error()))
        ran.error().hint +=
            "; if this database has it all from before, architrave migrate baseline "
            "--to " +
            item.migration->version + " takes it as applied";
      return fail(ran);
    }
    done.push_back({item.migration->version, item.migration->name, item.direction,
                    monotonic_seconds() - begun});
    if (options.say)
      options.say(fmt::format(
          "{} {} ({}){}", item.direction == Direction::up ? "applied" : "undid ",
          title(done.back().version, done.back().name), human_seconds(done.back().seconds),
          item.direction == Direction::up && item.migration->up.steps.empty()
              ? ": it holds no statement"
              : item.why));
  }
  if (Status ran = run_hook(options.after, "--after", "the migrations themselves are done"); !ran)
    return fail(ran);
  return done;
}

// A connection that holds the runner's lock (not for a dry run), and what it finds then.
struct Session {
  std::unique_ptr<Target> target;
  Situation situation;
};
Result<Session> begin(const RunOptions& options) {
  auto target = open_target(options, options.dry_run);
  if (!target) return fail(target);
  if (!options.dry_run)
    if (Status locked = (*target)->lock(); !locked) return fail(locked);
  auto situation = situation_of(**target, options);
  if (!situation) return fail(situation);
  return Session{std::move(*target), std::move(*situation)};
}

Result<std::size_t> place_of(const Situation& situation, const std::string& version) {
  const auto& list = situation.folder.migrations;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].version == version || list[i].name == version ||
        list[i].version + '_' + list[i].name == version)
      return i;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!version_less(list[i].version, version) && !version_less(version, list[i].version))
      return i;
  // sqitch's "@v1.0": all up to the tag. "name@v1.0": that change as it was then.
  const std::size_t at = version.find('@');
  std::vector<std::string> tags;
  for (std::size_t i = 0; i < list.size() && at != std::string::npos; ++i)
    for (const std::string& tag : list[i].tags) {
      tags.push_back(tag);
      if (version.substr(at) != tag) continue;
      if (at == 0) return i;
      for (std::size_t before = i + 1; before-- > 0;)
        if (list[before].name == version.substr(0, at)) return before;
    }
  if (at == 0)
    return fail(
        "migration.version", "there is no tag " + version + " in " + situation.folder.path.string(),
        "--to",
        tags.empty() ? "only the plan of sqitch has tags" : "these are there: " + join(tags, ", "));
  return fail("migration.version",
              "there is no migration " + version + " in " + situation.folder.path.string(), "--to",
              "architrave migrate status lists them");
}

Status refuse(const Situation& situation) {
  if (situation.problems.empty()) return {};
  return fail("migration.history", join(situation.problems, "; "), {}, situation.next);
}

Status refuse_stopped(const Situation& situation, std::string_view state) {
  for (const Standing& each : situation.list)
    if (each.state == state)
      return fail("migration.stopped",
                  fmt::format("{} {} and stopped at step {} of {}", title(each.version, each.name),
                              state == "undoing" ? "was being undone" : "was being applied",
                              each.entry->step + 1, each.entry->steps),
                  {}, situation.next);
  return {};
}

const Migration& migration_of(const Situation& situation, const Standing& standing) {
  return situation.folder.migrations[*standing.migration];
}

// Writes to rows that are there: to do so twice, or for what was never done, is no error to the
// server.
bool changes_rows(const Statement& statement) {
  const auto parsed = sql::parse(statement.text);
  if (!parsed || parsed->size() != 1) return false;
  const sql::Tree& tree = parsed->front();
  constexpr std::array kinds = {"UpdateStmt", "DeleteStmt", "InsertStmt", "MergeStmt",
                                "CopyStmt",   "DoStmt",     "CallStmt"};
  if (std::ranges::find(kinds, tree.type) != kinds.end()) return true;
  const std::string text = lower(statement.text);
  return tree.is("SelectStmt") && (contains_word(text, "update") || contains_word(text, "delete") ||
                                   contains_word(text, "insert"));
}
bool changes_rows(const Step& step) {
  return step.kind == Step::Kind::backfill ||
         std::ranges::any_of(step.statements,
                             [](const Statement& each) { return changes_rows(each); });
}

// What was applied in part is undone as far as it came: a definition that was never made is not
// there, and the server says so. Of rows it says nothing. A plan's own way back is made for that;
// one that was written by hand can be trusted with rows if all that the up does to rows was done.
Status refuse_unknown_rows(const Item& item) {
  if (item.entry == nullptr || item.entry->state != State::applying) return {};
  const Script& down = *item.migration->down;
  if (down.text.starts_with("-- architrave:migration ")) return {};
  const std::vector<Step>& up = item.migration->up.steps;
  const auto begun = up.begin() + std::min<long>(item.entry->step, std::ssize(up));
  const auto step_does = [](const Step& each) { return changes_rows(each); };
  if (std::any_of(up.begin(), begun, step_does) && std::none_of(begun, up.end(), step_does))
    return {};
  for (const Step& step : down.steps)
    for (const Statement& each : step.statements)
      if (changes_rows(each))
        return fail("migration.stopped",
                    fmt::format("{} stopped at step {} of {}, and it can't be known whether what "
                                "this would undo was done",
                                title(item.migration->version, item.migration->name),
                                item.entry->step + 1, item.entry->steps),
                    fmt::format("{}:{}:{}", down.file.string(), each.line, each.column),
                    "architrave migrate resume goes on; or take out of the down script what is not "
                    "to be undone, then run architrave migrate down again");
  return {};
}

Result<std::vector<Done>> undo(Target& target, const Situation& situation,
                               const std::vector<Item>& items, const RunOptions& options) {
  for (const Standing& each : situation.list) {
    const auto undoes = [&](const Item& item) {
      return item.direction == Direction::down && item.migration->version == each.version;
    };
    if (each.down_changed && std::ranges::any_of(items, undoes))
      return fail("migration.history", down_problem(each, migration_of(situation, each)), {},
                  down_hint(each));
  }
  for (const Item& item : items)
    if (item.direction == Direction::down && !item.migration->down)
      return fail(
          "migration.down",
          "there is no way back from " + title(item.migration->version, item.migration->name),
          item.migration->up.file.string(),
          "write its down script, or keep it: --to " + item.migration->version);
  for (const Item& item : items)
    if (item.direction == Direction::down)
      if (Status known = refuse_unknown_rows(item); !known) return fail(known);
  return perform(target, situation, items, options);
}

}  // namespace

Result<Situation> status(const RunOptions& options) {
  auto target = open_target(options, /*to_look=*/true);
  if (!target) return fail(target);
  auto situation = situation_of(**target, options);
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
  const Situation& situation = session->situation;
  if (Status fine = refuse(situation); !fine) return fail(fine);
  if (Status fine = refuse_stopped(situation, "undoing"); !fine) return fail(fine);
  if (!situation.foreign.empty())
    return fail("migration.takeover",
                "this database has a history of " + join(situation.foreign, ", ") +
                    ", and none of Architrave's",
                {}, situation.next);
  std::size_t last = situation.folder.migrations.size();
  if (!options.to.empty()) {
    auto place = place_of(situation, options.to);
    if (!place) return fail(place);
    last = *place + 1;
  }
  std::vector<Item> items;
  for (const Standing& each : situation.list)
    if (*each.migration < last && (each.state == "pending" || each.state == "stopped"))
      items.push_back(
          {&migration_of(situation, each), Direction::up, each.entry ? &*each.entry : nullptr});
  return perform(*session->target, situation, items, options);
}

Result<std::vector<Done>> resume(const RunOptions& options) {
  auto session = begin(options);
  if (!session) return fail(session);
  const Situation& situation = session->situation;
  if (Status fine = refuse(situation); !fine) return fail(fine);
  std::vector<Item> items;
  for (const Standing& each : situation.list)
    if (each.state == "stopped" || each.state == "undoing")
      items.push_back({&migration_of(situation, each),
                       each.state == "stopped" ? Direction::up : Direction::down, &*each.entry});
  return undo(*session->target, situation, items, options);
}

namespace {

// Of those places in the list: what stopped, else what was applied last. (With --allow-gaps that
// need not have the highest version.)
std::size_t last_applied(const Situation& situation, const std::vector<std::size_t>& there) {
  std::size_t last = there.back();
  int highest = -1;
  int before_later = std::numeric_limits<int>::max();
  for (const std::size_t i : std::views::reverse(there)) {
    const Standing& each = situation.list[i];
    if (each.entry->is_under_way()) return i;
    // What was only written down as applied was there before what came after it.
    const int order =
        each.entry->state == State::baseline ? std::min(each.order, before_later) : each.order;
    before_later = std::min(before_later, order);
    if (order <= highest) continue;
    highest = order;
    last = i;
  }
  return last;
}

}  // namespace

Result<std::vector<Done>> down(const RunOptions& options) {
  auto session = begin(options);
  if (!session) return fail(session);
  const Situation& situation = session->situation;
  std::vector<std::size_t> there;
  // A repeatable migration stands behind all others, and an older one takes its place by being
  // applied: it is not what "the last" means.
  for (std::size_t i = 0; i < situation.list.size(); ++i) {
    const Standing& each = situation.list[i];
    const bool repeatable = each.migration && migration_of(situation, each).repeatable;
    if (each.entry && (!repeatable || each.entry->is_under_way())) there.push_back(i);
  }
  std::vector<std::size_t> chosen;
  if (options.to.empty()) {
    if (there.empty()) return std::vector<Done>();
    chosen.push_back(last_applied(situation, there));
  } else {
    std::size_t keep = 0;  // how many from the first
    if (options.to != "0") {
      auto place = place_of(situation, options.to);
      if (!place) return fail(place);
      keep = *place + 1;
    }
    std::copy_if(there.rbegin(), there.rend(), std::back_inserter(chosen),
                 [&](std::size_t i) { return i >= keep; });
  }
  std::vector<Item> items;
  for (const std::size_t i : chosen) {
    const Standing& each = situation.list[i];
    // To undo by a file that is not the one applied could undo something else.
    if (each.state == "changed" || each.state == "missing")
      return fail("migration.history",
                  each.state == "missing"
                      ? "migration " + each.version + " is applied, but not in " +
                            situation.folder.path.string()
                      : "migration " + each.version + " changed after being applied",
                  {}, situation.next);
    items.push_back({&migration_of(situation, each), Direction::down, &*each.entry});
    if (options.to.empty() && i != there.back() && !each.entry->is_under_way())
      items.back().why = ", which was applied last, after " + situation.list[there.back()].version;
  }
  return undo(*session->target, situation, items, options);
}

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
  if (Status fine = refuse(situation); !fine) return fail(fine);
  for (const char* state : {"stopped", "undoing"})
    if (Status fine = refuse_stopped(situation, state); !fine) return fail(fine);
  std::vector<Entry> entries;
  if (!from.empty()) {
    auto taken = session->target->read_foreign(from, situation.folder);
    if (!taken) return fail(taken);
    entries = std::move(*taken);
  } else {
    auto place = place_of(situation, options.to);
    if (!place) return fail(place);
    for (const Standing& standing : situation.list) {
      if (standing.entry || *standing.migration > *place) continue;
      entries.push_back(entry_of(migration_of(situation, standing), State::baseline));
    }
  }
  std::vector<std::string> versions;
  for (const Entry& each : entries) versions.push_back(each.version);
  if (options.dry_run || versions.empty()) return versions;
  if (options.confirm && !options.confirm({"write into " + session->target->history_name() +
                                           ", and run nothing: " + list_of(versions)}))
    return declined("--yes answers for you");
  if (Status ready = prepare_history(*session->target, situation); !ready) return fail(ready);
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
  if (options.confirm &&
      !options.confirm({"write into " + session->target->history_name() +
                        " that these are right as they are now: the down scripts of " +
                        list_of(versions)}))
    return declined("--yes answers for you");
  if (Status ready = prepare_history(*session->target, situation); !ready) return fail(ready);
  for (const Migration* each : changed)
    if (Status accepted = session->target->accept_down(*each); !accepted) return fail(accepted);
  return versions;
}

}  // namespace architrave::migration
