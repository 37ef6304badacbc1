// Logs in the stderr format: a prefix, a severity and a text whose further lines begin with a tab.
// A line with another prefix teaches the reader that one: log_line_prefix can be changed while a
// server runs, and what a quiet night has at its beginning may not show all of it.
#pragma once

#include <vector>

#include "workload/entry.h"
#include "workload/prefix.h"

namespace architrave::workload {

class StderrReader final : public LogReader {
 public:
  StderrReader(Prefix prefix, EntrySink& sink) : prefixes_{std::move(prefix)}, sink_(sink) {}
  std::size_t feed(std::string_view bytes, bool end, bool hold_last) override;

 private:
  std::optional<std::size_t> match(std::string_view line, Entry& entry);

  std::vector<Prefix> prefixes_;
  EntrySink& sink_;
};

}  // namespace architrave::workload
