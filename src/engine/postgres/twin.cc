#include "engine/postgres/twin.h"

#include <zstd.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/text.h"
#include "catalog/json.h"

namespace architrave::postgres {

namespace {

using nlohmann::json;

// "architrave-twin VERSION LENGTH CHECKSUM\n", LENGTH that of the JSON, CHECKSUM of what follows.
constexpr int format_version = 1;
constexpr std::size_t longest = std::size_t{1} << 30;

std::string float_list(const std::vector<float>& values) {
  std::string text;
  std::array<char, 32> digits{};
  for (const float value : values) {
    if (!text.empty()) text += ',';
    text.append(digits.data(),
                std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  }
  return text;
}

std::vector<float> floats_in(const std::string& list) {
  std::vector<float> values;
  if (list.empty()) return values;
  for (const std::string& each : split(list, ',')) {
    float value = 0;
    std::from_chars(each.data(), each.data() + each.size(), value);
    values.push_back(value);
  }
  return values;
}

json to_json(const StatisticsSlot& slot) {
  json object = {{"kind", slot.kind}};
  if (!slot.op.empty()) object["operator"] = slot.op;
  if (!slot.collation.empty()) object["collation"] = slot.collation;
  if (slot.has_numbers) object["numbers"] = float_list(slot.numbers);
  if (slot.values) object["values"] = *slot.values;
  if (!slot.values_type.empty()) object["type"] = slot.values_type;
  return object;
}

// The number of that name. nlohmann's own conversion of one that does not fit is undefined.
template <class Integer>
Integer integer(const json& object, const char* name, Integer otherwise) {
  const auto found = object.find(name);
  if (found == object.end()) return otherwise;
  if (!found->is_number_integer())
    throw std::out_of_range(std::string(name) + " is no whole number");
  const auto value = found->get<std::int64_t>();
  if (!std::in_range<Integer>(value)) throw std::out_of_range(std::string(name) + " is too large");
  return static_cast<Integer>(value);
}

StatisticsSlot slot_in(const json& object) {
  StatisticsSlot slot;
  slot.kind = integer(object, "kind", 0);
  slot.op = object.value("operator", "");
  slot.collation = object.value("collation", "");
  slot.has_numbers = object.contains("numbers");
  slot.numbers = floats_in(object.value("numbers", ""));
  if (object.contains("values")) slot.values = object.at("values").get<std::string>();
  slot.values_type = object.value("type", "");
  return slot;
}

json to_json(const ColumnStatistics& column) {
  json object = {{"schema", column.schema},      {"relation", column.relation},
                 {"column", column.column},      {"null_fraction", column.null_fraction},
                 {"width", column.width},        {"distinct", column.distinct},
                 {"inherited", column.inherited}};
  for (const StatisticsSlot& slot : column.slots) object["slots"].push_back(to_json(slot));
  return object;
}

ColumnStatistics column_in(const json& object) {
  ColumnStatistics column;
  column.schema = object.at("schema").get<std::string>();
  column.relation = object.at("relation").get<std::string>();
  column.column = object.at("column").get<std::string>();
  column.inherited = object.value("inherited", false);
  column.null_fraction = object.value("null_fraction", 0.0F);
  column.width = integer(object, "width", 0);
  column.distinct = object.value("distinct", 0.0F);
  for (const json& slot : object.value("slots", json::array()))
    column.slots.push_back(slot_in(slot));
  return column;
}

json to_json(const RelationSize& relation) {
  json object = {{"schema", relation.schema},
                 {"name", relation.name},
                 {"pages", relation.pages},
                 {"believed_pages", relation.believed_pages},
                 {"all_visible", relation.all_visible},
                 {"rows", relation.rows}};
  if (relation.btree_height != 0) object["btree_height"] = relation.btree_height;
  if (!relation.gin.empty()) object["gin"] = relation.gin;
  return object;
}

// What a file may ask for is bounded: each page is 8 KiB of a (sparse) file.
constexpr std::int64_t most_pages = 0xFFFFFFFE;

RelationSize relation_in(const json& object) {
  RelationSize relation;
  relation.schema = object.at("schema").get<std::string>();
  relation.name = object.at("name").get<std::string>();
  relation.pages = integer(object, "pages", std::int64_t{0});
  relation.believed_pages = integer(object, "believed_pages", std::int64_t{0});
  relation.all_visible = integer(object, "all_visible", std::int64_t{0});
  relation.rows = object.value("rows", -1.0);
  relation.btree_height = integer(object, "btree_height", 0);
  relation.gin = object.value("gin", std::vector<std::int64_t>{});
  if (relation.pages < 0 || relation.pages > most_pages || relation.btree_height < 0 ||
      relation.btree_height > 20)
    throw std::out_of_range("the size of " + relation.name);
  return relation;
}

json to_json(const ExtendedStatistics& extended) {
  json columns = json::object();
  for (const auto& [number, name] : extended.columns) columns[std::to_string(number)] = name;
  return {{"schema", extended.schema},
          {"name", extended.name},
          {"inherited", extended.inherited},
          {"distinct", extended.distinct},
          {"dependencies", extended.dependencies},
          {"most_common", extended.most_common},
          {"columns", columns}};
}

ExtendedStatistics extended_in(const json& object) {
  ExtendedStatistics extended;
  extended.schema = object.at("schema").get<std::string>();
  extended.name = object.at("name").get<std::string>();
  extended.inherited = object.value("inherited", false);
  extended.distinct = object.value("distinct", "");
  extended.dependencies = object.value("dependencies", "");
  extended.most_common = object.value("most_common", "");
  for (const std::string* each :
       {&extended.distinct, &extended.dependencies, &extended.most_common})
    if (each->find_first_not_of("0123456789abcdef") != std::string::npos || each->size() % 2 != 0)
      throw std::out_of_range("the statistics " + extended.name);
  const json columns = object.value("columns", json::object());
  for (const auto& [number, name] : columns.items())
    extended.columns[std::stoi(number)] = name.get<std::string>();
  return extended;
}

json to_json(const Statistics& statistics) {
  json object = {{"relations", json::array()},
                 {"columns", json::array()},
                 {"extended", json::array()},
                 {"settings", statistics.planner_settings},
                 {"unread", json::array()}};
  for (const auto& each : statistics.relations) object["relations"].push_back(to_json(each));
  for (const auto& each : statistics.columns) object["columns"].push_back(to_json(each));
  for (const auto& each : statistics.extended) object["extended"].push_back(to_json(each));
  for (const auto& each : statistics.unread)
    object["unread"].push_back({{"what", each.what}, {"why", each.why}});
  return object;
}

Statistics statistics_in(const json& object) {
  Statistics statistics;
  for (const json& each : object.at("relations")) statistics.relations.push_back(relation_in(each));
  for (const json& each : object.at("columns")) statistics.columns.push_back(column_in(each));
  for (const json& each : object.at("extended")) statistics.extended.push_back(extended_in(each));
  statistics.planner_settings = object.at("settings").get<std::map<std::string, std::string>>();
  for (const auto& [name, value] : statistics.planner_settings)
    if (value.find_first_of("\n\r\\") != std::string::npos || name.find('\n') != std::string::npos)
      throw std::out_of_range("the setting " + name);
  for (const json& each : object.at("unread"))
    statistics.unread.push_back(
        {each.at("what").get<std::string>(), each.at("why").get<std::string>()});
  return statistics;
}

std::unexpected<Error> corrupt(const std::string& why) {
  return fail("twin.corrupt", "this is not a whole twin file: " + why, {},
              "copy it again, or make it anew with architrave twin");
}

// Of JSON, in brackets: a twin's own is under ten. Writing JSON recurses, and so must not be given
// what is nested to overflow the stack.
constexpr int deepest = 100;

bool nests_deeper_than(std::string_view text, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<std::string> write_twin(const Twin& twin) {
  std::string text;
  try {
    // Names and values of a database in another encoding may not be UTF-8.
    text = "{\"catalog\":" + catalog::to_json(twin.catalog, -1) + ",\"statistics\":" +
           to_json(twin.statistics).dump(-1, ' ', false, json::error_handler_t::replace) + '}';
  } catch (const json::exception& problem) {
    return fail("twin.write", std::string("the twin can't be written as JSON: ") + problem.what());
  }
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  constexpr int level = 12;
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), level);
  if (ZSTD_isError(size) != 0)
    return fail("twin.write", std::string("zstd: ") + ZSTD_getErrorName(size));
  packed.resize(size);
  return std::string(twin_magic) + std::to_string(format_version) + ' ' +
         std::to_string(text.size()) + ' ' + stable_hash(packed) + '\n' + packed;
}

Result<Twin> read_twin(std::string_view bytes) {
  if (!bytes.starts_with(twin_magic)) return corrupt("it does not begin as one");
  const std::string_view line = bytes.substr(0, std::min<std::size_t>(bytes.find('\n'), 100));
  const std::vector<std::string> words = split(line.substr(twin_magic.size()), ' ');
  if (words.size() != 3 || bytes.size() <= line.size()) return corrupt("its first line is broken");
  if (words[0] != std::to_string(format_version))
    return fail("twin.corrupt", "this twin file has format " + words[0].substr(0, 10), {},
                "read it with a newer architrave, or make it anew");
  std::size_t length = 0;
  std::from_chars(words[1].data(), words[1].data() + words[1].size(), length);
  if (length == 0 || length > longest) return corrupt("its length can't be right");
  const std::string_view packed = bytes.substr(line.size() + 1);
  if (stable_hash(packed) != words[2]) return corrupt("its checksum does not match");
  // The checksum keeps accidents away, not malice: the frame must agree before memory is taken.
  if (ZSTD_getFrameContentSize(packed.data(), packed.size()) != length)
    return corrupt("its length does not match");
  std::string text(length, '\0');
  if (ZSTD_decompress(text.data(), length, packed.data(), packed.size()) != length)
    return corrupt("it does not unpack");

  // From here on the text is as its writer made it, or made to deceive.
  try {
    if (nests_deeper_than(text, deepest)) return corrupt("it nests too deep");
    const json object = json::parse(text);
    Twin twin;
    Result<catalog::Catalog> catalog = catalog::from_json(object.at("catalog").dump());
    if (!catalog) return corrupt(catalog.error().message);
    twin.catalog = std::move(*catalog);
    twin.statistics = statistics_in(object.at("statistics"));
    return twin;
  } catch (const std::exception& problem) {
    return corrupt(problem.what());
  }
}

}  // namespace architrave::postgres
