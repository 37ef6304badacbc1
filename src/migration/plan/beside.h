// What swaps of tables and of partitions have in common: new ones made beside the old ones, under
// other names where those are taken; a trigger that keeps them equal; names that change hands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/lookup.h"
#include "migration/plan/swap.h"

namespace architrave::migration {

// A table or partition of each side that both are to have one name.
struct Namesakes {
  const catalog::Relation* was;
  const catalog::Relation* is;
};

class Beside {
 public:
  Beside(const catalog::Catalog& from, const catalog::Catalog& to, const std::string& role)
      : from_(from), role_(role), before_(from), after_(to) {}

  const catalog::Lookup& before() const { return before_; }
  const catalog::Lookup& after() const { return after_; }

  // With its partitions; nothing where that is not known.
  std::optional<std::int64_t> bytes(const catalog::Relation& table) const;
  // What makes the new table and these of its partitions.
  std::vector<std::string> definitions(const catalog::Relation& now,
                                       std::vector<const catalog::Relation*> all,
                                       const std::vector<Namesakes>& both) const;

 private:
  const catalog::Catalog& from_;
  const std::string& role_;
  const catalog::Lookup before_;
  const catalog::Lookup after_;
};

// Whether rows of the one are rows of the other, whatever their types. The other may have more
// columns, which rows come to by themselves.
bool same_columns(const catalog::Relation& a, const catalog::Relation& b);

// Whether its rows can be told apart and taken in order, whatever the search path is, and there is
// a column that an UPDATE can set to what it is.
bool can_be_carried(const catalog::Relation& table);

// What of a row is written: the rest is computed.
std::vector<std::string> carried(const catalog::Relation& table);

// "a, b", and their values in the one table as the other's.
std::string columns_of(const std::vector<std::string>& names);
std::string values_of(const std::vector<std::string>& names, const catalog::Relation& from,
                      const catalog::Relation& to, const std::string& before = {});

// The table's partitions, and theirs.
std::vector<const catalog::Relation*> parts(const catalog::Relation& table,
                                            const catalog::Lookup& lookup);

using Naming = std::string (*)(const std::string&);

// Where rows are carried to, and what begins the names of what does it.
struct Way {
  Naming other;
  std::string_view sync;
};
constexpr Way way_there = {new_name, "sync_"};
constexpr Way way_back = {old_name, "sync_back_"};

// A trigger of the `written` tables that carries over what happens to a row; one of each that may
// be emptied by itself; and the backfill, which has the former carry over what is there.
void keep_equal(Swap& swap, const catalog::Relation& table, const catalog::Relation& now,
                const std::vector<const catalog::Relation*>& written,
                const std::vector<const catalog::Relation*>& emptied, const Way& way = way_there);
// In the moment of the swap.
void leave_alone(Swap& swap, const catalog::Relation& table,
                 const std::vector<const catalog::Relation*>& written,
                 const std::vector<const catalog::Relation*>& emptied, const Way& way = way_there);

// The table and its indexes from one name to the other.
std::vector<std::string> rename(const catalog::Relation& table, Naming from, Naming to);
std::string plain_name(const std::string& name);

}  // namespace architrave::migration
