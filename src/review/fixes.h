// What rules share: which tables they speak about, how they name things, and the usual proposals.
// Every proposal made here undoes itself exactly: after `down` the catalog equals the one before.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/lookup.h"
#include "proposal/rule.h"

namespace architrave::review {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::IndexKey;
using catalog::ObjectName;
using catalog::Relation;
using catalog::RelationKind;
using catalog::Sequence;

// ---- What to look at ----

// A table that an extension or a tool made for itself, of whose design nobody here decides:
// pg_partman's templates, what lies in the schemas of pg_cron, PostGIS, Hasura, …
bool is_machinery(const Catalog& catalog, const Relation& relation);
// Plain and partitioned tables that stand for themselves. A partition is left out: what is wrong
// with it is mended at its parent. So is machinery.
std::vector<const Relation*> own_tables(const Catalog& catalog);
// Rows as measured, the fresher of counter and estimate; absent where nobody has counted.
std::optional<double> rows_of(const Relation& relation);
// Bytes of the table with its partitions; absent where not measured.
std::optional<std::int64_t> bytes_of(const Look& look, const Relation& relation);
// Why the usage counters say too little, or "" if they cover at least `days`.
std::string too_few_counters(const Catalog& catalog, double days = 7);

// ---- How to name it ----

Subject subject(const catalog::Object& object);
template <class... Parts>
Subject subject_of(const Parts&... parts) {
  return subject(catalog::object_of(parts...));
}
std::string name_of(const Relation& relation);                      // app.orders, quoted
std::string name_of(const Relation& relation, const Index& index);  // app.orders_pkey, quoted
std::string list_of(const std::vector<std::string>& names);         // a, "B", for SQL
std::vector<std::string> columns_of(const Index& index);  // of its keys; "" for an expression

// Names that nothing has yet. Holds what it gave out, so that two fixes of a rule don't collide.
class Names {
 public:
  explicit Names(const Catalog& catalog) : catalog_(catalog) {}
  // PART_PART_SUFFIX in at most 62 bytes, numbered if it is taken: free for an index, a relation
  // and a constraint of that schema.
  std::string make(const std::string& schema, const std::vector<std::string>& parts,
                   std::string_view suffix);

 private:
  const Catalog& catalog_;
  std::set<ObjectName> taken_;
  bool filled_ = false;
};

// ---- How long it takes ----

// Bytes per second, for estimates: what one process does on an ordinary network disk. Postgres'
// own guidance (and cloud vendors' baseline of 125 MB/s for a volume) is the order of magnitude.
struct Rates {
  static constexpr double scan = 100e6;    // reading a table from disk
  static constexpr double build = 30e6;    // building an index: bytes of its table
  static constexpr double rewrite = 25e6;  // writing a table again with its indexes and WAL
};
std::optional<double> seconds_for(const Look& look, const Relation& relation, double rate);

// ---- The usual proposals ----

struct NewIndex {
  std::string name;
  std::vector<std::string> keys;  // SQL: quoted columns, or expressions in parentheses
  std::string method = "btree";
  bool unique = false;
  std::string predicate;
  std::string comment;  // its purpose and the queries it serves
};
// CONCURRENTLY, but on a partitioned table, where that does not exist.
Proposal create_index(const Look& look, const Relation& relation, const NewIndex& index,
                      std::string why);
// The predicate says whether it may be dropped at all: not the index of a constraint, not one that
// another relation's index hangs on, not the replica identity.
bool can_drop(const Relation& relation, const Index& index);
Proposal drop_index(const Look& look, const Relation& relation, const Index& index,
                    std::string why);
// The statements that make an index as it is, with its comment and settings.
std::vector<std::string> statements_of(const Relation& relation, const Index& index);

// `action` and `undo` follow ALTER TABLE name. One transaction.
Proposal alter_table(const Relation& relation, std::string kind, std::string action,
                     std::string undo, Lock lock);
// A check or foreign key: added NOT VALID, then validated, so that writers wait for a moment only.
// `definition` is what follows ADD CONSTRAINT name.
Proposal add_constraint(const Look& look, const Relation& relation, const std::string& name,
                        const std::string& definition, std::string why);
// ADD CONSTRAINT name … of an existing constraint, with its comment: for `down`.
std::vector<std::string> statements_of(const Relation& relation, const Constraint& constraint);
// COMMENT ON what (as "INDEX app.orders_pkey").
Proposal set_comment(const std::string& what, const std::string& before, const std::string& after);

}  // namespace architrave::review
