#include "advisor/rewrites/rewrites.h"

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "sql/fingerprint.h"

namespace architrave::advisor {

namespace {

using rewrites::Level;
using sql::Tree;

// A rule that goes on for ever would be a bug; no query needs as many steps.
constexpr int most_steps = 16;

std::optional<Tree> single_statement(std::string_view text) {
  auto parsed = sql::parse(text);
  if (!parsed || parsed->size() != 1) return {};
  return std::move(parsed->front());
}

std::string fingerprint_of(std::string_view query) {
  const auto statements = sql::fingerprint(query);
  return statements && !statements->empty() ? statements->front().fingerprint : std::string();
}

}  // namespace

std::vector<Rewrite> find_rewrites(const catalog::Catalog& catalog, const catalog::Lookup& lookup,
                                   std::string_view query) {
  std::vector<Rewrite> found;
  std::optional<Tree> statement = single_statement(query);
  const rewrites::Query context{catalog, lookup};
  if (!statement || !rewrites::why_not(context, *statement).empty()) return found;
  for (const rewrites::RewriteRule* rule : rewrites::all_rewrite_rules()) {
    Tree changed = *statement;
    std::string words;
    for (int step = 0; step < most_steps; ++step) {
      const bool applied = visit_levels(context, changed, [&](Level& level) {
        const auto why = rule->apply(level);
        if (why && words.find(*why) == std::string::npos)
          words += (words.empty() ? "" : "; ") + *why;
        return why.has_value();
      });
      if (!applied) break;
    }
    const bool unsound = visit_levels(context, changed, [&](Level& level) {
      return !rewrites::joins_are_sound(context, level.select, level.scope);
    });
    if (words.empty() || unsound) continue;
    const auto text = sql::to_sql(changed);
    if (!text) continue;  // what can't be written faithfully is not offered
    found.push_back({.query = fingerprint_of(query),
                     .rule = std::string(rule->name),
                     .before_sql = std::string(query),
                     .after_sql = sql::lay_out(*text),
                     .precondition = std::move(words)});
  }
  return found;
}

std::vector<Advice> find_advice(const catalog::Catalog& catalog, const catalog::Lookup& lookup,
                                std::string_view query) {
  std::vector<Advice> found;
  std::optional<Tree> statement = single_statement(query);
  if (!statement) return found;
  const rewrites::Query context{catalog, lookup};
  for (const rewrites::AdviceRule* rule : rewrites::all_advice_rules()) {
    visit_levels(context, *statement, [&](Level& level) {
      auto hint = rule->look(level);
      if (hint)
        found.push_back({.query = fingerprint_of(query),
                         .rule = std::string(rule->name),
                         .message = std::move(hint->message),
                         .suggestion = std::move(hint->suggestion)});
      return hint.has_value();
    });
  }
  return found;
}

std::string why_left_alone(const catalog::Catalog& catalog, const catalog::Lookup& lookup,
                           std::string_view query) {
  std::optional<Tree> statement = single_statement(query);
  if (!statement) return "it is no single statement that PostgreSQL's parser understands";
  return rewrites::why_not({catalog, lookup}, *statement);
}

}  // namespace architrave::advisor
