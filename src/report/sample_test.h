// A report made by hand, with the odd names and the rare states that writers have to survive.
#pragma once

#include "report/report.h"

namespace architrave::report {

// Tables with keys, an enum, a partitioned table, and names that need quotes.
catalog::Catalog sample_catalog();
// Findings with fixes that are proved, untried and refuted. The catalog must outlive the report.
Report sample_report(const catalog::Catalog& catalog);

// Compares with src/report/testdata/NAME; with $ARCHITRAVE_UPDATE=1 writes it instead.
void expect_golden(const std::string& name, const std::string& text);

// Validates with Python's jsonschema against a schema of this repository (its path there); its
// complaints, or "" if there are none.
std::string complaints(const std::string& schema, const std::string& text);
bool has_validator();

}  // namespace architrave::report
