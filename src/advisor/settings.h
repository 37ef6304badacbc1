// What a server's settings should be: memory, the planner's costs, checkpoints, connections,
// vacuum, and options of single tables. Each comes from one row of a table (settings_rows.h) that
// says its formula and where that is published; nothing is proposed that is set already, that
// would change by less than a fifth, or for which nothing was measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "proposal/tuning.h"
#include "workload/workload.h"

namespace architrave::advisor {

// What SQL can't be asked, and people have to say.
struct Machine {
  std::optional<std::int64_t> memory;  // bytes that the database server may use
  std::optional<int> cpus;             // cores
  std::string storage;                 // "ssd", "disk", "network"; "" is not known
  std::optional<int> connections;      // that clients open at the same time, at most
};

// In the order of the rows, options of tables last, most writes first. A proposal of its own is
// added for each, of kind "setting" or, for a table's, "set_option" as the review's rules make
// them: the same change has the same id. `workload` may be null. `notes` gets what could not be
// judged, and which option would say it.
std::vector<TunedSetting> advise_settings(const catalog::Catalog& catalog,
                                          const workload::Workload* workload,
                                          const Machine& machine, std::vector<Proposal>& proposals,
                                          std::vector<std::string>& notes);

}  // namespace architrave::advisor
