// Which candidates are like each other to a query: what is learned of one is then known of others.
#pragma once

#include <cstdint>
#include <vector>

#include "advisor/search/oracle.h"

namespace architrave::advisor {

// What a query's plans can make of a candidate.
struct Kind {
  std::size_t same;     // the same number: differ in size alone
  std::size_t similar;  // the same number: are often as good as each other
};

class Likeness {
 public:
  // `kinds`: of each query, by place among its relevant candidates, or empty: nothing is alike.
  // `bytes`: of the candidates. All must outlive it.
  Likeness(const Oracle& oracle, const std::vector<std::vector<Kind>>& kinds,
           const std::vector<std::int64_t>& bytes)
      : oracle_(oracle), kinds_(kinds), bytes_(bytes) {}

  // With those that are like one of these and take no less room.
  Set like(std::size_t query, const Set& set, std::size_t Kind::* kind) const;
  // Without one of the indexes that it uses there is no plan: the largest is the one that programs
  // take least lightly.
  Set largest_of(std::size_t query, const Set& used) const;
  Set smallest_of(std::size_t query, const Set& used) const;
  // The candidates of a set, by number.
  std::vector<std::size_t> numbers(std::size_t query, const Set& set) const;

 private:
  template <class Before>
  Set first_of(std::size_t query, const Set& used, Before before) const;

  const Oracle& oracle_;
  const std::vector<std::vector<Kind>>& kinds_;
  const std::vector<std::int64_t>& bytes_;
};

}  // namespace architrave::advisor
