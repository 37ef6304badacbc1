// Queries that can be said better. A rewrite means the same as the query by what the catalog
// proves (keys, NOT NULL, validated foreign keys, volatility), and is then tried: both forms run
// over rows and must return the same. Advice is what would change the meaning, and is for people.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/lookup.h"
#include "proposal/tuning.h"

namespace architrave::engine {
class Sandbox;
}

namespace architrave::advisor {

using Advice = QueryAdvice;

// All rules that apply to a query, each on its own, in the order of the rules' names. Nothing for
// a text that is no single SELECT, or that PostgreSQL's parser does not understand.
std::vector<Rewrite> find_rewrites(const catalog::Catalog& catalog, const catalog::Lookup& lookup,
                                   std::string_view query);
std::vector<Advice> find_advice(const catalog::Catalog& catalog, const catalog::Lookup& lookup,
                                std::string_view query);
// Why the query as a whole is left alone ("it calls random(), which is volatile"), or "".
std::string why_left_alone(const catalog::Catalog& catalog, const catalog::Lookup& lookup,
                           std::string_view query);

struct ProofOptions {
  double seconds = 5;      // statement timeout of each run
  int data_sets = 3;       // of made-up rows, where the source has none
  unsigned seed = 1;       // of the first of them
  bool with_rows = true;   // compare over the source's own rows where there are any
  bool with_times = true;  // and time both forms
  // Values for $1, $2, … that a query was called with, by its fingerprint; some of each type are
  // tried besides.
  std::map<std::string, std::vector<std::vector<std::optional<std::string>>>, std::less<>> samples =
      {};
  // Run in each transaction before both forms, after the rows are there: what the rewrite needs.
  std::vector<std::string> prepare = {};
};

// Fills in the proofs. `sandbox` holds the definitions of the catalog, and rows if the source has
// them; it is left as it was. `twin` (may be null) has production's statistics and is asked for
// costs. Claims:
//  - equivalent: both forms ran in one transaction that was rolled back, over the source's own rows
//    or over made-up ones (NULLs, duplicates and orphans wherever the definitions let them), and
//    were compared as multisets of rows. Not tried if neither was possible.
//  - cheaper: with the source's own rows by time; else by cost, which never refutes: it is only
//    said. The times themselves are in the fields, and not in the claim.
// The error is for a server that can no longer be reached.
Status prove_rewrites(std::vector<Rewrite>& rewrites, const catalog::Catalog& catalog,
                      const catalog::Lookup& lookup, engine::Sandbox& sandbox,
                      engine::Sandbox* twin = nullptr, const ProofOptions& options = {});

// Equivalent as far as it was tried, and not clearly slower.
bool is_offered(const Rewrite& rewrite);

}  // namespace architrave::advisor
