#include "migration/move/expressions.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/quoting.h"
#include "base/text.h"
#include "engine/sqlite/tokens.h"

namespace architrave::migration {

namespace {

using sqlite::Token;

struct Pair {
  std::string_view sqlite;
  std::string_view postgres;
};

// Functions that give the same for the same.
constexpr std::array functions = {
    Pair{"abs", "abs"},
    Pair{"avg", "avg"},
    Pair{"ceil", "ceil"},
    Pair{"coalesce", "COALESCE"},
    Pair{"count", "count"},
    Pair{"dense_rank", "dense_rank"},
    Pair{"exp", "exp"},
    Pair{"first_value", "first_value"},
    Pair{"floor", "floor"},
    Pair{"ifnull", "COALESCE"},
    Pair{"instr", "strpos"},
    Pair{"lag", "lag"},
    Pair{"last_value", "last_value"},
    Pair{"lead", "lead"},
    Pair{"length", "length"},
    Pair{"ln", "ln"},
    Pair{"lower", "lower"},
    Pair{"ltrim", "ltrim"},
    Pair{"ntile", "ntile"},
    Pair{"nullif", "NULLIF"},
    Pair{"rank", "rank"},
    Pair{"replace", "replace"},
    Pair{"row_number", "row_number"},
    Pair{"rtrim", "rtrim"},
    Pair{"sqrt", "sqrt"},
    Pair{"substr", "substr"},
    Pair{"substring", "substr"},
    Pair{"sum", "sum"},
    Pair{"trim", "btrim"},
    Pair{"upper", "upper"},
};

// With several arguments these two are no aggregates.
constexpr std::array<std::string_view, 2> one_argument = {"max", "min"};

constexpr std::array types = {
    Pair{"blob", "bytea"},
    Pair{"integer", "bigint"},
    Pair{"int", "bigint"},
    Pair{"bigint", "bigint"},
    Pair{"numeric", "numeric"},
    Pair{"decimal", "numeric"},
    Pair{"real", "double precision"},
    Pair{"text", "text"},
    Pair{"varchar", "text"},
};

// Words that may stand before a parenthesis and are no function.
constexpr auto words = std::to_array<std::string_view>(
    {"all",   "and",      "as",     "between",   "by",     "case",      "check",    "cross",
     "desc",  "distinct", "else",   "end",       "except", "exists",    "filter",   "from",
     "full",  "group",    "having", "in",        "inner",  "intersect", "is",       "join",
     "left",  "like",     "limit",  "not",       "null",   "offset",    "on",       "or",
     "order", "outer",    "over",   "partition", "right",  "select",    "then",     "union",
     "using", "values",   "when",   "where",     "window", "with",      "recursive"});

// What SQLite alone has.
constexpr std::array<std::string_view, 6> without_equal = {"glob",  "regexp",  "match",
                                                           "rowid", "_rowid_", "current_time"};

constexpr std::string_view now = "to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', '";

class Translator {
 public:
  Translator(std::string_view sql, const Names& names) : sql_(sql), names_(names) {
    for (const Token& token : sqlite::tokenize(sql))
      tokens_.push_back({token.kind, std::string(sql.substr(token.begin, token.end - token.begin)),
                         token.begin, token.end});
    find_aliases();
  }

  Result<std::string> run() {
    for (at_ = 0; at_ < tokens_.size() && problem_.empty(); ++at_) one();
    if (problem_.empty()) return std::move(out_);
    return fail("move.expression", problem_);
  }

 private:
  struct Piece {
    Token::Kind kind;
    std::string text;
    std::size_t begin;
    std::size_t end;
  };

  bool is(std::size_t at, std::string_view word) const {
    return at < tokens_.size() && tokens_[at].kind != Token::Kind::quoted &&
           tokens_[at].kind != Token::Kind::string && lower(tokens_[at].text) == word;
  }
  bool is_any(std::size_t at, const auto& list) const {
    return std::ranges::any_of(list, [&](std::string_view each) { return is(at, each); });
  }
  bool is_name(std::size_t at) const {
    return at < tokens_.size() &&
           (tokens_[at].kind == Token::Kind::word || tokens_[at].kind == Token::Kind::quoted);
  }

