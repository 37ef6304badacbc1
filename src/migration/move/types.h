// Which type of PostgreSQL's a column of SQLite's becomes: by what it was declared to be where its
// rows hold nothing else, else by what they hold.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "migration/move/profile.h"
#include "migration/move/values.h"

namespace architrave::migration {

struct ChosenType {
  std::string type;
  Form form = Form::text;
  std::string why;      // empty where nothing had to be decided
  std::string refusal;  // what would be lost, if something would
};
ChosenType choose_type(const catalog::Column& column, const ColumnProfile& profile, bool dates);

}  // namespace architrave::migration
