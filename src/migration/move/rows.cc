#include "migration/move/rows.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "base/quoting.h"
#include "base/text.h"
#include "engine/sqlite/tokens.h"

namespace architrave::migration {

namespace {

constexpr std::size_t enough_to_send = 1 << 17;
constexpr std::int64_t rows_between_news = 20'000;

// Does all of it, one piece after the other, on several threads. The first error is the result,
// and nobody begins anything after it.
Status in_parallel(int jobs, std::size_t pieces,
                   const std::function<Result<std::function<Status(std::size_t)>>()>& make_worker) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::optional<Error> problem;
  const auto work = [&] {
    const auto stop = [&](Error error) {
      const std::scoped_lock lock(mutex);
      if (!problem) problem = std::move(error);
      next = pieces;
    };
    if (next >= pieces) return;
    const auto worker = make_worker();
    if (!worker) return stop(worker.error());
    for (std::size_t piece = next++; piece < pieces; piece = next++)
      if (Status done = (*worker)(piece); !done) return stop(done.error());
  };
  std::vector<std::thread> threads;
  const std::size_t count = std::min(static_cast<std::size_t>(std::max(jobs, 1)), pieces);
  for (std::size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (problem) return std::unexpected(*problem);
  return {};
}

// Rows done, told now and then by whoever has done them.
class News {
 public:
  News(const MoveEnds& ends, std::string what, std::int64_t of)
      : ends_(ends), what_(std::move(what)), of_(static_cast<std::size_t>(of)) {}
  void add(std::int64_t rows) {
    const std::scoped_lock lock(mutex_);
    done_ += static_cast<std::size_t>(rows);
    if (ends_.progress) ends_.progress(what_, std::min(done_, of_), of_);
  }

 private:
  const MoveEnds& ends_;
  std::string what_;
  std::size_t of_;
  std::size_t done_ = 0;
  std::mutex mutex_;
};

std::string column_list(const MovedTable& table, bool with_computed) {
  std::vector<std::string> names;
  for (const MovedColumn& column : table.columns)
    if (with_computed || !column.computed) names.push_back(quote_identifier(column.target));
  return join(names, ", ");
}

std::string select_of(const MovedTable& table, const MovePart& part) {
  std::vector<std::string> names;
  for (const MovedColumn& column : table.columns) names.push_back(sqlite::quote(column.source));
  std::string sql = "SELECT " + join(names, ", ") + " FROM " + sqlite::quote(table.source);
  if (!part.whole)
    sql += " WHERE " + table.rowid + " BETWEEN " + std::to_string(part.first) + " AND " +
           std::to_string(part.last);
  return sql;
}

Status copy_part(sqlite::Connection& source, postgres::Connection& target, const MoveEnds& ends,
                 const MovedTable& table, MovePart& part, std::int64_t move, News& news) {
  if (Status begun = target.execute("BEGIN"); !begun) return begun;
  Status done = target.copy_begin("COPY " + qualified(ends.schema, table.target) + " (" +
                                  column_list(table, false) + ") FROM STDIN");
  Checksum checksum;
  if (done) {
    std::string lines;
    std::int64_t told = 0;
    const Status read = source.query(select_of(table, part), {}, [&](const sqlite::Row& row) {
      if (!done) return;
      checksum.begin_row();
      bool first = true;
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const MovedColumn& column = table.columns[i];
        const auto value = spelling(column.form, row, static_cast<int>(i));
        checksum.add(value);
        if (column.computed) continue;
        if (!first) lines += '\t';
        first = false;
        put_field(lines, column.form, value);
      }
      checksum.end_row();
      lines += '\n';
      if (lines.size() >= enough_to_send) {
        done = target.copy_put(lines);
        lines.clear();
      }
      if (checksum.rows() - told >= rows_between_news) {
        news.add(checksum.rows() - told);
        told = checksum.rows();
      }
    });
    news.add(checksum.rows() - told);
    if (done) done = target.copy_put(lines);
    if (done) {
      const Status ended = target.copy_end(read ? "" : "the source could not be read");
      done = read ? ended : read;
    }
  }
  if (done) {
    part.rows = checksum.rows();
    part.checksum = checksum.text();
    done = set_done(target, move, part);
  }
  if (done) done = target.execute("COMMIT");
  if (!done) {
    (void)target.execute("ROLLBACK");
    if (done.error().where.empty()) done.error().where = qualified(ends.schema, table.target);
    return done;
  }
  part.done = true;
  return {};
}

// A line of COPY … TO STDOUT, added to the checksum.
void add_line(Checksum& checksum, const MovedTable& table, std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  checksum.begin_row();
  for (const MovedColumn& column : table.columns) {
    const std::size_t tab = std::min(line.find('\t'), line.size());
    auto value = read_field(line.substr(0, tab));
    line.remove_prefix(std::min(tab + 1, line.size()));
    if (value) value = spelling(column.form, *value);
    checksum.add(value);
  }
  checksum.end_row();
}

}  // namespace

