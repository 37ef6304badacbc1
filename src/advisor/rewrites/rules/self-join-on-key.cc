#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

extern const RewriteRule self_join_on_key;
const RewriteRule self_join_on_key = {
    .name = "self-join-on-key",
    .summary = "a table joined to itself on its key: both are the same row",
    .apply = [](Level& level) -> std::optional<std::string> {
      if (level.select["op"].text() != "SETOP_NONE" || level.scope.merges_columns) return {};
      const std::vector<Tree> conditions = inner_conditions(level.select);
      const auto& sources = level.scope.sources;
      for (std::size_t i = 0; i < sources.size(); ++i) {
        for (std::size_t j = i + 1; j < sources.size(); ++j) {
          const Source& kept = sources[i];
          const Source& gone = sources[j];
          if (kept.relation == nullptr || kept.relation != gone.relation ||
              kept.only != gone.only || kept.nullable || gone.nullable)
            continue;
          std::vector<std::string> equal;
          std::vector<Tree> equalities;
          for (const Tree& each : conditions) {
            const auto pair = column_equality(each, level.scope);
            if (!pair || pair->first.name != pair->second.name) continue;
            if ((pair->first.source == &kept && pair->second.source == &gone) ||
                (pair->first.source == &gone && pair->second.source == &kept)) {
              equal.push_back(pair->first.name);
              equalities.push_back(each);
            }
          }
          const catalog::Index* key = key_within(level.query, kept, equal, true);
          if (key == nullptr) continue;
          // A bare * would lose columns, a whole row its name; and every name must be understood.
          bool understood = true;
          visit_own_references(
              level.query, level.select, level.scope, [&](const Tree& each, const auto& column) {
                understood &=
                    column.has_value() || (is_star(each) && each["fields"].size() == 2 &&
                                           each["fields"][0]["sval"].text() != gone.alias);
              });
          if (!understood) continue;
          Tree changed = level.select;
          for (std::size_t k = 0; k < equal.size(); ++k) {
            const auto column = kept.relation->column(equal[k]);
            // An equality beside the key also says that its column is not NULL.
            if (column != nullptr && column->not_null) drop_condition(changed, equalities[k]);
          }
          const auto replace = [&](Tree& each, const auto& column) {
            if (column && column->source == &gone) each = column_ref(kept.alias, column->name);
          };
          if (!visit_own_references(level.query, changed, level.scope, replace) ||
              !drop_source(changed, gone.alias))
            continue;
          level.select = std::move(changed);
          return kept.alias + " and " + gone.alias + " are one row by the key " +
                 catalog::quote_identifier(key->name) + ", which is never NULL";
        }
      }
      return {};
    }};

}  // namespace architrave::advisor::rewrites::rules
