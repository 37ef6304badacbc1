#include "engine/model/prisma_file.h"

#include <algorithm>
#include <array>

namespace architrave::model::prisma {

namespace {

constexpr int most_nested = 50;

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : cursor_(std::move(tokens)) {}

  Cursor& cursor() { return cursor_; }

  std::vector<Block> blocks() {
    std::vector<Block> all;
    for (cursor_.skip_newlines(); !cursor_.at_end(); cursor_.skip_newlines())
      all.push_back(block());
    return all;
  }

 private:
  Block block() {
    static constexpr std::array<std::string_view, 6> kinds = {"model", "enum",       "view",
                                                              "type",  "datasource", "generator"};
    Block block;
    block.place = cursor_.peek().place;
    if (std::ranges::find(kinds, cursor_.peek().text) == kinds.end() ||
        cursor_.peek().kind != Token::Kind::word)
      cursor_.fail_expected("model, enum, view, type, datasource or generator");
    block.kind = cursor_.take().text;
    block.name = identifier("the name of the " + block.kind);
    cursor_.expect("{", "after the name");
    const bool configures = block.kind == "datasource" || block.kind == "generator";
    for (cursor_.skip_newlines(); !cursor_.accept("}"); cursor_.skip_newlines()) {
      if (cursor_.at_end()) {
        cursor_.fail_expected("} that closes " + block.kind + ' ' + block.name);
        break;
      }
      if (cursor_.peek().is("@@"))
        block.attributes.push_back(attribute());
      else if (configures)
        block.settings.push_back(setting());
      else
        block.fields.push_back(field(block.kind == "enum"));
      if (!cursor_.peek().is_newline() && !cursor_.peek().is("}"))
        cursor_.fail_expected("the end of the line");
    }
    return block;
  }

  std::string identifier(std::string_view what) {
    if (cursor_.peek().kind != Token::Kind::word && cursor_.peek().kind != Token::Kind::number) {
      cursor_.fail_expected(what);
      return {};
    }
    return cursor_.take().text;
  }

  std::string path(std::string_view what) {
    std::string text = identifier(what);
    while (cursor_.accept(".")) text += '.' + identifier("a name after the dot");
    return text;
  }

  Argument setting() {
    Argument one;
    one.name = identifier("a setting");
    cursor_.expect("=", "after the setting's name");
    one.value = value();
    return one;
  }

  Field field(bool of_enum) {
    Field one;
    one.place = cursor_.peek().place;
    one.name = identifier(of_enum ? "a value of the enum" : "a field");
    if (!of_enum) type(one);
    while (cursor_.peek().is("@")) one.attributes.push_back(attribute());
    return one;
  }

  void type(Field& field) {
    field.type = identifier("the type of the field " + field.name);
    if (field.type == "Unsupported" && cursor_.accept("(")) {
      field.unsupported = true;
      if (cursor_.peek().kind != Token::Kind::string)
        cursor_.fail_expected("the type's name as a string");
      field.type = cursor_.take().text;
      cursor_.expect(")", "after the type's name");
    }
    if (cursor_.accept("[")) {
      cursor_.expect("]", "that makes it a list");
      field.arity = Field::Arity::list;
    } else if (cursor_.accept("?")) {
      field.arity = Field::Arity::optional;
    }
  }

  Attribute attribute() {
    Attribute one;
    one.place = cursor_.take().place;
    one.name = path("the name of an attribute");
    if (cursor_.accept("(")) one.arguments = arguments(")");
    return one;
  }

  std::vector<Argument> arguments(std::string_view close) {
    std::vector<Argument> list;
    if (++depth_ > most_nested) cursor_.fail_at(cursor_.peek().place, "this is nested too deeply");
    for (cursor_.skip_newlines(); !cursor_.accept(close); cursor_.skip_newlines()) {
      Argument one;
      if (cursor_.peek(1).is(":")) {
        one.name = identifier("an argument's name");
        cursor_.take();
        cursor_.skip_newlines();
      }
      one.value = value();
      list.push_back(std::move(one));
      cursor_.skip_newlines();
      if (!cursor_.accept(",") && !cursor_.peek().is(close)) {
        cursor_.fail_expected(", or " + std::string(close));
        break;
      }
    }
    --depth_;
    return list;
  }

  Value value() {
    Value one;
    const Token& next = cursor_.peek();
    one.place = next.place;
    if (next.kind == Token::Kind::string) {
      one.kind = Value::Kind::string;
      one.text = cursor_.take().text;
    } else if (next.kind == Token::Kind::number) {
      one.kind = Value::Kind::number;
      one.text = cursor_.take().text;
    } else if (cursor_.accept("[")) {
      one.kind = Value::Kind::list;
      one.items = arguments("]");
    } else if (cursor_.accept("{")) {
      one.kind = Value::Kind::object;
      one.items = arguments("}");
    } else {
      one.text = path("a value");
      if (cursor_.accept("(")) {
        one.kind = Value::Kind::call;
        one.items = arguments(")");
      }
    }
    return one;
  }

  Cursor cursor_;
  int depth_ = 0;
};

template <class List>
const typename List::value_type* named(const List& list, std::string_view name) {
  const auto found = std::ranges::find(list, name, &List::value_type::name);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const Value* Attribute::find(std::string_view wanted, bool or_first) const {
  if (const Argument* found = named(arguments, wanted)) return &found->value;
  const bool first = or_first && !arguments.empty() && arguments.front().name.empty();
  return first ? &arguments.front().value : nullptr;
}
const Attribute* Field::find(std::string_view wanted) const { return named(attributes, wanted); }
const Attribute* Block::find(std::string_view wanted) const { return named(attributes, wanted); }
const Value* Block::setting(std::string_view wanted) const {
  const Argument* found = named(settings, wanted);
  return found == nullptr ? nullptr : &found->value;
}

Result<std::vector<Block>> parse(const std::vector<File>& files) {
  std::vector<Block> all;
  for (std::size_t each = 0; each < files.size(); ++each) {
    Result<std::vector<Token>> tokens =
        read_tokens(files[each], static_cast<int>(each), Language::prisma);
    if (!tokens) return fail(tokens);
    Parser parser(std::move(*tokens));
    std::vector<Block> blocks = parser.blocks();
    if (parser.cursor().failed()) {
      Error error = parser.cursor().error();
      error.where = where(files, parser.cursor().place_of_error());
      return std::unexpected(std::move(error));
    }
    std::ranges::move(blocks, std::back_inserter(all));
  }
  return all;
}

}  // namespace architrave::model::prisma
