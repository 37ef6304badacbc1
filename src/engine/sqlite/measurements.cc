#include "engine/sqlite/measurements.h"

#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "engine/sqlite/tokens.h"

namespace architrave::sqlite {
namespace {

using catalog::Catalog;
using catalog::Index;
using catalog::IndexStats;
using catalog::Relation;
using catalog::RelationStats;

constexpr std::int64_t countable_bytes = 50'000'000;
constexpr double seconds_for_counting = 2;
constexpr double seconds_for_sizes = 2;

struct Pragma {
  const char* name;
  const char* source;      // "database": kept in the file; "connection": of whoever connects
  const char* boot_value;  // the library's default
  const char* words[4];    // what the numbers mean; none: the value as it is
};
constexpr Pragma pragmas[] = {
    {"journal_mode", "database", "delete", {}},
    {"auto_vacuum", "database", "0", {"none", "full", "incremental", nullptr}},
    {"page_size", "database", "4096", {}},
    {"encoding", "database", "UTF-8", {}},
    {"user_version", "database", "0", {}},
    {"application_id", "database", "0", {}},
    {"foreign_keys", "connection", "0", {"off", "on", nullptr, nullptr}},
    {"synchronous", "connection", "2", {"off", "normal", "full", "extra"}},
    {"cache_size", "connection", "-2000", {}},
};

Status settings(Connection& connection, Catalog& catalog) {
  for (const Pragma& pragma : pragmas) {
    auto raw = connection.text(std::string("PRAGMA ") + pragma.name);
    if (!raw) return fail(raw);
    // A file that is read as immutable is one in WAL mode, whatever the connection makes of it.
    if (connection.is_immutable() && std::string_view(pragma.name) == "journal_mode") *raw = "wal";
    catalog::Setting setting;
    setting.raw = setting.value = *raw;
    setting.boot_value = pragma.boot_value;
    setting.source = pragma.source;
    if (pragma.words[0] != nullptr && raw->size() == 1 && *raw >= "0" && *raw <= "3") {
      const char* word = pragma.words[raw->front() - '0'];
      if (word != nullptr) setting.value = word;
    }
    catalog.settings[pragma.name] = std::move(setting);
  }
  return {};
}

Status server(Connection& connection, Catalog& catalog) {
  catalog.server.engine = "sqlite";
  catalog.server.version = library_version();
  catalog.server.version_number = library_version_number();
  const char* file = sqlite3_db_filename(connection.handle(), "main");
  if (file != nullptr) catalog.server.database = std::filesystem::path(file).filename().string();
  catalog.server.encoding = catalog.settings["encoding"].value;
  auto pages = connection.number("PRAGMA page_count");
  if (!pages) return fail(pages);
  auto page_size = connection.number("PRAGMA page_size");
  if (!page_size) return fail(page_size);
  catalog.server.database_bytes = *pages * *page_size;
  return {};
}

struct Size {
  std::int64_t bytes = 0;
  std::int64_t pages = 0;
};

// A question that may take long: what went wrong is noted, unless it was an interrupt.
Status within(double seconds, Connection& connection, Catalog& catalog, const std::string& what,
              const std::string& sql, const Connection::EachRow& each) {
  connection.limit_time(seconds);
  Status status = connection.query(sql, {}, each);
  connection.limit_time(0);
  if (status || status.error().code == "interrupted") return status;
  catalog.unread.push_back({what, status.error().message});
  return {};
}

class Measurer {
 public:
  Measurer(Connection& connection, Catalog& catalog) : connection_(connection), catalog_(catalog) {}

  Status run() {
    if (Status status = analyzed(); !status) return status;
    if (Status status = sizes(); !status) return status;
    for (Relation& relation : catalog_.relations) apply(relation);
    return count();
  }

 private:
  Status analyzed() {
    auto has = connection_.number("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'");
    if (!has) return fail(has);
    if (*has == 0) return {};
    return within(0, connection_, catalog_, "the statistics of ANALYZE",
                  "SELECT tbl, idx, stat FROM sqlite_stat1", [&](const Row& row) {
                    // "ROWS ROWS-PER-KEY …"; a partial index has the rows that are in it.
                    double rows = std::strtod(row.text(2).c_str(), nullptr);
                    if (!row.is_null(1)) index_rows_[lower(row.text(1))] = rows;
                    double& most = table_rows_.try_emplace(lower(row.text(0)), rows).first->second;
                    most = std::max(most, rows);
                  });
  }

  Status sizes() {
    if (sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB") == 0) {
      catalog_.unread.push_back({"the sizes of tables", "this SQLite was built without dbstat"});
      return {};
    }
    std::map<std::string, Size> found;
    const std::size_t before = catalog_.unread.size();
    Status status = within(
        seconds_for_sizes, connection_, catalog_, "the sizes of tables",
        "SELECT name, pgsize, pageno FROM dbstat WHERE aggregate = TRUE",
        [&](const Row& row) { found[lower(row.text(0))] = {row.integer(1), row.integer(2)}; });
    if (catalog_.unread.size() == before) sizes_ = std::move(found);  // all of them or none
    return status;
  }

  void apply(Relation& relation) {
    if (!relation.is_table() || relation.options.contains("virtual")) return;
    const auto rows = table_rows_.find(lower(relation.name));
    const auto size = sizes_.find(lower(relation.name));
    if (rows == table_rows_.end() && size == sizes_.end()) return;
    RelationStats& stats = relation.stats.emplace();
    if (rows != table_rows_.end()) stats.rows = rows->second;
    if (size != sizes_.end()) {
      stats.bytes = stats.total_bytes = size->second.bytes;
      stats.pages = size->second.pages;
    }
    for (Index& index : relation.indexes) {
      const auto index_rows = index_rows_.find(lower(index.name));
      const auto index_size = sizes_.find(lower(index.name));
      if (index_rows == index_rows_.end() && index_size == sizes_.end()) continue;
      IndexStats& seen = index.stats.emplace();
      seen.rows = index_rows == index_rows_.end() ? -1 : index_rows->second;
      if (index_size == sizes_.end()) continue;
      seen.bytes = index_size->second.bytes;
      seen.pages = index_size->second.pages;
      stats.total_bytes += seen.bytes;
    }
  }

  Status count() {
    if (catalog_.server.database_bytes.value_or(0) > countable_bytes) return {};
    connection_.limit_time(seconds_for_counting);
    Status status;
    for (Relation& relation : catalog_.relations) {
      if (!relation.is_table() || relation.options.contains("virtual")) continue;
      auto rows = connection_.number("SELECT count(*) FROM main." + quote(relation.name));
      if (!rows) {
        if (rows.error().code == "interrupted") {
          status = fail(rows);
        } else {
          catalog_.unread.push_back({"the rows of " + relation.name, rows.error().message});
        }
        break;
      }
      if (!relation.stats) relation.stats.emplace();
      relation.stats->live_rows = *rows;
      if (relation.stats->rows < 0) relation.stats->rows = static_cast<double>(*rows);
    }
    connection_.limit_time(0);
    return status;
  }

  Connection& connection_;
  Catalog& catalog_;
  std::map<std::string, double> table_rows_;  // by folded name, as the next two
  std::map<std::string, double> index_rows_;
  std::map<std::string, Size> sizes_;
};

}  // namespace

Status measure(Connection& connection, Catalog& catalog) {
  if (Status status = settings(connection, catalog); !status) return status;
  if (Status status = server(connection, catalog); !status) return status;
  return Measurer(connection, catalog).run();
}

}  // namespace architrave::sqlite
