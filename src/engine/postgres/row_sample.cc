#include "engine/postgres/row_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/quoting.h"
#include "base/text.h"

namespace architrave::postgres {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::quote_literal;
using catalog::Relation;
using catalog::RelationKind;

bool is_fatal(const Error& error) {
  return error.code == "postgres.lost" || error.code == "interrupted";
}

// So that both servers write values alike.
std::string settings(std::string_view set) {
  std::string sql;
  for (const char* each :
       {"datestyle = 'ISO, YMD'", "intervalstyle = postgres", "bytea_output = hex",
        "extra_float_digits = 3", "standard_conforming_strings = on", "client_encoding = 'UTF8'"})
    sql += fmt::format("{} {}; ", set, each);
  return sql;
}

class Sampler {
 public:
  Sampler(Connection& live, Connection& sandbox, const Catalog& catalog, const SampleLimits& limits)
      : live_(live), sandbox_(sandbox), catalog_(catalog), limits_(limits) {}

  Result<engine::RowsTaken> take(const Catalog& wanted) {
    if (Status begun = begin(); !begun) return fail(begun);
    std::vector<const Relation*> tables;
    for (const Relation& each : catalog_.relations)
      if (each.kind == RelationKind::table && !(each.stats && each.stats->bytes == 0))
        tables.push_back(&each);
    const auto bytes = [](const Relation* table) { return table->stats ? table->stats->bytes : 0; };
    std::ranges::stable_sort(tables, {}, bytes);
    std::int64_t whole = 0;
    for (const Relation* table : tables) {
      if (is_late()) {
        leave(*table, "there was no time left");
        continue;
      }
      whole += bytes(table);
      const bool is_whole = table->stats && whole <= limits_.whole_bytes;
      if (!is_whole) taken_.all = false;
      std::int64_t count = 0;
      const std::string part = is_whole ? "" : sample_of(*table);
      if (Status copied = copy(*table, rows_of(*table) + part, count); !copied) return fail(copied);
      // Chance may have chosen none, or the statistics are old.
      if (!is_whole && count == 0 && !unread_.contains(table))
        if (Status copied = copy(*table, rows_of(*table) + at_most(limits_.rows), count); !copied)
          return fail(copied);
    }
    if (!taken_.all) {
      for (const Catalog* each : {&catalog_, &wanted}) find_references(*each);
      if (Status fetched = fetch_parents(); !fetched) return fail(fetched);
      if (Status dropped = drop_orphans(); !dropped) return fail(dropped);
    }
    if (Status ended = end(); !ended) return fail(ended);
    if (const std::size_t count = left_.size(); count > 0)
      taken_.notes.push_back(fmt::format(
          "without the rows of {}{}", left_.front(),
          count == 1 ? "" : fmt::format(" and of {}", plural(count - 1, "other table"))));
    return std::move(taken_);
  }

 private:
  // Rows of `child` that name rows of `parent`.
  struct Reference {
    const Relation* child;
    std::vector<std::string> columns;
    const Relation* parent;
    std::vector<std::string> keys;
    auto operator<=>(const Reference&) const = default;
  };

  static std::string name_of(const Relation& table) { return qualified(table.schema, table.name); }
  // Without those of heirs, which keep none of its foreign keys.
  static std::string rows_of(const Relation& table) {
    return (table.kind == RelationKind::table ? "ONLY " : "") + name_of(table);
  }

  bool is_late() const {
    return std::chrono::steady_clock::now() - start_ >
           std::chrono::duration<double>(limits_.seconds);
  }

  void leave(const Relation& table, const std::string& why) {
    taken_.all = false;
    unread_.insert(&table);
    left_.push_back(name_of(table) + " (" + why + ')');
  }

  Status begin() {
    const auto limit = static_cast<long long>(limits_.table_seconds * 1000);
    if (Status begun = live_.execute(
            fmt::format("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {}SET LOCAL "
                        "statement_timeout = {}; SAVEPOINT settings",
                        settings("SET LOCAL"), limit));
        !begun)
      return begun;
    if (Status set = sandbox_.execute("DISCARD ALL"); !set) return set;
    // Triggers have fired for these rows already, and parents come when they come.
    return sandbox_.execute(settings("SET") + "SET session_replication_role = replica");
  }

  Status end() {
    if (Status ended = live_.execute("ROLLBACK"); !ended) return ended;
    return sandbox_.execute("DISCARD ALL");
  }

  // " TABLESAMPLE … ORDER BY … LIMIT …": rows of pages all over the table.
  std::string sample_of(const Relation& table) const {
    const double rows = table.stats ? table.stats->rows : -1;
    if (rows <= 0) return at_most(limits_.rows);
    constexpr double page_bytes = 8192;
    const auto bytes = static_cast<double>(std::max<std::int64_t>(table.stats->bytes, 1));
    const double pages = std::ceil(bytes / page_bytes);
    const double most = std::clamp(static_cast<double>(limits_.table_bytes) * rows / bytes, 1.0,
                                   static_cast<double>(limits_.rows));
    // Chance chooses the pages: of too few it may choose none.
    const double wanted = std::max(20.0, 1.5 * most * pages / rows);
    return fmt::format(" TABLESAMPLE SYSTEM ({:.6f}) REPEATABLE (1) ORDER BY md5(ctid::text)",
                       std::min(100.0, 100 * wanted / pages)) +
           at_most(static_cast<std::int64_t>(most));
  }
  static std::string at_most(std::int64_t rows) { return fmt::format(" LIMIT {}", rows); }

