#include "engine/model/dbml_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <utility>

#include "base/text.h"

namespace architrave::model::dbml {

namespace {

using Kind = Token::Kind;

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

// [name: value], the value being one token, several words, or an endpoint.
struct Setting {
  std::string name;  // in lower case: "primary key"
  Token value;       // what it begins with; the end, if there is none
  std::string words;
  Reference reference;
};

class Parser {
 public:
  Parser(std::vector<Token> tokens, Contents& into) : cursor_(std::move(tokens)), into_(into) {}

  Cursor& cursor() { return cursor_; }

  void run() {
    for (cursor_.skip_newlines(); !cursor_.at_end(); cursor_.skip_newlines()) element();
  }

 private:
  bool next_is(std::string_view word, std::size_t ahead = 0) const {
    return cursor_.peek(ahead).kind == Kind::word && lower(cursor_.peek(ahead).text) == word;
  }

  void element() {
    static constexpr std::array<std::string_view, 5> of_diagrams = {"tablegroup", "note", "records",
                                                                    "diagramview", "policy"};
    const std::string kind = lower(cursor_.peek().text);
    if (cursor_.peek().kind != Kind::word) return cursor_.fail_expected("Table, Enum or Ref");
    if (kind == "project") return project();
    if (kind == "table") return table();
    if (kind == "tablepartial") return partial();
    if (kind == "enum") return enumeration();
    if (kind == "ref") return references();
    if (std::ranges::find(of_diagrams, kind) != of_diagrams.end()) return skip_block();
    cursor_.fail_expected("Table, TablePartial, Enum, Ref, Project, TableGroup, Note or Records");
  }

  // Up to the brace that closes what the next one opens.
  void skip_block() {
    while (!cursor_.at_end() && !cursor_.peek().is("{")) cursor_.take();
    int depth = 0;
    while (!cursor_.at_end()) {
      const Token token = cursor_.take();
      if (token.is("{")) ++depth;
      if (token.is("}") && --depth == 0) return;
    }
    cursor_.fail_expected("}");
  }

  std::string name(std::string_view what) {
    const Kind kind = cursor_.peek().kind;
    if (kind == Kind::word || kind == Kind::name || kind == Kind::number)
      return cursor_.take().text;
    cursor_.fail_expected(what);
    return {};
  }

  Name qualified(std::string_view what) {
    Name one{.schema = {}, .name = name(what)};
    while (cursor_.accept(".")) one = {.schema = std::move(one.name), .name = name(what)};
    if (one.schema == "public") one.schema.clear();
    return one;
  }

  std::string string(std::string_view what) {
    if (cursor_.peek().kind == Kind::string) return cursor_.take().text;
    cursor_.fail_expected(what);
    return {};
  }

  // What stands between braces, a piece at a time.
  void block(std::string_view of, const std::function<void()>& piece) {
    cursor_.skip_newlines();
    cursor_.expect("{", "after " + std::string(of));
    for (cursor_.skip_newlines(); !cursor_.accept("}"); cursor_.skip_newlines()) {
      if (cursor_.at_end()) return cursor_.fail_expected("} that closes " + std::string(of));
      piece();
    }
  }

  // Note: '…' or Note { '…' }; false where something else stands.
  bool note(std::string& into) {
    if (!next_is("note") || !(cursor_.peek(1).is(":") || cursor_.peek(1).is("{"))) return false;
    cursor_.take();
    if (cursor_.accept(":"))
      into = string("the note as a string");
    else
      block("Note", [&] { into = string("the note as a string"); });
    return true;
  }

  void project() {
    cursor_.take();
    if (!cursor_.peek().is("{")) name("the project's name");
    block("the project", [&] {
      std::string ignored;
      if (note(ignored)) return;
      const std::string key = lower(name("a setting"));
      if (!cursor_.accept(":")) return skip_block();
      const Token value = cursor_.take();
      if (key == "database_type") into_.database = value.text;
    });
  }

  void enumeration() {
    cursor_.take();
    Enumeration one;
    one.place = cursor_.peek().place;
    one.name = qualified("the enum's name");
    block("the enum", [&] {
      one.labels.push_back(name("a value of the enum"));
      settings();
    });
    into_.enumerations.push_back(std::move(one));
  }

  void table() {
    cursor_.take();
    Body one;
    one.place = cursor_.peek().place;
    one.name = qualified("the table's name");
    if (cursor_.accept_word("as")) one.alias = name("the table's alias");
    body(one);
    into_.tables.push_back(std::move(one));
  }

  void partial() {
    cursor_.take();
    Body one;
    one.place = cursor_.peek().place;
    one.name.name = name("the partial's name");
    body(one);
    for (const Field& each : one.fields)
      if (!each.partial.empty())
        cursor_.fail_at(each.place, "a TablePartial can't use another, here " + each.partial,
                        "name both in the tables that need them");
    into_.partials.emplace(one.name.name, std::move(one));
  }

