#include "migration/run/choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <ranges>

#include "base/text.h"
#include "sql/tree.h"

namespace architrave::migration {

namespace {

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

// What keeps these from being undone.
Status refuse_undo(const Situation& situation, const std::vector<Item>& items) {
  for (const Standing& each : situation.list) {
    const auto undoes = [&](const Item& item) {
      return item.direction == Direction::down && item.migration->version == each.version;
    };
    if (each.down_changed && std::ranges::any_of(items, undoes))
      return fail("migration.history", down_problem(situation, each), {}, down_hint(each));
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
      if (Status known = refuse_unknown_rows(item); !known) return known;
  return {};
}

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

const Script& Item::script() const {
  return direction == Direction::up ? migration->up : *migration->down;
}

bool Item::goes_on() const {
  return entry != nullptr &&
         entry->state == (direction == Direction::up ? State::applying : State::reverting);
}

Status refuse_problems(const Situation& situation) {
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

Result<std::vector<Item>> to_apply(const Situation& situation, const std::string& to) {
  if (Status fine = refuse_problems(situation); !fine) return fail(fine);
  if (Status fine = refuse_stopped(situation, "undoing"); !fine) return fail(fine);
  if (!situation.foreign.empty())
    return fail("migration.takeover",
                "this database has a history of " + join(situation.foreign, ", ") +
                    ", and none of Architrave's",
                {}, situation.next);
  std::size_t last = situation.folder.migrations.size();
  if (!to.empty()) {
    const Result<std::size_t> place = place_of(situation, to);
    if (!place) return std::unexpected(place.error());
    last = *place + 1;
  }
  std::vector<Item> items;
  for (const Standing& each : situation.list)
    if (*each.migration < last && (each.state == "pending" || each.state == "stopped"))
      items.push_back(
          {&migration_of(situation, each), Direction::up, each.entry ? &*each.entry : nullptr});
  return items;
}

Result<std::vector<Item>> to_resume(const Situation& situation) {
  if (Status fine = refuse_problems(situation); !fine) return fail(fine);
  std::vector<Item> items;
  for (const Standing& each : situation.list)
    if (each.state == "stopped" || each.state == "undoing")
      items.push_back({&migration_of(situation, each),
                       each.state == "stopped" ? Direction::up : Direction::down, &*each.entry});
  if (Status fine = refuse_undo(situation, items); !fine) return fail(fine);
  return items;
}

Result<std::vector<Item>> to_undo(const Situation& situation, const std::string& to) {
  std::vector<std::size_t> there;
  // A repeatable migration stands behind all others, and an older one takes its place by being
  // applied: it is not what "the last" means.
  for (std::size_t i = 0; i < situation.list.size(); ++i) {
    const Standing& each = situation.list[i];
    const bool repeatable = each.migration && migration_of(situation, each).repeatable;
    if (each.entry && (!repeatable || each.entry->is_under_way())) there.push_back(i);
  }
  std::vector<std::size_t> chosen;
  if (to.empty()) {
    if (there.empty()) return std::vector<Item>();
    chosen.push_back(last_applied(situation, there));
  } else {
    std::size_t keep = 0;  // how many from the first
    if (to != "0") {
      const Result<std::size_t> place = place_of(situation, to);
      if (!place) return std::unexpected(place.error());
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
    if (to.empty() && i != there.back() && !each.entry->is_under_way())
      items.back().why = ", which was applied last, after " + situation.list[there.back()].version;
  }
  if (Status fine = refuse_undo(situation, items); !fine) return fail(fine);
  return items;
}

Result<std::vector<const Migration*>> to_take_over(const Situation& situation,
                                                   const std::string& to) {
  const Result<std::size_t> place = place_of(situation, to);
  if (!place) return std::unexpected(place.error());
  std::vector<const Migration*> chosen;
  for (const Standing& each : situation.list)
    if (!each.entry && *each.migration <= *place) chosen.push_back(&migration_of(situation, each));
  return chosen;
}

}  // namespace architrave::migration
