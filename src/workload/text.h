// A workload for people.
#pragma once

#include <cstddef>
#include <string>

#include "workload/workload.h"

namespace architrave::workload {

// The `top` queries by their time, statements sent once for each row, and what could not be read.
std::string to_text(const Workload& workload, int width, std::size_t top = 20);

}  // namespace architrave::workload
