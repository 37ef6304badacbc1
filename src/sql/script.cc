#include "sql/script.h"

#include <cctype>
#include <map>
#include <string>

#include "base/text.h"

namespace architrave::sql {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
}

bool same_word(std::string_view text, std::string_view word) {
  return text.size() == word.size() && lower(text) == word;
}

// Where the quoted or commented stretch that begins at `at` ends; `at` itself if none begins there.
class Skipper {
 public:
  explicit Skipper(std::string_view text) : text_(text) {}

  std::size_t skip(std::size_t at) const {
    const char c = text_[at];
    if (c == '\'')
      return quoted(at, '\'',
                    at > 0 && (text_[at - 1] == 'e' || text_[at - 1] == 'E') &&
                        (at < 2 || !is_word(text_[at - 2])));
    if (c == '"') return quoted(at, '"', false);
    if (c == '$') return dollar_quoted(at);
    return comment(at);
  }

  std::size_t comment(std::size_t at) const {
    if (text_.compare(at, 2, "--") == 0) {
      const std::size_t end = text_.find('\n', at);
      return end == std::string_view::npos ? text_.size() : end;
    }
    if (text_.compare(at, 2, "/*") != 0) return at;
    int depth = 0;
    while (at < text_.size()) {
      if (text_.compare(at, 2, "/*") == 0) {
        ++depth;
        at += 2;
      } else if (text_.compare(at, 2, "*/") == 0) {
        at += 2;
        if (--depth == 0) return at;
      } else {
        ++at;
      }
    }
    return text_.size();
  }

 private:
  std::size_t quoted(std::size_t at, char quote, bool backslashes) const {
    for (++at; at < text_.size(); ++at) {
      if (backslashes && text_[at] == '\\') {
        ++at;
      } else if (text_[at] == quote) {
        if (at + 1 < text_.size() && text_[at + 1] == quote) {
          ++at;
        } else {
          return at + 1;
        }
      }
    }
    return text_.size();
  }

  std::size_t dollar_quoted(std::size_t at) const {
    if (at > 0 && is_word(text_[at - 1])) return at;
    std::size_t end = at + 1;
    while (end < text_.size() && is_word(text_[end])) ++end;
    if (end >= text_.size() || text_[end] != '$') return at;
    if (end > at + 1 && std::isdigit(static_cast<unsigned char>(text_[at + 1])) != 0) return at;
    const std::string_view tag = text_.substr(at, end + 1 - at);
    const std::size_t close = text_.find(tag, end + 1);
    return close == std::string_view::npos ? text_.size() : close + tag.size();
  }

