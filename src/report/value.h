// The report as one JSON value, for the writers that embed it. Included by .cc files only.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "report/report.h"

namespace architrave::report {

using Json = nlohmann::ordered_json;

// The object that to_json prints: docs/report.schema.json has its shape.
Json to_value(const Report& report);
Json to_value(const Proposal& proposal);
Json to_value(const Proof& proof);
// As text. Bytes that are not UTF-8 become U+FFFD; never throws. `indent` < 0: one line.
std::string print(const Json& value, int indent);

}  // namespace architrave::report
