#include "engine/model/tokens.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/text.h"

namespace architrave::model {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// Without the indentation that all its lines share, and an empty first line.
std::string without_indent(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  std::size_t shared = std::string::npos;
  for (const std::string& line : lines) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string::npos) shared = std::min(shared, first);
  }
  if (shared == std::string::npos) return {};
  for (std::string& line : lines) {
    line.erase(0, std::min(shared, line.size()));
    if (line.ends_with('\r')) line.pop_back();
  }
  if (trim(lines.front()).empty()) lines.erase(lines.begin());
  return join(lines, "\n");
}

class Reader {
 public:
  Reader(std::string_view text, int number, Language language)
      : text_(text), file_(number), dbml_(language == Language::dbml) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_begin_ = 3;
  }

  std::vector<Token> tokens;
  std::string problem;  // empty: all was read
  Place place;          // of the problem

  void run() {
    while (problem.empty() && at_ < text_.size()) next();
    start(Token::Kind::end);
  }

 private:
  char ahead(std::size_t by = 0) const { return at_ + by < text_.size() ? text_[at_ + by] : '\0'; }
  bool ahead_is(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  // Counted on from the last place, so that a long line is not counted again for each word.
  Place here() {
    const std::size_t from = std::max(counted_, line_begin_);
    if (from == line_begin_) column_ = 1;
    column_ += static_cast<int>(std::count_if(text_.begin() + static_cast<std::ptrdiff_t>(from),
                                              text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                              [](char c) { return (c & 0xC0) != 0x80; }));
    counted_ = at_;
    return {.file = file_, .line = line_, .column = column_};
  }
  Token& start(Token::Kind kind) {
    Token token;
    token.kind = kind;
    token.place = here();
    token.begin = token.finish = at_;
    return tokens.emplace_back(std::move(token));
  }
  void stop(std::string message, Place at) {
    problem = std::move(message);
    place = at;
  }
  void newline() {
    ++line_;
    line_begin_ = at_;
  }

  void next() {
    const char c = ahead();
    if (c == '\n') {
      start(Token::Kind::newline);
      ++at_;
      newline();
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0 || ahead_is("\xC2\xA0")) {
      at_ += c == '\xC2' ? 2 : 1;
    } else if (ahead_is("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (dbml_ && ahead_is("/*")) {
      block_comment();
    } else if (c == '"') {
      quoted(dbml_ ? Token::Kind::name : Token::Kind::string, "\"");
    } else if (dbml_ && ahead_is("'''")) {
      quoted(Token::Kind::string, "'''");
    } else if (dbml_ && c == '\'') {
      quoted(Token::Kind::string, "'");
    } else if (dbml_ && c == '`') {
      quoted(Token::Kind::expression, "`");
    } else if (is_word_char(c) || (dbml_ && c == '#') || (!dbml_ && c == '-')) {
      word();
    } else {
      sign();
    }
  }

  void block_comment() {
    const Place begin = here();
    const std::size_t close = text_.find("*/", at_ + 2);
    if (close == std::string_view::npos) return stop("this comment is not closed with */", begin);
    for (; at_ < close + 2; ++at_)
      if (text_[at_] == '\n') {
        ++line_;
        line_begin_ = at_ + 1;
      }
  }

  void word() {
    Token& token = start(Token::Kind::word);
    const std::size_t begin = at_++;
    while (is_word_char(ahead()) || (!dbml_ && ahead() == '-')) ++at_;
    const auto digits = [&](std::size_t from) {
      return from < at_ && std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(from),
                                       text_.begin() + static_cast<std::ptrdiff_t>(at_), is_digit);
    };
    if (digits(begin + (text_[begin] == '-' ? 1 : 0))) {
      token.kind = Token::Kind::number;
      if (ahead() == '.' && is_digit(ahead(1)))
        for (++at_; is_digit(ahead());) ++at_;
    }
    token.text = text_.substr(begin, at_ - begin);
    token.finish = at_;
  }

  void sign() {
    const Place begin = here();
    static constexpr std::string_view known = "{}()[]:,.=?@!<>-~+*/%&|;^";
    if (known.find(ahead()) == std::string_view::npos)
      return stop(
          std::string("unexpected ") + (std::isprint(static_cast<unsigned char>(ahead())) != 0
                                            ? std::string(1, ahead())
                                            : std::string("byte that no text has")),
          begin);
    Token& token = start(Token::Kind::sign);
    token.text = ahead_is("@@") || ahead_is("<>") ? text_.substr(at_, 2) : text_.substr(at_, 1);
    at_ += token.text.size();
    token.finish = at_;
  }

  void quoted(Token::Kind kind, std::string_view delimiter) {
    const Place begin = here();
    start(kind);
    std::string text;
    const bool many_lines = delimiter == "'''" || delimiter == "`";
    for (at_ += delimiter.size(); !ahead_is(delimiter);) {
      if (at_ >= text_.size() || (ahead() == '\n' && !many_lines))
        return stop("this " + std::string(kind == Token::Kind::string ? "string" : "name") +
                        " is not closed with " + std::string(delimiter),
                    begin);
      if (ahead() == '\\' && kind != Token::Kind::expression) {
        if (!escape(text)) return;
      } else {
        const bool breaks = ahead() == '\n';
        text += text_[at_++];
        if (breaks) newline();
      }
    }
    at_ += delimiter.size();
    tokens.back().text = delimiter == "'''" ? without_indent(text) : std::move(text);
    tokens.back().finish = at_;
  }

  // Prisma's are those of JSON; DBML's a quote, a backslash, and a line's end that does not count.
  bool escape(std::string& text) {
    const Place begin = here();
    const char c = ahead(1);
    static constexpr std::array<std::pair<char, char>, 5> known = {
        {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'}, {'f', '\f'}}};
    if (c == '\0') {
      stop("this escape says nothing", begin);
      return false;
    }
    at_ += 2;
    if (c == 'u') return unicode(text, begin);
    if (c == '\n') {
      newline();
      return true;
    }
    const auto* const found = std::ranges::find(known, c, &std::pair<char, char>::first);
    // Of Prisma's strings what is no escape keeps its backslash.
    if (found == known.end() && !dbml_ && c != '"' && c != '\\' && c != '/') text += '\\';
    text += found != known.end() ? found->second : c;
    return true;
  }

  std::optional<unsigned> four_digits() {
    unsigned code = 0;
    for (int digit = 0; digit < 4; ++digit, ++at_) {
      const char c = ahead();
      if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return std::nullopt;
      code = code * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return code;
  }

  bool unicode(std::string& text, Place begin) {
    std::optional<unsigned> code = four_digits();
    if (code && *code >= 0xD800 && *code < 0xDC00 && ahead_is("\\u")) {
      at_ += 2;
      const std::optional<unsigned> low = four_digits();
      code = low && *low >= 0xDC00 && *low < 0xE000
                 ? std::optional(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00))
                 : std::nullopt;
    }
    if (!code || *code == 0 || (*code >= 0xD800 && *code < 0xE000)) {
      stop("this escape is no character: it is \\u and four hexadecimal digits", begin);
      return false;
    }
    append_utf8(text, *code);
    return true;
  }

  std::string_view text_;
  int file_;
  bool dbml_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t counted_ = 0;
  int line_ = 1;
  int column_ = 1;
};

std::string shown(const Token& token) {
  switch (token.kind) {
    case Token::Kind::newline:
      return "the end of the line";
    case Token::Kind::end:
      return "the end of the file";
    case Token::Kind::string:
      return "a string";
    case Token::Kind::expression:
      return "an expression";
    default:
      return token.text;
  }
}

}  // namespace

Result<std::vector<Token>> read_tokens(const File& file, int number, Language language) {
  Reader reader(file.text, number, language);
  reader.run();
  if (!reader.problem.empty())
    return fail("model.syntax", reader.problem,
                file.name + ':' + std::to_string(reader.place.line) + ':' +
                    std::to_string(reader.place.column));
  return std::move(reader.tokens);
}

std::string where(const std::vector<File>& files, Place place) {
  if (place.line == 0 || static_cast<std::size_t>(place.file) >= files.size()) return {};
  return files[static_cast<std::size_t>(place.file)].name + ':' + std::to_string(place.line) + ':' +
         std::to_string(place.column);
}

const Token& Cursor::peek(std::size_t ahead) const {
  return tokens_[failed_ ? tokens_.size() - 1 : std::min(at_ + ahead, tokens_.size() - 1)];
}

Token Cursor::take() {
  Token token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Cursor::accept(std::string_view sign) {
  if (!peek().is(sign)) return false;
  take();
  return true;
}

bool Cursor::accept_word(std::string_view word) {
  if (peek().kind != Token::Kind::word || lower(peek().text) != lower(word)) return false;
  take();
  return true;
}

void Cursor::expect(std::string_view sign, std::string_view where) {
  if (!accept(sign)) fail_expected(std::string(sign) + ' ' + std::string(where));
}

void Cursor::skip_newlines() {
  while (peek().is_newline()) take();
}

void Cursor::fail_expected(std::string_view what) {
  fail_at(peek().place, "expected " + std::string(what) + ", found " + shown(peek()));
}

void Cursor::fail_at(Place place, std::string message, std::string hint) {
  if (failed_) return;
  failed_ = true;
  place_ = place;
  error_ = Error{"model.syntax", std::move(message), {}, std::move(hint)};
}

}  // namespace architrave::model