  void body(Body& into) {
    for (const Setting& each : settings())
      if (each.name == "note") into.note = each.value.text;
    block("the table", [&] {
      if (note(into.note)) return;
      if (cursor_.accept("~")) {
        Field use;
        use.place = cursor_.peek().place;
        use.partial = name("the partial's name");
        into.fields.push_back(std::move(use));
      } else if (next_is("indexes") && cursor_.peek(1).is("{")) {
        cursor_.take();
        block("indexes", [&] { into.indexes.push_back(index()); });
      } else if (next_is("checks") && cursor_.peek(1).is("{")) {
        cursor_.take();
        block("checks", [&] { into.checks.push_back(check()); });
      } else if (next_is("records") && (cursor_.peek(1).is("{") || cursor_.peek(1).is("("))) {
        skip_block();
      } else {
        into.fields.push_back(field());
      }
    });
  }

  Check check() {
    Check one;
    if (cursor_.peek().kind != Kind::expression) cursor_.fail_expected("a condition in backticks");
    one.expression = cursor_.take().text;
    for (const Setting& each : settings())
      if (each.name == "name") one.name = each.value.text;
    return one;
  }

  Keys index() {
    Keys one;
    one.place = cursor_.peek().place;
    const auto key = [&] {
      if (cursor_.peek().kind == Kind::expression) {
        one.keys.push_back('(' + cursor_.take().text + ')');
      } else {
        one.columns.push_back(name("a column or an expression in backticks"));
        one.keys.push_back(quoted(one.columns.back()));
      }
    };
    if (cursor_.accept("(")) {
      do {
        cursor_.skip_newlines();
        key();
        cursor_.skip_newlines();
      } while (cursor_.accept(","));
      cursor_.expect(")", "after the index's columns");
    } else {
      key();
    }
    for (const Setting& each : settings()) {
      if (each.name == "pk" || each.name == "primary key") one.primary = true;
      if (each.name == "unique") one.unique = true;
      if (each.name == "name") one.name = each.value.text;
      if (each.name == "type") one.method = each.value.text;
      if (each.name == "note") one.note = each.value.text;
    }
    return one;
  }

  Field field() {
    Field one;
    one.place = cursor_.peek().place;
    one.name = name("a column, indexes, checks, Note or }");
    type(one);
    while (cursor_.peek().kind == Kind::word) {
      const std::string word = lower(cursor_.peek().text);
      if (word != "pk" && word != "unique")
        return cursor_.fail_at(cursor_.peek().place,
                               "unexpected " + cursor_.peek().text + " after the type",
                               "a type of several words stands in quotes: \"double precision\""),
               one;
      (word == "pk" ? one.primary : one.unique) = true;
      cursor_.take();
    }
    for (Setting& each : settings()) set(one, each);
    if (!cursor_.peek().is_newline() && !cursor_.peek().is("}"))
      cursor_.fail_expected("the end of the line");
    return one;
  }

  void type(Field& field) {
    do {
      field.type.quoted.push_back(cursor_.peek().kind == Kind::name);
      field.type.path.push_back(name("the type of the column " + field.name));
    } while (cursor_.accept("."));
    if (cursor_.accept("(")) {
      std::string inside;
      while (!cursor_.peek().is(")") && !cursor_.peek().is_newline() && !cursor_.at_end()) {
        const Token token = cursor_.take();
        inside += token.kind == Kind::string ? literal(token.text) : token.text;
      }
      cursor_.expect(")", "after the type's modifiers");
      field.type.rest = '(' + inside + ')';
    }
    // int[] and int[3], but not int [pk].
    while (cursor_.peek().is("[") &&
           (cursor_.peek(1).is("]") ||
            (cursor_.peek(1).kind == Kind::number && cursor_.peek(2).is("]")))) {
      cursor_.take();
      if (!cursor_.peek().is("]")) cursor_.take();
      cursor_.take();
      field.type.rest += "[]";
    }
  }

  void set(Field& field, Setting& setting) {
    const std::string& name = setting.name;
    if (name == "pk" || name == "primary key") {
      field.primary = true;
    } else if (name == "unique") {
      field.unique = true;
    } else if (name == "not null") {
      field.not_null = true;
    } else if (name == "increment") {
      field.increment = true;
    } else if (name == "note") {
      field.note = setting.value.text;
    } else if (name == "default") {
      field.default_value = default_value(setting);
    } else if (name == "check") {
      field.checks.push_back(setting.value.text);
    } else if (name == "ref") {
      field.references.push_back(std::move(setting.reference));
    } else if (name != "null") {
      cursor_.fail_at(setting.value.place, "there is no setting " + name + " of a column",
                      "pk, unique, not null, null, increment, default, check, note, ref");
    }
  }

