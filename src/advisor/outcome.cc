#include "advisor/outcome.h"

#include "advisor/index_proposals.h"

namespace architrave::advisor {

std::vector<std::size_t> Outcome::chosen() const {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < problem.hypothetical; ++i)
    if (result.chosen[i]) list.push_back(i);
  return list;
}

std::vector<std::size_t> Outcome::used_by(const Oracle& oracle, std::size_t query) const {
  std::vector<std::size_t> used;
  if (const auto* entry = oracle.best(query, oracle.of(query, result.chosen)))
    for (std::size_t i = 0; i < oracle.relevant(query).size(); ++i)
      if (entry->used.test(i) && oracle.relevant(query)[i] < problem.hypothetical)
        used.push_back(oracle.relevant(query)[i]);
  return used;
}

double Outcome::before(const Oracle& oracle, std::size_t query) const {
  return oracle.upper(query, oracle.present(query));
}

double Outcome::after(const Oracle& oracle, std::size_t query) const {
  return oracle.upper(query, oracle.of(query, result.chosen));
}

engine::Question Outcome::under_the_set(std::size_t query) const {
  engine::Question question{.query = query, .indexes = {}, .without = {}, .serial = false};
  for (const std::size_t i : problem.relevant[query]) {
    if (i < problem.hypothetical && result.chosen[i]) question.indexes.push_back(i);
    if (i >= problem.hypothetical && !result.chosen[i])
      question.without.push_back(i - problem.hypothetical);
  }
  return question;
}

void Outcome::name_indexes() {
  for (const std::size_t i : chosen())
    if (problem.candidates[i].index.name.empty()) name_index(catalog, problem.candidates[i], taken);
}

}  // namespace architrave::advisor
