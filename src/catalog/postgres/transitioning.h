// How transition() decides and gathers its steps. For the files that alter one kind of thing each,
// and for nobody else.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "catalog/lookup.h"
#include "catalog/postgres/transition.h"
#include "catalog/postgres/writer.h"
#include "catalog/postgres/writing.h"

namespace architrave::postgres::transitioning {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::Kind;
using catalog::Object;
using catalog::OtherObject;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::quote_literal;
using catalog::Relation;
using catalog::RelationKind;
using Statements = std::vector<std::string>;

// An object of a catalog, or a part of a relation.
struct Part {
  Object object;
  const Relation* relation = nullptr;  // itself, or that which it is a part of
  const Column* column = nullptr;
  const Constraint* constraint = nullptr;
  const Index* index = nullptr;
  const catalog::Trigger* trigger = nullptr;
  const catalog::RewriteRule* rule = nullptr;
  const catalog::Policy* policy = nullptr;
  const catalog::Type* type = nullptr;
  const catalog::Sequence* sequence = nullptr;
  const catalog::Routine* routine = nullptr;
  const OtherObject* other = nullptr;
  std::string name;  // in its namespace of names that may stand once only; see names_of
  bool is_part() const { return relation != nullptr && object.kind != kind_of(*relation); }
};
using Parts = std::map<std::string, Part>;  // by to_string(object)
Parts parts_of(const Catalog& catalog);
bool can_reference(ConstraintType type);
// What is dropped before tables are touched: it is code or a condition, and holds no rows.
bool is_table(const Part& part);

// Where steps stand that nothing else orders: beside those of a new database.
enum Rank {
  to_make_room = -20,  // what is dropped because it is in the way
  altered_type = -10,
  altered_routine = writing::of_routine,
  altered_table = writing::of_owned_sequence,
  altered_view = writing::of_view,
  altered_part = writing::of_table_setting,
};

class Transitioning {
 public:
  Transitioning(const Catalog& from, const Catalog& to, const TransitionOptions& options);
  Transition run();

 private:
  // ---- transition.cc: what is kept, what goes, what comes

  void compare_all();
  void note_taken_names();
  // One like it that nothing has, before or afterwards.
  std::string free_name(const std::string& schema, const std::string& name,
                        const std::string& tail) const;
  // Domains that go, but not before columns of theirs have another type: that can be one whose
  // checks call a function in place of which theirs is.
  void loosen_domains();
  // Whether a table goes whose identity's sequence has the name of one of a new table: its heirs
  // leave it for that table, which would wait for the name until it has none.
  bool holds_up_its_heirs(const Part& part) const;
  // Of foreign keys between tables that all go, those without which they could not, one by one; and
  // of a table's other parts those that need what needs the table.
  void cut_circles();
  // The partitioned table that a partition goes with, or itself.
  const Relation* whole_that_goes(const Relation& table) const;
  // Whether the one object needs the other, straight or by way of others.
  bool needed(const std::string& by, const std::string& what, std::set<std::string>& seen) const;
  void compare(const Relation& before, const Relation& after);
  // Takes the object away, with all that hangs on it; what the new catalog has as well is made
  // again.
  void unmake(const std::string& key);
  void unmake_parts_with(const Relation& relation, const Column& column);
  void unmake_foreign_keys(const Relation& parent, const std::vector<std::string>& columns);
  void unmake_inherited(const Relation& parent, const Part& part);
  // Constraints of partitions' own whose indexes are attached to this one: neither goes alone.
  std::vector<catalog::Lookup::ForeignKey> constraints_below(const Relation& parent,
                                                             const Index& index) const;
  // Whether an heir stays without this parent, or without all that give it a check.
  bool leaves(const Relation& heir, const catalog::ObjectName& parent) const;
  bool leaves_all_that_have(const Relation& heir, const Constraint& check) const;
  // What is inherited goes with that of the parent alone, unless it leaves that.
  void unmake_above(const Relation& child, const Part& part);
  void make(const std::string& key);
  // Whether a foreign key of a partition, which goes, would be taken in by one that its whole gets.
  bool would_be_adopted(const Part& part) const;
  bool goes(const std::string& key) const;  // by itself, or with its relation
  bool is_kept(const std::string& key) const { return after_.contains(key) && !goes(key); }
  // The token of an object's being gone, or no longer needing what it needed.
  std::string gone(const std::string& key) const;
  void add_unmaking(const std::string& key);
  Statements drop_of(const Part& part) const;
  void lose(const Part& part);
  void add_makings();
  void add_late(std::vector<Step> after);

  // ---- what transition_objects.cc and transition_tables.cc have for all

