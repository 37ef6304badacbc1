#include "migration/run/perform.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/process.h"
#include "base/text.h"

namespace architrave::migration {

namespace {

std::string describe_item(const Item& item) {
  const Script& script = item.script();
  std::string text = item.direction == Direction::up ? "apply " : "undo  ";
  text += title(item.migration->version, item.migration->name);
  if (item.migration->phase != Phase::none)
    text += " (" + std::string(word(item.migration->phase)) + ')';
  const std::size_t steps = steps_to_run(*item.migration, item.direction, item.entry);
  if (steps > 1) text += ": " + plural(static_cast<std::int64_t>(steps), "step");
  if (script.steps.empty()) text += ", which holds no statement";
  text += item.why;
  if (item.entry == nullptr || !item.entry->is_under_way()) return text;
  text += item.goes_on() ? fmt::format(", of which {} are done", item.entry->step)
                         : fmt::format(", as far as it came: {} of its {} steps were done",
                                       item.entry->step, item.entry->steps);
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
    options.say("-- " + describe_item(item));
    std::vector<Step> steps = item.script().steps;
    steps.resize(steps_to_run(*item.migration, item.direction, item.entry));
    if (item.goes_on())
      steps.erase(steps.begin(),
                  steps.begin() + std::min<long>(item.entry->step, std::ssize(steps)));
    options.say(render(*item.migration, steps));
  }
}

// A file that was mended behind the steps that are done is taken as it is now, and so is its down.
Status accept_changes(Target& target, const std::vector<Item>& items) {
  for (const Item& item : items) {
    if (!item.goes_on() || item.direction != Direction::up) continue;
    if (item.entry->checksum != item.migration->up.checksum)
      if (Status accepted = target.accept_change(*item.entry, *item.migration); !accepted)
        return accepted;
    if (item.entry->down_checksum != entry_of(*item.migration, State::applying).down_checksum)
      if (Status accepted = target.accept_down(*item.migration); !accepted) return accepted;
  }
  return {};
}

// What is to be made is there: a database that had it before there was a history.
bool says_there(const Error& error) {
  constexpr std::array codes = {"postgres.42P07", "postgres.42701", "postgres.42710",
                                "postgres.42723", "postgres.42P06"};
  return std::ranges::find(codes, error.code) != codes.end();
}

}  // namespace

Result<std::vector<Done>> perform(Session& session, const std::vector<Item>& items,
                                  const RunOptions& options) {
  Target& target = *session.target;
  std::vector<Done> done;
  if (items.empty()) return done;
  for (const Item& item : items)
    if (Status checked = target.check(item.script()); !checked) return fail(checked);
  if (options.dry_run) {
    show_plan(items, options);
    return done;
  }
  std::vector<std::string> what;
  if (!session.situation.has_history) what.push_back("make " + target.history_name());
  for (const Item& item : items) what.push_back(describe_item(item));
  if (Status agreed =
          agree(options, what, "--yes answers for you, --dry-run shows what would be run");
      !agreed)
    return fail(agreed);
  if (Status ran = run_hook(options.before, "--before", "nothing was changed"); !ran)
    return fail(ran);
  if (Status ready = session.prepare_history(); !ready) return fail(ready);
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

}  // namespace architrave::migration