  // What a query names by itself: t in t.a, and what follows AS.
  void find_aliases() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (!is_name(i)) continue;
      const bool behind_as = i > 0 && is(i - 1, "as") && !is_type(i);
      const std::string name = sqlite::unquote(tokens_[i].text);
      const bool qualifies = is(i + 1, ".") && !is(i, "main");
      if ((behind_as || qualifies) && !names_.relations.contains(lower(name)))
        aliases_.emplace(lower(name), name);
    }
  }

  bool is_type(std::size_t at) const {
    return (is(at + 1, ")") || is(at + 1, "(")) &&
           std::ranges::any_of(types, [&](const Pair& each) { return is(at, each.sqlite); });
  }

  void put(std::string_view text) {
    const Piece& piece = tokens_[at_];
    if (!out_.empty() && (begin_of_gap_ != piece.begin)) out_ += ' ';
    out_ += text;
    begin_of_gap_ = piece.end;
  }
  // The same for what stands for all tokens up to (not with) `end`.
  void put_all(std::string_view text, std::size_t end) {
    put(text);
    at_ = end - 1;
    begin_of_gap_ = tokens_[at_].end;
  }
  void no(const std::string& what) {
    if (problem_.empty()) problem_ = what;
  }

  void one() {
    const Piece& piece = tokens_[at_];
    switch (piece.kind) {
      case Token::Kind::number:
        if (piece.text.starts_with("0x") || piece.text.starts_with("0X"))
          return no("hexadecimal numbers");
        return put(piece.text);
      case Token::Kind::string:
        if (piece.text.front() != '\'')
          return put("'\\x" + lower(piece.text.substr(2, piece.text.size() - 3)) + "'::bytea");
        return put(piece.text);
      case Token::Kind::quoted:
        return name();
      case Token::Kind::other:
        if (piece.text == "=" && is(at_ + 1, "=")) return put_all("=", at_ + 2);
        if (piece.text == "?" || piece.text == "@" || piece.text == "$" || piece.text == "$$" ||
            piece.text == "::")
          return no("\"" + piece.text + "\"");
        return put(piece.text);
      case Token::Kind::word:
        return word();
    }
  }

  // 0, 1 or NULL are wanted here: WHERE a, NOT a AND …
  bool wants_truth(std::size_t first, std::size_t last) const {
    static constexpr std::array<std::string_view, 6> before = {"where", "and",  "or",
                                                               "not",   "when", "on"};
    static constexpr std::array<std::string_view, 7> after = {"and",   "or",    ")",    "then",
                                                              "group", "order", "limit"};
    const bool begins = first == 0 || is_any(first - 1, before) ||
                        (is(first - 1, "(") && (first == 1 || is_any(first - 2, before)));
    return begins && (last + 1 >= tokens_.size() || is_any(last + 1, after));
  }

  void name() {
    const Piece& piece = tokens_[at_];
    const std::string plain = sqlite::unquote(piece.text);
    const std::string key = lower(plain);
    if (key == "main" && is(at_ + 1, ".")) {
      ++at_;
      begin_of_gap_ = at_ + 1 < tokens_.size() ? tokens_[at_ + 1].begin : 0;
      if (!out_.empty() && out_.back() != ' ' && out_.back() != '(') out_ += ' ';
      return;
    }
    const bool behind_as = at_ > 0 && is(at_ - 1, "as");
    if (behind_as) return put(quote_identifier(plain));
    const bool qualifies = is(at_ + 1, ".");
    const bool qualified = at_ > 0 && is(at_ - 1, ".");
    const auto relation = names_.relations.find(key);
    const auto column = names_.columns.find(key);
    const bool behind_from = at_ > 0 && (is(at_ - 1, "from") || is(at_ - 1, "join"));
    if (relation != names_.relations.end() &&
        (qualifies || behind_from || column == names_.columns.end()))
      return put(quote_identifier(relation->second));
    if (!qualifies && column != names_.columns.end()) {
      if (column->second.ambiguous) return no("the name " + plain + ", which is spelt in two ways");
      return reference(column->second, qualified);
    }
    if (const auto alias = aliases_.find(key); alias != aliases_.end())
      return put(quote_identifier(alias->second));
    if (piece.kind == Token::Kind::quoted) {
      // SQLite takes "text" that is no name for a string.
      if (piece.text.front() == '"') return put(quote_literal(plain));
      return put(quote_identifier(plain));
    }
    put(piece.text);
  }

