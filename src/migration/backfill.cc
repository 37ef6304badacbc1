#include "migration/backfill.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/quoting.h"
#include "base/text.h"

namespace architrave::migration {

namespace {

constexpr int rows_of_batch = 5000;
constexpr int blocks_of_batch = 128;
constexpr int most_passes = 10;

// "f(each)" for each key column, comma separated.
template <class Function>
std::string list(const Backfill& backfill, Function function) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < backfill.key.size(); ++i) parts.push_back(function(i));
  return join(parts, ", ");
}

std::string and_where(const Backfill& backfill) {
  return backfill.where.empty() ? "" : " AND (" + backfill.where + ")";
}

// As far as the transaction goes; who may not is not stopped.
std::string past_triggers(const Backfill& backfill, std::string_view indent) {
  if (!backfill.past_triggers) return {};
  return fmt::format(
      "{0}PERFORM set_config('session_replication_role', 'replica', true) FROM "
      "pg_catalog.pg_roles\n"
      "{0}  WHERE rolname = current_user AND rolsuper;\n",
      indent);
}

// The variables are named so that no column is likely to share their names; where one does, the
// column is meant.
std::string by_key(const Backfill& backfill) {
  const std::string& table = backfill.table;
  const auto column = [&](std::size_t i) { return quote_identifier(backfill.key[i]); };
  const auto variables = [&](std::string_view what) {
    return list(backfill,
                [&](std::size_t i) { return fmt::format("architrave_{}_{}", what, i + 1); });
  };
  std::string declared;
  for (const char* what : {"from", "to", "end"})
    for (std::size_t i = 0; i < backfill.key.size(); ++i)
      declared += fmt::format("  architrave_{}_{} {}.{}%TYPE;\n", what, i + 1, table, column(i));
  const std::string columns = list(backfill, column);
  const std::string descending = list(backfill, [&](std::size_t i) { return column(i) + " DESC"; });
  return fmt::format(
      R"(DO $backfill$
#variable_conflict use_column
DECLARE
{declared}  architrave_more boolean;
BEGIN
  SELECT {columns} INTO {end} FROM {table} ORDER BY {descending} LIMIT 1;
  SELECT {columns} INTO {from} FROM {table} ORDER BY {columns} LIMIT 1;
  architrave_more := FOUND;
  WHILE architrave_more LOOP
    SELECT {columns} INTO {to} FROM {table}
      WHERE ({columns}) >= ({from}) ORDER BY {columns} OFFSET {rows} LIMIT 1;
    architrave_more := FOUND AND ({to}) <= ({end});
{quiet}    IF architrave_more THEN
      UPDATE {table} SET {set}
        WHERE ({columns}) >= ({from}) AND ({columns}) < ({to}){where};
    ELSE
      UPDATE {table} SET {set}
        WHERE ({columns}) >= ({from}){where};
    END IF;
    COMMIT;
    SELECT {to} INTO {from};
  END LOOP;
END
$backfill$)",
      fmt::arg("declared", declared), fmt::arg("columns", columns),
      fmt::arg("descending", descending), fmt::arg("table", table), fmt::arg("set", backfill.set),
      fmt::arg("where", and_where(backfill)), fmt::arg("rows", rows_of_batch),
      fmt::arg("from", variables("from")), fmt::arg("to", variables("to")),
      fmt::arg("end", variables("end")), fmt::arg("quiet", past_triggers(backfill, "    ")));
}

// A row that an UPDATE of somebody else's moves meanwhile to another block is met there or in the
// next pass.
std::string by_block(const Backfill& backfill) {
  return fmt::format(
      R"(DO $backfill$
#variable_conflict use_column
DECLARE
  architrave_end bigint;
  architrave_from bigint;
BEGIN
  FOR architrave_pass IN 1..{passes} LOOP
    architrave_end := pg_relation_size({literal}::regclass)
      / current_setting('block_size')::bigint;
    architrave_from := 0;
    WHILE architrave_from < architrave_end LOOP
{quiet}      UPDATE {table} SET {set}
        WHERE ctid >= format('(%s,0)', architrave_from)::tid
          AND ctid < format('(%s,0)', architrave_from + {blocks})::tid{where};
      COMMIT;
      architrave_from := architrave_from + {blocks};
    END LOOP;
    EXIT WHEN NOT EXISTS (SELECT FROM {table} WHERE {left});
  END LOOP;
END
$backfill$)",
      fmt::arg("literal", quote_literal(backfill.table)), fmt::arg("table", backfill.table),
      fmt::arg("set", backfill.set), fmt::arg("where", and_where(backfill)),
      fmt::arg("blocks", blocks_of_batch), fmt::arg("passes", most_passes),
      fmt::arg("left", backfill.where), fmt::arg("quiet", past_triggers(backfill, "      ")));
}

std::unexpected<Error> wrong(std::string message) {
  return fail("migration.backfill", std::move(message), {},
              R"(write {"table":"public.orders","key":["id"],"set":"a = b","where":"a IS NULL"})");
}

}  // namespace

std::string backfill_block(const Backfill& backfill) {
  return backfill.key.empty() ? by_block(backfill) : by_key(backfill);
}

std::string backfill_statement(const Backfill& backfill) {
  nlohmann::ordered_json json = {{"table", backfill.table},
                                 {"key", backfill.key},
                                 {"set", backfill.set},
                                 {"where", backfill.where}};
  if (backfill.past_triggers) json["past_triggers"] = true;
  // One line, whatever the texts hold.
  return "-- architrave:backfill " +
         json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n" +
         backfill_block(backfill);
}

Result<Backfill> parse_backfill(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return wrong("the backfill is not a JSON object");
  Backfill backfill;
  for (const auto& [name, value] : json.items()) {
    if (name == "key" && value.is_array()) {
      for (const auto& each : value) {
        if (!each.is_string()) return wrong("the backfill's key is not a list of names");
        backfill.key.push_back(each.get<std::string>());
      }
      continue;
    }
    if (name == "past_triggers" && value.is_boolean()) {
      backfill.past_triggers = value.get<bool>();
      continue;
    }
    std::string* place = name == "table"   ? &backfill.table
                         : name == "set"   ? &backfill.set
                         : name == "where" ? &backfill.where
                                           : nullptr;
    if (place == nullptr) return wrong("the backfill has an unknown field: " + name);
    if (!value.is_string()) return wrong("the backfill's " + name + " is not a text");
    *place = value.get<std::string>();
  }
  if (backfill.table.empty() || backfill.set.empty())
    return wrong("the backfill does not say which table it sets what in");
  if (backfill.key.empty() && backfill.where.empty())
    return wrong("a backfill without a key needs a condition that a done row no longer meets");
  return backfill;
}

}  // namespace architrave::migration
