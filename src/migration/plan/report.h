// A plan as people and programs read it.
#pragma once

#include <string>
#include <vector>

#include "migration/plan/plan.h"

namespace architrave::migration {

// `files`: those that were written, or none.
std::string to_text(const Plan& plan, const std::vector<Migration>& files);
// {name, changes[], steps[]{phase, sql, down, lock, rewrites, transactional},
//  refused[]{object, why}, lost[], proof{status, claims[]}, files[]}
std::string to_json(const Plan& plan, const std::vector<Migration>& files);

}  // namespace architrave::migration