Result<postgres::Connection> connect_to(const MoveEnds& ends) {
  postgres::ConnectOptions options;
  options.statement_timeout = 0;
  options.lock_timeout = 0;
  auto connection = postgres::Connection::open(ends.target, options);
  if (!connection) return connection;
  if (Status set = connection->execute("SET search_path TO " + quote_identifier(ends.schema)); !set)
    return fail(set);
  return connection;
}

std::vector<MovePart> parts_of(const std::vector<MovedTable>& tables, std::int64_t rows_at_once) {
  std::vector<MovePart> parts;
  const auto add = [&](const MovedTable& table, bool whole, std::int64_t first, std::int64_t last) {
    MovePart& part = parts.emplace_back();
    part.number = static_cast<int>(parts.size()) - 1;
    part.object = table.target;
    part.whole = whole;
    part.first = first;
    part.last = last;
  };
  for (const MovedTable& table : tables) {
    const std::int64_t ranges = table.rows / rows_at_once + 1;
    if (table.rowid.empty() || ranges < 2) {
      add(table, true, 0, 0);
      continue;
    }
    // Rowids are any numbers of 64 bits: what lies between two of them may be more than one.
    const auto begin = static_cast<std::uint64_t>(table.first_rowid);
    const std::uint64_t width =
        (static_cast<std::uint64_t>(table.last_rowid) - begin) / static_cast<std::uint64_t>(ranges);
    for (std::int64_t i = 0; i < ranges; ++i) {
      const std::uint64_t first = begin + static_cast<std::uint64_t>(i) * (width + 1);
      const bool is_last =
          i + 1 == ranges || static_cast<std::int64_t>(first + width) >= table.last_rowid;
      add(table, false, static_cast<std::int64_t>(first),
          is_last ? table.last_rowid : static_cast<std::int64_t>(first + width));
      if (is_last) break;
    }
  }
  return parts;
}

Status copy_rows(const MoveEnds& ends, const std::vector<MovedTable>& tables, MoveState& state) {
  std::vector<MovePart*> waiting;
  std::int64_t rows = 0;
  for (const MovedTable& table : tables) rows += table.rows;
  News news(ends, "copying rows", rows);
  for (MovePart& part : state.parts) {
    if (!part.sql.empty()) continue;
    if (part.done)
      news.add(part.rows);
    else
      waiting.push_back(&part);
  }
  return in_parallel(
      ends.jobs, waiting.size(), [&]() -> Result<std::function<Status(std::size_t)>> {
        auto source = sqlite::Connection::open_file(ends.source);
        if (!source) return fail(source);
        auto target = connect_to(ends);
        if (!target) return fail(target);
        // The standard library's functions are copied.
        const auto from = std::make_shared<sqlite::Connection>(std::move(*source));
        const auto to = std::make_shared<postgres::Connection>(std::move(*target));
        return [&, from, to](std::size_t piece) -> Status {
          MovePart& part = *waiting[piece];
          const MovedTable& table = *std::ranges::find(tables, part.object, &MovedTable::target);
          return copy_part(*from, *to, ends, table, part, state.id, news);
        };
      });
}

Result<std::vector<Checksum>> read_back(const MoveEnds& ends,
                                        const std::vector<MovedTable>& tables) {
  std::vector<Checksum> checksums(tables.size());
  std::int64_t rows = 0;
  for (const MovedTable& table : tables) rows += table.rows;
  News news(ends, "reading back", rows);
  Status done =
      in_parallel(ends.jobs, tables.size(), [&]() -> Result<std::function<Status(std::size_t)>> {
        auto target = connect_to(ends);
        if (!target) return fail(target);
        const auto from = std::make_shared<postgres::Connection>(std::move(*target));
        return [&, from](std::size_t piece) -> Status {
          const MovedTable& table = tables[piece];
          Checksum& checksum = checksums[piece];
          Status read = from->copy_out("COPY (SELECT " + column_list(table, true) + " FROM " +
                                           qualified(ends.schema, table.target) + ") TO STDOUT",
                                       [&](std::string_view line) {
                                         add_line(checksum, table, line);
                                         if (checksum.rows() % rows_between_news == 0)
                                           news.add(rows_between_news);
                                       });
          news.add(checksum.rows() % rows_between_news);
          return read;
        };
      });
  if (!done) return fail(done);
  return checksums;
}

}  // namespace architrave::migration