  void reference(const Names::Column& column, bool qualified) {
    const std::size_t first = qualified && at_ >= 2 ? at_ - 2 : at_;
    std::string text = quote_identifier(column.name);
    const bool truth = wants_truth(first, at_);
    if (column.boolean && !truth) text += "::int";
    if (column.number && truth) text += " <> 0";
    put(text);
  }

  void word() {
    const std::string key = lower(tokens_[at_].text);
    const bool qualified = at_ > 0 && is(at_ - 1, ".");
    const bool known = names_.columns.contains(key) || names_.relations.contains(key);
    const bool behind_as = at_ > 0 && is(at_ - 1, "as");
    if (behind_as && is_type(at_)) return type(key);
    if (qualified || behind_as) return name();
    if (is(at_ + 1, "(") && !std::ranges::binary_search(sorted_words(), key)) {
      if (!names_.relations.contains(key) && !aliases_.contains(key)) return function(key);
    }
    if (known) return name();
    if (std::ranges::find(without_equal, key) != without_equal.end()) return no(key);
    if (key == "current_timestamp") return put(std::string(now) + "YYYY-MM-DD HH24:MI:SS')");
    if (key == "current_date") return put(std::string(now) + "YYYY-MM-DD')");
    if (key == "like") return like();
    if (key == "is") return is_operator();
    if (key == "collate") return collate();
    if (key == "indexed") return no("INDEXED BY");
    name();
  }

  static const std::vector<std::string_view>& sorted_words() {
    static const std::vector<std::string_view> sorted = [] {
      std::vector<std::string_view> all(words.begin(), words.end());
      std::ranges::sort(all);
      return all;
    }();
    return sorted;
  }

  void type(const std::string& key) {
    for (const Pair& each : types)
      if (each.sqlite == key) return put(each.postgres);
  }

  // Behind the closing parenthesis of the call whose name is at `at`, and how many arguments.
  std::pair<std::size_t, int> call_end(std::size_t at) const {
    int depth = 0;
    int arguments = is(at + 2, ")") ? 0 : 1;
    for (std::size_t i = at + 1; i < tokens_.size(); ++i) {
      if (is(i, "(")) ++depth;
      if (is(i, ",") && depth == 1) ++arguments;
      if (is(i, ")") && --depth == 0) return {i + 1, arguments};
    }
    return {tokens_.size(), arguments};
  }

  void function(const std::string& key) {
    const auto [end, arguments] = call_end(at_);
    if (key == "cast") return put("CAST");
    // Below one, SQLite counts from the end, or backwards.
    if (key.starts_with("substr"))
      for (std::size_t i = at_; i < end; ++i)
        if (is(i, "-")) return no(key + "() with a minus, which counts from the end");
    for (const Pair& each : functions)
      if (each.sqlite == key) return put(each.postgres);
    if (std::ranges::find(one_argument, key) != one_argument.end() && arguments == 1)
      return put(key);
    const bool of_now = arguments == 1 && end == at_ + 4 && tokens_[at_ + 2].text == "'now'";
    if (key == "datetime" && (of_now || arguments == 0))
      return put_all(std::string(now) + "YYYY-MM-DD HH24:MI:SS')", end);
    if (key == "date" && (of_now || arguments == 0))
      return put_all(std::string(now) + "YYYY-MM-DD')", end);
    if (key == "time" && (of_now || arguments == 0))
      return put_all(std::string(now) + "HH24:MI:SS')", end);
    if (key == "unixepoch" && (of_now || arguments == 0))
      return put_all("floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint", end);
    if (key == "strftime" && arguments == 2 && end == at_ + 6 && tokens_[at_ + 4].text == "'now'") {
      if (tokens_[at_ + 2].text == "'%s'")
        return put_all("floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint::text", end);
      if (tokens_[at_ + 2].text == "'%Y-%m-%d %H:%M:%f'")
        return put_all(std::string(now) + "YYYY-MM-DD HH24:MI:SS.MS')", end);
      if (tokens_[at_ + 2].text == "'%Y-%m-%dT%H:%M:%fZ'")
        return put_all(std::string(now) + "YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')", end);
      if (tokens_[at_ + 2].text == "'%Y-%m-%dT%H:%M:%SZ'")
        return put_all(std::string(now) + "YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", end);
    }
    no(key + "()" + (arguments > 1 ? " of " + std::to_string(arguments) + " arguments" : ""));
  }

