#include "engine/postgres/script_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "catalog/object.h"
#include "engine/postgres/packages.h"
#include "sql/script.h"
#include "sql/statement.h"

namespace architrave::postgres {

namespace {

using sql::ScriptItem;

// psql commands that change nothing of what is loaded.
bool is_harmless(std::string_view command) {
  static const std::set<std::string_view> names = {
      "\\set", "\\unset", "\\pset", "\\echo", "\\qecho",      "\\timing",     "\\o",
      "\\x",   "\\a",     "\\t",    "\\f",    "\\restrict",   "\\unrestrict", "\\r",
      "\\p",   "\\q",     "\\warn", "\\html", "\\errverbose", "\\encoding",   "\\."};
  return names.contains(command);
}

std::string first_line(std::string_view statement) {
  std::string line(trim(statement.substr(0, statement.find('\n'))));
  if (line.size() > 160) line = line.substr(0, 157) + "…";
  return line;
}

bool runs_or_reads_files(std::string_view statement) {
  if (statement.size() < 5 || lower(statement.substr(0, 4)) != "copy") return false;
  const std::string text = lower(statement);
  return contains_word(text, "program") ||
         (!contains_word(text, "stdin") && !contains_word(text, "stdout"));
}

class Loader {
 public:
  Loader(PostgresSandbox& sandbox, Loaded& loaded) : sandbox_(sandbox), loaded_(loaded) {}

  Status load(const std::vector<Script>& scripts) {
    std::vector<Script> expanded;
    for (const Script& script : scripts)
      expanded.push_back({script.file, sql::substitute_variables(script.text)});
    if (const Status made = make_roles(expanded); !made) return made;
    for (const Script& script : expanded) {
      if (const Status ran = run(script, 0); !ran) return ran;
      if (const Status flushed = flush(); !flushed) return flushed;
    }
    ask_newer_server();
    add_notes();
    return {};
  }

 private:
  static constexpr std::string_view syntax_error = "postgres.42601";
  struct NotUnderstood {
    std::size_t problem;  // its place in loaded_.problems
    std::string statement;
  };
  struct Waiting {
    const Script* script;
    ScriptItem item;
  };

  // The name that follows CREATE ROLE, folded as mentions of it are compared.
  static std::string role_made_by(std::string_view text) {
    text = trim(text);
    const bool quoted = text.starts_with('"');
    const std::size_t end = quoted ? text.find('"', 1) : text.find_first_of(" \t\r\n;");
    return lower(text.substr(quoted ? 1 : 0, end == text.npos ? end : end - (quoted ? 1 : 0)));
  }

  Status make_roles(const std::vector<Script>& scripts) {
    sql::Mentions mentions;
    std::set<std::string> made;
    for (const Script& script : scripts) {
      for (const ScriptItem& item : sql::split_script(script.text)) {
        if (item.kind != ScriptItem::Kind::statement) continue;
        sql::collect_mentions(item.text, mentions);
        const std::string words = lower(item.text.substr(0, 40));
        if (words.starts_with("create role ") || words.starts_with("create user "))
          made.insert(role_made_by(item.text.substr(12)));
      }
    }
    std::vector<std::string> statements;
    for (const std::string& role : mentions.roles) {
      // The server's own pg_ roles are there; those that the script makes, it makes.
      if (made.contains(lower(role)) || role.starts_with("pg_") || role == Server::role) continue;
      statements.push_back("CREATE ROLE " + catalog::quote_identifier(role));
    }
    if (statements.empty()) return {};
    auto results = sandbox_.connection().pipeline(statements);
    if (!results) return fail(results);
    return {};
  }

  Status run(const Script& script, int depth) {
    for (const ScriptItem& item : sql::split_script(script.text)) {
      switch (item.kind) {
        case ScriptItem::Kind::statement:
          if (runs_or_reads_files(item.text)) {
            if (const Status flushed = flush(); !flushed) return flushed;
            ++loaded_.statements;
            problem(script, item, "COPY to or from a file or a program of the server is not run",
                    "use COPY … FROM stdin, or \\copy");
          } else {
            waiting_.push_back({&script, item});
          }
          break;
        case ScriptItem::Kind::copy_data:
          if (const Status copied = copy(script, item.text); !copied) return copied;
          break;
        case ScriptItem::Kind::meta_command:
          if (const Status ran = meta(script, item, depth); !ran) return ran;
          break;
      }
    }
    return {};
  }