  std::string default_value(const Setting& setting) {
    if (setting.value.kind == Kind::expression) return '(' + setting.value.text + ')';
    if (setting.value.kind == Kind::string) return literal(setting.value.text);
    if (setting.value.kind == Kind::name) return literal(setting.value.text);
    std::string word = lower(setting.words);
    if (word == "null") return {};
    const bool is_number =
        !word.starts_with('e') && word.find_first_not_of("+-.0123456789e") == std::string::npos;
    if (is_number || word == "true" || word == "false") return word;
    // A value of an enum: status.open, app.status.open.
    return literal(std::string_view(setting.words).substr(setting.words.rfind('.') + 1));
  }

  std::vector<Setting> settings() {
    std::vector<Setting> list;
    if (!cursor_.accept("[")) return list;
    do {
      cursor_.skip_newlines();
      list.push_back(setting());
      cursor_.skip_newlines();
    } while (cursor_.accept(","));
    cursor_.expect("]", "after the settings");
    return list;
  }

  Setting setting() {
    Setting one;
    one.value.place = cursor_.peek().place;
    if (cursor_.peek().kind != Kind::word) cursor_.fail_expected("a setting");
    while (cursor_.peek().kind == Kind::word)
      one.name += (one.name.empty() ? "" : " ") + lower(cursor_.take().text);
    static constexpr std::array<std::string_view, 4> with_value = {"ref", "default", "check",
                                                                   "note"};
    if (!cursor_.accept(":")) {
      if (std::ranges::find(with_value, one.name) != with_value.end())
        cursor_.fail_expected(": and what the " + one.name + " is");
      return one;
    }
    cursor_.skip_newlines();
    one.value = cursor_.peek();
    if (one.name == "ref") {
      one.reference.place = one.value.place;
      one.reference.relation = relation();
      one.reference.left = endpoint();
      return one;
    }
    if (one.value.kind == Kind::end || one.value.is(",") || one.value.is("]"))
      cursor_.fail_expected("a value of the setting " + one.name);
    for (bool apart = false; !cursor_.at_end() && !cursor_.peek().is_newline() &&
                             !cursor_.peek().is(",") && !cursor_.peek().is("]");) {
      const Token token = cursor_.take();
      if (apart && token.kind == Kind::word) one.words += ' ';
      one.words += token.text;
      apart = token.kind == Kind::word;
    }
    return one;
  }

  // With a `?` on a side that there may be none of. That is for readers: whether a column takes
  // nulls is said of the column.
  std::string relation() {
    cursor_.accept("?");
    for (const char* sign : {"<>", "<", ">", "-"})
      if (cursor_.accept(sign)) {
        cursor_.accept("?");
        return sign;
      }
    cursor_.fail_expected("<, >, - or <>");
    return {};
  }

  Endpoint endpoint() {
    Endpoint one;
    one.place = cursor_.peek().place;
    one.path.push_back(name("a table"));
    while (cursor_.accept(".")) {
      if (cursor_.accept("(")) {
        do one.columns.push_back(name("a column"));
        while (cursor_.accept(","));
        cursor_.expect(")", "after the columns");
        break;
      }
      one.path.push_back(name("a column"));
    }
    if (one.columns.empty()) {
      one.columns.push_back(std::move(one.path.back()));
      one.path.pop_back();
    }
    if (one.path.empty())
      cursor_.fail_at(one.place, "expected TABLE.COLUMN, found " + one.columns.front());
    return one;
  }

  void references() {
    cursor_.take();
    std::string name_of_all;
    if (!cursor_.peek().is(":") && !cursor_.peek().is("{"))
      name_of_all = qualified("the reference's name, : or {").name;
    const auto one = [&] {
      Reference reference;
      reference.name = name_of_all;
      reference.place = cursor_.peek().place;
      reference.left = endpoint();
      reference.relation = relation();
      reference.right = endpoint();
      for (const Setting& each : settings()) {
        if (each.name == "delete") reference.on_delete = upper(each.words);
        if (each.name == "update") reference.on_update = upper(each.words);
      }
      into_.references.push_back(std::move(reference));
    };
    if (cursor_.accept(":"))
      one();
    else
      block("Ref", one);
  }

  Cursor cursor_;
  Contents& into_;
};

}  // namespace

Result<Contents> parse(const std::vector<File>& files) {
  Contents contents;
  for (std::size_t each = 0; each < files.size(); ++each) {
    Result<std::vector<Token>> tokens =
        read_tokens(files[each], static_cast<int>(each), Language::dbml);
    if (!tokens) return fail(tokens);
    Parser parser(std::move(*tokens), contents);
    parser.run();
    if (parser.cursor().failed()) {
      Error error = parser.cursor().error();
      error.where = where(files, parser.cursor().place_of_error());
      return std::unexpected(std::move(error));
    }
  }
  return contents;
}

}  // namespace architrave::model::dbml
