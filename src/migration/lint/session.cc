#include "migration/lint/session.h"

#include <algorithm>

namespace architrave::migration::lint {

using sql::Node;

void end_transaction(State& state) {
  state.held.clear();
  state.first_held.clear();
  state.exclusive_tables = 0;
  state.wide_reported = false;
  state.altered.clear();
  state.not_valid.clear();
  for (Setting& each : state.settings) each.local = {};
}

void end_or_begin(State& state, Node node, int line) {
  const std::string_view kind = node["kind"].text();
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") {
    if (state.transaction == Transaction::begun || state.transaction == Transaction::declared)
      return;
    end_transaction(state);
    state.transaction = Transaction::begun;
    state.begun_at = line;
    state.before = state.settings;
  } else if (kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_ROLLBACK") {
    // What SET said is rolled back like everything else.
    if (kind == "TRANS_STMT_ROLLBACK" && state.transaction == Transaction::begun)
      state.settings = state.before;
    end_transaction(state);
    if (node["chain"].flag()) return;
    state.transaction = Transaction::none;
    state.begun_at = 0;
  }
}

namespace {

void set(State& state, std::string_view name, Node value, bool is_set, bool local, int line) {
  static constexpr std::string_view names[] = {"lock_timeout", "statement_timeout",
                                               "idle_in_transaction_session_timeout",
                                               "application_name"};
  const auto found = std::ranges::find(names, name);
  if (found == std::end(names)) return;
  Setting& setting = state.settings[static_cast<std::size_t>(found - std::begin(names))];
  if (local && !state.is_transaction()) return;  // which does nothing
  Setting::Value& changed = local ? setting.local : setting.session;
  changed = {.set = is_set, .milliseconds = {}, .line = line};
  if (is_set && value) changed.milliseconds = setting_milliseconds(value);
  if (!local) setting.local = {};
}

}  // namespace

void take_setting(State& state, Node node, int line) {
  if (node["kind"].text() == "VAR_RESET_ALL" || node["target"].text() == "DISCARD_ALL") {
    state.settings = {};
  } else if (node.is("VariableSetStmt")) {
    const bool is_set = node["kind"].text() == "VAR_SET_VALUE";
    set(state, node["name"].text(), node["args"].front(), is_set, node["is_local"].flag(), line);
  } else if (node.is("SelectStmt")) {
    for (const Node target : node["targetList"]) {
      const Node call = target["val"];
      if (!call.is("FuncCall") || sql::string_of(call["funcname"].back()) != "set_config") continue;
      std::vector<Node> arguments;
      for (const Node each : call["args"]) arguments.push_back(each);
      if (arguments.size() == 3)
        set(state, arguments[0]["sval"]["sval"].text(), arguments[1], true,
            arguments[2]["boolval"]["boolval"].flag(), line);
    }
  }
}

}  // namespace architrave::migration::lint
