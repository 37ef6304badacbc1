#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

extern const AdviceRule like_infix;
const AdviceRule like_infix = {
    .name = "like-infix",
    .summary = "LIKE '%x%' reads every row: no B-tree serves it",
    .look = [](Level& level) -> std::optional<Hint> {
      std::optional<Hint> hint;
      visit_own(level.select, [&](Tree& each) {
        const std::string_view kind = each.is("AExpr") ? each["kind"].text() : std::string_view();
        if (kind != "AEXPR_LIKE" && kind != "AEXPR_ILIKE") return;
        const auto pattern = string_value(each["rexpr"]);
        const auto column = resolve(each["lexpr"], level.scope);
        if (!pattern || !column || hint || pattern->size() < 2 ||
            (pattern->front() != '%' && pattern->front() != '_'))
          return;
        const std::string table = column->source->relation == nullptr
                                      ? column->source->alias
                                      : catalog::qualified(column->source->relation->schema,
                                                           column->source->relation->name);
        const std::string name = catalog::quote_identifier(column->name);
        hint = Hint{
            "the pattern " + catalog::quote_literal(*pattern) + " may match anywhere in " +
                column->name + ", so every row is read",
            "a trigram index serves the same query: CREATE EXTENSION pg_trgm; CREATE INDEX ON " +
                table + " USING gin (" + name +
                " gin_trgm_ops). Where whole words are meant, full text search finds them "
                "and their other forms, and other rows: to_tsvector(" +
                name + ") @@ websearch_to_tsquery(…)"};
      });
      return hint;
    }};

}  // namespace architrave::advisor::rewrites::rules
