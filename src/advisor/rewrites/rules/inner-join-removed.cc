#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

// Puts the child's columns for the parent's; false if anything else of the parent is used.
bool replace_references(Level& level, Tree& changed, const Source& parent, const Source& child,
                        const std::vector<std::pair<std::string, std::string>>& pairs) {
  bool possible = true;
  const auto replace = [&](Tree& each, const std::optional<Column>& column) {
    if (!column) {
      // A star, or what is not understood, may be of the parent.
      const bool other_star = is_star(each) && each["fields"].size() == 2 &&
                              each["fields"][0]["sval"].text() != parent.alias;
      possible &= other_star;
      return;
    }
    if (column->source != &parent) return;
    const auto pair =
        std::ranges::find(pairs, column->name, &std::pair<std::string, std::string>::second);
    if (pair == pairs.end()) {
      possible = false;
      return;
    }
    const catalog::Column* from = child.relation->column(pair->first);
    const Column here{column->scope, &child, pair->first, from};
    // The child's value stands for the parent's only where equal is the same, type and all.
    possible &= equal_is_identical(*column) && equal_is_identical(here) &&
                from->type == column->column->type;
    each = column_ref(child.alias, pair->first);
  };
  return visit_own_references(level.query, changed, level.scope, replace) && possible;
}

}  // namespace

extern const RewriteRule inner_join_removed;
const RewriteRule inner_join_removed = {
    .name = "inner-join-removed",
    .summary = "a join to a parent table of which nothing is used: the foreign key already says it",
    .apply = [](Level& level) -> std::optional<std::string> {
      if (level.select["op"].text() != "SETOP_NONE" || level.scope.merges_columns) return {};
      const std::vector<Tree> conditions = inner_conditions(level.select);
      for (const Source& parent : level.scope.sources) {
        if (parent.relation == nullptr || parent.nullable) continue;
        for (const Source& child : level.scope.sources) {
          if (&child == &parent || child.relation == nullptr || child.nullable) continue;
          std::vector<std::pair<std::string, std::string>> pairs;
          std::vector<Tree> equalities;
          std::vector<std::string> parent_columns;
          for (const Tree& each : conditions) {
            const auto pair = column_equality(each, level.scope);
            if (!pair) continue;
            const bool straight = pair->first.source == &child && pair->second.source == &parent;
            const bool turned = pair->first.source == &parent && pair->second.source == &child;
            if (!straight && !turned) continue;
            const Column& from = straight ? pair->first : pair->second;
            const Column& to = straight ? pair->second : pair->first;
            pairs.emplace_back(from.name, to.name);
            parent_columns.push_back(to.name);
            equalities.push_back(each);
          }
          if (pairs.empty()) continue;
          const auto* constraint = foreign_key(level.query, child, parent, pairs);
          if (constraint == nullptr ||
              key_within(level.query, parent, parent_columns, false) == nullptr)
            continue;
          Tree changed = level.select;
          for (const Tree& each : equalities) drop_condition(changed, each);
          if (!replace_references(level, changed, parent, child, pairs) ||
              !drop_source(changed, parent.alias))
            continue;
          keep_output_names(level.select["target_list"], changed);
          std::string words = "the foreign key " + catalog::quote_identifier(constraint->name) +
                              " is validated and its columns are never NULL: every row of " +
                              child.alias + " has exactly one of " + parent.alias;
          level.select = std::move(changed);
          return words;
        }
      }
      return {};
    }};

}  // namespace architrave::advisor::rewrites::rules
