// Logs in the stderr format: a prefix, a severity and a text whose further lines begin with a tab.
#pragma once

#include "workload/entry.h"
#include "workload/prefix.h"

namespace architrave::workload {

class StderrReader final : public LogReader {
 public:
  StderrReader(Prefix prefix, EntrySink& sink) : prefix_(std::move(prefix)), sink_(sink) {}
  std::size_t feed(std::string_view bytes, bool end, bool hold_last) override;

 private:
  Prefix prefix_;
  EntrySink& sink_;
};

}  // namespace architrave::workload
