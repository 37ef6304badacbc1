// A twin: a database's definitions and planner's statistics, as a file, and as a server that plans
// like the original and holds none of its rows.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/postgres/connection.h"
#include "engine/postgres/server.h"
#include "engine/postgres/statistics.h"

namespace architrave::postgres {

constexpr std::string_view twin_magic = "architrave twin";  // what such a file begins with

struct Twin {
  catalog::Catalog catalog;
  Statistics statistics;
};

// The bytes of a twin file: a line of magic, format version, length and checksum, then JSON
// compressed with zstd.
Result<std::string> write_twin(const Twin& twin);
// Any bytes may be given. Error "twin.corrupt" for what write_twin did not write.
Result<Twin> read_twin(std::string_view bytes);

// Leaves out every value that the planner's statistics have sampled from rows. Histograms of
// numbers and times move between their neighbours; those of text become made-up words in the same
// number; lists of most common values become part of the histogram, but for booleans and enums; of
// other types no value stays. A number or date of a range in which every one occurs (1 to 50) may
// by chance be there again.
void remove_values(Twin& twin);

// Makes the server a twin: it holds the catalog's definitions already. Restarts the server, and
// connects `connection` again. Statistics of what the server does not have are left out.
Status load_statistics(const Statistics& statistics, Server& server, Connection& connection);

}  // namespace architrave::postgres
