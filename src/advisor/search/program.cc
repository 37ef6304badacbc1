#include "advisor/search/program.h"

#include <coin/Cbc_C_Interface.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <string>

namespace architrave::advisor {

namespace {

constexpr double infinite = std::numeric_limits<double>::max();

// Of what CBC can do, what spares programs of each kind more than it costs them.
struct Setting {
  Program::Way way;
  const char* name;
  const char* value;
};
constexpr auto settings = std::to_array<Setting>({
    {Program::Way::usual, "cuts", "off"},
    {Program::Way::usual, "gomory", "on"},
    {Program::Way::without_cuts, "cuts", "off"},
    {Program::Way::in_order, "cuts", "off"},
    {Program::Way::in_order, "feasibilityPump", "off"},
    {Program::Way::in_order, "costStrategy", "columnOrder"},
    {Program::Way::in_order, "nodeStrategy", "upfewest"},
});

}  // namespace

std::size_t Program::variable(double cost, double upper, bool whole) {
  variables_.push_back({cost, upper, whole});
  return variables_.size() - 1;
}

void Program::at_least(Terms terms, double value) {
  rows_.push_back({std::move(terms), value, infinite});
}

void Program::at_most(Terms terms, double value) {
  rows_.push_back({std::move(terms), -infinite, value});
}

std::optional<Program::Solution> Program::solve(double gap, double seconds,
                                                std::optional<double> cutoff) const {
  // CBC takes the matrix by columns.
  const std::size_t count = variables_.size();
  std::vector<int> starts(count + 1);
  for (const Row& row : rows_)
    for (const auto& [variable, factor] : row.terms) ++starts[variable + 1];
  for (std::size_t i = 0; i < count; ++i) starts[i + 1] += starts[i];
  std::vector<int> rows(static_cast<std::size_t>(starts[count]));
  std::vector<double> factors(rows.size());
  std::vector<int> next(starts.begin(), starts.end() - 1);
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (const auto& [variable, factor] : rows_[i].terms) {
      const auto at = static_cast<std::size_t>(next[variable]++);
      rows[at] = static_cast<int>(i);
      factors[at] = factor;
    }
  std::vector<double> lower(count), upper(count), costs(count), low, high;
  for (std::size_t i = 0; i < count; ++i) {
    upper[i] = variables_[i].upper;
    costs[i] = variables_[i].cost;
  }
  for (const Row& row : rows_) {
    low.push_back(row.low);
    high.push_back(row.high);
  }
  const std::unique_ptr<Cbc_Model, void (*)(Cbc_Model*)> model(Cbc_newModel(), Cbc_deleteModel);
  Cbc_setLogLevel(model.get(), 0);
  for (const Setting& each : settings)
    if (each.way == way_) Cbc_setParameter(model.get(), each.name, each.value);
  if (cutoff) Cbc_setCutoff(model.get(), *cutoff);
  Cbc_setParameter(model.get(), "log", "0");
  Cbc_setParameter(model.get(), "ratioGap", std::to_string(gap).c_str());
  Cbc_setParameter(model.get(), "seconds", std::to_string(seconds).c_str());
  Cbc_loadProblem(model.get(), static_cast<int>(count), static_cast<int>(rows_.size()),
                  starts.data(), rows.data(), factors.data(), lower.data(), upper.data(),
                  costs.data(), low.data(), high.data());
  for (std::size_t i = 0; i < count; ++i)
    if (variables_[i].whole) Cbc_setInteger(model.get(), static_cast<int>(i));
  Cbc_solve(model.get());
  // A program without whole numbers has no "best solution", but one.
  const double* values = Cbc_bestSolution(model.get());
  if (values == nullptr && Cbc_isProvenOptimal(model.get()) != 0)
    values = Cbc_getColSolution(model.get());
  Solution solution;
  if (values == nullptr && cutoff && Cbc_isProvenInfeasible(model.get()) != 0) {
    solution.objective = solution.bound = *cutoff;
    return solution;
  }
  if (values == nullptr) return {};
  solution.values.assign(values, values + count);
  solution.objective = Cbc_getObjValue(model.get());
  solution.bound = std::min(Cbc_getBestPossibleObjValue(model.get()), solution.objective);
  return solution;
}

}  // namespace architrave::advisor
