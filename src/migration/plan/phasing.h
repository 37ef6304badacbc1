// Gathers statements into a phase's steps: transactions as long as they can be, and what stands by
// itself.
#pragma once

#include <string>
#include <vector>

#include "catalog/object.h"
#include "migration/files.h"

namespace architrave::migration {

class Phasing {
 public:
  void together(Statement statement) { open_.push_back(std::move(statement)); }
  // `patient`: nobody waits behind it, since it takes a lock that lets writers through.
  void alone(Statement statement, bool patient = true);
  void fill(Backfill backfill);
  // By way of a check that is validated by itself, which SET NOT NULL trusts.
  void not_null(const catalog::ObjectName& table, const std::string& column,
                Leftover leftover = {});
  void close();
  std::vector<Step> take();

 private:
  std::vector<Statement> open_;
  std::vector<Step> steps_;
};

}  // namespace architrave::migration
