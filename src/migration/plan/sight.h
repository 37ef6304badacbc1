// Rows as they will be, where they are: what stands in FROM in place of a table of TO's that is not
// there yet. Columns have TO's names; what rows get in new ones, and in those that are filled, is
// worked out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "migration/plan/renames.h"

namespace architrave::migration {

class Sight {
 public:
  // `from`: as it is once it is renamed; `names`: what it was called before. Without names rows are
  // those of a database that is on its way, and already called what TO calls them.
  Sight(const catalog::Catalog& from, const catalog::Catalog& to,
        const std::map<std::string, std::string>& fill, const OldNames* names)
      : from_(from),
        to_(to),
        fill_(fill),
        names_(names),
        is_sqlite_(from.server.engine == "sqlite") {}

  bool is_sqlite() const { return is_sqlite_; }
  bool is_ahead() const { return names_ != nullptr; }
  std::string quote(const std::string& name) const;
  std::vector<std::string> quoted(const std::vector<std::string>& names) const;

  enum class Known { as_it_is, worked_out, not_yet };
  Known known(const catalog::Relation& now, const std::string& column) const;
  Known known(const catalog::Relation& now, const std::vector<std::string>& columns) const;

  // What stands in FROM for a table of which these columns are asked. `own`: without its heirs'
  // rows; `places`: with tableoid and ctid.
  std::string rows(const catalog::Relation& now, const std::vector<std::string>& columns,
                   bool own = false, bool places = false) const;
  // The same where no other name follows.
  std::string named_rows(const catalog::Relation& now, const std::vector<std::string>& columns,
                         bool own = false, bool places = false) const;
  // A table and a column as they are called where rows are asked.
  std::string table(const catalog::Relation& now) const;
  std::string column(const catalog::Relation& now, const std::string& name) const {
    return quote(is_ahead() ? names_->column(now, name) : name);
  }

 private:
  // The column's value in FROM's own names; nothing if it is not known yet.
  std::string value(const catalog::Relation& before, const catalog::Relation& now,
                    const std::string& column) const;

  const catalog::Catalog& from_;
  const catalog::Catalog& to_;
  const std::map<std::string, std::string>& fill_;
  const OldNames* names_;
  bool is_sqlite_;
};

}  // namespace architrave::migration
