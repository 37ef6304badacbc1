#include "cli/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace architrave::cli {

namespace {

// How many letters have to be changed, added or left out to make the one from the other.
std::size_t edits(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view written, const std::vector<std::string>& names) {
  const std::string* nearest = nullptr;
  std::size_t distance = written.size() / 3 + 2;
  for (const std::string& name : names) {
    if (const std::size_t away = edits(written, name); away < distance) {
      distance = away;
      nearest = &name;
    }
  }
  return nearest == nullptr ? "" : "did you mean " + *nearest + "? ";
}

}  // namespace architrave::cli
