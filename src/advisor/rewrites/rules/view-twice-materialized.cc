#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

// A view worth keeping: it joins, groups, or removes duplicates.
bool is_work(const catalog::Relation& view) {
  const auto parsed = sql::parse(view.definition);
  if (!parsed || parsed->size() != 1) return false;
  const Tree& body = parsed->front();
  return body["op"].text() != "SETOP_NONE" || !body["group_clause"].empty() ||
         !body["distinct_clause"].empty() || body["from_clause"].size() > 1 ||
         (body["from_clause"].size() == 1 && body["from_clause"][0].is("JoinExpr"));
}

void insert_first(std::vector<Tree>& list, const Tree& tree) { list.insert(list.begin(), tree); }

}  // namespace

extern const RewriteRule view_twice_materialized;
const RewriteRule view_twice_materialized = {
    .name = "view-twice-materialized",
    .summary = "a view that one query uses twice, computed once",
    .apply = [](Level& level) -> std::optional<std::string> {
      if (!level.is_statement()) return {};
      std::vector<const catalog::Relation*> views;
      visit_levels(level.query, level.statement, [&](Level& each) {
        for (const Source& source : each.scope.sources)
          if (source.relation != nullptr && source.relation->kind == catalog::RelationKind::view)
            views.push_back(source.relation);
        return false;
      });
      for (const catalog::Relation* view : views) {
        if (std::ranges::count(views, view) < 2 || !is_work(*view)) continue;
        // As a whole row, a view's has a type that a CTE's has not.
        bool understood = true;
        visit_levels(level.query, level.statement, [&](Level& each) {
          visit_own_references(
              level.query, each.select, each.scope, [&](const Tree& reference, const auto&) {
                if (reference["fields"].size() != 1 || is_star(reference)) return;
                const Source* source = each.scope.source(reference["fields"][0]["sval"].text());
                understood &= source == nullptr || source->relation != view;
              });
          return false;
        });
        if (!understood) continue;
        const std::string name = fresh(level.statement, view->name + "_once");
        visit_levels(level.query, level.statement, [&](Level& each) {
          if (each.select.find("from_clause") == nullptr) return false;
          sql::walk(each.select.at("from_clause"), [&](Tree& item) {
            if (item.is("SelectStmt") || item.is("SubLink")) return false;
            if (!item.is("RangeVar") || relation_of(level.query, item, each.scope) != view)
              return true;
            if (item["alias"].empty())
              item.set("alias",
                       from_item("a AS " + catalog::quote_identifier(view->name))["alias"]);
            item.erase("schemaname");
            item.set("relname", Tree(name));
            item.set("inh", Tree(true));
            return false;
          });
          return false;
        });
        const Tree once =
            select("WITH " + catalog::quote_identifier(name) + " AS MATERIALIZED (SELECT * FROM " +
                   catalog::qualified(view->schema, view->name) + ") SELECT 1")["with_clause"];
        if (level.select["with_clause"].empty())
          level.select.set("with_clause", once);
        else
          insert_first(level.select.at("with_clause").at("ctes").list, once["ctes"][0]);
        return "the view " + catalog::qualified(view->schema, view->name) +
               " calls nothing volatile, so it has the same rows each time";
      }
      return {};
    }};

}  // namespace architrave::advisor::rewrites::rules
