#include "workload/messages.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/quoting.h"
#include "base/text.h"
#include "workload/json_reader.h"

namespace architrave::workload {

namespace {

constexpr std::size_t most_sessions = 50'000;

bool take_word(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// "S_1: SELECT …" without the name of the prepared statement and its portal.
std::string_view without_name(std::string_view text) {
  const std::size_t colon = text.find(": ");
  return colon == std::string_view::npos ? text : text.substr(colon + 2);
}

// "parameters: $1 = …", with a capital since PostgreSQL 16.
std::string_view parameters_of(std::string_view detail) {
  if (detail.starts_with("parameters: ") || detail.starts_with("Parameters: "))
    return detail.substr(12);
  return {};
}

// What stands before the plan in auto_explain's message, in any of its four forms.
struct PlanHead {
  std::string query;
  std::string parameters;  // since PostgreSQL 16
};

// In the JSON and YAML forms: the string in quotes after a name, which is among the first.
std::string quoted_after(std::string_view plan, std::string_view name) {
  const std::size_t at = plan.find(name);
  if (at == std::string_view::npos) return {};
  std::size_t end = at + name.size();
  while (end < plan.size() && plan[end] != '"') end += plan[end] == '\\' ? 2U : 1U;
  std::string text;
  unescape_json(plan.substr(at + name.size(), end - at - name.size()), text);
  return text;
}

std::string element(std::string_view plan, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">";
  const std::size_t begin = plan.find(open);
  const std::size_t end = plan.find("</" + std::string(name) + ">");
  if (begin == std::string_view::npos || end == std::string_view::npos) return {};
  std::string text(plan.substr(begin + open.size(), end - begin - open.size()));
  for (const auto& [escape, character] :
       {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#x0d;", "\r"}, {"&amp;", "&"}})
    text = replace_all(std::move(text), escape, character);
  return text;
}

PlanHead head_of_plan(std::string_view plan) {
  if (plan.starts_with('<'))
    return {element(plan, "Query-Text"), element(plan, "Query-Parameters")};
  if (plan.starts_with('{'))
    return {quoted_after(plan.substr(0, plan.find("\"Plan\": {")), "\"Query Text\": \""),
            quoted_after(plan.substr(0, plan.find("\"Plan\": {")), "\"Query Parameters\": \"")};
  if (plan.starts_with("Query Text: \""))
    return {quoted_after(plan, "Query Text: \""),
            quoted_after(plan.substr(0, plan.find("\nPlan: ")), "\nQuery Parameters: \"")};
  if (!take_word(plan, "Query Text: ")) return {};
  // The text form's query has as many lines as it likes; the first of the plan says its cost.
  PlanHead head;
  for (std::size_t at = plan.find('\n'); at != std::string_view::npos;
       at = plan.find('\n', at + 1)) {
    std::string_view line = plan.substr(at + 1, plan.find('\n', at + 1) - at - 1);
    const bool parameters = take_word(line, "Query Parameters: ");
    if (!parameters && !line.contains("  (cost=")) continue;
    head.query = plan.substr(0, at);
    if (parameters)
      head.parameters = plan.substr(at + 1 + std::string_view("Query Parameters: ").size());
    return head;
  }
  head.query = plan.substr(0, plan.find('\n'));
  return head;
}

bool begins_with(std::string_view text, std::string_view word) {
  return lower(text.substr(0, word.size())) == word;
}

// The query of PREPARE name (types) AS query; the whole text where it is none.
std::string_view without_prepare(std::string_view detail) {
  if (!begins_with(detail, "prepare ")) return detail;
  int depth = 0;
  for (const Token& token : tokens(detail)) {
    if (token.text == "(") ++depth;
    if (token.text == ")") --depth;
    if (depth == 0 && token.kind == TokenKind::word && lower(token.text) == "as")
      return trim(detail.substr(static_cast<std::size_t>(token.text.data() + 2 - detail.data())));
  }
  return detail;
}

// EXECUTE p(1, 'a') as "$1 = '1', $2 = 'a'"; nothing where an argument is more than a literal.
std::string arguments_of(std::string_view execute) {
  std::string all;
  int number = 0;
  bool inside = false;
  bool expects = true;
  std::string sign;
  for (const Token& token : tokens(execute)) {
    if (!inside) {
      inside = token.text == "(";
      continue;
    }
    if (token.text == ")") return all;
    if (token.text == ",") {
      expects = true;
      continue;
    }
    if (token.text == "-" && expects) {
      sign = "-";
      continue;
    }
    const bool null = token.kind == TokenKind::word && lower(token.text) == "null";
    const bool word = token.kind == TokenKind::word &&
                      (lower(token.text) == "true" || lower(token.text) == "false");
    if (!expects ||
        (!null && !word && token.kind != TokenKind::string && token.kind != TokenKind::number))
      return {};
    expects = false;
    if (number > 0) all += ", ";
    all += "$" + std::to_string(++number) + " = ";
    if (null)
      all += "NULL";
    else
      all += '\'' +
             replace_all(sign + (word ? std::string(token.text) : literal_value(token.text)), "'",
                         "''") +
             '\'';
    sign.clear();
  }
  return {};
}

// "Dauer: 1.500 ms …", "durée : 1.500 ms, …": the duration of a server that speaks another
// language.
bool duration_abroad(std::string_view message) {
  const std::size_t number = message.find_first_of("0123456789");
  if (number == std::string_view::npos || number < 5 || number > 50) return false;
  const std::size_t point = message.find_first_not_of("0123456789", number);
  return point < message.size() && message[point] == '.' &&
         message.find_first_not_of("0123456789", point + 1) == point + 4 &&
         message.substr(point + 4, 1) == " " && message.substr(0, number).contains(':');
}

}  // namespace

Messages::Session& Messages::session_of(const Entry& entry) {
  if (entry.session == 0) return without_session_;
  if (sessions_.size() >= most_sessions && !sessions_.contains(entry.session)) {
    for (auto& [id, session] : sessions_) repetitions_.end(session.repetitions);
    sessions_.clear();
  }
  return sessions_[entry.session];
}

void Messages::take(const Entry& entry) {
  if (entry.severity == Entry::Severity::other) return;
  if ((!options_.database.empty() && entry.database != options_.database) ||
      (!options_.user.empty() && entry.user != options_.user)) {
    if (entry.user.empty() && entry.database.empty() &&
        (entry.message.starts_with("duration: ") || entry.message.starts_with("statement: ")))
      ++of_nobody_;
    return;
  }
  if (options_.since && entry.time < *options_.since) return;
  if (options_.until && entry.time > *options_.until) return;
  if (!std::isnan(entry.time)) {
    from_ = std::min(from_, entry.time);
    to_ = std::max(to_, entry.time);
  }
  std::string_view text = entry.message;
  if (entry.severity == Entry::Severity::error) {
    if (!entry.statement.empty()) failure(session_of(entry), entry);
    return;
  }
  // The server says what it runs without a STATEMENT: RAISE LOG 'duration: …' is somebody else's.
  if (!entry.statement.empty() && !text.starts_with("temporary file: ")) return;
  if (take_word(text, "duration: ")) {
    double ms = 0;
    const auto [past, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (error != std::errc()) return;
    text.remove_prefix(static_cast<std::size_t>(past - text.data()));
    if (!take_word(text, " ms")) return;
    Session& session = session_of(entry);
    const bool known = std::exchange(session.known, true);
    if (text.empty()) {
      const QueryTable::Found found = session.open ? table_.find(session.key) : QueryTable::Found{};
      if (found.form != nullptr)
        table_.add_time(found, {.ms = ms - session.timed_ms});
      else if (known)  // else its statement was logged before this log began
        ++lone_durations_;
      session.open = false;
    } else if (take_word(text, "  statement: ")) {
      statement(session, entry, text, ms);
    } else if (take_word(text, "  execute fetch from ")) {
      table_.add_time(table_.look_up(without_name(text), entry.tabbed), {.ms = ms});
    } else if (take_word(text, "  execute ")) {
      statement(session, entry, without_name(text), ms);
    } else if (take_word(text, "  parse ") || take_word(text, "  bind ")) {
      table_.add_planning(table_.look_up(without_name(text), entry.tabbed), ms);
    } else if (take_word(text, "  plan:")) {
      plan(session, entry,
           text.substr(text.find_first_not_of("\n\t ") == std::string_view::npos
                           ? text.size()
                           : text.find_first_not_of("\n\t ")),
           ms);
    }
    return;
  }
  if (take_word(text, "statement: ")) {
    statement(session_of(entry), entry, text, -1);
  } else if (take_word(text, "execute ")) {
    ++logged_executes_;
    if (!text.starts_with("fetch from "))
      statement(session_of(entry), entry, without_name(text), -1);
  } else if (text.starts_with("temporary file: ") && !entry.statement.empty()) {
    const std::size_t size = text.find(", size ");
    std::int64_t bytes = 0;
    if (size != std::string_view::npos)
      std::from_chars(text.data() + size + 7, text.data() + text.size(), bytes);
    table_.add_temporary(table_.look_up(entry.statement, entry.tabbed), (bytes + 8191) / 8192);
  } else if (text.starts_with("disconnection: ")) {
    const auto known = sessions_.find(entry.session);
    if (known == sessions_.end()) return;
    repetitions_.end(known->second.repetitions);
    sessions_.erase(known);
  } else if (duration_abroad(text)) {
    ++abroad_;
  }
}

void Messages::statement(Session& session, const Entry& entry, std::string_view text, double ms) {
  std::string_view parameters = parameters_of(entry.detail);
  if (entry.detail.starts_with("prepare: ")) {  // the text is EXECUTE name(…)
    parameters_ = arguments_of(text);
    parameters = parameters_;
    text = without_prepare(entry.detail.substr(9));
  }
  if (ms >= 0 && session.open && session.from_plan) {
    // auto_explain has counted it already, perhaps without its parameters.
    const QueryTable::Found found = table_.look_up(text, entry.tabbed);
    if (found.key == session.key) {
      session.open = false;
      const Call call = {.text = text,
                         .tabbed = entry.tabbed,
                         .parameters = parameters,
                         .ms = ms - session.timed_ms};
      table_.add_time(found, call);
      if (session.lacks_parameters) {
        table_.add_parameters(found, call);
        if (entry.session != 0)
          repetitions_.saw(session.repetitions, found, entry, text, parameters);
      }
      return;
    }
  }
  count(session, entry, text, parameters, ms, false);
  session.open = ms < 0;
  session.from_plan = false;
}

void Messages::plan(Session& session, const Entry& entry, std::string_view text, double ms) {
  const PlanHead head =
      head_of_plan(entry.tabbed ? replace_all(std::string(text), "\n\t", "\n") : std::string(text));
  const std::string_view sent = without_prepare(head.query);
  if (sent.empty()) return;
  const QueryTable::Found found = table_.look_up(sent);
  // A statement inside of a function has the function as its context, and was not sent. A cursor's
  // plan is written when it is closed, long after the statement that it comes from.
  const bool nested = !entry.context.empty() || begins_with(sent, "declare ");
  if (!nested) {
    // A prepared statement's comes when its portal is closed, after the rest; of several statements
    // in one message, each has a plan with the text of all.
    if (session.plans > 0 && session.key == found.key) {
      --session.plans;
      if (session.open) {
        table_.add_time(found, {.ms = ms});
        session.timed_ms += ms;
      }
    } else {
      count(session, entry, sent, head.parameters, ms, false);
      session.open = true;
      session.from_plan = true;
      --session.plans;
    }
  }
  table_.keep_plan(found, text, entry.tabbed, ms);
}

void Messages::failure(Session& session, const Entry& entry) {
  if (session.open && (!session.from_plan || session.plans > 0)) {
    const QueryTable::Found found = table_.look_up(entry.statement, entry.tabbed);
    if (found.key == session.key) {
      session.open = false;
      table_.add_error(found);
      return;
    }
  }
  count(session, entry, entry.statement, {}, -1, true);
  session.open = false;
  session.plans = 0;
}

void Messages::count(Session& session, const Entry& entry, std::string_view text,
                     std::string_view parameters, double ms, bool failed) {
  const QueryTable::Found found = table_.look_up(text, entry.tabbed);
  table_.count(found, {.text = text,
                       .tabbed = entry.tabbed,
                       .parameters = parameters,
                       .ms = ms,
                       .failed = failed,
                       .user = entry.user,
                       .database = entry.database});
  session.known = true;
  session.key = found.key;
  session.timed_ms = std::max(ms, 0.0);
  session.plans = found.form->plans;
  session.lacks_parameters =
      parameters.empty() && std::ranges::any_of(table_.literals(), [](const Literal& each) {
        return each.kind == TokenKind::parameter;
      });
  if (entry.session != 0 && !session.lacks_parameters)
    repetitions_.saw(session.repetitions, found, entry, text, parameters);
}

void Messages::finish(Workload& workload) {
  for (auto& [id, session] : sessions_) repetitions_.end(session.repetitions);
  sessions_.clear();
  if (from_ <= to_) {
    workload.from = from_;
    workload.to = to_;
  }
  if (abroad_ > 0) {
    workload.partial = true;
    workload.notes.push_back(plural(abroad_, "message seems", "messages seem") +
                             " to say a duration in another language than English: set "
                             "lc_messages = C; statements are not found in such a log");
  }
  if (of_nobody_ > 0) {
    workload.partial = true;
    workload.notes.push_back(plural(of_nobody_, "message was", "messages were") +
                             " left out, since the log does not say whose they are: "
                             "log_line_prefix needs %u and %d");
  }
  // With log_statement, the parse and bind of a prepared statement have durations of their own.
  if (lone_durations_ > 2 * logged_executes_) {
    workload.partial = true;
    workload.notes.push_back(plural(lone_durations_ - 2 * logged_executes_, "duration") +
                             " came without the statement: set log_min_duration_statement = 0 "
                             "instead of log_duration");
  }
}

}  // namespace architrave::workload