  // SQLite's LIKE folds ASCII letters and knows no escape, unless it is told one.
  void like() {
    const bool literal = at_ + 1 < tokens_.size() && tokens_[at_ + 1].text.front() == '\'' &&
                         tokens_[at_ + 1].text.find('\\') == std::string::npos;
    if (!literal || is(at_ + 2, "escape") || is(at_ + 2, "||"))
      return no("LIKE with a pattern that is computed or has an escape");
    const std::string pattern = tokens_[at_ + 1].text;
    put_all("ILIKE " + pattern + " COLLATE \"C\"", at_ + 2);
  }

  void is_operator() {
    const bool negated = is(at_ + 1, "not");
    const std::size_t operand = at_ + (negated ? 2 : 1);
    if (is(operand, "null") || is(operand, "true") || is(operand, "false") ||
        is(operand, "distinct"))
      return put("IS");
    put_all(negated ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM", operand);
  }

  void collate() {
    const std::string which =
        at_ + 1 < tokens_.size() ? lower(sqlite::unquote(tokens_[at_ + 1].text)) : "";
    if (which == "binary") return put_all("COLLATE \"C\"", at_ + 2);
    if (which == "nocase" && !names_.nocase.empty())
      return put_all("COLLATE " + names_.nocase, at_ + 2);
    no("COLLATE " + which);
  }

  std::string_view sql_;
  const Names& names_;
  std::vector<Piece> tokens_;
  std::map<std::string, std::string> aliases_;
  std::size_t at_ = 0;
  std::size_t begin_of_gap_ = 0;
  std::string out_;
  std::string problem_;
};

}  // namespace

void Names::add_column(const std::string& spelling, Column column) {
  const auto [place, added] = columns.emplace(lower(spelling), column);
  if (added) return;
  place->second.ambiguous |= place->second.name != column.name;
  place->second.boolean &= column.boolean;
  place->second.number &= column.number;
}

Result<std::string> translate(std::string_view sql, const Names& names) {
  return Translator(sql, names).run();
}

Result<std::string> translate_default(std::string_view sql, const Names& names,
                                      std::string_view type) {
  std::string text = lower(trim(sql));
  while (text.starts_with('(') && text.ends_with(')'))
    text = std::string(trim(std::string_view(text).substr(1, text.size() - 2)));
  if (type == "boolean") {
    if (text == "1" || text == "true" || text == "'1'") return "true";
    if (text == "0" || text == "false" || text == "'0'") return "false";
  }
  const bool stamp = text == "current_timestamp" || text == "datetime('now')" ||
                     text == "datetime()" || text == "unixepoch()" || text == "unixepoch('now')" ||
                     text == "strftime('%s','now')" || text == "strftime('%s', 'now')";
  if (stamp && type == "timestamp without time zone")
    return "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')";
  if (stamp && type == "timestamp with time zone") return "CURRENT_TIMESTAMP";
  if (type == "date" && (text == "current_date" || text == "date('now')" || text == "date()"))
    return "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date";
  if (type == "bigint" && text.starts_with("strftime") && stamp)
    return "floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint";
  return translate(sql, names);
}

}  // namespace architrave::migration
