#include "engine/model/prisma_values.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace architrave::model::prisma {

namespace {

struct Scalar {
  std::string_view name;
  std::string_view postgresql;
  std::string_view sqlite;
};
constexpr std::array<Scalar, 9> scalars = {{
    {"String", "TEXT", "TEXT"},
    {"Boolean", "BOOLEAN", "BOOLEAN"},
    {"Int", "INTEGER", "INTEGER"},
    {"BigInt", "BIGINT", "BIGINT"},
    {"Float", "DOUBLE PRECISION", "REAL"},
    {"Decimal", "DECIMAL(65,30)", "DECIMAL"},
    {"DateTime", "TIMESTAMP(3)", "DATETIME"},
    {"Json", "JSONB", "JSONB"},
    {"Bytes", "BYTEA", "BLOB"},
}};

// Each is written like its SQL name, but for the one of two words.
constexpr std::array<std::string_view, 24> natives = {
    "Text",   "VarChar", "Char",   "Bit",         "VarBit",    "Uuid",  "Xml",     "Inet",
    "Citext", "Integer", "BigInt", "SmallInt",    "Oid",       "Real",  "Decimal", "Money",
    "Date",   "Time",    "Timetz", "Timestamptz", "Timestamp", "ByteA", "Json",    "JsonB"};

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

std::string hexadecimal_of_base64(std::string_view text) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static constexpr std::string_view hexadecimal = "0123456789abcdef";
  std::string out;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) continue;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const unsigned byte = bits >> held & 0xFF;
    out += hexadecimal[byte >> 4];
    out += hexadecimal[byte & 0xF];
  }
  return out;
}

// "2020-01-02T03:04:05.678Z" as PostgreSQL's constants are written.
std::string moment(std::string text) {
  if (const std::size_t t = text.find('T'); t != std::string::npos) text[t] = ' ';
  if (text.ends_with('Z')) {
    text.pop_back();
    text += "+00:00";
  }
  const std::size_t zone = text.find_last_of("+-");
  if (zone != std::string::npos && zone > 10 && text[zone - 1] != ' ') text.insert(zone, " ");
  return text;
}

}  // namespace

std::optional<std::string> scalar_type(std::string_view name, Engine engine) {
  const auto* const found = std::ranges::find(scalars, name, &Scalar::name);
  if (found == scalars.end()) return std::nullopt;
  return std::string(engine == Engine::sqlite ? found->sqlite : found->postgresql);
}

std::optional<std::string> native_type(std::string_view name, const Attribute& attribute) {
  std::string type;
  if (name == "DoublePrecision")
    type = "DOUBLE PRECISION";
  else if (name == "Boolean" || std::ranges::find(natives, name) != natives.end())
    type = upper(name);
  else
    return std::nullopt;
  std::vector<std::string> modifiers;
  for (const Argument& each : attribute.arguments) modifiers.push_back(each.value.text);
  return modifiers.empty() ? type : type + '(' + join(modifiers, ",") + ')';
}

std::string serial_type(std::string_view type) {
  if (type == "BIGINT") return "BIGSERIAL";
  return type == "SMALLINT" ? "SMALLSERIAL" : "SERIAL";
}

std::string literal_of(const Value& value, std::string_view scalar, Engine engine) {
  if (value.kind != Value::Kind::string) return value.text;
  if (scalar == "Bytes")
    return (engine == Engine::sqlite ? "'" : "'\\x") + hexadecimal_of_base64(value.text) + '\'';
  return literal(scalar == "DateTime" ? moment(value.text) : value.text);
}

std::string operator_class(std::string_view name) {
  std::string text(name);
  for (const auto& [from, to] : {std::pair{"MinMax", "Minmax"},
                                 {"VarBit", "Varbit"},
                                 {"TimestampTz", "Timestamptz"},
                                 {"TimeTz", "Timetz"}})
    text = replace_all(std::move(text), from, to);
  std::string out;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out += '_';
    out += upper ? static_cast<char>(c | 0x20) : c;
  }
  return out;
}

}  // namespace architrave::model::prisma
