#include "workload/workload.h"

#include <algorithm>
#include <tuple>

namespace architrave::workload {

std::string_view to_string(QueryKind kind) {
  switch (kind) {
    case QueryKind::select:
      return "select";
    case QueryKind::insert:
      return "insert";
    case QueryKind::update:
      return "update";
    case QueryKind::remove:
      return "delete";
    case QueryKind::merge:
      return "merge";
    case QueryKind::utility:
      break;
  }
  return "utility";
}

void sort_queries(Workload& workload) {
  std::ranges::sort(workload.queries, [](const Query& a, const Query& b) {
    return std::tie(b.total_ms, b.calls, a.fingerprint) <
           std::tie(a.total_ms, a.calls, b.fingerprint);
  });
}

}  // namespace architrave::workload
