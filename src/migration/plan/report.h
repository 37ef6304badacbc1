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

// What differs: a line each, "+ table app.x", "- view app.v", "~ column app.t.c: type a -> b".
std::string to_text(const std::vector<catalog::Change>& changes);
// {changes[]{what, kind, object, property, before, after}}
std::string to_json(const std::vector<catalog::Change>& changes);

}  // namespace architrave::migration
