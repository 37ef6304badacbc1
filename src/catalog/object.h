// Names of objects: which kind, and what it is called.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <tuple>

#include "base/fields.h"
#include "base/quoting.h"

namespace architrave::catalog {

enum class Kind {
  database,
  role,
  setting,
  schema,
  extension,
  type,
  sequence,
  table,
  view,
  materialized_view,
  foreign_table,
  column,
  constraint,
  index,
  trigger,
  rule,
  policy,
  function,
  procedure,
  aggregate,
  operator_,
  operator_class,
  operator_family,
  cast,
  collation,
  conversion,
  text_search_configuration,
  text_search_dictionary,
  text_search_parser,
  text_search_template,
  event_trigger,
  publication,
  subscription,
  statistics,
  language,
  foreign_data_wrapper,
  server,
  user_mapping,
  access_method,
  transform,
  default_privileges,
};

std::string_view to_string(Kind kind);  // "table", "operator class": the words of DROP …
bool from_string(std::string_view text, Kind& kind);

struct ObjectName {
  std::string schema;
  std::string name;
  auto operator<=>(const ObjectName&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("schema", &ObjectName::schema), field("name", &ObjectName::name)};
  }
};

// One object of a catalog. `name` is qualified and quoted where SQL needs it, so that it can stand
// in a statement or be shown as it is: table "app.orders", column "app.orders.id", constraint and
// trigger "app.orders.orders_pkey", index "app.orders_pkey", function "app.f(integer, text)".
struct Object {
  Kind kind = Kind::table;
  std::string name;
  auto operator<=>(const Object&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("kind", &Object::kind), field("name", &Object::name)};
  }
};

// "table app.orders"
std::string to_string(const Object& object);

using architrave::qualified;
using architrave::quote_identifier;
using architrave::quote_literal;

}  // namespace architrave::catalog
