#include "engine/postgres/statistics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/text.h"
#include "catalog/object.h"
#include "engine/postgres/relation_files.h"

namespace architrave::postgres {

namespace {

constexpr const char* session =
    "SELECT set_config('search_path', '', true), set_config('extra_float_digits', '1', true),"
    " set_config('quote_all_identifiers', 'off', true)";

constexpr const char* privileges_query =
    "SELECT has_table_privilege('pg_catalog.pg_statistic', 'SELECT'),"
    " has_table_privilege('pg_catalog.pg_statistic_ext_data', 'SELECT'),"
    " has_function_privilege('pg_catalog.pg_read_binary_file(text, bigint, bigint)', 'EXECUTE'),"
    " current_setting('block_size'),"
    " (SELECT quote_ident(n.nspname) FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n"
    " ON n.oid = e.extnamespace WHERE e.extname = 'pageinspect' AND"
    " current_setting('is_superuser') = 'on')";

constexpr const char* ours = " n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ";

// The planner asks a file for its length. An index's first page says more (88 bytes hold what we
// want of it): as the server has it in memory, by pageinspect, or as it has last been written to
// its file. `page` is an expression for it, or empty.
std::string relations_query(const std::string& page) {
  return std::string(
             "SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('r', 'm', 'i')"
             " THEN pg_relation_size(c.oid) / 8192 ELSE 0 END,"
             " c.relpages, c.relallvisible, c.reltuples, coalesce(am.amname, ''),") +
         (page.empty() ? "NULL"
                       : "CASE WHEN c.relkind = 'i' AND am.amname IN ('btree', 'gin') AND"
                         " pg_relation_size(c.oid) > 0 THEN encode(substring(" +
                             page + " FROM 1 FOR 88), 'hex') END") +
         " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
         " LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam"
         " WHERE c.relkind IN ('r', 'm', 'i', 'p', 'I', 'f') AND c.relpersistence <> 't' AND" +
         ours + "ORDER BY 1, 2";
}

// Both of these give one row per slot: schema, relation, column, inherited, null fraction, width,
// distinct; kind, operator, collation, numbers, values, type of a value.
// A slot's values are of the column's type, of its elements' for the kinds on elements, and
// float8 for the lengths of ranges.
constexpr const char* slot_type =
    "(CASE WHEN k.kind IN (1, 2, 3, 6) THEN a.atttypid"
    " WHEN k.kind = 7 THEN 'pg_catalog.float8'::regtype::oid"
    " WHEN k.kind IN (4, 5) THEN CASE WHEN coalesce(b.typname, t.typname) = 'tsvector'"
    " THEN 'pg_catalog.text'::regtype::oid ELSE coalesce(b.typelem, t.typelem) END"
    " ELSE 0 END)::regtype::text";
constexpr const char* slot_type_joins =
    " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_catalog.pg_type b ON b.oid = nullif(t.typbasetype, 0)";
constexpr const char* column_name =
    "CASE WHEN c.relkind IN ('i', 'I') THEN a.attnum::text ELSE a.attname::text END";

std::string raw_columns_query() {
  std::string slots;
  for (const char* i : {"1", "2", "3", "4", "5"})
    slots +=
        replace_all("(stakind#, staop#, stacoll#, stanumbers#::text, stavalues#::text), ", "#", i);
  slots.resize(slots.size() - 2);
  return std::string("SELECT n.nspname, c.relname, ") + column_name +
         ", s.stainherit, s.stanullfrac, s.stawidth, s.stadistinct, coalesce(k.kind, 0),"
         " coalesce(nullif(k.op, 0)::regoperator::text, ''),"
         " coalesce(nullif(k.coll, 0)::regcollation::text, ''), k.numbers, k.vals, " +
         slot_type +
         " FROM pg_catalog.pg_statistic s JOIN pg_catalog.pg_class c ON c.oid = s.starelid"
         " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
         " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.staattnum"
         " AND NOT a.attisdropped" +
         slot_type_joins + " LEFT JOIN LATERAL (VALUES " + slots +
         ") k(kind, op, coll, numbers, vals) ON k.kind <> 0"
         " WHERE c.relpersistence <> 't' AND" +
         ours + "ORDER BY 1, 2, s.staattnum, 4, 8";
}

// pg_stats, for everyone: the columns that the role may read. It does not tell the operators.
std::string visible_columns_query(int version) {
  std::string slots =
      "(1, s.most_common_freqs::text, s.most_common_vals::text),"
      "(2, NULL, s.histogram_bounds::text),"
      "(3, '{' || s.correlation || '}', NULL),"
      "(4, s.most_common_elem_freqs::text, s.most_common_elems::text),"
      "(5, s.elem_count_histogram::text, NULL)";
  if (version >= 170000)
    slots +=
        ",(6, NULL, s.range_bounds_histogram::text),"
        "(7, '{' || s.range_empty_frac || '}', s.range_length_histogram::text)";
  return std::string("SELECT n.nspname, c.relname, ") + column_name +
         ", s.inherited, s.null_frac, s.avg_width, s.n_distinct, coalesce(k.kind, 0), '',"
         " coalesce(nullif(a.attcollation, 0)::regcollation::text, ''), k.numbers, k.vals, " +
         slot_type +
         " FROM pg_catalog.pg_stats s JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname"
         " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename"
         " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname" +
         slot_type_joins + " LEFT JOIN LATERAL (VALUES " + slots +
         ") k(kind, numbers, vals) ON coalesce(k.numbers, k.vals) IS NOT NULL"
         " WHERE c.relpersistence <> 't' AND" +
         ours + "ORDER BY 1, 2, a.attnum, 4, 8";
}

// Tables with rows whose columns the role may not read, or only some rows of.
std::string hidden_query() {
  return std::string(
             "SELECT n.nspname, c.relname, row_security_active(c.oid)"
             " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
             " WHERE c.relkind IN ('r', 'm', 'p') AND c.reltuples > 0"
             " AND (row_security_active(c.oid) OR EXISTS (SELECT FROM pg_catalog.pg_attribute a"
             " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
             " AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT'))) AND") +
         ours + "ORDER BY 1, 2";
}

std::string extended_query(int version) {
  return std::string("SELECT n.nspname, e.stxname, ") +
         (version >= 150000 ? "d.stxdinherit" : "false") +
         ", encode(d.stxdndistinct::bytea, 'hex'), encode(d.stxddependencies::bytea, 'hex'),"
         " encode(d.stxdmcv::bytea, 'hex'), a.attnum, a.attname, " +
         (version >= 140000 ? "d.stxdexpr IS NOT NULL" : "false") +
         " FROM pg_catalog.pg_statistic_ext e JOIN pg_catalog.pg_namespace n ON n.oid ="
         " e.stxnamespace JOIN pg_catalog.pg_statistic_ext_data d ON d.stxoid = e.oid"
         " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = e.stxrelid"
         " AND a.attnum = ANY (e.stxkeys) WHERE" +
         ours + "ORDER BY 1, 2, 3, 7";
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<float> float_array(std::string_view literal) {
  std::vector<float> values;
  if (literal.size() <= 2) return values;
  for (const std::string& each : split(literal.substr(1, literal.size() - 2), ','))
    values.push_back(number<float>(each));
  return values;
}

template <class Number>
Number bytes_at(std::string_view hexadecimal, std::size_t offset) {
  Number value{};
  if (hexadecimal.size() < 2 * (offset + sizeof value)) return value;
  std::array<unsigned char, sizeof(Number)> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char* digits = hexadecimal.data() + 2 * (offset + i);
    std::from_chars(digits, digits + 2, bytes[i], 16);
  }
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// The lowest that a B-tree of so many pages can be: its inner pages full of the shortest pivots.
int lowest_height(std::int64_t pages) {
  constexpr std::int64_t reach = 1 + (8192 - 24 - 16) / (4 + 16);
  int height = 0;
  for (std::int64_t can_have = 1; can_have < pages - 1 && height < 20; ++height)
    can_have = can_have * reach;
  return height;
}

// nbtree.h's BTMetaPageData and ginblock.h's GinMetaPageData, behind a page header of 24 bytes.
// False for a page whose file is older than what the server has in memory: a checkpoint is to come.
bool read_metapage(std::string_view page, RelationSize& relation) {
  if (bytes_at<std::uint32_t>(page, 24) != 0x053162) return false;
  relation.btree_height = static_cast<int>(bytes_at<std::uint32_t>(page, 24 + 20));
  return relation.btree_height >= lowest_height(relation.pages) && relation.btree_height <= 20;
}

void read_gin_metapage(std::string_view page, RelationSize& relation) {
  for (const std::size_t offset : {12, 24, 28, 32})
    relation.gin.push_back(bytes_at<std::uint32_t>(page, 24 + offset));
  relation.gin.push_back(bytes_at<std::int64_t>(page, 24 + 40));
}

double key_width(const catalog::Relation& relation, const catalog::Index& index) {
  double width = 0;
  for (const catalog::IndexKey& key : index.keys) {
    const catalog::Column* column = relation.column(key.column);
    width += column != nullptr && column->stats ? column->stats->width : 16;
  }
  return width;
}

void read_relations(const Rows& rows, const catalog::Catalog& catalog, Statistics& statistics) {
  std::map<catalog::ObjectName, double> widths;
  for (const catalog::Relation& relation : catalog.relations)
    for (const catalog::Index& index : relation.indexes)
      widths[{relation.schema, index.name}] = key_width(relation, index);
  for (int i = 0; i < rows.size(); ++i) {
    RelationSize relation{.schema = std::string(rows.cell(i, 0)),
                          .name = std::string(rows.cell(i, 1)),
                          .pages = number<std::int64_t>(rows.cell(i, 2)),
                          .believed_pages = number<std::int64_t>(rows.cell(i, 3)),
                          .all_visible = number<std::int64_t>(rows.cell(i, 4)),
                          .rows = number<double>(rows.cell(i, 5)),
                          .btree_height = 0,
                          .gin = {}};
    const std::string_view method = rows.cell(i, 6);
    if (method == "gin" && !rows.is_null(i, 7)) read_gin_metapage(rows.cell(i, 7), relation);
    if (method == "btree" && relation.pages > 1 && !read_metapage(rows.cell(i, 7), relation)) {
      const auto width = widths.find({relation.schema, relation.name});
      relation.btree_height =
          estimated_height(relation.pages, width != widths.end() ? width->second : 8);
    }
    statistics.relations.push_back(std::move(relation));
  }
}

void read_columns(const Rows& rows, Statistics& statistics) {
  for (int i = 0; i < rows.size(); ++i) {
    ColumnStatistics column{.schema = std::string(rows.cell(i, 0)),
                            .relation = std::string(rows.cell(i, 1)),
                            .column = std::string(rows.cell(i, 2)),
                            .inherited = rows.cell(i, 3) == "t",
                            .null_fraction = number<float>(rows.cell(i, 4)),
                            .width = number<int>(rows.cell(i, 5)),
                            .distinct = number<float>(rows.cell(i, 6)),
                            .slots = {}};
    std::vector<ColumnStatistics>& all = statistics.columns;
    const bool same = !all.empty() && all.back().schema == column.schema &&
                      all.back().relation == column.relation &&
                      all.back().column == column.column &&
                      all.back().inherited == column.inherited;
    if (!same) all.push_back(std::move(column));
    StatisticsSlot slot;
    slot.kind = number<int>(rows.cell(i, 7));
    if (slot.kind == 0) continue;
    slot.op = rows.cell(i, 8);
    slot.collation = rows.cell(i, 9);
    slot.has_numbers = !rows.is_null(i, 10);
    slot.numbers = float_array(rows.cell(i, 10));
    if (!rows.is_null(i, 11)) slot.values = rows.cell(i, 11);
    slot.values_type = rows.cell(i, 12);
    if (slot.values_type == "-") slot.values_type.clear();
    all.back().slots.push_back(std::move(slot));
  }
}

// The items of a multivariate list hold values as the server stores them. Those of a type of the
// user's own (an enum) are numbers of objects, which mean nothing elsewhere.
bool can_move(std::string_view most_common) {
  const auto dimensions = bytes_at<std::uint16_t>(most_common, 12);
  for (std::size_t i = 0; i < dimensions; ++i)
    if (bytes_at<std::uint32_t>(most_common, 14 + 4 * i) >= 16384) return false;
  return true;
}

void read_extended(const Rows& rows, Statistics& statistics) {
  for (int i = 0; i < rows.size(); ++i) {
    ExtendedStatistics found{.schema = std::string(rows.cell(i, 0)),
                             .name = std::string(rows.cell(i, 1)),
                             .inherited = rows.cell(i, 2) == "t",
                             .distinct = std::string(rows.cell(i, 3)),
                             .dependencies = std::string(rows.cell(i, 4)),
                             .most_common = std::string(rows.cell(i, 5)),
                             .columns = {}};
    std::vector<ExtendedStatistics>& all = statistics.extended;
    const bool same = !all.empty() && all.back().schema == found.schema &&
                      all.back().name == found.name && all.back().inherited == found.inherited;
    if (!same) {
      const std::string what = "statistics " + catalog::qualified(found.schema, found.name);
      if (rows.cell(i, 8) == "t")
        statistics.unread.push_back({what, "those of its expressions can't be carried over"});
      if (!can_move(found.most_common)) {
        found.most_common.clear();
        statistics.unread.push_back({what, "its common values are of a type of the user's own"});
      }
      all.push_back(std::move(found));
    }
    if (!rows.is_null(i, 6)) all.back().columns[number<int>(rows.cell(i, 6))] = rows.cell(i, 7);
  }
}

}  // namespace

const char* const planner_settings_only =
    "(category LIKE 'Query Tuning%' OR name IN ('work_mem', 'hash_mem_multiplier',"
    " 'max_parallel_workers_per_gather', 'max_parallel_workers', 'parallel_leader_participation',"
    " 'effective_io_concurrency')) AND name <> 'plan_cache_mode'";

Result<Statistics> read_statistics(Connection& connection, const catalog::Catalog& catalog) {
  auto asked = connection.read_only({privileges_query}, session);
  if (!asked) return fail(asked);
  const Result<Rows>& privileges = asked->front();
  if (!privileges) return std::unexpected(privileges.error());
  const bool sees_raw = privileges->cell(0, 0) == "t";
  const bool sees_extended = privileges->cell(0, 1) == "t";
  std::string page;
  if (!privileges->is_null(0, 4))
    page = std::string(privileges->cell(0, 4)) +
           ".get_raw_page(quote_ident(n.nspname) || '.' || quote_ident(c.relname), 0)";
  else if (privileges->cell(0, 2) == "t")
    page = "pg_read_binary_file(pg_relation_filepath(c.oid), 0, 88)";
  if (privileges->cell(0, 3) != "8192")
    return fail("twin.block_size", "the server has blocks of another size than 8 KiB",
                std::string(privileges->cell(0, 3)), "a twin of it would not plan alike");

  const int version = connection.server_version();
  const std::vector<std::string> questions = {
      relations_query(page),
      sees_raw ? raw_columns_query() : visible_columns_query(version),
      std::string("SELECT name, reset_val FROM pg_catalog.pg_settings WHERE ") +
          planner_settings_only + " AND reset_val IS DISTINCT FROM boot_val ORDER BY name",
      sees_raw ? "SELECT WHERE false" : hidden_query(),
      sees_extended ? extended_query(version) : "SELECT WHERE false",
      relations_query({}),
  };
  auto answers = connection.read_only(questions, session);
  if (!answers) return fail(answers);
  // A managed server may grant the function and still refuse the file.
  if (!(*answers)[0]) (*answers)[0] = std::move((*answers)[5]);
  for (const Result<Rows>& each : *answers)
    if (!each && &each != &answers->back()) return std::unexpected(each.error());

  Statistics statistics;
  read_relations(*(*answers)[0], catalog, statistics);
  read_columns(*(*answers)[1], statistics);
  const Rows& settings = *(*answers)[2];
  for (int i = 0; i < settings.size(); ++i)
    statistics.planner_settings[std::string(settings.cell(i, 0))] = settings.cell(i, 1);
  const Rows& hidden = *(*answers)[3];
  for (int i = 0; i < hidden.size(); ++i)
    statistics.unread.push_back(
        {"statistics of " + catalog::qualified(hidden.cell(i, 0), hidden.cell(i, 1)),
         hidden.cell(i, 2) == "t" ? "row security holds for this role"
                                  : "the role may not read all its columns"});
  read_extended(*(*answers)[4], statistics);
  if (!sees_extended)
    for (const catalog::OtherObject& object : catalog.others)
      if (object.kind == catalog::Kind::statistics)
        statistics.unread.push_back({"statistics " + catalog::qualified(object.schema, object.name),
                                     "only a superuser may read extended statistics"});
  return statistics;
}

}  // namespace architrave::postgres