  // Rows from there to here; a table that can't be read or written is left.
  Status copy(const Relation& table, const std::string& from, std::int64_t& count) {
    std::string columns;
    for (const Column& each : table.columns)
      if (each.generated.empty())
        columns += (columns.empty() ? "" : ", ") + quote_identifier(each.name);
    if (columns.empty()) return {};
    std::string data;
    std::int64_t rows = 0;
    Status copied = live_.copy_out("COPY (SELECT " + columns + " FROM " + from + ") TO STDOUT",
                                   [&](std::string_view line) {
                                     data += line;
                                     ++rows;
                                   });
    if (!copied) {
      if (is_fatal(copied.error())) return copied;
      if (Status back = live_.execute("ROLLBACK TO settings"); !back) return back;
    } else if (rows > 0) {
      copied = sandbox_.copy_in("COPY " + name_of(table) + " (" + columns + ") FROM STDIN", data);
      if (!copied && is_fatal(copied.error())) return copied;
    }
    if (!copied) {
      leave(table, copied.error().message);
      return {};
    }
    taken_.rows += rows;
    count += rows;
    return {};
  }

  void find_references(const Catalog& its) {
    for (const Relation& relation : its.relations) {
      const Relation* child = catalog_.relation(relation.object_name());
      for (const Constraint& each : relation.constraints) {
        if (each.type != catalog::ConstraintType::foreign_key || each.inherited) continue;
        const Relation* parent = catalog_.relation(each.references_schema, each.references_table);
        const auto all = [](const Relation* table, const std::vector<std::string>& columns) {
          return table != nullptr && table->is_table() && !columns.empty() &&
                 std::ranges::all_of(columns, [&](const std::string& column) {
                   return table->column(column) != nullptr;
                 });
        };
        if (all(child, each.columns) && all(parent, each.references_columns))
          references_.insert({child, each.columns, parent, each.references_columns});
      }
    }
  }

  // " FROM ONLY child c WHERE …": rows of it whose parents are not here.
  static std::string orphans(const Reference& each) {
    std::string sql = " FROM " + rows_of(*each.child) + " c WHERE ";
    std::string same;
    for (std::size_t i = 0; i < each.columns.size(); ++i) {
      const std::string column = "c." + quote_identifier(each.columns[i]);
      sql += column + " IS NOT NULL AND ";
      same += (i == 0 ? "" : " AND ") + ("p." + quote_identifier(each.keys[i])) + " = " + column;
    }
    return sql + "NOT EXISTS (SELECT FROM " + rows_of(*each.parent) + " p WHERE " + same + ")";
  }

  // Until every row's parents are here, and theirs.
  Status fetch_parents() {
    for (std::int64_t fetched = 1; fetched > 0 && !is_late();) {
      fetched = 0;
      for (const Reference& each : references_)
        if (Status done = fetch_parents_of(each, fetched); !done) return done;
    }
    return {};
  }

  Status fetch_parents_of(const Reference& each, std::int64_t& fetched) {
    if (unread_.contains(each.parent)) return {};
    std::string lists;
    for (const std::string& column : each.columns)
      lists += (lists.empty() ? "" : ", ") +
               fmt::format("array_agg(k.{}::text)::text", quote_identifier(column));
    std::string columns;
    for (const std::string& column : each.columns)
      columns += (columns.empty() ? "c." : ", c.") + quote_identifier(column);
    auto keys = sandbox_.query("SELECT " + lists + " FROM (SELECT DISTINCT " + columns +
                               orphans(each) + " LIMIT 20000) k");
    if (!keys) return is_fatal(keys.error()) ? fail(keys) : Status();
    if (keys->is_null(0, 0)) return {};
    std::string names;
    std::string values;
    std::string arrays;
    std::string aliases;
    for (std::size_t i = 0; i < each.keys.size(); ++i) {
      const char* comma = i == 0 ? "" : ", ";
      names += comma + ("p." + quote_identifier(each.keys[i]));
      values += fmt::format("{}u.k{}::{}", comma, i, each.parent->column(each.keys[i])->type);
      arrays +=
          fmt::format("{}{}::text[]", comma, quote_literal(keys->cell(0, static_cast<int>(i))));
      aliases += fmt::format("{}k{}", comma, i);
    }
    return copy(*each.parent,
                rows_of(*each.parent) + " p WHERE (" + names + ") IN (SELECT " + values +
                    " FROM unnest(" + arrays + ") AS u (" + aliases + "))",
                fetched);
  }

  // What could not be had with its parents goes.
  Status drop_orphans() {
    for (bool again = true; again;) {
      again = false;
      for (const Reference& each : references_) {
        auto gone = sandbox_.query("WITH gone AS (DELETE FROM " + rows_of(*each.child) +
                                   " WHERE (tableoid, ctid) IN (SELECT c.tableoid, c.ctid" +
                                   orphans(each) + ") RETURNING 1) SELECT count(*) FROM gone");
        if (!gone) {
          if (is_fatal(gone.error())) return fail(gone);
          continue;
        }
        const auto count = std::atoll(std::string(gone->cell(0, 0)).c_str());
        taken_.rows -= count;
        again = again || count > 0;
      }
    }
    return {};
  }

  Connection& live_;
  Connection& sandbox_;
  const Catalog& catalog_;
  const SampleLimits& limits_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::set<Reference> references_;
  std::set<const Relation*> unread_;
  std::vector<std::string> left_;  // tables whose rows could not be had, and why
  engine::RowsTaken taken_;
};

}  // namespace

Result<engine::RowsTaken> take_rows(Connection& live, Connection& sandbox, const Catalog& catalog,
                                    const Catalog& wanted, const SampleLimits& limits) {
  return Sampler(live, sandbox, catalog, limits).take(wanted);
}

}  // namespace architrave::postgres
