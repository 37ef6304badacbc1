// Runs the schema rules over a catalog.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "proposal/rule.h"

namespace architrave::review {

struct Settings {
  std::vector<std::string> only;     // names of rules; empty: all
  std::vector<std::string> without;  // names of rules
};

// Pure: the same catalog gives the same review, in the same order. Rules for another engine are
// left out; rules that need usage counters are skipped with the reason where there are none.
Review review(const catalog::Catalog& catalog, const Settings& settings = {});

}  // namespace architrave::review
