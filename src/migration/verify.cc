#include "migration/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/diff.h"
#include "engine/postgres/reader.h"
#include "migration/place.h"
#include "migration/plan/kept.h"
#include "sql/statement.h"
#include "sql/tree.h"

namespace architrave::migration {

namespace {

using postgres::Connection;

// A copy of the database is kept every so often, so that what a failed down has left behind is
// undone by running few migrations again.
constexpr std::size_t between_copies = 16;
constexpr const char* work_name = "architrave_verify";
constexpr const char* copy_name = "architrave_verify_copy";

// Diesel's own table, which it makes before the first migration, and which migrations of its users
// speak of.
constexpr const char* diesel = "__diesel_schema_migrations";
constexpr const char* make_diesel =
    "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (version varchar(50) PRIMARY KEY,"
    " run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)";

bool is_fatal(const Error& error) {
  return error.code == "postgres.lost" || error.code == "interrupted";
}

Status run_statement(Connection& connection, const Statement& statement) {
  if (statement.copy_data) return connection.copy_in(statement.text, *statement.copy_data);
  auto rows = connection.query(statement.text);
  if (!rows) return fail(rows);
  return {};
}

Status run_block(Connection& connection, const Script& script, const Step& step) {
  if (auto begun = connection.query("BEGIN"); !begun) return fail(begun);
  const auto failed = [&](Error error, const Statement& statement) -> Status {
    if (is_fatal(error)) return std::unexpected(std::move(error));
    locate(error, script.file, statement);
    if (auto undone = connection.query("ROLLBACK"); !undone) return fail(undone);
    return std::unexpected(std::move(error));
  };
  const bool copies = std::ranges::any_of(
      step.statements, [](const Statement& each) { return each.copy_data.has_value(); });
  if (copies) {
    for (const Statement& each : step.statements)
      if (Status ran = run_statement(connection, each); !ran) return failed(ran.error(), each);
  } else {
    std::vector<std::string> all;
    for (const Statement& each : step.statements) all.push_back(each.text);
    auto results = connection.pipeline(all);
    if (!results) return fail(results);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (!(*results)[i]) return failed((*results)[i].error(), step.statements[i]);
  }
  if (auto ended = connection.query("COMMIT"); !ended)
    return failed(ended.error(), step.statements.empty() ? Statement() : step.statements.back());
  return {};
}

// The roles that scripts speak of and do not make: without them nothing could be granted.
Status make_roles(Connection& connection, const std::vector<Migration>& migrations) {
  sql::Mentions mentions;
  std::set<std::string> made;
  const auto look = [&](const Script& script) {
    for (const Step& step : script.steps)
      for (const Statement& each : step.statements) {
        const std::string text = lower(each.text);
        if (contains_word(text, "to") || contains_word(text, "role") ||
            contains_word(text, "owner") || contains_word(text, "from") ||
            contains_word(text, "authorization"))
          sql::collect_mentions(each.text, mentions);
        if (!text.starts_with("create role") && !text.starts_with("create user")) continue;
        const auto parsed = sql::parse(each.text);
        if (parsed && parsed->size() == 1 && parsed->front().is("CreateRoleStmt"))
          made.emplace(parsed->front()["role"].text());
      }
  };
  for (const Migration& each : migrations) {
    look(each.up);
    if (each.down) look(*each.down);
  }
  for (const std::string& role :
       std::set<std::string>(mentions.roles.begin(), mentions.roles.end())) {
    if (made.contains(role) || role.starts_with("pg_") || role.empty()) continue;
    auto there = connection.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", {role});
    if (!there) return fail(there);
    if (there->size() > 0) continue;
    auto created = connection.query("CREATE ROLE " + quote_identifier(role));
    if (!created && is_fatal(created.error())) return fail(created);
  }
  return {};
}

// The columns that a migration's backfills fill where they hold nothing: its way back need not
// empty them, since who comes back does not know them.
std::set<std::string> filled_by(const Migration& migration) {
  std::set<std::string> columns;
  for (const Step& step : migration.up.steps) {
    if (step.kind != Step::Kind::backfill) continue;
    const auto update = sql::parse("UPDATE " + step.backfill.table + " SET " + step.backfill.set);
    if (!update || update->size() != 1) continue;
    for (const sql::Tree& each : update->front()["target_list"].list) {
      const std::string name = quote_identifier(std::string(each["name"].text()));
      if (step.backfill.where == name + " IS NULL")
        columns.insert(step.backfill.table + '.' + name);
    }
  }
  return columns;
}

// A column that comes back comes last: no statement puts it where it was, so the order of columns
// is told apart from what differs.
struct Differences {
  std::vector<std::string> real;
  std::vector<std::string> order;
};
Differences differences(const catalog::Catalog& before, const catalog::Catalog& after) {
  Differences found;
  for (const catalog::Change& each : catalog::diff(before, after)) {
    // It may stay when what was kept there is back.
    if (each.object == catalog::Object{catalog::Kind::schema, kept_schema}) continue;
    if (each.property == "column_order") {
      found.order.push_back(each.object.name);
    } else {
      found.real.push_back(catalog::describe(each));
    }
  }
  return found;
}

// Whether the one name is the other's new_name() or old_name(), see plan/swap.h.
std::string stands_beside(const std::string& name, const std::string& other) {
  return fmt::format(
      "({0} ~ '__(new|old)$' AND {0} <> {1} AND CASE WHEN octet_length({0}) < 60"
      " THEN {1} = left({0}, -5) ELSE starts_with({1}, left({0}, -12)) END)",
      name, other);
}

// What is in a table: its columns, and a sum over its rows that does not depend on their order.
struct Content {
  std::string columns;
  std::string sum;
};
using Contents = std::map<std::string, Content>;

class Verifier {
 public:
  Verifier(const std::vector<Migration>& migrations, postgres::PostgresSandbox& sandbox,
           const VerifyOptions& options)
      : migrations_(migrations), sandbox_(sandbox), options_(options) {}