  std::string_view text_;
};

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text), skipper_(text) {}

  std::vector<ScriptItem> split() {
    while (at_ < text_.size()) step();
    finish(text_.size());
    return std::move(items_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (begin_ == none && (std::isspace(static_cast<unsigned char>(c)) != 0 || c == ';')) {
      ++at_;
      return;
    }
    if (begin_ == none && skipper_.comment(at_) != at_) {
      at_ = skipper_.comment(at_);
      return;
    }
    if (c == '\\' && begin_ != none && text_.compare(at_, 2, "\\;") == 0) {
      finish(at_);  // sent along with the next one
      at_ += 2;
      return;
    }
    if (c == '\\') return meta_command();
    if (begin_ == none) begin_ = at_;
    if (const std::size_t end = skipper_.skip(at_); end != at_) {
      at_ = end;
      return;
    }
    if (is_word(c)) return word();
    if (c == '(') ++parentheses_;
    if (c == ')' && parentheses_ > 0) --parentheses_;
    if (c == ';' && parentheses_ == 0 && blocks_ == 0) {
      const bool copies = is_copy_from_stdin(text_.substr(begin_, at_ - begin_));
      finish(at_);
      ++at_;
      if (copies) copy_data();
      return;
    }
    ++at_;
  }

  // The body of a SQL-standard function, BEGIN ATOMIC … END, holds semicolons of its own.
  void word() {
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (same_word(word, "atomic") && same_word(last_word_, "begin")) {
      blocks_ = 1;
    } else if (blocks_ > 0 && same_word(word, "case")) {
      ++blocks_;
    } else if (blocks_ > 0 && same_word(word, "end")) {
      --blocks_;
    }
    last_word_ = word;
    at_ = end;
  }

  void meta_command() {
    finish(at_);
    std::size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos) end = text_.size();
    add(ScriptItem::Kind::meta_command, trim(text_.substr(at_, end - at_)), at_);
    at_ = end;
  }

  static bool is_copy_from_stdin(std::string_view statement) {
    if (statement.size() < 4 || !same_word(statement.substr(0, 4), "copy")) return false;
    const std::string words = lower(statement);
    const std::size_t from = words.rfind("stdin");
    return from != std::string::npos && contains_word(words, "from") &&
           contains_word(words, "stdin");
  }

  // From the next line to one that is \. alone.
  void copy_data() {
    std::size_t line = text_.find('\n', at_);
    line = line == std::string_view::npos ? text_.size() : line + 1;
    const std::size_t start = line;
    std::size_t end = text_.size();
    std::size_t next = text_.size();
    while (line < text_.size()) {
      std::size_t stop = text_.find('\n', line);
      if (stop == std::string_view::npos) stop = text_.size();
      if (trim(text_.substr(line, stop - line)) == "\\.") {
        end = line;
        next = stop;
        break;
      }
      line = stop + 1;
    }
    add(ScriptItem::Kind::copy_data, text_.substr(start, end - start), start);
    at_ = next;
  }

  void finish(std::size_t end) {
    if (begin_ != none) {
      const std::string_view statement = trim(text_.substr(begin_, end - begin_));
      if (!statement.empty()) add(ScriptItem::Kind::statement, statement, begin_);
    }
    begin_ = none;
    parentheses_ = 0;
    blocks_ = 0;
    last_word_ = {};
  }

  void add(ScriptItem::Kind kind, std::string_view text, std::size_t from) {
    for (; counted_ < from; ++counted_)
      if (text_[counted_] == '\n') ++line_;
    items_.push_back({kind, text, line_});
  }

  static constexpr std::size_t none = std::string_view::npos;
  std::string_view text_;
  Skipper skipper_;
  std::size_t at_ = 0;
  std::size_t begin_ = none;
  int parentheses_ = 0;
  int blocks_ = 0;
  std::string_view last_word_;
  std::size_t counted_ = 0;
  int line_ = 1;
  std::vector<ScriptItem> items_;
};

}  // namespace

std::vector<ScriptItem> split_script(std::string_view script) {
  // A byte order mark is not part of the first statement.
  if (script.starts_with("\xEF\xBB\xBF")) script.remove_prefix(3);
  return Splitter(script).split();
}

std::string substitute_variables(std::string_view script) {
  if (script.find("\\set ") == std::string_view::npos) return std::string(script);
  std::map<std::string, std::string, std::less<>> variables;
  const Skipper skipper(script);
  std::string out;
  out.reserve(script.size());
  for (std::size_t at = 0; at < script.size();) {
    const bool line_start = at == 0 || script[at - 1] == '\n';
    if (line_start && script.compare(at, 5, "\\set ") == 0) {
      const std::string_view line = script.substr(at, script.find('\n', at) - at);
      const std::string_view rest = trim(line.substr(5));
      const std::size_t space = rest.find_first_of(" \t");
      std::string_view value = space == std::string_view::npos ? "" : trim(rest.substr(space));
      if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'')
        value = value.substr(1, value.size() - 2);
      variables[std::string(rest.substr(0, space))] = value;
      out += line;
      at += line.size();
      continue;
    }
    if (const std::size_t end = skipper.skip(at); end != at) {
      out += script.substr(at, end - at);
      at = end;
      continue;
    }
    const bool colon = script[at] == ':' && (at == 0 || script[at - 1] != ':');
    if (colon && at + 1 < script.size()) {
      const char quote = script[at + 1] == '\'' || script[at + 1] == '"' ? script[at + 1] : '\0';
      std::size_t end = at + (quote != '\0' ? 2 : 1);
      const std::size_t name_at = end;
      while (end < script.size() && is_word(script[end])) ++end;
      const auto found = variables.find(script.substr(name_at, end - name_at));
      const bool closed = quote == '\0' || (end < script.size() && script[end] == quote);
      if (found != variables.end() && closed) {
        if (quote == '\0') {
          out += found->second;
        } else {
          out += quote + replace_all(found->second, std::string(1, quote), std::string(2, quote)) +
                 quote;
          ++end;
        }
        at = end;
        continue;
      }
    }
    out += script[at++];
  }
  return out;
}

}  // namespace architrave::sql
