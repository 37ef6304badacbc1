// What Architrave hands out, as values: findings, proposals, and the proof of a proposal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace architrave {

enum class Severity { info, warning, error };
std::string_view to_string(Severity severity);

// Where in the report a finding stands, and which score it moves.
enum class Area {
  keys,
  indexes,
  types,
  naming,
  model,
  security,
  performance,
  maintenance,
  settings,
  scaling,
  backup
};
std::string_view to_string(Area area);

// An object as findings name it: the words and the form of catalog::Object ("table",
// "app.orders"), held as text since findings are also about statements, settings and servers.
struct Subject {
  std::string kind;
  std::string name;
  auto operator<=>(const Subject&) const = default;
};

// One thing that was seen: {"rows", 12000}, {"columns", "customer_id"}.
struct Fact {
  std::string name;
  std::variant<bool, std::int64_t, double, std::string> value;
};
using Evidence = std::vector<Fact>;

struct Finding {
  std::string rule;
  Severity severity = Severity::warning;
  Area area = Area::model;
  Subject object;
  std::string message;   // one sentence that names what is wrong with this object
  Evidence evidence;     // in the order worth showing
  std::string proposal;  // id of the proposal that mends it, or empty
  std::string file;      // where the source says so, else empty
  int line = 0;

  // Stable from run to run: of the rule and the object, not of the message.
  std::string fingerprint() const;
};

// PostgreSQL's table-level lock modes, weakest first; `none` for what locks no table.
enum class Lock {
  none,
  access_share,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive
};
std::string_view to_string(Lock lock);  // "ACCESS EXCLUSIVE"

struct Impact {
  Lock lock = Lock::none;  // the strongest that `up` takes on a table that is in use
  bool rewrites = false;   // rewrites the table
  std::string blocks;      // "nothing", "writes", "reads and writes"; from the lock if empty
  std::optional<double> seconds_estimate;  // from measured sizes; absent where none were known
  std::optional<std::int64_t> bytes;       // of disk it takes (or frees, below zero)
};
// What a lock keeps others from doing: "nothing", "writes", "schema changes", "reads and writes".
std::string_view blocked_by(Lock lock);

enum class ClaimKind { loads, reverses, clears, cheaper, equivalent, isolates, restores, lossless };
std::string_view to_string(ClaimKind kind);

// A claim about a proposal. `holds` is absent for a claim that was not tried; `seen` then says why.
struct Claim {
  ClaimKind kind = ClaimKind::loads;
  std::string ran;
  std::string seen;
  std::optional<bool> holds;
};

// proved: every claim that was tried holds, and at least one was tried. refuted: one does not hold.
enum class ProofStatus { untried, proved, refuted };
std::string_view to_string(ProofStatus status);

struct Proof {
  std::vector<Claim> claims;
  ProofStatus status() const;
};

// A query that ought to get cheaper, for the claim `cheaper`: with $1, $2 … it is planned by its
// generic plan.
struct Probe {
  std::string query;
};

struct Proposal {
  std::string id;                 // stable: of its kind and `up`; see proposal_id
  std::string kind;               // "create_index", "drop_index", "add_constraint", "alter_type", …
  std::string title;              // imperative: "Index shop.orders (customer_id)"
  std::string why;                // what it is good for, in one or two sentences
  std::vector<std::string> up;    // statements, in order, each without its semicolon
  std::vector<std::string> down;  // undoes `up`: the catalog afterwards equals the one before
  bool transactional = true;      // false: up and down may not run in a transaction (CONCURRENTLY)
  Impact impact;
  int effort = 1;  // 1 run it, 2 run it in a quiet hour, 3 the application has to change too
  int risk = 1;    // 1 none to speak of, 2 may fail or block for a moment, 3 plan it
  std::vector<Probe> probes;
  Proof proof;
};

std::string proposal_id(const Proposal& proposal);

// A rule that could not be judged, and why ("counters cover 2 days, 7 are needed").
struct Skipped {
  std::string rule;
  std::string why;
};

}  // namespace architrave
