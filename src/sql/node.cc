#include "sql/node.h"

#include <pg_query.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <deque>

#include "base/text.h"

namespace architrave::sql {

using detail::Item;

std::int64_t Node::number() const {
  std::int64_t value = 0;
  const std::string_view digits = text();
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string_view string_of(Node string) { return string["sval"].text(); }

std::string dotted(Node list) {
  std::string out;
  for (const Node each : list) {
    if (!out.empty()) out += '.';
    out += string_of(each);
  }
  return out;
}

namespace {

// Reads the JSON that libpg_query writes: no white space, keys without escapes.
class JsonReader {
 public:
  JsonReader(const char* at, std::vector<Item>& items, std::deque<std::string>& unescaped)
      : at_(at), items_(items), unescaped_(unescaped) {}

  void value(std::string_view key) {
    const std::size_t index = items_.size();
    items_.emplace_back().key = key;
    switch (*at_) {
      case '{':
        fields(index);
        break;
      case '[':
        elements();
        break;
      case '"':
        items_[index].text = string();
        break;
      default: {
        const char* begin = at_;
        while (*at_ != ',' && *at_ != '}' && *at_ != ']' && *at_ != '\0') ++at_;
        items_[index].text = {begin, static_cast<std::size_t>(at_ - begin)};
      }
    }
    items_[index].size = static_cast<std::uint32_t>(items_.size() - index);
  }

 private:
  // {"AlterTableStmt":{…}} is one node, not an object with one field.
  void fields(std::size_t index) {
    ++at_;
    if (*at_ == '"' && at_[1] >= 'A' && at_[1] <= 'Z') {
      items_[index].type = string();
      ++at_;  // :
      fields(index);
      ++at_;  // }
      return;
    }
    while (*at_ == '"') {
      const std::string_view key = string();
      ++at_;  // :
      value(key);
      if (*at_ == ',') ++at_;
    }
    if (*at_ == '}') ++at_;
  }

  void elements() {
    ++at_;
    while (*at_ != ']' && *at_ != '\0') {
      value({});
      if (*at_ == ',') ++at_;
    }
    if (*at_ == ']') ++at_;
  }

  std::string_view string() {
    const char* begin = ++at_;
    while (*at_ != '"' && *at_ != '\\' && *at_ != '\0') ++at_;
    if (*at_ == '"') return {begin, static_cast<std::size_t>(at_++ - begin)};
    std::string& out = unescaped_.emplace_back(begin, at_);
    while (*at_ != '"' && *at_ != '\0') {
      if (*at_ != '\\') {
        out += *at_++;
        continue;
      }
      const char c = *++at_;
      ++at_;
      static constexpr std::string_view letters = "bfnrt", meanings = "\b\f\n\r\t";
      if (c == 'u') {  // a control character: libpg_query leaves all others as they are
        unsigned code = 0;
        std::from_chars(at_, at_ + 4, code, 16);
        out += static_cast<char>(code);
        at_ += 4;
      } else if (const std::size_t letter = letters.find(c); letter != std::string_view::npos) {
        out += meanings[letter];
      } else {
        out += c;
      }
    }
    if (*at_ == '"') ++at_;
    return out;
  }

  const char* at_;
  std::vector<Item>& items_;
  std::deque<std::string>& unescaped_;
};

// The parser counts characters from 1.
int byte_offset(std::string_view text, int cursor) {
  std::size_t at = 0;
  for (int characters = 1; characters < cursor && at < text.size(); ++characters) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return static_cast<int>(at);
}

}  // namespace

struct TreeReader::State {
  PgQueryParseResult result{};
  std::string text;
  std::vector<Item> items;
  std::deque<std::string> unescaped;
  std::vector<ParsedStatement> statements;
  SyntaxError error;
};

TreeReader::TreeReader() : state_(std::make_unique<State>()) {}
TreeReader::~TreeReader() { pg_query_free_parse_result(state_->result); }

const std::vector<ParsedStatement>& TreeReader::statements() const { return state_->statements; }
const SyntaxError& TreeReader::error() const { return state_->error; }

bool TreeReader::parse(std::string_view text) {
  State& state = *state_;
  pg_query_free_parse_result(state.result);
  state.text.assign(text);
  state.items.clear();
  state.unescaped.clear();
  state.statements.clear();
  state.result = pg_query_parse(state.text.c_str());
  if (state.result.error != nullptr) {
    state.error = {state.result.error->message, byte_offset(text, state.result.error->cursorpos)};
    return false;
  }
  JsonReader(state.result.parse_tree, state.items, state.unescaped).value({});
  for (const Node each : Node(state.items.data())["stmts"])
    state.statements.push_back({each["stmt"], static_cast<int>(each["stmt_location"].number())});
  return true;
}

}  // namespace architrave::sql
