// Changing a column's type: which columns may be judged at all, and the proposal that changes all
// of one table's columns in one statement, so that the table is rewritten once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/server_facts.h"
#include "proposal/change.h"
#include "proposal/rule.h"

namespace architrave::review {

Subject about(const catalog::Object& object);
Subject about(const catalog::Relation& relation);
Subject about(const catalog::Relation& relation, const catalog::Column& column);
Subject about_schema(std::string_view schema);

// Columns that are declared in their table and not in one it inherits from.
bool is_own(const Look& look, const catalog::Relation& relation, const catalog::Column& column);
// Whether the type is one that the system has, of this name ("varchar", "_int4").
bool is_builtin(const catalog::Column& column, std::string_view type_name);
// n of varchar(n) or character(n); 0 without one.
int length_limit(const catalog::Column& column);
// "a", "a and b", "a, b and c", "a, b, c and 4 more".
std::string some_of(const std::vector<std::string>& names, std::size_t most = 5);

// True for a server in use, whose settings and counters are somebody's; says so in the verdict if
// it is not.
bool is_live(const Look& look, Verdict& verdict);
// True if the counters cover enough days of real activity to rest a finding on; says so in the
// verdict if not.
bool has_evidence_of_use(const Look& look, Verdict& verdict);

// The tables whose rows and reads the counters tell of: plain ones that are measured and no
// partitions. None, and the verdict says why, without evidence of use.
std::vector<const catalog::Relation*> counted_tables(const Look& look, Verdict& verdict);

struct NewType {
  std::string type;
  std::string forward;      // USING expression of the change; empty: the type's own cast
  std::string back;         // and of its undoing
  std::string new_default;  // where the old one does not suit; the old one is set again on undoing
};

// To `type` and back by the casts column::via and column::TYPE, with the default cast as well.
NewType cast_to(const catalog::Column& column, std::string type, std::string_view via);

struct TypeRule {
  // The type that the column should have instead; absent if it is fine as it is.
  std::function<std::optional<NewType>(const catalog::Relation&, const catalog::Column&)> better;
  std::string_view one;    // "COLUMN {one}": a sentence about one column
  std::string_view many;   // "COLUMN and COLUMN {many}"
  std::string_view title;  // imperative, {} is the table
  std::string_view why;
  bool rewrites = true;
  int effort = 3;
  int risk = 2;
};

// One finding and one proposal for the columns of a table that can be changed, and one finding
// without a fix for those that can't.
void check_types(const Look& look, Verdict& verdict, const TypeRule& rule);

}  // namespace architrave::review
