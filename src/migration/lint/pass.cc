#include "migration/lint/pass.h"

#include <algorithm>
#include <tuple>

#include "base/quoting.h"
#include "base/text.h"
#include "migration/lint/session.h"

namespace architrave::migration::lint {

using sql::Node;
using sql::ScriptItem;

namespace {

std::string_view first_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && ((text[end] | 0x20) >= 'a' && (text[end] | 0x20) <= 'z')) ++end;
  return text.substr(0, end);
}

bool same_word(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::ranges::equal(text, lower_case, [](char a, char b) { return (a | 0x20) == b; });
}

// Whether the statement's text looks like one that no transaction takes. Of what looks like it and
// is none, the file's transaction is at most not presumed.
bool looks_alone(std::string_view text) {
  const std::string_view word = first_word(text);
  if (same_word(word, "vacuum")) return true;
  const bool may_be = same_word(word, "create") || same_word(word, "drop") ||
                      same_word(word, "reindex") || same_word(word, "alter");
  return may_be && contains_word(lower(text.substr(0, 200)), "concurrently");
}

// {table}, {column} and {other} of a rule's words.
std::string render(std::string_view words, const Action& action) {
  std::string out;
  while (!words.empty()) {
    const std::size_t open = words.find('{');
    out.append(words.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = words.find('}', open);
    const std::string_view name = words.substr(open + 1, close - open - 1);
    if (name == "table")
      out += action.relation.empty() ? "the database" : quoted(action.relation);
    else if (name == "other")
      out += quoted(action.other);
    else
      out += action.column.empty() ? "it" : quote_identifier(action.column);
    words.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace

void Pass::judge(const Statement& statement) {
  statement_ = &statement;
  effect_at_ = 0;
  of_all_.reset();
  costs_.clear();
  for (const Action& action : statement.actions) {
    action_ = &action;
    for (const Rule* rule : impl_.by_action[static_cast<std::size_t>(action.what)]) {
      if (rule->in_use && !state_.in_use(action.relation)) continue;
      if (rule->when != nullptr && !rule->when(action, statement)) continue;
      rule_ = rule;
      std::string message = render(rule->message, action);
      if (rule->detail != nullptr) message += rule->detail(action, statement);
      find(std::move(message), render(rule->instead, action), action.relation, -1);
    }
  }
  action_ = nullptr;
  const auto check = [&](const std::vector<const Rule*>& rules) {
    for (const Rule* rule : rules) {
      rule_ = rule;
      rule->check(statement, *this);
    }
  };
  check(impl_.for_all);
  if (const auto found = impl_.by_node.find(statement.node.type()); found != impl_.by_node.end())
    check(found->second);
  statement_ = nullptr;
}

// What the statement leaves behind for those after it.
void Pass::after(const Statement& statement, int line) {
  for (const Effect& each : statement.effects.relations) {
    if (each.lock < Lock::share || !state_.in_use(each.relation)) continue;
    if (state_.dangerous_line == 0 && !state_.settings[lock_timeout].now().set)
      state_.dangerous_line = line;
    for (std::size_t i = 0; i < state_.settings.size(); ++i)
      if (!state_.settings[i].now().set) state_.timeout_reported[i] = true;
    if (!state_.is_transaction()) continue;
    Held& held = state_.held[each.relation];
    if (each.through < 0 && each.lock == Lock::access_exclusive &&
        held.lock != Lock::access_exclusive) {
      if (state_.exclusive_tables++ > 0) state_.wide_reported = true;
      if (state_.exclusive_tables == 1) {
        state_.exclusive_table = each.relation;
        state_.exclusive_line = line;
      }
    }
    if (each.through < 0 && held.line == 0 && state_.first_held.size() < 2)
      state_.first_held.push_back(each.relation);
    held.lock = std::max(held.lock, each.lock);
    if (held.line == 0) held.line = line;
  }
  for (const Action& action : statement.actions) {
    switch (action.what) {
      case Do::add_check_not_valid:
      case Do::add_foreign_key_not_valid:
        if (!action.column.empty() && action.node["skip_validation"].flag())
          state_.not_valid.insert(action.relation + '.' + std::string(action.column));
        break;
      case Do::drop_table:
        state_.dropped.insert(action.relation);
        break;
      case Do::drop_constraint:
      case Do::drop_foreign_key:
        if (action.node["missing_ok"].flag())
          state_.dropped_constraints.insert(action.relation + '.' + std::string(action.column));
        break;
      default:
        break;
    }
    if (action.what >= Do::add_primary_key && action.what <= Do::add_foreign_key_not_valid)
      state_.dropped_constraints.erase(action.relation + '.' + std::string(action.column));
    const bool foreign = action.what == Do::create_foreign_key ||
                         action.what == Do::add_foreign_key ||
                         action.what == Do::add_foreign_key_not_valid;
    if (foreign || action.what == Do::create_table) {
      const auto [at, column] =
          place(item_->text.data() +
                std::max(0, std::min(action.location, static_cast<int>(item_->text.size()))));
      Pending pending{.table = action.relation,
                      .columns = {},
                      .place = {.file = file_.path, .line = at, .column = column}};
      if (!foreign) {
        if (statement.node.is("CreateStmt") && !statement.node["partbound"])
          state_.tables.push_back(std::move(pending));
        continue;
      }
      for (const Node key : action.node["fk_attrs"])
        pending.columns.emplace_back(sql::string_of(key));
      if (pending.columns.empty()) pending.columns.emplace_back(action.column);
      if (file_.history || is_ignored("fk-not-indexed", item_->line)) continue;
      state_.foreign_keys.push_back(std::move(pending));
    }
  }
  if (statement.node.is("AlterTableStmt") && state_.is_transaction())
    state_.altered.emplace(state_.schema.name_of(statement.node["relation"]), line);
  if (statement.node.is("TransactionStmt"))
    end_or_begin(state_, statement.node, line);
  else
    take_setting(state_, statement.node, line);
  if (!state_.is_transaction()) end_transaction(state_);
}

// A parenthesis that nobody closes makes one statement of all that follows. The semicolon behind
// the error was mostly meant to end it.
void Pass::recover(std::string_view broken, std::size_t offset) {
  const std::size_t end = broken.find(';', offset);
  if (end == std::string_view::npos || ++recoveries_ > most_recoveries) return;
  const std::string_view rest = broken.substr(end + 1);
  const int line = place(rest.begin()).first;
  std::vector<ScriptItem> items = sql::split_script(rest);
  for (ScriptItem& each : items) each.line += line - 1;
  items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(index_) + 1, items.begin(),
                items.end());
}

void Pass::statement(const ScriptItem& item) {
  item_ = &item;
  tokens_.clear();
  (void)place(item.text.begin());
  statement_place_ = last_;
  ++impl_.summary.statements;
  if (!impl_.reader.parse(item.text)) {
    const auto rule = impl_.by_name.find("syntax-error");
    if (file_.history || rule == impl_.by_name.end()) return;
    const sql::SyntaxError& error = impl_.reader.error();
    const std::size_t offset = std::min(static_cast<std::size_t>(error.offset), item.text.size());
    const auto [line, column] = place(item.text.data() + offset);
    // What is newer than the parser may be right.
    const bool newer = state_.version > 15;
    give({.rule = rule->second->is.name,
          .severity = newer ? Severity::warning : rule->second->is.severity,
          .file = file_.path,
          .line = line,
          .column = column,
          .relation = {},
          .message = error.message + (newer ? ", as PostgreSQL 15 reads it" : ""),
          .instead = newer ? "look at it by hand: nothing else is known of the statement"
                           : "mend the statement; nothing else is known of it",
          .lock = Lock::none,
          .rewrites = false,
          .cost = {}});
    ++state_.statements;
    recover(item.text, offset);
    return;
  }
  for (const sql::ParsedStatement& parsed : impl_.reader.statements()) {
    const auto& actions = impl_.actions.read(parsed.node, state_.version, &impl_.schema);
    const Effects effects = effects_of(actions, state_.version, &impl_.schema);
    const Statement one{.node = parsed.node,
                        .text = item.text,
                        .actions = actions,
                        .effects = effects,
                        .state = state_};
    if (!file_.history) judge(one);
    after(one, item.line);
    impl_.schema.apply(parsed.node, state_.unit);
  }
  ++state_.statements;
}

// Those of psql's own commands that run what is not in the file.
void Pass::meta_command(const ScriptItem& item) {
  const auto rule = impl_.by_name.find("opaque-dynamic-sql");
  if (rule == impl_.by_name.end()) return;
  rule_ = rule->second;
  std::string_view word = item.text.substr(0, item.text.find_first_of(" \t"));
  const bool file =
      word == "\\i" || word == "\\ir" || word == "\\include" || word == "\\include_relative";
  if (!file && word != "\\gexec") return;
  find_at(file ? std::string(item.text) + " runs a file that is not looked into"
               : "\\gexec runs statements that a query makes up: nothing is known of their locks",
          file ? "give lint that file too, where it is run"
               : "write the statements themselves into the migration",
          {}, {.file = {}, .line = item.line});
}

// The migration that begins with the item: until the file ends or a comment begins another.
void Pass::begin_migration(std::size_t index) {
  end_transaction(state_);
  ++migrations_;
  ++state_.unit;
  state_.statements = state_.statements_in_all = state_.settings_in_all = 0;
  state_.dangerous_line = state_.begun_at = 0;
  state_.settings = {};
  impl_.schema.new_session();
  state_.timeout_reported = {};
  state_.dropped.clear();
  state_.dropped_constraints.clear();
  state_.tables.clear();
  bool begins = false, alone = false;
  std::optional<bool> said = impl_.options.transaction;
  const char* end = index == 0 ? file_.text.data()
                               : items_[index - 1].text.data() + items_[index - 1].text.size();
  for (std::size_t i = index; i < items_.size(); ++i) {
    const std::string_view text = items_[i].text;
    Directives directives;
    end = std::min(end, text.data());  // behind a syntax error, statements lie in one another
    read_comments({end, static_cast<std::size_t>(text.data() - end)}, directives);
    if (i > index && directives.begins_migration) break;
    if (directives.transaction) said = directives.transaction;
    end = text.data() + text.size();
    if (items_[i].kind != ScriptItem::Kind::statement) continue;
    ++state_.statements_in_all;
    const std::string_view word = first_word(text);
    if (same_word(word, "set")) ++state_.settings_in_all;
    begins = begins || same_word(word, "begin") || same_word(word, "start");
    alone = alone || looks_alone(text);
  }
  state_.transaction = said              ? (*said ? Transaction::declared : Transaction::none)
                       : begins || alone ? Transaction::none
                                         : Transaction::presumed;
}

void Pass::end_migration() {
  if (file_.history) return;
  item_ = nullptr;
  for (const Rule* rule : impl_.at_end) {
    rule_ = rule;
    rule->at_end(state_, *this);
  }
  const auto rule = impl_.by_name.find("unused-ignore");
  std::vector<Ignore> unused = std::move(ignores_);
  unused.insert(unused.end(), file_ignores_.begin(), file_ignores_.end());
  ignores_.clear();
  file_ignores_.clear();
  if (rule == impl_.by_name.end()) return;
  rule_ = rule->second;
  for (const Ignore& each : unused)
    if (!each.used)
      find_at(impl_.by_name.contains(each.rule) ? "rule " + each.rule + " says nothing here"
                                                : "there is no rule " + each.rule,
              "leave the comment out", {}, {.file = {}, .line = each.line});
}

void Pass::finish() {
  for (const Rule* rule : all_rules()) {
    if (rule->at_finish == nullptr || !impl_.by_name.contains(rule->is.name)) continue;
    rule_ = rule;
    rule->at_finish(state_, *this);
  }
}

void Pass::run() {
  ++impl_.summary.files;
  items_ = sql::split_script(file_.text);
  for (const auto& [wrong, name, message, instead] :
       {std::tuple{file_.out_of_order, "non-linear-history",
                   "is new, and comes before migrations that were there already: where those have "
                   "been applied, it runs after them or not at all",
                   "give it a number behind the last one"},
        std::tuple{
            file_.without_down, "missing-up-down",
            "has no other half: the folder's other migrations come as up and down",
            "write NAME.down.sql beside NAME.up.sql; architrave migrate plan writes both"}}) {
    const auto rule = impl_.by_name.find(name);
    if (!wrong || file_.history || rule == impl_.by_name.end()) continue;
    rule_ = rule->second;
    find_at("the migration " + std::string(message), instead, {}, {.file = {}, .line = 1});
  }
  const char* end = file_.text.data();
  statement_place_ = last_ = {.at = end, .line_start = end, .line = 1};
  for (index_ = 0; index_ < items_.size(); ++index_) {
    const std::size_t i = index_;
    const ScriptItem item = items_[i];  // a copy: what follows a syntax error is put in behind it
    const char* begin = item.text.data();
    Directives directives;
    // What stands behind the statement before, on its line, is of that.
    const char* leading = std::min(end, begin);
    if (i > 0) leading = std::find(leading, begin, '\n');
    const std::string_view gap(leading, static_cast<std::size_t>(begin - leading));
    read_comments(gap, directives);
    if (i == 0 || directives.begins_migration) {
      if (i > 0) end_migration();
      begin_migration(i);
    }
    end = begin + item.text.size();
    if (item.kind == ScriptItem::Kind::meta_command && !file_.history) meta_command(item);
    if (item.kind != ScriptItem::Kind::statement) continue;
    if (!file_.history) {
      const char* next =
          i + 1 < items_.size() ? items_[i + 1].text.data() : file_.text.data() + file_.text.size();
      const char* line_end = std::find(end, std::max(end, next), '\n');
      const int last = item.line + static_cast<int>(std::count(begin, end, '\n'));
      if (!directives.ignores.empty()) take_directives(directives, gap, item.line, last);
      const std::string_view own(begin, static_cast<std::size_t>(line_end - begin));
      if (own.find("architrave:") != std::string_view::npos) {
        Directives inside;
        read_comments(own, inside);
        take_directives(inside, own, item.line, last);
      }
    }
    statement(item);
  }
  if (items_.empty()) return;
  end_migration();
}

}  // namespace architrave::migration::lint
