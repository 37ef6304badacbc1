// Puts the makings of a catalog's objects into an order that loads.
#pragma once

#include <string>
#include <vector>

namespace architrave::postgres {

// One step: statements that make some objects, and what must be there before. Objects are named as
// catalog::to_string(Object) names them.
struct Step {
  int priority = 0;  // what comes first where nothing else decides; then the name
  std::string name;
  std::string of;  // the object that it makes, or whose property it sets
  enum class Act { make, alter, unmake, rename } act = Act::make;
  bool alone = false;  // committed before what needs it: a new label of an enumeration
  std::vector<std::string> makes;
  std::vector<std::string> needs;
  std::vector<std::string> statements;
  // A step that can be taken in two halves, where a cycle asks for it: a table without its
  // defaults, a view without its query, a type without its functions. `first` makes the objects
  // and needs only `first_needs`; `second` needs the rest. Empty `first`: it can't be halved.
  std::vector<std::string> first;
  std::vector<std::string> first_needs;
  std::vector<std::string> second;
};

// The steps in order, each without its makings and needs; of one that was halved, both halves. What
// no step makes is taken to be there. A cycle that no halving breaks is broken at its first step.
std::vector<Step> in_order(std::vector<Step> steps);

}  // namespace architrave::postgres
