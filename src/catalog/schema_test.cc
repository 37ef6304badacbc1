// docs/catalog.schema.json is made of the structs' fields(), here: with ARCHITRAVE_UPDATE=1 this
// test writes it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/file.h"
#include "catalog/words.h"

namespace architrave::catalog {
namespace {

using Json = nlohmann::ordered_json;

// "Column" of architrave::catalog::Column.
template <class T>
std::string name_of() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  return std::string(text.substr(text.rfind(':') + 1));
}

template <class Enum>
Json words() {
  Json list = Json::array();
  if constexpr (std::is_same_v<Enum, Kind>)
    for (int kind = 0; kind <= static_cast<int>(Kind::default_privileges); ++kind)
      list.push_back(to_string(static_cast<Kind>(kind)));
  else
    for (const std::string_view each : Words<Enum>::list) list.push_back(each);
  return list;
}

class SchemaOfJson {
 public:
  Json of_catalog() {
    const Json body = object<Catalog>();
    Json schema = {
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"$id", "catalog.schema.json"},
        {"title", "Architrave catalog"},
        {"description",
         "What `architrave show --format json` prints: what a database is made of. Fields at their "
         "default (empty, false, absent) are left out; src/catalog/catalog.h says what each means "
         "and which default it has."}};
    schema.update(body);
    schema["$defs"] = definitions_;
    return schema;
  }

 private:
  template <class T>
  Json object() {
    Json properties = Json::object();
    Json required = Json::array();
    for_each_field<T>([&](const auto& each) {
      using Member = std::remove_cvref_t<decltype(std::declval<T>().*(each.member))>;
      properties[std::string(each.name)] = shape(static_cast<const Member*>(nullptr));
      // An object in its place is always written; all else may be at its default.
      if (Described<Member>) required.push_back(each.name);
    });
    Json made = {{"type", "object"}, {"properties", properties}};
    if (!required.empty()) made["required"] = required;
    made["additionalProperties"] = false;
    return made;
  }

  Json defined(const std::string& name, auto&& make) {
    if (!definitions_.contains(name)) {
      definitions_[name] = nullptr;
      definitions_[name] = make();
    }
    return {{"$ref", "#/$defs/" + name}};
  }

  Json shape(const std::string*) { return {{"type", "string"}}; }
  Json shape(const bool*) { return {{"type", "boolean"}}; }
  Json shape(const Acl*) {
    return defined("Acl", [] {
      return Json{{"type", "array"},
                  {"items", {{"type", "string"}}},
                  {"description",
                   "grantee=privileges/grantor, the privileges as PostgreSQL's letters; an empty "
                   "grantee is PUBLIC. Absent: the owner's defaults."}};
    });
  }
  Json shape(const Options*) {
    return defined("Options", [] {
      return Json{{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
    });
  }
  template <class T>
  Json shape(const T*) {
    if constexpr (Described<T>)
      return defined(name_of<T>(), [&] { return object<T>(); });
    else if constexpr (std::is_enum_v<T>)
      return defined(name_of<T>(), [] { return Json{{"enum", words<T>()}}; });
    else
      return {{"type", std::is_integral_v<T> ? "integer" : "number"}};
  }
  template <class T>
  Json shape(const std::optional<T>*) {
    return shape(static_cast<const T*>(nullptr));
  }
  template <class T>
  Json shape(const std::vector<T>*) {
    return {{"type", "array"}, {"items", shape(static_cast<const T*>(nullptr))}};
  }
  template <class T>
  Json shape(const std::map<std::string, T>*) {
    return {{"type", "object"}, {"additionalProperties", shape(static_cast<const T*>(nullptr))}};
  }

  Json definitions_ = Json::object();
};

TEST(Schema, IsThatOfTheFields) {
  const std::string path = ARCHITRAVE_SOURCE_DIR "/docs/catalog.schema.json";
  const std::string made = SchemaOfJson().of_catalog().dump(2) + '\n';
  if (std::getenv("ARCHITRAVE_UPDATE") != nullptr) {
    ASSERT_TRUE(write_file(path, made));
  }
  const auto kept = read_file(path);
  ASSERT_TRUE(kept) << describe(kept.error());
  EXPECT_EQ(*kept, made) << "ARCHITRAVE_UPDATE=1 rewrites it";
}

}  // namespace
}  // namespace architrave::catalog