  // COPY … FROM stdin is the last statement that waits, and `data` what follows it.
  Status copy(const Script& script, std::string_view data) {
    if (waiting_.empty()) return {};
    const Waiting statement = waiting_.back();
    waiting_.pop_back();
    if (const Status flushed = flush(); !flushed) return flushed;
    ++loaded_.statements;
    return copied(script, statement.item, std::string(statement.item.text), data);
  }

  Status copied(const Script& script, const ScriptItem& item, const std::string& statement,
                std::string_view data) {
    const Status status = sandbox_.connection().copy_in(statement, data);
    if (status) return {};
    if (is_fatal(status.error())) return status;
    problem(script, item, status.error().message, status.error().hint);
    return {};
  }

  Status meta(const Script& script, const ScriptItem& item, int depth) {
    const std::string_view command = item.text.substr(0, item.text.find_first_of(" \t"));
    const std::string_view rest = trim(item.text.substr(command.size()));
    if (command == "\\i" || command == "\\ir" || command == "\\include") {
      if (const Status flushed = flush(); !flushed) return flushed;
      return include(script, item, unquote(rest), depth);
    }
    if (command == "\\copy") {
      if (const Status flushed = flush(); !flushed) return flushed;
      return client_copy(script, item, rest);
    }
    if (!is_harmless(command)) ++left_out_[std::string(command)];
    return {};
  }

  static std::string unquote(std::string_view text) {
    if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'')
      text = text.substr(1, text.size() - 2);
    return std::string(text);
  }

  static std::filesystem::path beside(const Script& script, const std::string& name) {
    std::filesystem::path path(name);
    if (path.is_absolute() || script.file == "-") return path;
    return std::filesystem::path(script.file).parent_path() / path;
  }

  Status include(const Script& script, const ScriptItem& item, const std::string& name, int depth) {
    const std::filesystem::path path = beside(script, name);
    if (depth >= 16) {
      problem(script, item, "scripts include each other more than 16 deep", "look for a circle");
      return {};
    }
    Result<std::string> text = read_file(path);
    if (!text) {
      problem(script, item, text.error().message, text.error().hint);
      return {};
    }
    const Script included{path.string(), sql::substitute_variables(*text)};
    if (const Status ran = run(included, depth + 1); !ran) return ran;
    return flush();
  }

  // \copy table [(columns)] from 'file' [options]
  Status client_copy(const Script& script, const ScriptItem& item, std::string_view rest) {
    const std::string words = lower(rest);
    const std::size_t from = words.find(" from ");
    if (from == std::string::npos || rest.size() <= from + 6) {
      ++left_out_["\\copy"];
      return {};
    }
    std::string_view target = trim(rest.substr(from + 6));
    const std::size_t end = target.front() == '\'' ? target.find('\'', 1) + 1 : target.find(' ');
    const std::string file = unquote(target.substr(0, end));
    Result<std::string> data = read_file(beside(script, file));
    if (!data) {
      missing_data_.push_back(file);
      return {};
    }
    const std::string options(end >= target.size() ? "" : target.substr(end));
    return copied(script, item, fmt::format("COPY {} FROM STDIN {}", rest.substr(0, from), options),
                  *data);
  }

