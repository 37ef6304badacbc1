// Puts statistics into a server that holds the same definitions, and so makes it a twin.

#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "catalog/object.h"
#include "engine/postgres/relation_files.h"
#include "engine/postgres/twin.h"

namespace architrave::postgres {

namespace {

using catalog::quote_literal;
using nlohmann::json;

// Where the server keeps each relation, and which planner settings it knows. A twin file may come
// from anyone: nothing else of it goes into the configuration.
struct Known {
  std::map<catalog::ObjectName, std::string> files;
  std::map<std::string, bool> settings;
};

Result<Known> look_up(Connection& connection) {
  auto answers = connection.read_only(
      {"SELECT n.nspname, c.relname, pg_relation_filepath(c.oid) FROM pg_catalog.pg_class c"
       " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
       " WHERE c.relkind IN ('r', 'm', 'i') AND n.nspname <> 'pg_catalog'",
       std::string("SELECT name FROM pg_catalog.pg_settings WHERE ") + planner_settings_only});
  if (!answers) return fail(answers);
  for (const Result<Rows>& each : *answers)
    if (!each) return std::unexpected(each.error());
  Known known;
  const Rows& files = *(*answers)[0];
  for (int i = 0; i < files.size(); ++i)
    known.files[{std::string(files.cell(i, 0)), std::string(files.cell(i, 1))}] = files.cell(i, 2);
  const Rows& settings = *(*answers)[1];
  for (int i = 0; i < settings.size(); ++i) known.settings[std::string(settings.cell(i, 0))] = true;
  return known;
}

Status change_files(const Statistics& statistics, const Known& known,
                    const std::filesystem::path& data) {
  for (const RelationSize& relation : statistics.relations) {
    const auto file = known.files.find({relation.schema, relation.name});
    if (file == known.files.end() || relation.pages <= 0) continue;
    if (Status done = lengthen({.path = data / file->second,
                                .pages = relation.pages,
                                .btree_height = relation.btree_height,
                                .gin = relation.gin});
        !done)
      return done;
  }
  std::ofstream configuration(data / "postgresql.conf", std::ios::app);
  for (const auto& [name, value] : statistics.planner_settings)
    if (known.settings.contains(name))
      configuration << name << " = '" << replace_all(value, "'", "''") << "'\n";
  if (!configuration.flush())
    return fail("twin.files", "cannot write the twin's postgresql.conf", data.string());
  return {};
}

std::string float_literal(const std::vector<float>& values) {
  std::string text = "{";
  std::array<char, 32> digits{};
  for (const float value : values) {
    if (text.size() > 1) text += ',';
    text.append(digits.data(),
                std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  }
  return text + '}';
}

json relation_rows(const Statistics& statistics) {
  json rows = json::array();
  for (const RelationSize& each : statistics.relations)
    rows.push_back({{"schema", each.schema},
                    {"name", each.name},
                    {"pages", each.believed_pages},
                    {"visible", each.all_visible},
                    {"rows", each.rows}});
  return rows;
}

constexpr const char* update_relations = R"(
UPDATE pg_catalog.pg_class c
SET reltuples = r.rows, relpages = r.pages, relallvisible = r.visible,
    relispopulated = c.relispopulated OR c.relkind = 'm'
FROM jsonb_to_recordset($1::jsonb)
       r(schema name, name name, pages int4, visible int4, rows float4),
     pg_catalog.pg_namespace n
WHERE n.nspname = r.schema AND c.relnamespace = n.oid AND c.relname = r.name)";

json column_row(const ColumnStatistics& column) {
  json row = {{"schema", column.schema},       {"relation", column.relation},
              {"col", column.column},          {"inherited", column.inherited},
              {"nulls", column.null_fraction}, {"width", column.width},
              {"distinct", column.distinct}};
  for (std::size_t i = 0; i < column.slots.size() && i < 5; ++i) {
    const StatisticsSlot& slot = column.slots[i];
    const std::string at = std::to_string(i + 1);
    row["kind" + at] = slot.kind;
    row["type" + at] = slot.values_type;
    if (!slot.op.empty()) row["op" + at] = slot.op;
    if (!slot.collation.empty()) row["coll" + at] = slot.collation;
    if (slot.has_numbers) row["numbers" + at] = float_literal(slot.numbers);
    if (slot.values) row["vals" + at] = *slot.values;
  }
  return row;
}

// The operator that a slot of this kind has for a type, as ANALYZE would take it from the type's
// default B-tree operator class: equality for lists of values and of elements, "less than" for
// orders.
constexpr const char* derive_operator = R"(
CREATE FUNCTION pg_temp.derived_operator(type oid, kind int) RETURNS oid LANGUAGE sql STABLE AS $$
  WITH RECURSIVE base(oid, typtype, typelem, typlen, typbasetype) AS (
    SELECT t.oid, t.typtype, t.typelem, t.typlen, t.typbasetype FROM pg_catalog.pg_type t
    WHERE t.oid = CASE WHEN kind = 7 THEN 'pg_catalog.float8'::regtype ELSE type END
    UNION ALL
    SELECT t.oid, t.typtype, t.typelem, t.typlen, t.typbasetype
    FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd')
  SELECT o.amopopr
  FROM base b
  JOIN pg_catalog.pg_opclass c ON c.opcdefault AND c.opcmethod = 403
  JOIN pg_catalog.pg_amop o ON o.amopfamily = c.opcfamily AND o.amoplefttype = c.opcintype
   AND o.amoprighttype = c.opcintype AND o.amopstrategy = CASE WHEN kind IN (1, 4, 5) THEN 3 ELSE 1 END
  WHERE b.typtype <> 'd' AND (c.opcintype = b.oid
     OR c.opcintype IN (SELECT castsource_to.casttarget FROM pg_catalog.pg_cast castsource_to
                        WHERE castsource_to.castsource = b.oid AND castsource_to.castmethod = 'b'
                          AND castsource_to.castcontext = 'i')
     OR c.opcintype = CASE WHEN b.typtype = 'e' THEN 'pg_catalog.anyenum'::regtype
                           WHEN b.typtype = 'r' THEN 'pg_catalog.anyrange'::regtype
                           WHEN b.typelem <> 0 AND b.typlen = -1 THEN 'pg_catalog.anyarray'::regtype
                      END)
  ORDER BY c.opcintype = b.oid DESC, c.oid LIMIT 1
$$)";

std::string insert_columns() {
  std::string record;
  std::string kinds;
  std::string operators;
  std::string collations;
  std::string numbers;
  std::string values;
  for (const char* i : {"1", "2", "3", "4", "5"}) {
    record += replace_all(
        ", kind# int, type# text, op# text, coll# text, numbers# text, vals# text", "#", i);
    kinds += replace_all(", coalesce(r.kind#, 0)::int2", "#", i);
    operators += replace_all(
        ", CASE WHEN r.op# IS NOT NULL THEN coalesce(to_regoperator(r.op#), 0)::oid"
        " WHEN r.kind# BETWEEN 1 AND 7"
        " THEN coalesce(pg_temp.derived_operator(to_regtype(r.type#), r.kind#), 0) ELSE 0 END::oid",
        "#", i);
    collations += replace_all(", coalesce(to_regcollation(r.coll#), 0)::oid", "#", i);
    numbers += replace_all(", r.numbers#::float4[]", "#", i);
    values += replace_all(", array_in(textout(r.vals#), coalesce(to_regtype(r.type#), 0)::oid, -1)",
                          "#", i);
  }
  return "INSERT INTO pg_catalog.pg_statistic SELECT c.oid, a.attnum, r.inherited, r.nulls, "
         "r.width,"
         " r.distinct" +
         kinds + operators + collations + numbers + values +
         " FROM jsonb_to_recordset($1::jsonb) r(schema name, relation name, col text,"
         " inherited bool, nulls float4, width int4, \"distinct\" float4" +
         record +
         ") JOIN pg_catalog.pg_namespace n ON n.nspname = r.schema"
         " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation"
         " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
         " AND NOT a.attisdropped AND CASE WHEN c.relkind IN ('i', 'I')"
         " THEN a.attnum::text ELSE a.attname::text END = r.col";
}

// All at once; should the server refuse one (a label that is gone, an operator of another version
// of an extension), one after the other without those it refuses.
Status load_columns(const Statistics& statistics, Connection& connection) {
  if (Status made = connection.execute(derive_operator); !made) return made;
  const std::string insert = insert_columns();
  json rows = json::array();
  for (const ColumnStatistics& each : statistics.columns) rows.push_back(column_row(each));
  Result<Rows> done = connection.query(insert, {rows.dump()});
  if (done) return {};
  for (const json& row : rows) {
    done = connection.query(insert, {json::array({row}).dump()});
    if (!done && (done.error().code == "postgres.lost" || done.error().code == "interrupted"))
      return fail(done);
  }
  return {};
}

// A column's number in a list of the server's bytes, as hexadecimal of two bytes. Numbers of
// expressions are negative and the same everywhere.
void renumber(std::string& bytes, std::size_t offset, const std::map<int, int>& numbers) {
  if (bytes.size() < 2 * offset + 4) return;
  const auto byte = [&](std::size_t i) {
    unsigned value = 0;
    std::from_chars(bytes.data() + 2 * i, bytes.data() + 2 * i + 2, value, 16);
    return value;
  };
  const int old = static_cast<std::int16_t>(byte(offset) | byte(offset + 1) << 8);
  const auto found = numbers.find(old);
  if (found == numbers.end()) return;
  constexpr const char* digits = "0123456789abcdef";
  const auto value = static_cast<unsigned>(found->second);
  for (const std::size_t i : {0u, 1u}) {
    const unsigned one = value >> (8 * i) & 0xff;
    bytes[2 * (offset + i)] = digits[one >> 4];
    bytes[2 * (offset + i) + 1] = digits[one & 15];
  }
}

// statistics.h's MVNDistinct (`wide`: the count of columns is an int) and MVDependencies: magic,
// type and number of items; then of each a double, a count and that many column numbers.
std::string renumbered(std::string bytes, bool wide, const std::map<int, int>& numbers) {
  const auto count_at = [&](std::size_t offset, std::size_t size) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < size && 2 * (offset + i) + 2 <= bytes.size(); ++i) {
      unsigned one = 0;
      const char* at = bytes.data() + 2 * (offset + i);
      std::from_chars(at, at + 2, one, 16);
      value |= static_cast<std::size_t>(one) << (8 * i);
    }
    return value;
  };
  const std::size_t items = count_at(8, 4);
  std::size_t offset = 12;
  for (std::size_t item = 0; item < items && 2 * offset < bytes.size(); ++item) {
    const std::size_t columns = count_at(offset + 8, wide ? 4 : 2);
    offset += wide ? 12 : 10;
    for (std::size_t i = 0; i < columns && 2 * offset < bytes.size(); ++i, offset += 2)
      renumber(bytes, offset, numbers);
  }
  return bytes;
}

