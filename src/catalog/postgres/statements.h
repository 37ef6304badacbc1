// The statements that make one object of a catalog.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::postgres {

// "fillfactor=70, autovacuum_enabled=false", as WITH (…) takes them; "user 'x'" as OPTIONS (…)
// does.
std::string with_options(const catalog::Options& options, std::string_view prefix = {});
std::string foreign_options(const catalog::Options& options);

std::string create_sequence(const catalog::Sequence& sequence);
// What of the one sequence has to change to make the other: " INCREMENT BY 2"; empty if nothing.
std::string sequence_changes(const catalog::Sequence& before, const catalog::Sequence& after);
// What goes between the parentheses of GENERATED … AS IDENTITY; empty for the defaults.
std::string identity_options(const catalog::Relation& relation, const catalog::Column& column);

// A type as one statement, or as `first` (a shell type, a domain without its checks) and `second`.
struct TypeStatements {
  std::string whole;
  std::vector<std::string> first;
  std::vector<std::string> second;
  std::vector<std::string> after;  // checks that are not validated
};
TypeStatements create_type(const catalog::Type& type);

// A table as one statement, or without its defaults and checks and these after it.
struct TableStatements {
  std::string whole;
  std::string bare;
  std::vector<std::string> rest;   // what `bare` lacks
  std::vector<std::string> after;  // what CREATE TABLE can't say, in either case
};
// `apart`: a partition as a table of its own; `heir`: what it inherits is, whatever the order of
// its columns. See WriteOptions.
enum class TableForm { plain, apart, heir };
TableStatements create_table(const catalog::Catalog& catalog, const catalog::Relation& table,
                             int version, TableForm form = TableForm::plain,
                             const std::set<std::string>& taken_names = {});
// ADD COLUMN, and what that can't say.
std::vector<std::string> add_column(const catalog::Catalog& catalog, const catalog::Relation& table,
                                    const catalog::Column& column, int version,
                                    const std::set<std::string>& taken_names = {});
// Names, with their schema, that were chosen for NOT NULLs: see WriteOptions::taken_names.
std::set<std::string> chosen_not_null_names(const catalog::Catalog& catalog);

// Whether a table that inherits has its columns in an order that CREATE TABLE … INHERITS would not
// give them: its parents got some after it was made. It is made by itself and then made to inherit.
bool has_order_of_its_own(const catalog::Catalog& catalog, const catalog::Relation& table);

// What is not to hold for old rows: it is added when the table's children are there, so that it
// does not hold for theirs either. Nothing for a column whose parent has the same.
std::vector<std::string> not_valid_not_nulls(const catalog::Catalog& catalog,
                                             const catalog::Relation& table, int version);

// "FUNCTION app.total(integer)": as GRANT names a routine, with what an aggregate sorts as one more
// argument.
std::string granted_words(const catalog::Routine& routine);
std::string create_view(const catalog::Relation& view);
// A view of the same columns and nothing else, for CREATE OR REPLACE to fill later.
std::string create_empty_view(const catalog::Relation& view);

// Whether no partition can have the constraint before its whole has it: the server attaches no
// index of an exclusion, nor one WITHOUT OVERLAPS, and makes each partition's by itself.
bool is_made_with_whole(const catalog::Relation& relation, const catalog::Constraint& constraint);
// What the server calls the index of such a constraint; where that name is taken, with a number.
std::string usual_index_name(const catalog::Relation& relation, const catalog::Index& index,
                             int number);

// What follows ADD CONSTRAINT name.
std::string constraint_definition(const catalog::Constraint& constraint, int version);
std::string create_index(const catalog::Relation& relation, const catalog::Index& index,
                         int version);
// An index's definition without WITH (…), which lists options as they were set.
std::string without_options(const std::string& index_definition);
std::string create_policy(const catalog::Relation& relation, const catalog::Policy& policy);

// The words of COMMENT ON, GRANT ON and ALTER … OWNER TO: "TABLE", "VIEW", "FOREIGN TABLE".
std::string_view relation_words(catalog::RelationKind kind);
// GRANT and REVOKE that make the list of an object as it is. `words` is "TABLE app.orders", `kind`
// acldefault's letter of the kind of object, `columns` a column in parentheses or nothing.
std::vector<std::string> grants(std::string_view words, char kind, const std::string& owner,
                                const catalog::Acl& acl, int version,
                                std::string_view columns = {});
// GRANT and REVOKE that turn the one list into the other.
std::vector<std::string> privilege_changes(std::string_view words, char kind,
                                           const std::string& owner, const catalog::Acl& before,
                                           const catalog::Acl& after, int version,
                                           std::string_view columns = {});

}  // namespace architrave::postgres
