// What the readers of each language share: the schema that they make, and the first thing in the
// files that can't be meant.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/model/schema.h"

namespace architrave::model {

class Meaning {
 protected:
  explicit Meaning(const std::vector<File>& files) : files_(files) {}
  bool sqlite() const { return meant.engine == Engine::sqlite; }
  void wrong(Place place, std::string message, std::string hint = {},
             std::string code = "model.meaning") {
    if (!error_)
      error_ = Error{std::move(code), std::move(message), where(files_, place), std::move(hint)};
  }
  Result<Schema> result() {
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(meant);
  }

  Schema meant;

 private:
  const std::vector<File>& files_;
  std::optional<Error> error_;
};

}  // namespace architrave::model