  Result<Verification> verify() {
    Verification verification;
    verification.server = sandbox_.description();
    if (Status ready = prepare(); !ready) return fail(ready);
    auto before = read();
    if (!before) return fail(before);
    verification.before = *before;
    catalog::Catalog current = std::move(*before);
    for (std::size_t i = 0; i < migrations_.size(); ++i) {
      if (options_.progress)
        options_.progress("verifying " + migrations_[i].version + ' ' + migrations_[i].name, i,
                          migrations_.size());
      if (Status kept = keep_copy(i); !kept) return fail(kept);
      VerifiedStep step;
      Status tried = try_one(i, current, step);
      const bool stops = step.up_failed.has_value();
      verification.steps.push_back(std::move(step));
      if (!tried) return fail(tried);
      if (stops) break;
    }
    verification.after = std::move(current);
    work_.reset();
    for (const char* name : {work_name, copy_name})
      if (Status dropped = drop(name); !dropped) return fail(dropped);
    return verification;
  }

 private:
  Status drop(const std::string& name) {
    return sandbox_.connection().execute("DROP DATABASE IF EXISTS " + name);
  }
  Status copy(const std::string& from, const std::string& to) {
    if (Status dropped = drop(to); !dropped) return dropped;
    return sandbox_.connection().execute("CREATE DATABASE " + to + " TEMPLATE " + from);
  }
  Status open() {
    auto connection = sandbox_.server().connect(work_name);
    if (!connection) return fail(connection);
    work_ = std::move(*connection);
    return {};
  }
  Status prepare() {
    Connection& own = sandbox_.connection();
    if (Status clean = own.execute("DISCARD ALL"); !clean) return clean;
    if (Status made = make_roles(own, migrations_); !made) return made;
    base_ = quote_identifier(own.database());
    return work_on_copy();
  }
  Status work_on_copy() {
    if (Status made = copy(base_, work_name); !made) return made;
    if (Status opened = open(); !opened) return opened;
    const bool speaks_of_diesel = std::ranges::any_of(migrations_, [](const Migration& each) {
      return each.up.text.find(diesel) != std::string::npos;
    });
    return speaks_of_diesel ? work_->execute(make_diesel) : Status();
  }
  Status keep_copy(std::size_t at) {
    if (at == 0 || at % between_copies != 0) return {};
    copied_ = at;
    base_ = copy_name;
    work_.reset();
    if (Status made = copy(work_name, copy_name); !made) return made;
    return open();
  }
  // To how it was after the ups of the first `count` migrations.
  Status restore(std::size_t count) {
    work_.reset();
    if (Status ready = work_on_copy(); !ready) return ready;
    for (std::size_t i = copied_; i < count; ++i)
      if (Status ran = run(migrations_[i].up); !ran)
        return fail("migration.verify",
                    migrations_[i].version + " ran once and not again: " + ran.error().message,
                    ran.error().where);
    return {};
  }

