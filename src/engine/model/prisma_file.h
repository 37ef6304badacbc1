// A .prisma file as it is written: blocks of fields and attributes. What they mean is prisma.h's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/model/tokens.h"

namespace architrave::model::prisma {

struct Argument;

struct Value {
  enum class Kind { string, number, word, call, list, object };
  Kind kind = Kind::word;
  std::string text;             // of a call its function
  std::vector<Argument> items;  // of calls, lists and objects
  Place place;

  bool is_call(std::string_view function) const { return kind == Kind::call && text == function; }
};

struct Argument {
  std::string name;  // may be empty
  Value value;
};

struct Attribute {
  std::string name;  // without its @: "id", "db.VarChar"
  std::vector<Argument> arguments;
  Place place;

  // The argument of that name; with `or_first` also the first one, if that has none.
  const Value* find(std::string_view name, bool or_first = false) const;
};

struct Field {
  enum class Arity { required, optional, list };
  std::string name;
  std::string type;          // of Unsupported("…") what is in it
  bool unsupported = false;  // Unsupported("…")
  Arity arity = Arity::required;
  std::vector<Attribute> attributes;
  Place place;

  const Attribute* find(std::string_view name) const;
};

struct Block {
  std::string kind;  // model, view, type, enum, datasource, generator
  std::string name;
  std::vector<Field> fields;  // of an enum its values, without a type
  std::vector<Attribute> attributes;
  std::vector<Argument> settings;  // of datasource and generator
  Place place;

  const Attribute* find(std::string_view name) const;
  const Value* setting(std::string_view name) const;
};

Result<std::vector<Block>> parse(const std::vector<File>& files);

}  // namespace architrave::model::prisma
