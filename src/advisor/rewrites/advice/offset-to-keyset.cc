#include <algorithm>

#include "advisor/rewrites/build.h"
#include "advisor/rewrites/facts.h"
#include "advisor/rewrites/rule.h"
#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor::rewrites::rules {

extern const AdviceRule offset_to_keyset;
const AdviceRule offset_to_keyset = {
    .name = "offset-to-keyset",
    .summary = "OFFSET reads all the rows that it leaves out",
    .look = [](Level& level) -> std::optional<Hint> {
      const Tree& offset = level.select["limit_offset"];
      if (offset.empty() || offset["isnull"].flag() || integer(offset) == 0) return {};
      std::vector<std::string> columns;
      for (const Tree& each : level.select["sort_clause"].list)
        if (const auto column = resolve(each["node"], level.scope)) columns.push_back(column->name);
      return Hint{
          "OFFSET reads and throws away every row that it leaves out, and rows that come or go "
          "meanwhile are shown twice or never",
          columns.empty()
              ? "ORDER BY a key, and ask for the rows after the last one that was shown"
              : "ask for the rows after the last one that was shown: WHERE (" +
                    join(columns, ", ") +
                    ") > (…) with the same ORDER BY, ended by a key; the pages then can't be "
                    "jumped to by number"};
    }};

}  // namespace architrave::advisor::rewrites::rules
