// Objects that go under another name: those that were said to, and those that look as if.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/lookup.h"

namespace architrave::migration {

struct Rename {
  catalog::Object object;  // as it is now
  std::string to;          // its new name, quoted where SQL needs it, without schema or table
  std::string renamed;     // the same with schema and table
  std::string statement;   // ALTER … RENAME …
  std::string back;
  // Of a table: a view under its old name, with its privileges, through which an application that
  // knows only that reads and writes; and its end. Empty where there can't be one.
  std::vector<std::string> keep_old_name;
  std::string drop_old_name;
  bool old_name_is_free = true;  // no other rename goes to it, and somebody knew it
};

// "app.orders.total=amount", "app.orders=purchases": an object by its qualified name (a schema, a
// table, view, sequence, type, column, constraint or index), and its new name; that may be
// qualified the same. Errors "plan.rename".
Result<Rename> parse_rename(const std::string& text, const catalog::Catalog& from);

// "ALTER TABLE IF EXISTS app.orders RENAME TO orders__new": what has the old name of something in
// `to` goes by another on the way back, until it is dropped. Empty where nothing has it, or has it
// by one of the renames, which is undone as well.
std::string room_for_old_name(const catalog::Catalog& to, const std::string& old_name,
                              const std::vector<std::string>& renames);

// Renames in an order that runs. A name that another has, who is to be renamed as well, is waited
// for; where they wait for each other, one goes by a third name in between.
class RenameQueue {
 public:
  explicit RenameQueue(std::vector<std::string> texts) : pending_(std::move(texts)) {}
  bool empty() const { return pending_.empty(); }
  // The next one, to be run before the one after it is asked for. Errors: those of parse_rename.
  Result<Rename> next(const catalog::Catalog& now);

 private:
  std::vector<std::string> pending_;
  std::set<std::string> waiting_;
  std::set<std::string> thirds_;
};

// What tables and columns were called before some renames.
class OldNames {
 public:
  void add(Rename rename) { renames_.push_back(std::move(rename)); }
  catalog::ObjectName table(const catalog::Relation& now) const;
  std::string column(const catalog::Relation& now, const std::string& name) const;

 private:
  std::vector<std::string> find(const catalog::Relation& now, const std::string& column) const;
  std::vector<Rename> renames_;  // as they are run
};

// What is gone from the one catalog and new in the other, and so alike that it may be the same.
struct LikelyRename {
  catalog::Object before;
  catalog::Object after;
  double confidence = 0;  // 0..1: the share of what makes it up that is the same
  std::string option;     // "--rename app.orders.total=amount"
};
std::vector<LikelyRename> likely_renames(const catalog::Catalog& from, const catalog::Catalog& to);

}  // namespace architrave::migration
