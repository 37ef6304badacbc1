#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

using std::chrono::year_month_day;

// Only date and timestamp without time zone: what day a timestamptz falls on is the session's
// TimeZone's business, and where clocks are put back a day has no one beginning.
bool is_plain_time(const Column& column) {
  return column.column != nullptr && is_built_in_type(*column.column) &&
         (column.column->type_name == "timestamp" || column.column->type_name == "date");
}

// A day as ISO 8601 writes it, of which no DateStyle makes another; midnight may be said.
std::optional<year_month_day> day_of(std::string_view text) {
  if (text.size() > 10 && text.substr(10) != " 00:00:00" && text.substr(10) != " 00:00") return {};
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int used = 0;
  const std::string first(text.substr(0, 10));
  if (std::sscanf(first.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) != 3 || used != 10)
    return {};
  const year_month_day date{std::chrono::year(year), std::chrono::month(month),
                            std::chrono::day(day)};
  if (!date.ok() || year < 1 || year > 9998) return {};
  return date;
}

std::string iso(const year_month_day& date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// The literal of '2024-01-01', date '2024-01-01' or '2024-01-01'::timestamp.
std::optional<std::string> time_literal(const Tree& tree) {
  if (auto text = string_value(tree)) return text;
  if (!tree.is("TypeCast")) return {};
  const auto& names = tree["type_name"]["names"].list;
  const std::string_view type = names.empty() ? "" : names.back()["sval"].text();
  if (type != "date" && type != "timestamp") return {};
  return string_value(tree["arg"]);
}

std::string_view called(const Level& level, const Tree& tree) {
  return built_in_call(level.query, tree);
}

struct Range {
  std::string from;   // "" for none
  std::string below;  // exclusive
};

Tree range_tree(const Tree& reference, const Range& range, std::string_view type) {
  const std::string name = text_of(reference);
  const auto bound = [&](const char* op, const std::string& value) {
    return name + op + std::string(type) + " '" + value + '\'';
  };
  if (range.from.empty()) return expression(bound(" < ", range.below));
  if (range.below.empty()) return expression(bound(" >= ", range.from));
  return expression(bound(" >= ", range.from) + " AND " + bound(" < ", range.below));
}

std::string first_of(std::int64_t year) {
  return iso(
      {std::chrono::year(static_cast<int>(year)), std::chrono::January, std::chrono::day(1)});
}

// extract(year from c) op N.
std::optional<Range> years(const std::string& op, std::int64_t year) {
  if (year < 1 || year > 9997) return {};
  if (op == "=") return Range{first_of(year), first_of(year + 1)};
  if (op == ">=") return Range{first_of(year), ""};
  if (op == ">") return Range{first_of(year + 1), ""};
  if (op == "<") return Range{"", first_of(year)};
  if (op == "<=") return Range{"", first_of(year + 1)};
  return {};
}

// The one that begins with this day, of date_trunc's units.
std::optional<Range> unit_from(std::string_view unit, const year_month_day& day) {
  using std::chrono::months;
  using std::chrono::sys_days;
  const bool first = day.day() == std::chrono::day(1);
  const auto month = static_cast<unsigned>(day.month());
  if (unit == "day") return Range{iso(day), iso(sys_days(day) + std::chrono::days(1))};
  if (unit == "week" && std::chrono::weekday(sys_days(day)) == std::chrono::Monday)
    return Range{iso(day), iso(sys_days(day) + std::chrono::days(7))};
  if (unit == "month" && first) return Range{iso(day), iso(day + months(1))};
  if (unit == "quarter" && first && month % 3 == 1) return Range{iso(day), iso(day + months(3))};
  if (unit == "year" && first && month == 1) return Range{iso(day), iso(day + months(12))};
  return {};
}

// What is compared with a whole unit: its own values, those from it on, those after it, …
std::optional<Range> as_compared(const std::string& op, const Range& unit) {
  if (op == "=") return unit;
  if (op == ">=") return Range{unit.from, ""};
  if (op == ">") return Range{unit.below, ""};
  if (op == "<") return Range{"", unit.from};
  if (op == "<=") return Range{"", unit.below};
  return {};
}

// current_date, and so many days before or after it.
bool is_relative_day(const Tree& tree) {
  if (tree.is("SQLValueFunction")) return tree["op"].text() == "SVFOP_CURRENT_DATE";
  const auto moved = comparison(tree);
  return moved && (moved->op == "+" || moved->op == "-") && is_relative_day(*moved->left) &&
         integer(*moved->right).has_value();
}

// A timestamp against a day that is only known when the query runs, but surely is a day.
std::optional<Tree> relative_range(const Tree& reference, const std::string& op, const Tree& day) {
  const auto bound = [&](const char* with, bool next) {
    Tree tree = expression(std::string("a ") + with + (next ? " b + 1" : " b"));
    tree.set("lexpr", reference);
    if (next)
      tree.at("rexpr").set("lexpr", day);
    else
      tree.set("rexpr", day);
    return tree;
  };
  if (op == ">=" || op == "<") return bound(op.c_str(), false);
  if (op == ">") return bound(">=", true);
  if (op == "<=") return bound("<", true);
  if (op != "=") return {};
  std::vector<Tree> both;
  both.push_back(bound(">=", false));
  both.push_back(bound("<", true));
  return all_of(std::move(both));
}

std::string_view type_of(const Column& column) { return column.column->type_name; }

std::optional<Tree> of_year(const Level& level, const Tree& call, const std::string& op,
                            const Tree& value) {
  const std::string_view name = called(level, call);
  if ((name != "extract" && name != "date_part") || call["args"].size() != 2 ||
      string_value(call["args"][0]).value_or("") != "year")
    return {};
  const auto column = resolve(call["args"][1], level.scope);
  const auto year = integer(value);
  if (!column || !is_plain_time(*column) || !year) return {};
  const auto range = years(op, *year);
  if (!range) return {};
  return range_tree(call["args"][1], *range, type_of(*column));
}

std::optional<Tree> of_trunc(const Level& level, const Tree& call, const std::string& op,
                             const Tree& value) {
  if (called(level, call) != "date_trunc" || call["args"].size() != 2) return {};
  const auto column = resolve(call["args"][1], level.scope);
  const auto unit = string_value(call["args"][0]);
  const auto literal = time_literal(value);
  // date_trunc of a date makes a timestamptz of it.
  if (!column || !is_plain_time(*column) || type_of(*column) != "timestamp" || !unit || !literal)
    return {};
  const auto day = day_of(*literal);
  if (!day) return {};
  const auto unit_range = unit_from(*unit, *day);
  if (!unit_range) return {};
  const auto range = as_compared(op, *unit_range);
  if (!range) return {};
  return range_tree(call["args"][1], *range, "timestamp");
}

std::optional<Tree> of_cast(const Level& level, const Tree& cast, const std::string& op,
                            const Tree& value) {
  const bool by_cast = cast.is("TypeCast") && !cast["type_name"]["names"].list.empty() &&
                       cast["type_name"]["names"].list.back()["sval"].text() == "date";
  const bool by_call = called(level, cast) == "date" && cast["args"].size() == 1;
  if (!by_cast && !by_call) return {};
  const Tree& reference = by_cast ? cast["arg"] : cast["args"][0];
  const auto column = resolve(reference, level.scope);
  if (!column || !is_plain_time(*column) || type_of(*column) != "timestamp") return {};
  if (is_relative_day(value)) return relative_range(reference, op, value);
  const auto literal = time_literal(value);
  if (!literal || literal->size() != 10) return {};
  const auto day = day_of(*literal);
  if (!day) return {};
  const auto range = as_compared(op, *unit_from("day", *day));
  if (!range) return {};
  return range_tree(reference, *range, "timestamp");
}

// left(c, 3) = 'abc', substring(c, 1, 3) = 'abc': what begins with it.
std::optional<Tree> of_prefix(const Level& level, const Tree& call, const std::string& op,
                              const Tree& value) {
  const std::string_view name = called(level, call);
  const auto& args = call["args"].list;
  const bool is_left = name == "left" && args.size() == 2;
  const bool is_substring =
      (name == "substring" || name == "substr") && args.size() == 3 && integer(args[1]) == 1;
  const auto literal = string_value(value);
  if ((!is_left && !is_substring) || op != "=" || !literal || literal->empty()) return {};
  const auto column = resolve(args[0], level.scope);
  if (!column || column->column == nullptr || !is_built_in_type(*column->column) ||
      !column->column->collation.empty() ||
      (type_of(*column) != "text" && type_of(*column) != "varchar"))
    return {};
  // As many characters as are compared; in ASCII a byte is one.
  const bool ascii =
      std::ranges::all_of(*literal, [](char each) { return static_cast<signed char>(each) > 0; });
  if (!ascii || integer(args.back()) != static_cast<std::int64_t>(literal->size()) ||
      literal->find_first_of("%_\\") != std::string::npos)
    return {};
  return expression(text_of(args[0]) + " LIKE " + catalog::quote_literal(*literal + '%'));
}

std::optional<Tree> as_range(const Level& level, const Tree& call, const std::string& op,
                             const Tree& value) {
  for (const auto& way : {of_year, of_trunc, of_cast, of_prefix})
    if (auto range = way(level, call, op, value)) return range;
  return {};
}

// f(c) BETWEEN a AND b is f(c) >= a AND f(c) <= b.
bool rewrite_between(const Level& level, Tree& tree) {
  const Tree& ends = tree["rexpr"]["items"];
  if (!tree.is("AExpr") || tree["kind"].text() != "AEXPR_BETWEEN" || ends.size() != 2) return false;
  auto from = as_range(level, tree["lexpr"], ">=", ends[0]);
  auto to = as_range(level, tree["lexpr"], "<=", ends[1]);
  if (!from || !to) return false;
  std::vector<Tree> both;
  both.push_back(std::move(*from));
  both.push_back(std::move(*to));
  tree = all_of(std::move(both));
  return true;
}

bool rewrite_one(const Level& level, Tree& tree) {
  if (rewrite_between(level, tree)) return true;
  const auto compared = comparison(tree);
  if (!compared) return false;
  for (const bool turned : {false, true}) {
    std::string op = compared->op;
    if (turned && op != "=" && op != "<>") op = (op.front() == '<' ? ">" : "<") + op.substr(1);
    const Tree& call = turned ? *compared->right : *compared->left;
    const Tree& value = turned ? *compared->left : *compared->right;
    if (auto range = as_range(level, call, op, value)) {
      tree = std::move(*range);
      return true;
    }
  }
  return false;
}

}  // namespace

extern const RewriteRule function_to_range;
const RewriteRule function_to_range = {
    .name = "function-to-range",
    .summary = "a function of a column compared with a constant, as a range of the column",
    .apply = [](Level& level) -> std::optional<std::string> {
      bool changed = false;
      for (const char* clause : {"where_clause", "from_clause"}) {
        Tree* tree = level.select.find(clause);
        if (tree == nullptr) continue;
        visit_own(*tree, [&](Tree& each) {
          if (!changed) changed = rewrite_one(level, each);
        });
      }
      if (!changed) return {};
      // What was one condition may now be two.
      add_condition(level.select, Tree());
      return "the column is a date, timestamp or text of PostgreSQL's own order, and the constant "
             "is just where the range begins: both are NULL for NULL, else true for the same "
             "values";
    }};

}  // namespace architrave::advisor::rewrites::rules
