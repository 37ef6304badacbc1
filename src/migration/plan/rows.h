// What rows a sandbox holds, in a form that can be compared: whether a way there and back has lost
// any.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/engine.h"
#include "proposal/proposal.h"

namespace architrave::migration {

// By table: how many rows, and a sum over the hashes of the rows' columns that are named for it.
using Digests = std::map<std::string, std::string>;

// The columns of tables that both catalogs have with the same type, by table; computed ones aside.
using SharedColumns = std::map<std::string, std::vector<std::string>>;
SharedColumns shared_columns(const catalog::Catalog& a, const catalog::Catalog& b);

// Without the columns and tables that are lost, as catalog::to_string names them, and their heirs'
// share of these; without columns that rows get a value in.
void give_up(SharedColumns& columns, const catalog::Catalog& catalog,
             const std::set<std::string>& lost);
void leave_out(SharedColumns& columns, const catalog::Catalog& catalog,
               const std::map<std::string, std::string>& fill);

Result<Digests> digest(engine::Sandbox& sandbox, const SharedColumns& columns);

// That the rows which were there are there and the same, or what is not (`trouble`). Where there
// are none it is not tried: a claim over nothing would always hold.
Claim lossless_claim(const std::string& when, std::int64_t rows, std::int64_t tables,
                     const std::string& trouble);

}  // namespace architrave::migration
