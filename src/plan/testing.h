// Plans that PostgreSQL 15 gave, for the tests of this folder; testdata/ has them.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "plan/plan.h"

namespace architrave::plan::testing {

inline std::string recorded(const std::string& file) {
  const auto text = read_file(std::string(ARCHITRAVE_SOURCE_DIR) + "/src/plan/testdata/" + file);
  EXPECT_TRUE(text) << file;
  return text.value_or("");
}

inline Plan plan_of(const std::string& name) {
  auto plan = read_json(recorded(name + ".json"));
  EXPECT_TRUE(plan) << name;
  return std::move(plan).value_or(Plan{});
}

}  // namespace architrave::plan::testing