  Status clean() { return work_->execute("RESET SESSION AUTHORIZATION; DISCARD TEMP; RESET ALL"); }
  Status run(const Script& script) {
    if (Status cleaned = clean(); !cleaned) return cleaned;
    if (Status limited =
            work_->execute("SET statement_timeout = " +
                           std::to_string(std::llround(options_.statement_timeout * 1000)));
        !limited)
      return limited;
    return run_script(*work_, script);
  }
  Result<catalog::Catalog> read() {
    if (Status cleaned = clean(); !cleaned) return fail(cleaned);
    return postgres::read_catalog(*work_, {.measurements = false});
  }

  // Without these columns, as "public.orders.price_cents".
  Result<Contents> contents(const std::set<std::string>& without) {
    Contents all;
    if (!options_.rows) return all;
    std::string names;
    for (const std::string& each : without)
      names += (names.empty() ? " AND format('%I.%I.%I', n.nspname, c.relname, a.attname) NOT IN ("
                              : ", ") +
               quote_literal(each);
    if (!names.empty()) names += ')';
    auto tables = work_->query(
        "SELECT format('%I.%I', n.nspname, c.relname),"
        " string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)"
        " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'architrave')"
        " AND n.nspname NOT LIKE 'pg\\_%'" +
        names +
        // What stands beside the one that it takes the place of, or whose place it had, and holds
        // what that one's values say.
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute b WHERE b.attrelid = a.attrelid"
        "  AND NOT b.attisdropped AND " +
        stands_beside("a.attname", "b.attname") +
        ") AND NOT EXISTS (SELECT FROM pg_catalog.pg_class d"
        "  WHERE d.relnamespace = c.relnamespace AND " +
        stands_beside("c.relname", "d.relname") + ") GROUP BY 1");
    if (!tables) return fail(tables);
    std::vector<std::string> queries;
    for (int row = 0; row < tables->size(); ++row) {
      const std::string name(tables->cell(row, 0));
      const std::string columns(tables->cell(row, 1));
      all[name].columns = columns;
      queries.push_back("SELECT " + quote_literal(name) +
                        ", count(*) || ' rows, ' || coalesce(sum(hashtextextended(ROW(" + columns +
                        ")::text, 0)::numeric), 0) FROM ONLY " + name);
    }
    if (queries.empty()) return all;
    auto sums = work_->query(join(queries, " UNION ALL "));
    // A table that can't be read as text (a column of an odd type) is not compared.
    if (!sums && is_fatal(sums.error())) return fail(sums);
    for (int row = 0; sums && row < sums->size(); ++row)
      all[std::string(sums->cell(row, 0))].sum = sums->cell(row, 1);
    return all;
  }

