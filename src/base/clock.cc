#include "base/clock.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>

namespace architrave {

namespace {
std::string format(double unix_time, const char* pattern) {
  const auto seconds = static_cast<std::time_t>(unix_time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> buffer{};
  const std::size_t size = std::strftime(buffer.data(), buffer.size(), pattern, &parts);
  return {buffer.data(), size};
}
}  // namespace

double report_time() {
  if (const char* fixed = std::getenv("SOURCE_DATE_EPOCH"); fixed != nullptr && *fixed != '\0') {
    char* end = nullptr;
    const double value = std::strtod(fixed, &end);
    if (*end == '\0') return value;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

double monotonic_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string human_time(double unix_time) { return format(unix_time, "%Y-%m-%d %H:%M UTC"); }
std::string iso_time(double unix_time) { return format(unix_time, "%Y-%m-%dT%H:%M:%SZ"); }

}  // namespace architrave
