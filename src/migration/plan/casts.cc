#include "migration/plan/casts.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

#include "base/quoting.h"

namespace architrave::migration {

namespace {

using catalog::Column;

// What the numbers of a type are between; empty for one that has no such bounds.
std::string bounds_of(const Column& column) {
  static const std::map<std::string_view, std::string_view> bounds = {
      {"int2", "-32768 AND 32767"},
      {"int4", "-2147483648 AND 2147483647"},
      {"int8", "-9223372036854775808 AND 9223372036854775807"}};
  const auto found = bounds.find(column.type_name);
  return found == bounds.end() ? std::string() : std::string(found->second);
}

// Of "numeric(8,2)": where a number has more digits than that.
std::string too_many_digits(const Column& column, const std::string& number) {
  const std::size_t open = column.type.find('(');
  if (column.type_name != "numeric" || open == std::string::npos) return {};
  const std::size_t comma = column.type.find(',', open);
  const std::string digits =
      column.type.substr(open + 1, column.type.find_first_of(",)") - open - 1);
  const std::string scale = comma == std::string::npos
                                ? "0"
                                : column.type.substr(comma + 1, column.type.find(')') - comma - 1);
  return fmt::format("abs(round({}, {})) >= 1e{}", number, scale,
                     std::stoi(digits) - std::stoi(scale));
}

std::string out_of_range(const Column& now, const std::string& number) {
  if (const std::string bounds = bounds_of(now); !bounds.empty())
    return fmt::format("round({}) NOT BETWEEN {}", number, bounds);
  return too_many_digits(now, number);
}

// How a text has to look.
std::string_view form_of(const Column& column) {
  if (!bounds_of(column).empty()) return R"(^\s*[-+]?\d+\s*$)";
  static const std::map<std::string_view, std::string_view> forms = {
      {"numeric", R"(^\s*([-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[nN][aA][nN])\s*$)"},
      {"float4",
       R"(^\s*[-+]?((\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[nN][aA][nN]|[iI][nN][fF]([iI][nN][iI][tT][yY])?)\s*$)"},
      {"bool",
       R"(^\s*([tT]([rR]([uU][eE]?)?)?|[fF]([aA]([lL]([sS][eE]?)?)?)?|[yY]([eE][sS]?)?|[nN][oO]?|[oO][nN]|[oO][fF][fF]?|1|0)\s*$)"},
      {"uuid", R"(^\{?([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}\}?$)"}};
  const auto found = forms.find(column.type_name == "float8" ? "float4" : column.type_name);
  return found == forms.end() ? std::string_view() : found->second;
}

}  // namespace

std::string cannot_cast(const Column& before, const Column& now, const std::string& value,
                        int version) {
  if (before.type_category == "N" && now.type_category == "N")
    return out_of_range(now, value + "::numeric");
  const bool texts = before.type_name == "_text" || before.type_name == "_varchar";
  if ((before.type_category != "S" && !texts) || now.type_category == "S") return {};
  if (version >= 160000)
    return fmt::format("NOT pg_input_is_valid({}::text, {})", value, quote_literal(now.type));
  const std::string_view form = form_of(now);
  if (texts || form.empty()) return {};
  const std::string misshapen = fmt::format("{} !~ {}", value, quote_literal(form));
  const std::string beyond = out_of_range(now, value + "::numeric");
  return beyond.empty() ? misshapen
                        : fmt::format("CASE WHEN {} THEN true ELSE {} END", misshapen, beyond);
}

}  // namespace architrave::migration