  Step& alter(Rank rank, const std::string& key, Statements statements);
  const std::vector<std::string>& needs(const std::string& key) const;  // in the new catalog
  // What has to be gone before something of this name can be made.
  void wait_for_name(Statements& needs, const std::string& name) const;
  // The partitions of a table, at every depth, but for a table's own that refers to itself.
  void wait_for_partitions(Statements& needs, const Relation& whole, const Relation& but) const;
  void comment(const std::string& key, const std::string& words, const std::string& before,
               const std::string& after);
  void owner(const std::string& key, const std::string& words, const std::string& before,
             const std::string& after);
  void privileges(const std::string& key, const std::string& words, char kind,
                  const std::string& owner_before, const std::string& owner_after,
                  const catalog::Acl& before, const catalog::Acl& after,
                  const std::string& column = {});

  // ---- transition_objects.cc

  void alter_schema(const catalog::Schema& before, const catalog::Schema& after);
  void alter_extension(const catalog::Extension& before, const catalog::Extension& after);
  void alter_type(const catalog::Type& before, const catalog::Type& after);
  void alter_enumeration(const catalog::Type& before, const catalog::Type& after);
  void alter_domain(const catalog::Type& before, const catalog::Type& after);
  void alter_composite(const catalog::Type& before, const catalog::Type& after);
  // What gives a sequence the owner that its table has now, without whom it can't be the table's.
  Statements owner_of_table(const catalog::Sequence& sequence, const std::string& owner) const;
  void alter_sequence(const catalog::Sequence& before, const catalog::Sequence& after);
  void alter_routine(const catalog::Routine& before, const catalog::Routine& after);
  void alter_other(const OtherObject& before, const OtherObject& after);

  // ---- transition_tables.cc

  void alter_relation(const Relation& before, const Relation& after);
  void alter_parents(const Relation& before, const Relation& after);
  void inherit(const Relation& heir, const catalog::ObjectName& parent);
  // Whether one of the parents that it gets has the check.
  bool comes_with_parent(const Relation& table, const std::string& check) const;
  // Whether the table has the check before any is added to tables that are there.
  bool is_there_at_once(const Relation& table, const std::string& check) const;
  // Heirs that come get a check that its parent gets too when they are there, as the parent's.
  void wait_for_heirs(Statements& needs, const Relation& table, const Constraint& check) const;
  // Children that leave, which would follow what is done to the parent's columns until then.
  void wait_for_leaving(Statements& needs, const Relation& parent) const;
  void alter_persistence(const Relation& before, const Relation& after);
  void alter_settings(const Relation& before, const Relation& after);
  void alter_index(const Relation& after, const Index& a, const Index& b);
  void alter_parts(const Relation& before, const Relation& after);
  void add_check(const Relation& table, const Constraint& check);
  bool comes_from_parent(const Catalog& catalog, const Relation& table, const Column& column) const;
  bool gets_from_parent(const Relation& before, const Relation& after, const Column& column) const;

  // ---- transition_columns.cc

  // For a column that comes with those that it is inherited from.
  void wait_for_parents(const Relation& heir, const Column& column, Statements& needs) const;
  // Whether the parent's NOT NULL is validated, and the table's with it.
  bool is_validated_above(const Relation& before, const Relation& after,
                          const Column& column) const;
  void alter_columns(const Relation& before, const Relation& after);
  void alter_column(const Relation& before, const Relation& after, const Column& a,
                    const Column& b);
  // PostgreSQL 18: of a column that goes, or is altered, the name that its NOT NULL has may be that
  // of another's.
  void free_not_null_name(const Relation& before, const std::string& name,
                          const std::string& own_key, Statements& needs);
  // PostgreSQL adds no column with an identity to a table with heirs: rows are counted through,
  // theirs too, and the column that is there becomes an identity.
  bool refuses_identity(const Relation& before, const Relation& after) const;
  Statements add_counted(const Relation& table, const Column& column) const;
  // What stands on a column whose values are written anew, or may be null from now on, has to be
  // gone before, if it goes; of nulls no view asks.
  void wait_for_users(const Relation& before, const Column& column, bool views,
                      Statements& needs) const;
  void alter_identity(const Relation& after, const Column& a, const Column& b);
  void alter_default(const Relation& before, const Relation& after, const Column& a,
                     const Column& b);
  // What waits for the table waits for all that is altered in it.
  void settle(const Relation& after);

  // ---- transition_made_up.cc, see TransitionOptions::made_up

  // Nothing, if nothing says nothing in that type.
  std::string made_up_value(const Column& column) const;
  // The statement that gives rows without a value one that fits the unique key or the foreign key
  // that the column is in; nothing where it is in none, or its type has no other for each row.
  std::string fill_for_keys(const Relation& table, const Column& column) const;
  // The statements that give a table whose own rows are gone some that say nothing, which a foreign
  // key of this table then refers to: those that its rows name, or one where there is none. Nothing
  // where the other table's rows are not gone, or nothing says nothing in one of its columns.
  enum class ReferTo { those_that_rows_name, any };
  Statements rows_to_refer_to(const Relation& table, const Constraint& key, ReferTo what) const;
  Statements row_to_refer_to(const Relation& table, const Column& column) const;
  // What has to be there before: what a foreign key refers to.
  Statements needs_for_keys(const Relation& table, const Column& column) const;
  // Whether a new column's rows are counted through.
  bool counts_through(const Relation& table, const Column& column) const;
  // Of a column that is added: its rows' values, in the same step.
  void make_up(Step& step, const Relation& table, const Column& column) const;

