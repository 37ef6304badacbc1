// What a plan writes anew while those who use it wait.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/plan/plan.h"

namespace architrave::migration {

// Large tables that are there before, by what is done to them there and back: "public.orders is
// written anew under ACCESS EXCLUSIVE: ALTER TABLE …". `small_bytes` as SwapOptions has it.
std::vector<std::string> rewrites_under_lock(const Plan& plan, const catalog::Catalog& before,
                                             std::int64_t small_bytes);

}  // namespace architrave::migration