  Status try_one(std::size_t at, catalog::Catalog& current, VerifiedStep& step) {
    const Migration& migration = migrations_[at];
    step.version = migration.version;
    step.name = migration.name;
    step.phase = migration.phase;
    const auto before = contents(filled_by(migration));
    if (!before) return std::unexpected(before.error());
    if (Status ran = run(migration.up); !ran) {
      step.up_failed = ran.error();
      return is_fatal(ran.error()) ? ran : Status();
    }
    if (migration.check) {
      if (Status ran = run(*migration.check); !ran) step.check_failed = ran.error();
      if (step.check_failed && is_fatal(*step.check_failed))
        return std::unexpected(*step.check_failed);
    }
    auto after = read();
    if (!after) return fail(after);
    std::optional<Script> down = migration.down;
    if (options_.make_down) {
      auto made = options_.make_down(migration, current, *after);
      if (!made) {
        step.down_failed = made.error();
        step.has_down = true;
      } else {
        down = std::move(*made);
      }
    }
    if (down && !step.down_failed) {
      step.has_down = true;
      if (Status undone = try_down(at, *down, current, *before, *after, step); !undone)
        return undone;
    }
    current = std::move(*after);
    return {};
  }

  // Ends in the state after the up, whatever the down does, and with its catalog in `after`.
  Status try_down(std::size_t at, const Script& down, const catalog::Catalog& before,
                  const Contents& rows_before, catalog::Catalog& after, VerifiedStep& step) {
    if (Status ran = run(down); !ran) {
      if (is_fatal(ran.error())) return ran;
      step.down_failed = ran.error();
      return restore(at + 1);
    }
    auto back = read();
    if (!back) return fail(back);
    Differences found = differences(before, *back);
    step.differences = std::move(found.real);
    step.reordered = std::move(found.order);
    auto rows = contents(filled_by(migrations_[at]));
    if (!rows) return fail(rows);
    for (const auto& [name, content] : rows_before) {
      const auto now = rows->find(name);
      if (now == rows->end() || now->second.columns != content.columns) continue;
      if (now->second.sum != content.sum) step.lost.push_back(name);
    }
    if (!step.differences.empty() || !step.lost.empty()) return restore(at + 1);
    if (Status ran = run(migrations_[at].up); !ran) {
      if (is_fatal(ran.error())) return ran;
      step.again_failed = ran.error();
      return restore(at + 1);
    }
    auto again = read();
    if (!again) return fail(again);
    step.again_differences = differences(after, *again).real;
    if (!step.again_differences.empty()) return restore(at + 1);
    after = std::move(*again);
    return {};
  }

  const std::vector<Migration>& migrations_;
  postgres::PostgresSandbox& sandbox_;
  const VerifyOptions& options_;
  std::optional<Connection> work_;
  std::string base_;        // the database that a copy is made of
  std::size_t copied_ = 0;  // how many migrations are applied to it
};

}  // namespace

bool Verification::holds() const {
  return problems.empty() &&
         std::ranges::all_of(steps, [](const VerifiedStep& each) { return each.holds(); });
}

Status run_script(Connection& connection, const Script& script) {
  for (const Step& step : script.steps) {
    if (step.kind == Step::Kind::transaction) {
      if (Status ran = run_block(connection, script, step); !ran) return ran;
      continue;
    }
    const Statement statement = step.kind == Step::Kind::backfill
                                    ? Statement(backfill_block(step.backfill))
                                    : step.statements.front();
    if (Status ran = run_statement(connection, statement); !ran) {
      Error error = ran.error();
      if (!is_fatal(error)) locate(error, script.file, statement);
      return std::unexpected(std::move(error));
    }
  }
  return {};
}

Result<Verification> verify(const std::vector<Migration>& migrations,
                            postgres::PostgresSandbox& sandbox, const VerifyOptions& options) {
  return Verifier(migrations, sandbox, options).verify();
}

}  // namespace architrave::migration
