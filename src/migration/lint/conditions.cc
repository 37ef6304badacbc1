#include "migration/lint/conditions.h"

namespace architrave::migration::lint {

using sql::Node;

bool is_always_true(Node condition) {
  if (condition.is("A_Const")) return condition["boolval"]["boolval"].flag();
  if (!condition.is("A_Expr") || sql::string_of(condition["name"].front()) != "=") return false;
  const Node left = condition["lexpr"], right = condition["rexpr"];  // 1 = 1
  return left.is("A_Const") && right.is("A_Const") &&
         left["ival"]["ival"].number() == right["ival"]["ival"].number() &&
         left["ival"].operator bool() == right["ival"].operator bool() &&
         left["sval"]["sval"].text() == right["sval"]["sval"].text() && !left["isnull"].flag();
}

bool has_no_where(const Action& action, const Statement&) {
  const Node where = action.node["whereClause"];
  return !where || is_always_true(where);
}

}  // namespace architrave::migration::lint
