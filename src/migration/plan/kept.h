// What a migration takes out of a schema and does not throw away: rows and values are kept aside
// until somebody says that they may be lost.
//
// A column is renamed: note -> note__dropped. A table goes to a schema of its own,
// architrave_dropped. Neither takes part when schemas are compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/object.h"

namespace architrave::migration {

constexpr const char* kept_schema = "architrave_dropped";

struct Kept {
  catalog::Object object;
  std::vector<std::string> aside;  // in place of its DROP
  std::string leave;               // of a partition: what has to be done before, by whatever step
  std::vector<std::string> back;
};
// Nothing for what can't be kept: it is no table, column or sequence.
Kept keep(const catalog::Object& object, const catalog::Catalog& catalog);

// The name under which something is kept beside what it was: "note__dropped"; whether it is one.
std::string kept_name(const std::string& name);
bool is_kept_name(std::string_view name);

// The catalog without what is kept aside in it.
void forget_kept(catalog::Catalog& catalog);

}  // namespace architrave::migration