  // ---- transition_partitions.cc

  // Whether it is a partition that is detached, and may be attached again: until then it is altered
  // by itself.
  bool is_reattached(const Relation& before) const;
  // Which rows have their place in another partition from now on.
  void plan_moves();
  void add_moves();
  void attach(const Relation& table, const Relation& parent);
  void free_of_references(const Relation& table);
  void free_of_watchers(const Relation& table);
  // Whether all rows of a partition that goes have a place in others.
  bool keeps_place(const Relation& table) const;

  const Catalog& from_;
  const Catalog& to_;
  const TransitionOptions& options_;
  const catalog::Lookup from_lookup_;
  const catalog::Lookup to_lookup_;
  const Parts before_;
  const Parts after_;
  const std::set<std::string> taken_names_;
  std::unordered_map<std::string, Statements> users_;  // in the old catalog
  std::unordered_map<std::string, Statements> needs_;  // in the new one
  std::unordered_map<std::string, Statements> old_needs_;
  std::unordered_map<std::string, std::string> taken_;  // names, and the token of their being free
  std::set<std::string> cut_;  // parts that go before their tables, see cut_circles
  std::unordered_map<std::string, std::string> gone_with_;  // functions, and whose type's they are
  std::set<std::string> loosened_;  // domains whose checks use a function that goes
  std::set<std::string> unmade_;
  std::set<std::string> made_;
  std::unordered_map<std::string, Statements> altering_;  // tokens, by the relation's key
  std::set<catalog::ObjectName> apart_;
  struct Move {
    const Relation* source;  // in the old catalog
    const Relation* target;  // in the new one
    std::string condition;
  };
  std::vector<Move> moves_;
  std::set<catalog::ObjectName> homed_;
  std::set<std::string> detached_;  // partitions that go, for their rows to move
  std::unordered_map<std::string, Statements> filled_;   // tokens, by what is attached after them
  std::unordered_map<std::string, Statements> emptied_;  // and by what is dropped after them
  std::vector<Step> steps_;
  std::vector<Step> late_;
  Transition transition_;
};

// How values of one catalog's type become those of another's: attribute by attribute where they
// have others, by their text where no cast is there.
class ValueChange {
 public:
  ValueChange(const Catalog& from, const Catalog& to) : from_(from), to_(to) {}
  std::string of(const std::string& value, const Column& a, const Column& b);
  // What the expressions need around the statement that they stand in.
  Statements before;
  Statements after;

 private:
  std::string row(const std::string& value, const Column& a, const Column& b);
  const Catalog& from_;
  const Catalog& to_;
};

std::vector<std::string> key_columns(const Index& index);
// SET (…) and RESET (…) that make one list of options the other, each after `head`.
Statements option_changes(const std::string& head, const catalog::Options& before,
                          const catalog::Options& after, std::string_view prefix = {});
// OPTIONS (ADD …, SET …, DROP …) of foreign tables and their columns.
std::string foreign_option_changes(const catalog::Options& before, const catalog::Options& after);
// Whether it is like another of the partition's indexes, which is attached to the parent's: made
// first, this one would be attached.
bool is_twin(const Relation& partition, const Index& index);
// The same of a key: releases before 17 take a UNIQUE for the parent's primary key, too.
bool is_twin(const Relation& partition, const Constraint& key);
// Whether the index is what a partition has of its parent's. Where that is not known, it looks so.
bool is_part(const Index& index, const Index& whole);
// Whether the index is that of a constraint which is its parent's.
bool stands_for_parents(const Relation& relation, const Index& index);
// Whether the one has to be unmade for the other, or can be altered into it.
bool must_replace(const catalog::Type& before, const catalog::Type& after);
bool must_replace(const catalog::Routine& before, const catalog::Routine& after);
bool must_replace(const OtherObject& before, const OtherObject& after);
bool must_replace(const Relation& before, const Relation& after);
bool must_replace(const Constraint& before, const Constraint& after);
bool must_replace(const Index& before, const Index& after);
bool must_replace(const Column& before, const Column& after);
// Whether a call can be meant for either, since arguments may be left out.
bool may_be_confused(const catalog::Routine& a, const catalog::Routine& b);
bool may_be_confused(const OtherObject& a, const OtherObject& b);
// Whether values have to be moved to another type or collation.
bool changes_type(const Column& before, const Column& after);
// A position outside of the new bounds would be refused: it goes to the nearest that is inside.
Statements alter_bounds(const catalog::Sequence& before, const catalog::Sequence& after);
// Whether rows can be counted through in it.
bool is_counted(const Column& column);
// Whether a piece of SQL names the column.
bool mentions(std::string_view sql, const Column& column);
bool mentions(const Part& part, const Column& column);

}  // namespace architrave::postgres::transitioning
