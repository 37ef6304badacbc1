// What benches do where a step fails: say so and stop.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/result.h"

namespace architrave {

inline void check(const Status& status) {
  if (status) return;
  fmt::print(stderr, "{}\n", describe(status.error()));
  std::exit(2);
}

template <class T>
T take(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", describe(result.error()));
  std::exit(2);
}

}  // namespace architrave
