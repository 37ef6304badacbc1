#include "sql/node.h"

#include <pg_query.h>
#include <pthread.h>

#include <algorithm>
#include <charconv>

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

// Reads the JSON that libpg_query writes (no white space, keys without escapes), and puts strings
// into the form that they mean, in place.
class JsonReader {
 public:
  JsonReader(char* text, std::vector<Item>& items) : base_(text), at_(text), items_(items) {}

  void value(std::string_view key) {
    const std::size_t index = items_.size();
    Item& item = items_.emplace_back();
    item.key = key.empty() ? 0 : offset(key.begin());
    item.key_length = static_cast<std::uint16_t>(key.size());
    switch (*at_) {
      case '{':
        fields(index);
        break;
      case '[':
        elements();
        break;
      case '"':
        set_word(index, string(), false);
        break;
      default: {
        const char* begin = at_;
        while (*at_ != ',' && *at_ != '}' && *at_ != ']' && *at_ != '\0') ++at_;
        set_word(index, {begin, static_cast<std::size_t>(at_ - begin)}, false);
      }
    }
    items_[index].size = static_cast<std::uint32_t>(items_.size() - index);
  }

 private:
  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - base_); }

  void set_word(std::size_t index, std::string_view word, bool is_node) {
    items_[index].word = offset(word.begin());
    items_[index].word_length = static_cast<std::uint32_t>(word.size());
    items_[index].is_node = is_node;
  }

  // {"AlterTableStmt":{…}} is one node, not an object with one field.
  void fields(std::size_t index) {
    ++at_;
    if (*at_ == '"' && at_[1] >= 'A' && at_[1] <= 'Z') {
      set_word(index, string(), true);
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
    char* const begin = ++at_;
    while (*at_ != '"' && *at_ != '\\' && *at_ != '\0') ++at_;
    char* out = at_;
    while (*at_ != '"' && *at_ != '\0') {
      if (*at_ != '\\') {
        *out++ = *at_++;
        continue;
      }
      const char c = *++at_;
      if (c == '\0') break;
      ++at_;
      static constexpr std::string_view letters = "bfnrt", meanings = "\b\f\n\r\t";
      if (c == 'u') {  // a control character, < or >: all others are as they were
        unsigned code = 0;
        std::from_chars(at_, at_ + 4, code, 16);
        *out++ = static_cast<char>(code);
        at_ += 4;
      } else if (const std::size_t letter = letters.find(c); letter != std::string_view::npos) {
        *out++ = meanings[letter];
      } else {
        *out++ = c;
      }
    }
    if (*at_ == '"') ++at_;
    return {begin, static_cast<std::size_t>(out - begin)};
  }

  const char* base_;
  char* at_;
  std::vector<Item>& items_;
};

// How deep the tree may be at most, as far as the text says without being parsed: words and
// operators that no comma or parenthesis parts may be a chain ("1 + 1 + 1 …"), each link of which
// is a level. Parentheses themselves have an end in the parser.
std::size_t chain_in(std::string_view text) {
  std::vector<std::size_t> levels = {0};
  std::size_t total = 0, most = 0;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.' || (static_cast<unsigned char>(c) & 0x80) != 0;
    if (c == '\'' || c == '"') {
      at = std::min(text.find(c, at + 1), text.size());
    } else if (c == '(') {
      levels.push_back(0);
    } else if (c == ')' || c == ',' || c == ';') {
      total -= levels.back();
      levels.back() = 0;
      if (c == ')' && levels.size() > 1) levels.pop_back();
    } else if (c > ' ' && !(word && in_word)) {
      ++levels.back();
      most = std::max(most, ++total);
    }
    in_word = word;
  }
  return most;
}

// Calls it with a stack that holds what is deep.
template <class Work>
bool with_large_stack(Work work) {
  constexpr std::size_t stack = std::size_t{512}
                                << 20;  // of which what is not used takes no memory
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  pthread_t thread{};
  const int failed = pthread_create(
      &thread, &attributes,
      [](void* given) -> void* {
        (*static_cast<Work*>(given))();
        return nullptr;
      },
      &work);
  pthread_attr_destroy(&attributes);
  if (failed != 0) return false;
  pthread_join(thread, nullptr);
  return true;
}

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
  state.statements.clear();
  state.result = {};
  // What follows the parser goes down as deep as the tree.
  constexpr std::size_t deep = 5'000, too_deep = 500'000;
  const std::size_t chain = text.size() > deep ? chain_in(text) : 0;
  const auto read = [&state] {
    state.result = pg_query_parse(state.text.c_str());
    if (state.result.error == nullptr) JsonReader(state.result.parse_tree, state.items).value({});
  };
  if (chain <= deep) {
    read();
  } else if (chain > too_deep || !with_large_stack(read)) {
    state.error = {"the statement nests too deep", 0};
    return false;
  }
  if (state.result.error != nullptr) {
    state.error = {state.result.error->message, byte_offset(text, state.result.error->cursorpos)};
    return false;
  }
  for (const Node each : Node(state.items.data(), state.result.parse_tree)["stmts"])
    state.statements.push_back({each["stmt"], static_cast<int>(each["stmt_location"].number())});
  return true;
}

}  // namespace architrave::sql
