// What several rules use.
#include <charconv>

#include "base/quoting.h"
#include "migration/lint/rule.h"

namespace architrave::migration::lint {

bool State::in_use(std::string_view relation) const {
  const Table* table = schema.table(relation);
  return table == nullptr || table->born != unit;
}

std::string quoted(std::string_view relation) {
  const std::size_t dot = relation.find('.');
  if (dot == std::string_view::npos) return quote_identifier(relation);
  return quote_identifier(relation.substr(0, dot)) + '.' +
         quote_identifier(relation.substr(dot + 1));
}

std::optional<std::int64_t> setting_milliseconds(sql::Node value) {
  std::string_view text = value["sval"]["sval"].text();
  if (value["ival"]) return value["ival"]["ival"].number();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  static constexpr std::pair<std::string_view, double> units[] = {
      {"", 1}, {"ms", 1}, {"us", 0.001}, {"s", 1e3}, {"min", 60e3}, {"h", 3600e3}, {"d", 86400e3}};
  for (const auto& [unit, factor] : units)
    if (text == unit) return static_cast<std::int64_t>(number * factor);
  return {};
}

}  // namespace architrave::migration::lint
