// Indexes as proposals: named, documented, made without blocking writers, and undone exactly.
#pragma once

#include <set>
#include <string>

#include "advisor/candidates.h"
#include "proposal/tuning.h"

namespace architrave::advisor {

// Names the candidate's index, and those of its parts, as no relation of their schemas is called,
// and none of `taken` ("schema.name"), which they join.
void name_index(const catalog::Catalog& catalog, Candidate& candidate,
                std::set<std::string>& taken);

// Of a named candidate. `comment` says what the index is for (DB-2). On a partitioned table it is
// made empty, and each part of it beside the writes; when the last one is attached, it is whole.
Proposal create_index_proposal(const Candidate& candidate, const std::string& comment,
                               std::string why);
Proposal drop_index_proposal(const catalog::Relation& table, const catalog::Index& index,
                             std::string why);

}  // namespace architrave::advisor