  // Sends what waits, in one pipeline, and takes the failures down.
  Status flush() {
    if (waiting_.empty()) return {};
    std::vector<std::string> statements;
    statements.reserve(waiting_.size());
    for (const Waiting& each : waiting_) statements.emplace_back(each.item.text);
    auto results = sandbox_.connection().pipeline(statements);
    if (!results) return fail(results);
    loaded_.statements += std::ssize(waiting_);
    for (std::size_t i = 0; i < results->size(); ++i) {
      Result<Rows>& result = (*results)[i];
      if (result) continue;
      if (is_fatal(result.error())) return fail(result);
      problem(*waiting_[i].script, waiting_[i].item, result.error().message, result.error().hint);
      point(*waiting_[i].script, waiting_[i].item, result.error().where);
      if (result.error().code == syntax_error && loaded_.problems.back().hint.empty())
        not_understood_.push_back({loaded_.problems.size() - 1, statements[i]});
    }
    waiting_.clear();
    return {};
  }

  static bool is_fatal(const Error& error) {
    return error.code == "postgres.lost" || error.code == "interrupted";
  }

  void problem(const Script& script, const ScriptItem& item, std::string message,
               std::string hint) {
    if (hint.empty() || message.find("extension") != std::string::npos)
      if (std::string install = install_hint(message, sandbox_.server().installation().major);
          !install.empty())
        hint = std::move(install);
    loaded_.problems.push_back(
        {script.file, item.line, first_line(item.text), std::move(message), std::move(hint)});
  }

  // "character 27": of the statement, from 1.
  void point(const Script& script, const ScriptItem& item, std::string_view where) {
    constexpr std::string_view word = "character ";
    if (!where.starts_with(word)) return;
    std::size_t characters = 0;
    std::from_chars(where.data() + word.size(), where.data() + where.size(), characters);
    engine::LoadProblem& problem = loaded_.problems.back();
    const auto begin = static_cast<std::size_t>(item.text.data() - script.text.data());
    const std::size_t line = script.text.rfind('\n', begin) + 1;  // 0 where there is none before
    const auto is_start = [](char c) { return (c & 0xC0) != 0x80; };
    const std::string_view ahead = std::string_view(script.text).substr(line, begin - line);
    problem.column = 1 + static_cast<int>(std::ranges::count_if(ahead, is_start));
    for (const char c : item.text) {
      if (!is_start(c)) continue;
      if (--characters == 0) break;
      ++problem.column;
      if (c != '\n') continue;
      ++problem.line;
      problem.column = 1;
    }
  }

  // What this server's grammar does not have, a newer one's may: asked of the newest that is here.
  // The statements run in a server of their own, where only their parsing is of interest.
  void ask_newer_server() {
    const std::vector<Installation> here = installations();
    if (not_understood_.empty() || here.back().major <= sandbox_.server().installation().major)
      return;
    const Result<std::unique_ptr<Server>> server = Server::start(here.back());
    if (!server) return;
    Result<Connection> connection = (*server)->connect("postgres");
    if (!connection) return;
    for (const NotUnderstood& each : not_understood_) {
      const Result<Rows> tried = connection->query(each.statement);
      if (!tried && (tried.error().code == syntax_error || is_fatal(tried.error()))) continue;
      loaded_.problems[each.problem].hint =
          fmt::format("PostgreSQL {0} understands it: --server-version {0}", here.back().major);
    }
  }

  void add_notes() {
    if (!missing_data_.empty())
      loaded_.notes.push_back(fmt::format(
          "{} of \\copy not there, so their tables are empty (the first: {})",
          missing_data_.size() == 1 ? "1 data file is"
                                    : fmt::format("{} data files are", missing_data_.size()),
          missing_data_.front()));
    for (const auto& [command, count] : left_out_)
      loaded_.notes.push_back(
          fmt::format("psql's {} was left out ({})", command, plural(count, "time")));
  }

  PostgresSandbox& sandbox_;
  Loaded& loaded_;
  std::vector<Waiting> waiting_;
  std::vector<NotUnderstood> not_understood_;
  std::vector<std::string> missing_data_;
  std::map<std::string, int> left_out_;
};

}  // namespace

Result<Loaded> load_scripts(const std::vector<Script>& scripts, PostgresSandbox& sandbox) {
  Loaded loaded;
  if (Status status = Loader(sandbox, loaded).load(scripts); !status) return fail(status);
  return loaded;
}

}  // namespace architrave::postgres
