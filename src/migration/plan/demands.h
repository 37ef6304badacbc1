// What a new schema demands of the rows that are there, as questions to whoever has them: which do
// not fit, how many, and one of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "engine/attempt.h"
#include "migration/plan/renames.h"

namespace architrave::migration {

struct Demand {
  std::string object;  // "constraint app.orders.orders_total_check"
  std::string misfit;  // of how many rows that do not fit: "broken by {}"
  std::vector<std::string>
      preludes;                    // statements that the query takes, where something may be made
  std::string count = "count(*)";  // over rows that do not fit, or over groups of them
  std::vector<std::string> shown;  // what tells one: "price"
  bool as_text = true;             // so that it has an order
  std::string rows;                // those that do not fit: "FROM app.orders WHERE NOT (price > 0)"
  std::string finds;               // a query for people; empty: made of the values that were seen
  std::string advice;              // what to do with them
  bool pending = false;            // it speaks of values that rows get, which no query finds before
  bool not_yet = false;            // and they are not known before
  // Of a type: fails where a value does not fit, and can be asked where nothing may be made. Which
  // rows these are, there, is asked in another way, if there is one.
  std::string probe;
  std::string rows_by_reading;
};

// `fill`: what rows without a value get, by column. `names`: what tables and columns of `from` are
// called where the rows are asked as they are; without them they are asked of a database that is on
// its way.
std::vector<Demand> demands(const catalog::Catalog& from, const catalog::Catalog& to,
                            const std::map<std::string, std::string>& fill,
                            const OldNames* names = nullptr);

// The same of a demand that has `rows_by_reading`, where nothing may be made.
Demand by_reading(Demand demand);

// The statements to be tried, of which the last answers.
std::vector<std::string> questions(const Demand& demand);

// What an answer says, to a person; nothing where all rows fit, or where it could not be asked.
// `as_they_are`: it was asked of rows as they are now, so that a query finds them.
std::optional<std::string> misfits(const Demand& demand, const engine::Attempt& answer,
                                   bool as_they_are);

}  // namespace architrave::migration
