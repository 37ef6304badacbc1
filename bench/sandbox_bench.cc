// How long a sandbox takes from a warm template to the answer to its first query, beside what
// copying the template's files and a bare `postgres --version` take in the same run.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "engine/postgres/server.h"

using namespace architrave;

namespace {

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + std::ssize(values) / 2);
  return values[values.size() / 2];
}

}  // namespace

int main() {
  for (const postgres::Installation& installation : postgres::installations()) {
    std::vector<double> ready;
    std::vector<double> bare;
    for (int i = 0; i < 8; ++i) {
      const double start = monotonic_seconds();
      const auto server = postgres::Server::start(installation);
      auto connection = server ? (*server)->connect("postgres")
                               : Result<postgres::Connection>(std::unexpected(server.error()));
      if (!connection || !connection->query("SELECT 1")) {
        std::fputs(describe(connection ? Error{} : connection.error()).c_str(), stderr);
        return 2;
      }
      if (i > 0) ready.push_back(monotonic_seconds() - start);  // the first makes the template
      const double begin = monotonic_seconds();
      Command version;
      version.arguments = {(installation.bin / "postgres").string(), "--version"};
      (void)run(version);
      bare.push_back(monotonic_seconds() - begin);
    }
    fmt::print(
        "sandbox, PostgreSQL {:<6} first answer {:6.0f} ms (worst {:.0f})   "
        "postgres --version {:4.0f} ms   goal 250 ms\n",
        installation.version, 1e3 * median(ready), 1e3 * std::ranges::max(ready),
        1e3 * median(bare));
  }
  return 0;
}
