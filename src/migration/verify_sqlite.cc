#include <algorithm>

#include "base/text.h"
#include "catalog/diff.h"
#include "engine/sqlite/transition.h"
#include "migration/place.h"
#include "migration/plan/sqlite.h"
#include "migration/verify.h"

namespace architrave::migration {

namespace {

using engine::Sandbox;

class Verifier {
 public:
  Verifier(const std::vector<Migration>& migrations, std::unique_ptr<Sandbox> sandbox,
           const VerifyOptions& options)
      : migrations_(migrations), work_(std::move(sandbox)), options_(options) {}

  Result<Verification> verify() {
    Verification verification;
    verification.server = work_->description();
    auto before = work_->read();
    if (!before) return fail(before);
    verification.before = *before;
    catalog::Catalog current = std::move(*before);
    for (const Migration& migration : migrations_) {
      if (options_.progress)
        options_.progress("verifying " + migration.version + ' ' + migration.name,
                          verification.steps.size(), migrations_.size());
      VerifiedStep& step = verification.steps.emplace_back();
      if (Status tried = try_one(migration, current, step); !tried) return fail(tried);
      if (step.up_failed) break;
    }
    verification.after = std::move(current);
    return verification;
  }

 private:
  // What failed, with its place; nothing where all of it ran.
  Result<std::optional<Error>> run(const Script& script) {
    for (const Step& step : script.steps) {
      engine::Unit unit;
      unit.transactional = step.kind == Step::Kind::transaction;
      for (const Statement& each : step.statements) unit.statements.push_back(each.text);
      auto outcomes = work_->run({unit});
      if (!outcomes) return fail(outcomes);
      const engine::Outcome& outcome = outcomes->front();
      if (outcome.ok) continue;
      Error error{"sqlite.query", outcome.error, {}, {}};
      const auto failed = std::ranges::find(step.statements, outcome.statement, &Statement::text);
      locate(error, script.file,
             failed == step.statements.end() ? step.statements.front() : *failed);
      return std::optional(std::move(error));
    }
    return std::optional<Error>();
  }

  Result<Digests> rows(const catalog::Catalog& catalog) {
    if (!options_.rows) return Digests();
    return digest_sqlite(*work_, shared_columns(catalog, catalog));
  }

  Status try_one(const Migration& migration, catalog::Catalog& current, VerifiedStep& step) {
    step.version = migration.version;
    step.name = migration.name;
    step.phase = migration.phase;
    const auto before = rows(current);
    if (!before) return std::unexpected(before.error());
    auto ran = run(migration.up);
    if (!ran) return fail(ran);
    step.up_failed = std::move(*ran);
    if (step.up_failed) return {};
    if (migration.check) {
      auto checked = run(*migration.check);
      if (!checked) return fail(checked);
      step.check_failed = std::move(*checked);
    }
    auto after = work_->read();
    if (!after) return fail(after);
    std::optional<Script> down = migration.down;
    if (options_.make_down) {
      auto made = options_.make_down(migration, current, *after);
      if (!made) return fail(made);
      down = std::move(*made);
    }
    step.has_down = down.has_value();
    if (down)
      if (Status undone = try_down(migration, *down, current, *before, *after, step); !undone)
        return undone;
    current = std::move(*after);
    return {};
  }

  // Ends in the state after the up, whatever the down does.
  Status try_down(const Migration& migration, const Script& down, const catalog::Catalog& before,
                  const Digests& rows_before, const catalog::Catalog& after, VerifiedStep& step) {
    auto kept = work_->copy();
    if (!kept) return fail(kept);
    Status tried = there_and_back(migration, down, before, rows_before, after, step);
    work_ = std::move(*kept);
    return tried;
  }

  Status there_and_back(const Migration& migration, const Script& down,
                        const catalog::Catalog& before, const Digests& rows_before,
                        const catalog::Catalog& after, VerifiedStep& step) {
    auto ran = run(down);
    if (!ran) return fail(ran);
    step.down_failed = std::move(*ran);
    if (step.down_failed) return {};
    auto back = work_->read();
    if (!back) return fail(back);
    for (const catalog::Change& each : sqlite::difference(before, *back))
      step.differences.push_back(catalog::describe(each));
    const auto rows_now = rows(*back);
    if (!rows_now) return std::unexpected(rows_now.error());
    for (const auto& [name, sum] : rows_before) {
      if (!name.ends_with(".*")) continue;
      const auto now = rows_now->find(name);
      const std::string table = name.substr(0, name.size() - 2);
      if (now != rows_now->end() && now->second != sum && same_columns(before, *back, table))
        step.lost.push_back(table);
    }
    if (!step.differences.empty() || !step.lost.empty()) return {};
    auto again = run(migration.up);
    if (!again) return fail(again);
    step.again_failed = std::move(*again);
    if (step.again_failed) return {};
    auto catalog_again = work_->read();
    if (!catalog_again) return fail(catalog_again);
    for (const catalog::Change& each : sqlite::difference(after, *catalog_again))
      step.again_differences.push_back(catalog::describe(each));
    return {};
  }

  // The sum over whole rows says something only where these are made of the same.
  static bool same_columns(const catalog::Catalog& a, const catalog::Catalog& b,
                           const std::string& table) {
    const SharedColumns shared = shared_columns(a, b);
    const SharedColumns own = shared_columns(a, a);
    const auto one = shared.find(table);
    const auto other = own.find(table);
    return one != shared.end() && other != own.end() && one->second == other->second;
  }

  const std::vector<Migration>& migrations_;
  std::unique_ptr<Sandbox> work_;
  const VerifyOptions& options_;
};

}  // namespace

Result<Verification> verify_sqlite(const std::vector<Migration>& migrations,
                                   std::unique_ptr<Sandbox> sandbox, const VerifyOptions& options) {
  return Verifier(migrations, std::move(sandbox), options).verify();
}

}  // namespace architrave::migration
