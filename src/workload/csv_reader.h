// Logs in the csv format, with the columns of PostgreSQL 9 to 18.
#pragma once

#include <array>
#include <string>

#include "workload/entry.h"

namespace architrave::workload {

class CsvReader final : public LogReader {
 public:
  explicit CsvReader(EntrySink& sink) : sink_(sink) {}
  std::size_t feed(std::string_view bytes, bool end, bool hold_last) override;

  static constexpr std::size_t least_columns = 23;
  // Whether the bytes begin like such a log.
  static bool looks_like(std::string_view bytes);

 private:
  // Splits the record at `at`. Gives where the next begins, `incomplete` where the bytes end before
  // it does, or `broken`.
  std::size_t split(std::string_view bytes, std::size_t at, bool end);

  EntrySink& sink_;
  std::array<std::string_view, 32> fields_{};
  std::size_t count_ = 0;
  std::array<std::string, 32> unquoted_;  // what fields with doubled quotes are without
};

}  // namespace architrave::workload
