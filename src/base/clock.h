// The time, behind one seam.
#pragma once

#include <string>

namespace architrave {

// Unix time in seconds: $SOURCE_DATE_EPOCH where it is set, so that the same input gives the same
// report, else now.
double report_time();
// Seconds since some fixed moment, for measuring how long something took.
double monotonic_seconds();
// "2026-11-21 01:30 UTC" and "2026-11-21T01:30:00Z".
std::string human_time(double unix_time);
std::string iso_time(double unix_time);

}  // namespace architrave
