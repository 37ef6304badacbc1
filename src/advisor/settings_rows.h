// The two tables behind advise_settings: a row is a setting, its formula in words, where that is
// published, and the function that computes it. docs/settings.md is made of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "advisor/settings.h"

namespace architrave::advisor {

struct Facts {
  const catalog::Catalog& catalog;
  const workload::Workload* workload;  // may be null
  const Machine& machine;
};

// What a row can't do without, as bits.
enum Needs : unsigned {
  nothing = 0,
  memory = 1,
  cpus = 2,
  storage = 4,
  connections = 8,
  queries = 16,
  checkpoints = 32,  // counted, and for long enough
};

struct Value {
  std::string proposed;          // as ALTER SYSTEM takes it
  std::string computed_from;     // "memory 64 GB, 3 autovacuum workers"
  std::optional<double> number;  // in bytes, milliseconds or plain; absent: compared as text
  std::string hint;              // more to know, for `why`; may be empty
};

struct SettingRow {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
  std::string_view why;
  unsigned needs = nothing;
  bool restart = false;
  std::optional<Value> (*value)(const Facts& facts) = nullptr;
};
std::span<const SettingRow> setting_rows();

// Options of a table; `current` is what is in force for it today.
struct TableRow {
  std::string_view name;
  std::string_view formula;
  std::string_view source;
  std::string_view title;  // imperative, {} is the table
  std::string_view why;
  std::string (*current)(const Facts& facts, const catalog::Relation& table) = nullptr;
  std::optional<Value> (*value)(const Facts& facts, const catalog::Relation& table) = nullptr;
};
std::span<const TableRow> table_rows();

// A size as settings say it, rounded down to something that people would write.
struct Size {
  std::int64_t bytes = 0;
  std::string text;  // "16GB"
};
Size round_size(std::int64_t bytes);

// Rows that vacuum waits for in this table, by its own options or the server's.
double vacuum_threshold(const catalog::Catalog& catalog, const catalog::Relation& table);

}  // namespace architrave::advisor
