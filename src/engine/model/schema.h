// What a model file declares, in terms of SQL and whatever the language; and the script that makes
// it. Expressions, types and index keys are SQL's text already.
#pragma once

#include <string>
#include <vector>

#include "engine/model/tokens.h"

namespace architrave::model {

struct Column {
  std::string name;
  std::string type;
  bool not_null = false;
  std::string default_value;
  bool identity = false;  // of SQLite: AUTOINCREMENT, if it is the primary key
  std::string comment;
};

struct Check {
  std::string name;  // empty: the server's
  std::string expression;
};

// A primary key or a unique constraint.
struct Key {
  std::string name;                  // empty: the server's
  std::vector<std::string> columns;  // none: there is no such key
};

struct Index {
  std::string name;  // empty: the server's
  bool unique = false;
  std::string method;
  std::vector<std::string> keys;
  std::string predicate;
  std::string comment;
  Place place;
};

struct Name {
  std::string schema;  // empty: the one that the search path has first
  std::string name;
  bool operator==(const Name&) const = default;
};

struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  Name parent;
  std::vector<std::string> parent_columns;
  std::string on_delete;  // "SET NULL"; empty: NO ACTION
  std::string on_update;
  Place place;
};

struct Table {
  Name name;
  std::vector<Column> columns;
  Key primary_key;
  std::vector<Key> uniques;
  std::vector<Check> checks;
  std::vector<Index> indexes;
  std::vector<ForeignKey> foreign_keys;
  std::string comment;
  Place place;
};

struct Enumeration {
  Name name;
  std::vector<std::string> labels;
  Place place;
};

struct Extension {
  std::string name;
  std::string schema;
  std::string version;
  Place place;
};

enum class Engine { postgresql, sqlite, other };

struct Schema {
  Engine engine = Engine::postgresql;
  std::vector<std::string> schemas;  // besides those that the others name
  std::vector<Extension> extensions;
  std::vector<Enumeration> enumerations;
  std::vector<Table> tables;
};

struct Script {
  Engine engine = Engine::postgresql;
  std::string text;
  std::vector<Place> places;  // for each line, where it was declared
};

Script write(const Schema& schema);

// "NAME" as SQL of both engines; always quoted.
std::string quoted(std::string_view name);
std::string quoted(const Name& name);
std::string literal(std::string_view text);  // 'it''s'

}  // namespace architrave::model
