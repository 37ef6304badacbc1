#include "workload/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/clock.h"
#include "base/terminal.h"
#include "base/text.h"

namespace architrave::workload {

namespace {

std::string milliseconds(double ms) { return human_seconds(ms / 1000); }

// In one line, cut to so many columns.
std::string one_line(std::string_view text, int width) {
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (space && (line.empty() || line.back() == ' ')) continue;
    line += space ? ' ' : c;
  }
  if (display_width(line) <= width) return line;
  while (!line.empty() && display_width(line) >= width) {
    while ((static_cast<unsigned char>(line.back()) & 0xc0U) == 0x80) line.pop_back();
    line.pop_back();
  }
  return line + "…";
}

void add_head(std::string& out, const Workload& workload) {
  out += workload.name + " (" + workload.source;
  if (workload.from && workload.to)
    out += ", " + human_time(*workload.from) + " to " + human_time(*workload.to);
  out += ")\n" + plural(workload.statements, "statement") + ", " +
         plural(std::ssize(workload.queries), "query", "queries");
  if (workload.unparsed > 0) out += ", " + human_count(workload.unparsed) + " not understood";
  if (workload.unreadable_lines > 0)
    out += ", " + plural(workload.unreadable_lines, "unreadable line");
  out += "\n";
}

void add_queries(std::string& out, const Workload& workload, int width, std::size_t top) {
  if (workload.queries.empty()) return;
  const double total =
      std::accumulate(workload.queries.begin(), workload.queries.end(), 0.0,
                      [](double sum, const Query& query) { return sum + query.total_ms; });
  // Where no time is known, the share is that of the calls.
  const bool timed = total > 0;
  const double all =
      timed ? total : static_cast<double>(std::max<std::int64_t>(workload.statements, 1));
  out += '\n' +
         styled(fmt::format("{:>10} {:>9} {:>9} {:>6}  {}", "calls", timed ? "total" : "",
                            timed ? "mean" : "", "share", "query"),
                Style::bold) +
         '\n';
  for (std::size_t i = 0; i < std::min(top, workload.queries.size()); ++i) {
    const Query& query = workload.queries[i];
    const auto calls = static_cast<double>(std::max<std::int64_t>(query.calls, 1));
    out += fmt::format("{:>10} {:>9} {:>9} {:>5.1f}%  {}\n", human_count(query.calls),
                       timed ? milliseconds(query.total_ms) : "",
                       timed ? milliseconds(query.total_ms / calls) : "",
                       100 * (timed ? query.total_ms : static_cast<double>(query.calls)) / all,
                       one_line(query.text, std::max(30, width - 39)));
  }
  if (workload.queries.size() > top)
    out +=
        "and " +
        plural(std::ssize(workload.queries) - static_cast<std::int64_t>(top), "query", "queries") +
        " more: --top, or --format json\n";
}

void add_repeated(std::string& out, const Workload& workload, int width) {
  if (workload.n_plus_one.empty()) return;
  out += '\n' + styled("Sent once for each row (N+1)", Style::bold) + '\n';
  for (const NPlusOne& found : workload.n_plus_one) {
    out += "  " + one_line(found.text, width - 2) + '\n';
    out += wrap("    " + plural(found.round_trips, "round trip") + " in " +
                    plural(found.bursts, "burst") + ", " + human_count(found.saved) +
                    " of them to spare; what varies is " + found.key,
                width, "    ") +
           '\n';
    if (!found.parent_text.empty())
      out += "    after    " + one_line(found.parent_text, width - 13) + '\n';
    if (!found.batched.empty()) out += "    batched  " + one_line(found.batched, 10'000) + '\n';
    if (!found.joined.empty()) out += "    joined   " + one_line(found.joined, 10'000) + '\n';
  }
}

}  // namespace

std::string to_text(const Workload& workload, int width, std::size_t top) {
  std::string out;
  add_head(out, workload);
  add_queries(out, workload, width, top);
  add_repeated(out, workload, width);
  if (workload.notes.empty()) return out;
  out += '\n' + styled(workload.partial ? "What could not be read" : "Notes", Style::bold) + '\n';
  for (const std::string& text : workload.notes)
    out += wrap("  - " + one_line(text, 10'000), width, "    ") + '\n';
  return out;
}

}  // namespace architrave::workload
