// A pair of schemas, there and back, for tests: planned, its files run as they are written, planned
// again, undone. All of them on one server, a database for each, since a server for each would take
// ten times as long.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "catalog/postgres/writer.h"
#include "engine/postgres/sandbox.h"
#include "engine/postgres/script_loader.h"
#include "migration/histories.h"
#include "migration/plan/plan.h"
#include "migration/plan/route.h"
#include "migration/plan/rows.h"
#include "migration/run/runner.h"

namespace architrave::migration {

class PairTrial {
 public:
  // Roles that schemas may name: the server's, so that no schema can make them.
  explicit PairTrial(const postgres::Installation& installation) {
    auto made = postgres::make_empty_sandbox(installation);
    if (!made) {
      trouble_ = describe(made.error());
      return;
    }
    empty_ = std::move(*made);
    for (const char* role : {"app_owner", "app_reader", "app_writer"})
      (void)empty_->run({{{std::string("CREATE ROLE ") + role}, true}});
    std::string pattern = (std::filesystem::temp_directory_path() / "pairs-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  PairTrial(const PairTrial&) = delete;
  PairTrial& operator=(const PairTrial&) = delete;
  ~PairTrial() {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  struct Asked {
    bool foreign = false;  // a schema of others: not ours to mend if it does not load
    // Rows are carried over there or back, and no table is written anew for a type.
    bool is_large = false;
  };
  // What does not hold, or nothing.
  std::string trial(const std::string& old_sql, const std::string& new_sql, const Asked& asked) {
    if (!trouble_.empty()) return trouble_;
    auto from = open(old_sql);
    if (!from) return asked.foreign ? "" : "old does not load: " + describe(from.error());
    auto to = open(new_sql);
    if (!to) return asked.foreign ? "" : "new does not load: " + describe(to.error());
    auto subject = from->sandbox->copy();
    if (!subject) return describe(subject.error());
    const catalog::Catalog old_catalog = from->catalog;
    catalog::Catalog new_catalog = to->catalog;
    const SharedColumns both = shared_columns(old_catalog, new_catalog);
    const auto rows_before = digest(**subject, both);
    if (!rows_before) return describe(rows_before.error());

    PlanOptions options;
    options.allow_losses = true;
    const auto plan = make_plan(*from, *to, options);
    if (!plan) return "plan: " + describe(plan.error());
    new_catalog = to->catalog;  // with the owners that a file says nothing of
    if (!plan->refused.empty())
      return "refused: " + plan->refused.front().object + ": " + plan->refused.front().why;
    for (const Claim& claim : plan->proof.claims)
      if (!claim.holds.value_or(true))
        return std::string(to_string(claim.kind)) + " does not hold: " + claim.seen;
    if (!asked.foreign)
      for (const std::string& note : plan->notes)
        if (note.starts_with("in place")) return note;
    if (asked.is_large && !has_backfill(*plan))
      return "no row is carried over beside those who use it";
    if (asked.is_large)
      for (const std::string& note : plan->notes)
        if (note.find(" is written anew under ") != std::string::npos &&
            note.find(" TYPE ") != std::string::npos)
          return note;

    const std::filesystem::path folder = folder_ / std::to_string(++number_);
    if (auto written = write_plan(*plan, folder); !written) return describe(written.error());
    Fixpoint fixpoint([this](const catalog::Catalog& catalog) { return hold(catalog); },
                      "postgres");
    if (std::string seen = run_files(**subject, folder, ".up.sql", false); !seen.empty())
      return "up: " + seen;
    auto arrived = (*subject)->read();
    if (!arrived) return describe(arrived.error());
    if (std::string seen = differs(fixpoint, *arrived, new_catalog); !seen.empty())
      return "after the files: " + seen;
    const auto rows_after = digest(**subject, both);
    if (!rows_after) return describe(rows_after.error());
    if (std::string seen = again(**subject, *arrived, new_catalog); !seen.empty()) return seen;
    if (std::string seen = run_files(**subject, folder, ".down.sql", true); !seen.empty())
      return "down: " + seen;
    auto back = (*subject)->read();
    if (!back) return describe(back.error());
    if (std::string seen = differs(fixpoint, *back, old_catalog); !seen.empty())
      return "after the files of the way back: " + seen;
    const auto rows_back = digest(**subject, both);
    if (!rows_back) return describe(rows_back.error());
    for (const Refused& lost : plan->lost)
      for (const auto& [table, rows] : both)
        if (lost.object.find(table) != std::string::npos) return {};  // as it was told
    if (*rows_before != *rows_after) return "rows are not what they were, after the files";
    if (*rows_before != *rows_back) return "rows are not what they were, after the way back";
    return {};
  }

  // Each of the plan's files stopped behind each of its steps, then undone: what is not as it was.
  std::string stops(const std::string& old_sql, const std::string& new_sql,
                    PlanOptions options = {}) {
    if (!trouble_.empty()) return trouble_;
    auto from = open(old_sql);
    if (!from) return "old does not load: " + describe(from.error());
    auto to = open(new_sql);
    if (!to) return "new does not load: " + describe(to.error());
    auto subject = from->sandbox->copy();
    if (!subject) return describe(subject.error());
    const catalog::Catalog old_catalog = from->catalog;
    options.allow_losses = true;
    const auto plan = make_plan(*from, *to, options);
    if (!plan) return "plan: " + describe(plan.error());
    if (!plan->refused.empty()) return {};
    const std::filesystem::path folder = folder_ / std::to_string(++number_);
    const auto written = write_plan(*plan, folder);
    if (!written) return describe(written.error());
    Fixpoint fixpoint([this](const catalog::Catalog& catalog) { return hold(catalog); },
                      "postgres");
    for (const Migration& each : *written) {
      for (std::size_t done = 1; done < each.up.steps.size(); ++done) {
        auto stopped = (*subject)->copy();
        if (!stopped) return describe(stopped.error());
        if (std::string seen = stop(**stopped, folder, each, done, fixpoint, old_catalog);
            !seen.empty())
          if (plan->lost.empty() || !seen.ends_with(other_rows)) return seen;
      }
      RunOptions run = on(**subject, folder);
      run.to = each.version;
      if (auto ran = up(run); !ran) return "up: " + describe(ran.error());
    }
    return {};
  }

  // What a query says once so many of the plan's phases are there, something was done, and, with
  // `back`, they have led back.
  std::string after_phases(std::size_t phases, const std::string& old_sql,
                           const std::string& new_sql, const std::string& done_there,
                           const std::string& query, bool back, PlanOptions options = {}) {
    if (!trouble_.empty()) return trouble_;
    auto from = open(old_sql);
    if (!from) return "old does not load: " + describe(from.error());
    auto to = open(new_sql);
    if (!to) return "new does not load: " + describe(to.error());
    auto subject = from->sandbox->copy();
    if (!subject) return describe(subject.error());
    options.allow_losses = true;
    const auto plan = make_plan(*from, *to, options);
    if (!plan) return "plan: " + describe(plan.error());
    const std::filesystem::path folder = folder_ / std::to_string(++number_);
    const auto written = write_plan(*plan, folder);
    if (!written) return describe(written.error());
    if (written->size() < phases) return "there are fewer phases";
    RunOptions run = on(**subject, folder);
    run.to = written->at(phases - 1).version;
    if (auto ran = up(run); !ran) return "up: " + describe(ran.error());
    auto& connection = dynamic_cast<postgres::PostgresSandbox&>(**subject).connection();
    if (auto done = connection.execute(done_there); !done) return describe(done.error());
    run.to = "0";
    if (auto ran = back ? down(run) : Result<std::vector<Done>>(); !ran)
      return "down: " + describe(ran.error());
    auto rows = connection.query(query);
    return rows ? std::string(rows->cell(0, 0)) : describe(rows.error());
  }

  Result<engine::Opened> open(const std::string& sql) {
    auto sandbox = empty_->copy();
    if (!sandbox) return fail(sandbox);
    auto& database = dynamic_cast<postgres::PostgresSandbox&>(**sandbox);
    auto loaded = postgres::load_scripts({{"pair.sql", sql}}, database);
    if (!loaded) return fail(loaded);
    for (const engine::LoadProblem& problem : loaded->problems)
      if (!(problem.message.starts_with("role \"") && problem.message.ends_with("already exists")))
        return fail("pair.load", problem.message, problem.statement);
    auto catalog = (*sandbox)->read();
    if (!catalog) return fail(catalog);
    return opened(std::move(*catalog), std::move(*sandbox));
  }

 private:
  static bool has_backfill(const Plan& plan) {
    const auto fills = [](const Step& step) { return step.kind == Step::Kind::backfill; };
    return std::ranges::any_of(plan.phases, [&](const PlannedPhase& phase) {
      return std::ranges::any_of(phase.up, fills) || std::ranges::any_of(phase.down, fills);
    });
  }
  static constexpr const char* other_rows = "rows are not what they were";

  static RunOptions on(engine::Sandbox& sandbox, const std::filesystem::path& folder) {
    RunOptions options;
    options.database = dynamic_cast<postgres::PostgresSandbox&>(sandbox).connection_string();
    options.folder = folder;
    return options;
  }

  static std::string stop(engine::Sandbox& sandbox, const std::filesystem::path& folder,
                          const Migration& migration, std::size_t done, Fixpoint& fixpoint,
                          const catalog::Catalog& old_catalog) {
    auto before = sandbox.read();
    if (!before) return describe(before.error());
    // What is kept equal to these meanwhile may be filled and stay so.
    const SharedColumns columns = shared_columns(*before, old_catalog);
    const auto rows_before = digest(sandbox, columns);
    if (!rows_before) return describe(rows_before.error());
    // The same file, but that it fails there.
    const std::filesystem::path failing = folder.string() + "-failing";
    std::filesystem::remove_all(failing);
    std::filesystem::create_directory(failing);
    for (const auto& each : std::filesystem::directory_iterator(folder))
      if (!each.path().filename().string().starts_with(migration.version + '_'))
        std::filesystem::copy(each.path(), failing);
    Migration broken = migration;
    broken.up.steps.resize(done);
    broken.up.steps.push_back(Step::single("SELECT 1 / 0"));
    if (auto written = write_migration(broken, failing); !written) return describe(written.error());
    RunOptions run = on(sandbox, failing);
    run.to = migration.version;
    const auto ran = up(run);
    if (ran || ran.error().code != "postgres.22012")
      return "it did not stop" + (ran ? "" : ": " + describe(ran.error()));
    const std::string where = migration.version + " stopped behind step " + std::to_string(done);
    if (const auto undone = down(on(sandbox, folder)); !undone)
      return where + ", undo: " + describe(undone.error());
    auto back = sandbox.read();
    if (!back) return describe(back.error());
    leave_out_histories(*before, *back);
    leave_out_histories(*back, *before);
    // An index that all partitions have by then has become whole, and no server lets it be less.
    if (std::string seen = differs(fixpoint, *back, *before);
        !seen.empty() && !seen.ends_with(": valid false -> true"))
      return where + " and undone: " + seen;
    const auto rows_back = digest(sandbox, columns);
    if (!rows_back) return describe(rows_back.error());
    return *rows_before == *rows_back ? "" : where + " and undone: " + other_rows;
  }

  engine::Opened opened(catalog::Catalog catalog, std::unique_ptr<engine::Sandbox> sandbox) {
    engine::Opened opened;
    opened.source.kind = "file";
    opened.source.engine = "postgresql";
    opened.catalog = std::move(catalog);
    opened.sandbox = std::move(sandbox);
    opened.start_sandbox = [this](engine::Opened& self, engine::Fill) {
      return hold(self.catalog);
    };
    return opened;
  }

  Result<std::unique_ptr<engine::Sandbox>> hold(const catalog::Catalog& catalog) {
    auto sandbox = empty_->copy();
    if (!sandbox) return sandbox;
    engine::Unit unit{postgres::write(catalog, {.version = catalog.server.version_number}), false};
    for (postgres::Correction& each : postgres::corrections(catalog))
      std::ranges::move(each.statements, std::back_inserter(unit.statements));
    auto outcomes = (*sandbox)->run({unit});
    if (!outcomes) return fail(outcomes);
    if (!outcomes->front().ok)
      return fail("pair.hold", outcomes->front().error, outcomes->front().statement);
    return sandbox;
  }

  // As `psql -f` would run them.
  static std::string run_files(engine::Sandbox& sandbox, const std::filesystem::path& folder,
                               const std::string& ending, bool backwards) {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::exists(folder))
      for (const auto& each : std::filesystem::directory_iterator(folder))
        if (each.path().string().ends_with(ending)) files.push_back(each.path());
    std::ranges::sort(files);
    if (backwards) std::ranges::reverse(files);
    auto& database = dynamic_cast<postgres::PostgresSandbox&>(sandbox);
    for (const std::filesystem::path& file : files) {
      std::ostringstream text;
      text << std::ifstream(file).rdbuf();
      if (!database.connection().execute("DISCARD ALL")) return "the server is gone";
      auto loaded = postgres::load_scripts({{file.string(), text.str()}}, database);
      if (!loaded) return describe(loaded.error());
      if (!loaded->problems.empty())
        return loaded->problems.front().message + ": " + loaded->problems.front().statement;
    }
    return {};
  }

  static std::string differs(Fixpoint& fixpoint, const catalog::Catalog& a,
                             const catalog::Catalog& b) {
    const auto changes = fixpoint.difference(a, b);
    if (!changes) return describe(changes.error());
    return changes->empty() ? "" : catalog::describe(changes->front());
  }

  std::string again(engine::Sandbox& subject, const catalog::Catalog& arrived,
                    const catalog::Catalog& wanted) {
    auto copy = subject.copy();
    if (!copy) return describe(copy.error());
    engine::Opened from = opened(arrived, std::move(*copy));
    engine::Opened to = opened(wanted, nullptr);
    PlanOptions options;
    options.allow_losses = true;
    const auto plan = make_plan(from, to, options);
    if (!plan) return "planned again: " + describe(plan.error());
    if (plan->changes.empty()) return {};
    return "planned again, it finds: " + catalog::describe(plan->changes.front());
  }

  std::unique_ptr<postgres::PostgresSandbox> empty_;  // whose database all others begin as
  std::string trouble_;
  std::filesystem::path folder_;
  int number_ = 0;
};

}  // namespace architrave::migration
