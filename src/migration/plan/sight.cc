#include "migration/plan/sight.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/lookup.h"
#include "engine/sqlite/tokens.h"

namespace architrave::migration {

using catalog::Column;
using catalog::Relation;

namespace {

// What a value becomes in a column of SQLite's that prefers another storage.
std::string converted(const std::string& value, const Column& before, const Column& now) {
  if (before.type_category == now.type_category) return value;
  if (now.type_category == "S")
    return fmt::format(
        "CASE WHEN typeof({0}) IN ('integer', 'real') THEN CAST({0} AS TEXT) ELSE {0} END", value);
  if (now.type_category == "U") return value;
  return fmt::format(
      "CASE WHEN typeof({0}) = 'text' AND {0} = CAST({0} AS NUMERIC) THEN CAST({0} AS NUMERIC) "
      "ELSE "
      "{0} END",
      value);
}

}  // namespace

std::string Sight::quote(const std::string& name) const {
  return is_sqlite_ ? sqlite::quote(name) : quote_identifier(name);
}

std::vector<std::string> Sight::quoted(const std::vector<std::string>& names) const {
  std::vector<std::string> list;
  for (const std::string& name : names) list.push_back(quote(name));
  return list;
}

std::string Sight::value(const Relation& before, const Relation& now,
                         const std::string& column) const {
  const Column* old_one = before.column(column);
  const Column* new_one = now.column(column);
  if (new_one == nullptr) return {};
  const auto given = fill_.find(object_of(now, *new_one).name);
  const auto typed = [&](const std::string& text) {
    return is_sqlite_ ? '(' + text + ')' : '(' + text + ")::" + new_one->type;
  };
  if (!new_one->generated.empty() && (old_one == nullptr || old_one->generated.empty() ||
                                      old_one->default_value != new_one->default_value))
    return typed(new_one->default_value);
  if (old_one == nullptr) {
    if (!new_one->identity.empty()) return {};
    if (given != fill_.end()) return typed(given->second);
    // A sequence would go on by being asked.
    if (contains_word(new_one->default_value, "nextval")) return {};
    if (!new_one->default_value.empty()) return typed(new_one->default_value);
    return new_one->not_null ? std::string() : typed("NULL");
  }
  std::string value = this->column(before, column);
  if (old_one->type != new_one->type) {
    if (!is_sqlite_) return {};
    value = converted(value, *old_one, *new_one);
  }
  return given == fill_.end() ? value
                              : fmt::format("coalesce({}, {})", value, typed(given->second));
}

Sight::Known Sight::known(const Relation& now, const std::string& column) const {
  const Relation* before = from_.relation(now.schema, now.name);
  if (before == nullptr) return Known::not_yet;
  if (!is_ahead()) {
    const Column* old_one = before->column(column);
    const Column* new_one = now.column(column);
    const bool same = old_one != nullptr && new_one != nullptr && old_one->type == new_one->type &&
                      !fill_.contains(object_of(now, *new_one).name);
    return same ? Known::as_it_is : Known::not_yet;
  }
  const std::string its = value(*before, now, column);
  return its.empty()                            ? Known::not_yet
         : its == this->column(*before, column) ? Known::as_it_is
                                                : Known::worked_out;
}

Sight::Known Sight::known(const Relation& now, const std::vector<std::string>& columns) const {
  Known all = Known::as_it_is;
  for (const std::string& column : columns) all = std::max(all, known(now, column));
  return all;
}

std::string Sight::table(const Relation& now) const {
  const catalog::ObjectName name = is_ahead() ? names_->table(now) : now.object_name();
  return (name.schema.empty() ? "" : quote(name.schema) + '.') + quote(name.name);
}

std::string Sight::rows(const Relation& now, const std::vector<std::string>& columns, bool own,
                        bool places) const {
  const bool has_heirs = std::ranges::any_of(from_.relations, [&](const Relation& each) {
    return std::ranges::find(each.parents, now.object_name()) != each.parents.end();
  });
  const bool only = own && has_heirs && now.kind != catalog::RelationKind::partitioned_table;
  std::string whole = (only ? "ONLY " : "") + table(now);
  const Relation* before = from_.relation(now.schema, now.name);
  if (!is_ahead() || before == nullptr) return whole;
  const auto is_new = [&](const std::string& column) {
    const std::string its = value(*before, now, column);
    return !its.empty() && its != quote(column);
  };
  if (std::ranges::none_of(columns, is_new)) return whole;
  // All that is there, unless a name would stand for two.
  const bool clashes = std::ranges::any_of(before->columns, [&](const Column& column) {
    const std::string old_name = names_->column(*before, column.name);
    return std::ranges::find(columns, old_name) != columns.end() && is_new(old_name);
  });
  std::vector<std::string> list;
  if (places) list = {"tableoid", "ctid"};
  if (!clashes) list.emplace_back("*");
  for (const Column& column : now.columns) {
    const bool asked = std::ranges::find(columns, column.name) != columns.end();
    const std::string its = value(*before, now, column.name);
    if (its.empty() || (!clashes && !(asked && is_new(column.name)))) continue;
    const std::string name = quote(column.name);
    list.push_back(its == name ? name : its + " AS " + name);
  }
  return fmt::format("(SELECT {} FROM {})", join(list, ", "), whole);
}

std::string Sight::named_rows(const Relation& now, const std::vector<std::string>& columns,
                              bool own, bool places) const {
  const std::string list = rows(now, columns, own, places);
  return list.starts_with('(') ? list + " AS " + quote(now.name) : list;
}

}  // namespace architrave::migration
