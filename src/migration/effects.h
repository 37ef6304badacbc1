// What a statement does to tables while others use them: which lock it takes on which, whether it
// rewrites or scans them, and whether it can run in a transaction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migration/actions.h"
#include "migration/schema.h"
#include "proposal/proposal.h"
#include "sql/node.h"

namespace architrave::migration {

struct Effect {
  std::string relation;  // as Schema::name_of has it: "orders", "app.orders"
  Lock lock = Lock::none;
  bool rewrites = false;  // writes the whole table anew
  bool scans = false;     // reads the whole table while it holds the lock
  bool looks = false;     // and not only to build an index from what it reads
  // Of a partition or a child, which the statement does not name: its number in Effects::relations
  // of the table that it does. A partitioned table is neither rewritten nor read: its partitions
  // are.
  int through = -1;
};

struct Effects {
  std::vector<Effect> relations;  // each once, with the strongest lock
  bool transactional = true;      // false: refuses to run in a transaction
  bool rewrites() const;
  Lock strongest() const;
  // Null if it does nothing to it. `at`: where it is likely to be found, and where it was.
  const Effect* on(std::string_view relation) const;
  const Effect* on(std::string_view relation, std::size_t& at) const;
};

// A row of the table: what an action does, from a version of PostgreSQL on.
struct EffectRow {
  Do action;
  std::string_view words;  // "ALTER TABLE … ADD COLUMN"
  Lock lock = Lock::none;
  Lock other = Lock::none;  // on Action::other
  bool rewrites = false;
  bool scans = false;
  bool transactional = true;
  int from = 0;  // major version; the row with the highest that is not above the server's counts
  bool scans_other = false;
};
const std::vector<EffectRow>& effect_rows();
const EffectRow& effect_row(Do action, int version);

// What it does to the partitions of the table as well, where it does not say ONLY.
struct SpreadRow {
  Do action;
  Lock lock = Lock::none;
  bool inherits = true;  // and to tables that only inherit
  int from = 0;          // as EffectRow's
};
const std::vector<SpreadRow>& spread_rows();

// `known` is the schema before the statement; null if nothing is known of it, and then what may be
// is taken for what is: a type change rewrites.
Effects effects_of(sql::Node statement, int version, const Schema* known = nullptr);
Effects effects_of(const std::vector<Action>& actions, int version, const Schema* known = nullptr);
// Of one statement's text. Error "sql.syntax".
Result<Effects> effects_of(std::string_view statement, int version, const Schema* known = nullptr);

}  // namespace architrave::migration
