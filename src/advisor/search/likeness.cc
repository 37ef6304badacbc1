#include "advisor/search/likeness.h"

#include <algorithm>
#include <functional>

namespace architrave::advisor {

Set Likeness::like(std::size_t query, const Set& set, std::size_t Kind::* kind) const {
  Set found = set;
  if (kinds_.empty()) return found;
  const std::vector<Kind>& kinds = kinds_[query % oracle_.queries()];
  const std::vector<std::size_t>& relevant = oracle_.relevant(query);
  for (std::size_t i = 0; i < kinds.size(); ++i)
    for (std::size_t j = 0; set.test(i) && j < kinds.size(); ++j)
      if (kinds[i].*kind == kinds[j].*kind && bytes_[relevant[j]] >= bytes_[relevant[i]])
        found.set(j);
  return found;
}

Set Likeness::largest_of(std::size_t query, const Set& used) const {
  return first_of(query, used, std::greater<>());
}

Set Likeness::smallest_of(std::size_t query, const Set& used) const {
  return first_of(query, used, std::less<>());
}

template <class Before>
Set Likeness::first_of(std::size_t query, const Set& used, Before before) const {
  const std::vector<std::size_t>& relevant = oracle_.relevant(query);
  std::size_t first = relevant.size();
  for (std::size_t i = 0; i < relevant.size(); ++i)
    if (used.test(i) &&
        (first == relevant.size() || before(bytes_[relevant[i]], bytes_[relevant[first]])))
      first = i;
  Set one;
  if (first < relevant.size()) one.set(first);
  return one;
}

std::vector<std::size_t> Likeness::numbers(std::size_t query, const Set& set) const {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < oracle_.relevant(query).size(); ++i)
    if (set.test(i)) list.push_back(oracle_.relevant(query)[i]);
  return list;
}

}  // namespace architrave::advisor
