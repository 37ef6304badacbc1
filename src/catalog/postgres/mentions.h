// Which of a catalog's objects a piece of SQL names: a scan for their qualified names, literals
// included, since nextval('app.orders_id_seq'::regclass) needs the sequence too.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::postgres {

class Mentions {
 public:
  explicit Mentions(const catalog::Catalog& catalog);
  // As catalog::to_string(Object), sorted, each once.
  std::vector<std::string> in(std::string_view sql) const;

 private:
  std::unordered_multimap<std::string, std::string> objects_;  // by qualified name
};

}  // namespace architrave::postgres
