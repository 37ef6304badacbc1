// Indexes as proposals: named, documented, made without blocking writers, and undone exactly.
#pragma once

#include <set>
#include <string>

#include "advisor/candidates.h"
#include "proposal/tuning.h"

namespace architrave::advisor {

// A name that no relation of the schema has, and none of `taken`, which it joins.
std::string index_name(const catalog::Catalog& catalog, const Candidate& candidate,
                       std::set<std::string>& taken);

// `candidate.index.name` is set. `comment` says what the index is for (DB-2).
Proposal create_index_proposal(const Candidate& candidate, const std::string& comment,
                               std::string why);
Proposal drop_index_proposal(const catalog::Relation& table, const catalog::Index& index,
                             std::string why);

}  // namespace architrave::advisor