Status load_extended(const Statistics& statistics, Connection& connection) {
  if (statistics.extended.empty()) return {};
  Result<Rows> rows = connection.query(
      "SELECT n.nspname, e.stxname, e.oid, a.attname, a.attnum FROM pg_catalog.pg_statistic_ext e"
      " JOIN pg_catalog.pg_namespace n ON n.oid = e.stxnamespace"
      " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = e.stxrelid AND a.attnum = ANY "
      "(e.stxkeys)");
  if (!rows) return fail(rows);
  struct Target {
    std::string oid;
    std::map<std::string, int> columns;
  };
  std::map<catalog::ObjectName, Target> targets;
  for (int i = 0; i < rows->size(); ++i) {
    Target& target = targets[{std::string(rows->cell(i, 0)), std::string(rows->cell(i, 1))}];
    target.oid = rows->cell(i, 2);
    int number = 0;
    const std::string_view text = rows->cell(i, 4);
    std::from_chars(text.data(), text.data() + text.size(), number);
    target.columns[std::string(rows->cell(i, 3))] = number;
  }

  // The types have no input: their bytes come in through casts that exist for this transaction.
  std::vector<std::string> statements = {"BEGIN"};
  for (const char* type : {"pg_ndistinct", "pg_dependencies", "pg_mcv_list"})
    statements.push_back(std::string("CREATE CAST (bytea AS ") + type + ") WITHOUT FUNCTION");
  const bool has_inherited = connection.server_version() >= 150000;
  for (const ExtendedStatistics& each : statistics.extended) {
    const auto target = targets.find({each.schema, each.name});
    if (target == targets.end() || (each.inherited && !has_inherited)) continue;
    std::map<int, int> numbers;
    for (const auto& [number, column] : each.columns)
      if (const auto found = target->second.columns.find(column);
          found != target->second.columns.end())
        numbers[number] = found->second;
    const auto value = [](const std::string& bytes, const char* type) {
      return bytes.empty() ? "NULL"
                           : "decode(" + quote_literal(bytes) + ", 'hex')::pg_catalog." + type;
    };
    const std::string& oid = target->second.oid;
    statements.push_back(
        "DELETE FROM pg_catalog.pg_statistic_ext_data WHERE stxoid = " + oid +
        (has_inherited ? each.inherited ? " AND stxdinherit" : " AND NOT stxdinherit" : ""));
    statements.push_back(std::string("INSERT INTO pg_catalog.pg_statistic_ext_data (stxoid,") +
                         (has_inherited ? " stxdinherit," : "") +
                         " stxdndistinct, stxddependencies, stxdmcv) VALUES (" + oid + ", " +
                         (has_inherited ? each.inherited ? "true, " : "false, " : "") +
                         value(renumbered(each.distinct, true, numbers), "pg_ndistinct") + ", " +
                         value(renumbered(each.dependencies, false, numbers), "pg_dependencies") +
                         ", " + value(each.most_common, "pg_mcv_list") + ")");
  }
  for (const char* type : {"pg_ndistinct", "pg_dependencies", "pg_mcv_list"})
    statements.push_back(std::string("DROP CAST (bytea AS ") + type + ")");
  statements.push_back("COMMIT");
  auto results = connection.pipeline(statements);
  if (!results) return fail(results);
  for (const Result<Rows>& each : *results)
    if (!each) return std::unexpected(each.error());
  return {};
}

}  // namespace

Status load_statistics(const Statistics& statistics, Server& server, Connection& connection) {
  const Result<Known> known = look_up(connection);
  if (!known) return std::unexpected(known.error());
  const std::string database = connection.database();
  Status done = server.restart_around(
      [&](const std::filesystem::path& data) { return change_files(statistics, *known, data); });
  if (!done) return done;
  Result<Connection> again = server.connect(database);
  if (!again) return fail(again);
  connection = std::move(*again);
  if (Result<Rows> rows = connection.query(update_relations, {relation_rows(statistics).dump()});
      !rows)
    return fail(rows);
  if (done = load_columns(statistics, connection); !done) return done;
  return load_extended(statistics, connection);
}

}  // namespace architrave::postgres
