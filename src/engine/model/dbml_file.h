// A DBML file as it is written. What it means is dbml.h's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/model/schema.h"
#include "engine/model/tokens.h"

namespace architrave::model::dbml {

// schema.table.column or table.(first, second).
struct Endpoint {
  std::vector<std::string> path;  // of the table: of an alias one name
  std::vector<std::string> columns;
  Place place;
};

struct Reference {
  std::string name;
  std::string relation;  // "<", ">", "-", "<>"
  Endpoint left;
  Endpoint right;
  std::string on_delete;
  std::string on_update;
  Place place;
};

struct Type {
  std::vector<std::string> path;  // schema.name
  std::vector<bool> quoted;       // of each
  std::string rest;               // "(10,2)", "[]"
};

struct Field {
  std::string name;
  Type type;
  bool primary = false;
  bool unique = false;
  bool not_null = false;
  bool increment = false;
  std::string default_value;  // SQL
  std::string note;
  std::vector<std::string> checks;
  std::vector<Reference> references;  // the right side is this column
  std::string partial;                // not a field: what stands here is in that TablePartial
  Place place;
};

// Of an index, SQL: names in quotes, expressions in parentheses.
struct Keys {
  std::vector<std::string> keys;
  std::vector<std::string> columns;  // as many as keys where all are columns
  bool primary = false;
  bool unique = false;
  std::string name;
  std::string method;
  std::string note;
  Place place;
};

// A Table, or a TablePartial.
struct Body {
  Name name;
  std::string alias;
  std::vector<Field> fields;
  std::vector<Keys> indexes;
  std::vector<Check> checks;
  std::string note;
  Place place;
};

struct Contents {
  std::string database;  // of the Project
  std::vector<Enumeration> enumerations;
  std::vector<Body> tables;
  std::map<std::string, Body, std::less<>> partials;
  std::vector<Reference> references;
};

Result<Contents> parse(const std::vector<File>& files);

}  // namespace architrave::model::dbml
