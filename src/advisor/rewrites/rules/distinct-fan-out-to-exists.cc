#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

namespace {

bool is_in(const std::vector<const Source*>& list, const Source* source) {
  return std::ranges::find(list, source) != list.end();
}

// FROM as a flat list and all conditions, if nothing but inner joins is in it.
bool flatten(const Tree& item, std::vector<Tree>& items) {
  if (!item.is("JoinExpr")) {
    if (!item.is("RangeVar")) return false;
    items.push_back(item);
    return true;
  }
  return item["jointype"].text() == "JOIN_INNER" && item["using_clause"].empty() &&
         !item["is_natural"].flag() && item["alias"].empty() && flatten(item["larg"], items) &&
         flatten(item["rarg"], items);
}

}  // namespace

extern const RewriteRule distinct_fan_out_to_exists;
const RewriteRule distinct_fan_out_to_exists = {
    .name = "distinct-fan-out-to-exists",
    .summary = "a join that only asks whether there are rows, with DISTINCT against the copies",
    .apply = [](Level& level) -> std::optional<std::string> {
      Tree plain = level.select;
      plain.erase("distinct_clause");
      plain.erase("limit_count");
      plain.erase("limit_offset");
      if (level.select["distinct_clause"].empty() || !is_plain(level.query, plain) ||
          level.scope.merges_columns)
        return {};
      std::vector<Tree> items;
      for (const Tree& each : plain["from_clause"].list)
        if (!flatten(each, items)) return {};
      if (items.size() < 2 || items.size() != level.scope.sources.size()) return {};

      // Kept: what the select list shows. (ORDER BY can't name anything else beside DISTINCT.)
      std::vector<const Source*> kept;
      std::vector<Column> shown;
      for (const Tree& target : plain["target_list"].list) {
        if (target["val"].is("ColumnRef") && is_star(target["val"])) {
          if (target["val"]["fields"].size() != 2) return {};
          const Source* source = level.scope.source(target["val"]["fields"][0]["sval"].text());
          if (source == nullptr || !source->columns) return {};
          if (!is_in(kept, source)) kept.push_back(source);
          for (const std::string& name : *source->columns)
            shown.push_back(
                {&level.scope, source, name,
                 source->relation == nullptr ? nullptr : source->relation->column(name)});
          continue;
        }
        const auto sources = sources_in(level.query, target["val"], level.scope);
        if (!sources) return {};
        for (const Source* each : *sources)
          if (!is_in(kept, each)) kept.push_back(each);
        if (const auto column = resolve(target["val"], level.scope);
            column && column->scope == &level.scope)
          shown.push_back(*column);
      }
      if (kept.empty() || kept.size() == items.size()) return {};

      std::vector<Tree> outside;
      std::vector<Tree> inside;
      for (Tree& each : inner_conditions(plain)) {
        const auto sources = sources_in(level.query, each, level.scope);
        if (!sources) return {};
        const bool only_kept = std::ranges::all_of(
            *sources, [&](const Source* source) { return is_in(kept, source); });
        (only_kept ? outside : inside).push_back(std::move(each));
      }
      const auto words = decides_rows(level.query, level.scope, kept, shown, outside);
      if (!words || inside.empty()) return {};

      Tree changed = level.select;
      if (!qualify(level.query, changed, level.scope)) return {};
      outside.clear();
      inside.clear();
      for (Tree& each : inner_conditions(changed)) {
        const auto sources = sources_in(level.query, each, level.scope);
        const bool only_kept = std::ranges::all_of(
            *sources, [&](const Source* source) { return is_in(kept, source); });
        (only_kept ? outside : inside).push_back(std::move(each));
      }
      std::vector<Tree> from_kept;
      std::vector<Tree> from_moved;
      for (std::size_t i = 0; i < items.size(); ++i)
        (is_in(kept, &level.scope.sources[i]) ? from_kept : from_moved).push_back(items[i]);
      Tree inner = select("SELECT 1");
      inner.set("from_clause", Tree(std::move(from_moved)));
      inner.set("where_clause", all_of(std::move(inside)));
      outside.push_back(exists(std::move(inner)));
      changed.set("from_clause", Tree(std::move(from_kept)));
      changed.set("where_clause", all_of(std::move(outside)));
      changed.erase("distinct_clause");
      level.select = std::move(changed);
      return *words + ", and nothing of the other tables is shown";
    }};

}  // namespace architrave::advisor::rewrites::rules
