#include "migration/move/profile.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/sqlite/tokens.h"
#include "migration/move/values.h"

namespace architrave::migration {

namespace {

using catalog::Relation;
using sqlite::Storage;

constexpr std::int64_t largest_in_double = std::int64_t{1} << 53;

void count_digits(ColumnProfile& profile, std::string_view digits) {
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  profile.whole_digits = std::max(profile.whole_digits, static_cast<int>(point));
  if (point < digits.size())
    profile.places = std::max(profile.places, static_cast<int>(digits.size() - point - 1));
}

void look(ColumnProfile& profile, const sqlite::Row& row, int column) {
  switch (row.storage(column)) {
    case Storage::null:
      ++profile.nulls;
      return;
    case Storage::integer: {
      const std::int64_t value = row.integer(column);
      ++profile.integers;
      if (value == 0 || value == 1) ++profile.zero_or_one;
      if (value > largest_in_double || value < -largest_in_double) ++profile.beyond_double;
      if (is_epoch(value)) ++profile.epochs;
      count_digits(profile, std::to_string(value));
      return;
    }
    case Storage::real: {
      const double value = row.real(column);
      ++profile.reals;
      if (std::isinf(value))
        ++profile.infinite;
      else
        count_digits(profile, plain_digits(value));
      return;
    }
    case Storage::blob:
      ++profile.blobs;
      return;
    case Storage::text:
      break;
  }
  const std::string_view text = row.bytes(column);
  ++profile.texts;
  if (text.find('\0') != std::string_view::npos) ++profile.with_nul;
  if (!is_utf8(text)) ++profile.broken;
  if (is_uuid(text)) ++profile.uuids;
  if (is_date(text)) ++profile.dates;
  if (stamp(text)) ++profile.stamps;
  const auto characters = std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  profile.longest = std::max<std::int64_t>(profile.longest, characters);
}

std::string rowid_name(const Relation& table) {
  if (table.options.contains("without_rowid")) return {};
  for (const char* name : {"rowid", "_rowid_", "oid"})
    if (std::ranges::none_of(table.columns, [&](const catalog::Column& column) {
          return sqlite::same_name(column.name, name);
        }))
      return name;
  return {};
}

// Rows whose foreign key names a parent that is not there, as SQLite compares them.
Result<std::int64_t> orphans(sqlite::Connection& connection, const catalog::Catalog& catalog,
                             const Relation& table, const catalog::Constraint& key) {
  const Relation* parent = catalog.relation(key.references_schema, key.references_table);
  if (parent == nullptr || key.columns.size() != key.references_columns.size()) return 0;
  std::vector<std::string> set;
  std::vector<std::string> equal;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    if (parent->column(key.references_columns[i]) == nullptr) return 0;
    const std::string column = "c." + sqlite::quote(key.columns[i]);
    set.push_back(column + " IS NOT NULL");
    equal.push_back("p." + sqlite::quote(key.references_columns[i]) + " = " + column);
  }
  return connection.number("SELECT count(*) FROM " + sqlite::quote(table.name) + " c WHERE " +
                           join(set, " AND ") + " AND NOT EXISTS (SELECT 1 FROM " +
                           sqlite::quote(parent->name) + " p WHERE " + join(equal, " AND ") + ')');
}

Result<TableProfile> read_table(sqlite::Connection& connection, const catalog::Catalog& catalog,
                                const Relation& table) {
  TableProfile profile;
  profile.columns.resize(table.columns.size());
  std::vector<std::string> names;
  for (const catalog::Column& column : table.columns) names.push_back(sqlite::quote(column.name));
  const std::string from = " FROM " + sqlite::quote(table.name);
  Status read = connection.query("SELECT " + join(names, ", ") + from, {}, [&](const auto& row) {
    ++profile.rows;
    for (std::size_t i = 0; i < profile.columns.size(); ++i)
      look(profile.columns[i], row, static_cast<int>(i));
  });
  if (!read) return fail(read);
  profile.rowid = rowid_name(table);
  if (!profile.rowid.empty()) {
    const std::string rowid = profile.rowid;
    read = connection.query("SELECT min(" + rowid + "), max(" + rowid + ')' + from, {},
                            [&](const auto& row) {
                              profile.first_rowid = row.integer(0);
                              profile.last_rowid = row.integer(1);
                            });
    if (!read) return fail(read);
  }
  if (table.options.contains("autoincrement")) {
    read = connection.query("SELECT seq FROM sqlite_sequence WHERE name = ?1", {table.name},
                            [&](const auto& row) { profile.sequence = row.integer(0); });
    if (!read) return fail(read);
  }
  for (const catalog::Constraint& key : table.constraints) {
    if (key.type != catalog::ConstraintType::foreign_key) continue;
    const auto count = orphans(connection, catalog, table, key);
    if (!count) return std::unexpected(count.error());
    if (*count > 0) profile.orphans[key.name] = *count;
  }
  return profile;
}

}  // namespace

Result<Profile> read_profile(sqlite::Connection& connection, const catalog::Catalog& catalog,
                             const std::function<void(std::string_view)>& progress) {
  Profile profile;
  for (const Relation& table : catalog.relations) {
    if (!table.is_table() || table.options.contains("virtual")) continue;
    if (progress) progress("looking at the rows of " + table.name);
    auto read = read_table(connection, catalog, table);
    if (!read) return fail(read);
    profile.emplace(table.name, std::move(*read));
  }
  return profile;
}

}  // namespace architrave::migration
