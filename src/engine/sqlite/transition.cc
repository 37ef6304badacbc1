#include "engine/sqlite/transition.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "catalog/lookup.h"
#include "engine/sqlite/definitions.h"
#include "engine/sqlite/sqlite.h"
#include "engine/sqlite/tokens.h"
#include "engine/sqlite/writer.h"

namespace architrave::sqlite {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Index;
using catalog::Relation;
using catalog::Trigger;

// Tokens with one space between them; names without quotes and in lower case, as SQLite folds them.
std::string plain(std::string_view sql) {
  std::string text;
  for (const Token& token : tokenize(sql)) {
    const std::string_view word = sql.substr(token.begin, token.end - token.begin);
    if (!text.empty()) text += ' ';
    if (token.kind == Token::Kind::word || token.kind == Token::Kind::quoted)
      text += lower(unquote(word));
    else
      text += word;
  }
  while (text.ends_with(" ;")) text.resize(text.size() - 2);
  return text;
}

// CREATE TABLE in parts: what stands between its commas, and what behind its parenthesis.
struct TableItems {
  std::vector<std::string> items;
  std::string rest;
};

TableItems items_of(const std::string& sql) {
  TableItems table;
  Cursor cursor(sql);
  while (!cursor.at_end() && !cursor.is("(")) cursor.next();
  if (cursor.at_end()) return table;
  cursor.next();
  std::size_t begin = cursor.place();
  while (!cursor.at_end() && !cursor.is(")")) {
    if (!cursor.is(",")) {
      cursor.skip();
      continue;
    }
    table.items.push_back(cursor.between(begin, cursor.place()));
    cursor.next();
    begin = cursor.place();
  }
  table.items.push_back(cursor.between(begin, cursor.place()));
  if (!cursor.at_end()) cursor.next();
  const std::size_t rest = cursor.place();
  while (!cursor.at_end()) cursor.next();
  table.rest = cursor.between(rest, cursor.place());
  return table;
}

// The column that an item declares; "" for a constraint of the table.
std::string column_of(const std::string& item) {
  const TableText text = parse_table("CREATE TABLE t (" + item + ")");
  return text.columns.size() == 1 ? text.columns.front().name : std::string();
}

bool is_virtual(const Relation& relation) { return relation.options.contains("virtual"); }

std::string plain_table(const Relation& table) {
  const std::string sql = table_text(table);
  if (is_virtual(table)) return plain(sql);
  TableItems parts = items_of(sql);
  // What is kept aside in it is no column of the catalog.
  std::erase_if(parts.items, [&](const std::string& item) {
    const std::string column = column_of(item);
    return !column.empty() && table.column(column) == nullptr;
  });
  for (std::string& item : parts.items) item = plain(item);
  std::ranges::sort(parts.items);
  return "create table (" + join(parts.items, ", ") + ") " + plain(parts.rest);
}

bool same_table(const Relation& a, const Relation& b) { return plain_table(a) == plain_table(b); }

// Whether ALTER TABLE … ADD COLUMN takes it, in a table that has rows.
bool can_be_added(const std::string& item, const Column& column) {
  const TableText text = parse_table("CREATE TABLE t (" + item + ")");
  const bool has_default = !column.default_value.empty() && column.generated.empty();
  for (const ConstraintText& each : text.constraints) {
    if (each.type == catalog::ConstraintType::primary_key ||
        each.type == catalog::ConstraintType::unique)
      return false;
    if (each.type == catalog::ConstraintType::foreign_key && has_default) return false;
  }
  if (column.generated == "stored") return false;
  if (column.not_null && (!has_default || lower(column.default_value) == "null")) return false;
  if (!has_default) return true;
  const std::vector<Token> tokens = tokenize(column.default_value);
  const bool is_literal = tokens.size() == 1 || (tokens.size() == 2 && tokens[0].end == 1);
  return is_literal && !lower(column.default_value).starts_with("current_");
}

// A name for the rowid that no column of either table has taken.
std::string rowid_name(const Relation& a, const Relation& b) {
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    const auto taken = [&](const Relation& table) {
      return std::ranges::any_of(table.columns,
                                 [&](const Column& column) { return lower(column.name) == name; });
    };
    if (!taken(a) && !taken(b)) return name;
  }
  return {};
}

bool mentions(const std::string& sql, const std::set<std::string>& names) {
  return std::ranges::any_of(tokenize(sql), [&](const Token& token) {
    if (token.kind != Token::Kind::word && token.kind != Token::Kind::quoted) return false;
    return names.contains(
        lower(unquote(std::string_view(sql).substr(token.begin, token.end - token.begin))));
  });
}

const Relation* find(const Catalog& catalog, const std::string& name) {
  const auto found = std::ranges::find_if(
      catalog.relations, [&](const Relation& each) { return same_name(each.name, name); });
  return found == catalog.relations.end() ? nullptr : &*found;
}

// Texts in one form.
void make_comparable(Catalog& catalog) {
  for (Relation& relation : catalog.relations) {
    relation.definition = relation.is_table() ? plain_table(relation) : plain(view_text(relation));
    std::ranges::sort(relation.columns, {}, &Column::name);
    for (Index& index : relation.indexes)
      if (index.constraint.empty()) index.definition = plain(index_text(relation, index));
    for (Trigger& trigger : relation.triggers) trigger.definition = plain(trigger.definition);
  }
}

class Differ {
 public:
  Differ(const Catalog& from, const Catalog& to, const TransitionOptions& options)
      : from_(from), to_(to), options_(options) {}

  Transition run() {
    classify();
    drop_what_depends();
    for (const Relation& old : from_.relations)
      if (old.is_table() && gone_.contains(lower(old.name))) drop(old);
    for (const Relation& now : to_.relations)
      if (now.is_table()) table(now);
    make_what_depends();
    return std::move(result_);
  }

 private:
  void add(std::string statement) { result_.statements.push_back(std::move(statement)); }

  // The table that is to become this one.
  const Relation* origin(const Relation& now) const {
    const Relation* same = find(from_, now.name);
    if (same != nullptr && same->is_table()) return same;
    const auto kept = options_.kept.find(to_string(object_of(now)));
    return kept == options_.kept.end() ? nullptr : find(from_, kept->second);
  }

  // What becomes of each table.
  void classify() {
    std::set<std::string> taken;
    for (const Relation& now : to_.relations) {
      if (!now.is_table()) continue;
      const Relation* old = origin(now);
      if (old == nullptr) continue;
      taken.insert(lower(old->name));
      if (same_table(*old, now)) {
        if (!same_name(old->name, now.name)) moved_.insert(lower(now.name));
        continue;
      }
      if (only_adds(*old, now))
        grown_.insert(lower(now.name));
      else
        rebuilt_.insert(lower(old->name));
    }
    for (const Relation& old : from_.relations)
      if (old.is_table() && !taken.contains(lower(old.name))) gone_.insert(lower(old.name));
    result_.rebuilds = !rebuilt_.empty() || !gone_.empty() || !moved_.empty();
  }

  // The items of `now` that `old` has not, if that is the only difference and each can be added.
  std::optional<std::vector<std::string>> added(const Relation& old, const Relation& now) const {
    if (is_virtual(old) || is_virtual(now) || !same_name(old.name, now.name)) return {};
    const TableItems before = items_of(table_text(old));
    const TableItems after = items_of(table_text(now));
    if (plain(before.rest) != plain(after.rest)) return {};
    std::multiset<std::string> left;
    for (const std::string& item : before.items) left.insert(plain(item));
    std::vector<std::string> more;
    for (const std::string& item : after.items) {
      if (const auto same = left.find(plain(item)); same != left.end()) {
        left.erase(same);
        continue;
      }
      const Column* column = now.column(column_of(item));
      if (column == nullptr || !can_be_added(item, *column)) return {};
      if (options_.kept.contains(to_string(object_of(now, *column)))) return {};
      more.push_back(item);
    }
    if (!left.empty()) return {};
    return more;
  }
  bool only_adds(const Relation& old, const Relation& now) const {
    return added(old, now).has_value();
  }

  // Views and triggers that read a table which is made anew or goes, and those that change: SQLite
  // looks at all of them whenever something is renamed. And indexes that change.
  void drop_what_depends() {
    std::set<std::string> touched = rebuilt_;
    touched.insert(gone_.begin(), gone_.end());
    for (bool more = true; more;) {
      more = false;
      for (const Relation& view : from_.relations) {
        if (!view.is_view() || touched.contains(lower(view.name))) continue;
        const Relation* now = find(to_, view.name);
        const bool same =
            now != nullptr && now->is_view() && plain(view.definition) == plain(now->definition);
        if (same && !mentions(view.definition, touched)) continue;
        touched.insert(lower(view.name));
        more = true;
      }
    }
    for (const Relation& old : from_.relations)
      for (const Trigger& trigger : old.triggers) {
        const Relation* now = find(to_, old.name);
        const bool same =
            now != nullptr && std::ranges::any_of(now->triggers, [&](const Trigger& each) {
              return plain(each.definition) == plain(trigger.definition);
            });
        // The events that fire a trigger are those of its own table, which is in its text.
        if (same && !mentions(trigger.definition, touched)) continue;
        add("DROP TRIGGER " + quote(trigger.name));
        dropped_triggers_.insert(lower(trigger.name));
      }
    for (const Relation& view : from_.relations)
      if (view.is_view() && touched.contains(lower(view.name)))
        add("DROP VIEW " + quote(view.name));
    dropped_ = std::move(touched);
    for (const Relation& old : from_.relations) {
      const Relation* now = find(to_, old.name);
      // Those of a table that is made anew would go with it, but their names are needed before.
      const bool anew = rebuilt_.contains(lower(old.name));
      const bool kept =
          gone_.contains(lower(old.name)) && options_.keep.contains(to_string(object_of(old)));
      if (gone_.contains(lower(old.name)) && !kept) continue;
      for (const Index& index : old.indexes) {
        if (!index.constraint.empty()) continue;
        const bool same = now != nullptr && std::ranges::any_of(now->indexes, [&](const Index& it) {
                            return it.constraint.empty() && same_index(old, index, *now, it);
                          });
        if (same && !anew && !kept) continue;
        add("DROP INDEX " + quote(index.name));
        dropped_indexes_.insert(lower(index.name));
      }
    }
  }

  static bool same_index(const Relation& a, const Index& x, const Relation& b, const Index& y) {
    return same_name(x.name, y.name) && plain(index_text(a, x)) == plain(index_text(b, y));
  }

  void drop(const Relation& old) {
    const catalog::Object object = object_of(old);
    const auto keep = options_.keep.find(to_string(object));
    if (keep != options_.keep.end()) {
      add("ALTER TABLE " + quote(old.name) + " RENAME TO " + quote(keep->second));
      return;
    }
    add("DROP TABLE " + quote(old.name));
    result_.losses.push_back({object, "its rows"});
  }

  void table(const Relation& now) {
    const Relation* old = origin(now);
    if (old == nullptr) {
      add(table_text(now));
    } else if (moved_.contains(lower(now.name))) {
      add("ALTER TABLE " + quote(old->name) + " RENAME TO " + quote(now.name));
    } else if (rebuilt_.contains(lower(old->name))) {
      rebuild(*old, now);
    } else if (grown_.contains(lower(now.name))) {
      grow(*old, now);
    }
  }

  std::string fill_of(const Relation& table, const Column& column) const {
    const auto found = options_.fill.find(object_of(table, column).name);
    return found == options_.fill.end() ? std::string() : found->second;
  }

  void grow(const Relation& old, const Relation& now) {
    const auto more = added(old, now);
    if (!more) return;
    for (const std::string& item : *more) {
      add("ALTER TABLE " + quote(now.name) + " ADD COLUMN " + item);
      const Column* column = now.column(column_of(item));
      const std::string fill = fill_of(now, *column);
      if (!fill.empty())
        add("UPDATE " + quote(now.name) + " SET " + quote(column->name) + " = " + fill);
    }
  }

  const Column* source(const Relation& old, const Relation& now, const Column& column) const {
    for (const Column& each : old.columns)
      if (same_name(each.name, column.name)) return &each;
    const auto kept = options_.kept.find(to_string(object_of(now, column)));
    return kept == options_.kept.end() ? nullptr : old.column(kept->second);
  }

  void rebuild(const Relation& old, const Relation& now) {
    const std::string before = quote("architrave_old_" + old.name);
    const std::string after = quote(now.name);
    add("ALTER TABLE " + quote(old.name) + " RENAME TO " + before);
    add(table_text(now));
    std::vector<std::string> names;
    std::vector<std::string> values;
    // Rows keep their number, unless a column is it.
    const bool numbered = !old.options.contains("without_rowid") &&
                          !now.options.contains("without_rowid") && !has_rowid_column(now);
    if (const std::string rowid = rowid_name(old, now); numbered && !rowid.empty()) {
      names.push_back(rowid);
      values.push_back(rowid);
    }
    std::set<std::string> used;
    for (const Column& column : now.columns) {
      if (!column.generated.empty() || column.options.contains("hidden")) continue;
      const Column* from = source(old, now, column);
      if (from != nullptr) used.insert(from->name);
      std::string value = fill_of(now, column);
      if (!value.empty() && from != nullptr)
        value = "coalesce(" + quote(from->name) + ", " + value + ")";
      if (value.empty() && from != nullptr) value = quote(from->name);
      if (value.empty()) continue;
      names.push_back(quote(column.name));
      values.push_back(value);
    }
    for (const Column& column : old.columns) {
      if (!column.generated.empty() || column.options.contains("hidden")) continue;
      if (used.contains(column.name)) continue;
      const catalog::Object object = object_of(old, column);
      const auto keep = options_.keep.find(to_string(object));
      if (keep == options_.keep.end()) {
        result_.losses.push_back({object, "its values"});
        continue;
      }
      add("ALTER TABLE " + after + " ADD COLUMN " + quote(keep->second) +
          (column.type.empty() ? "" : ' ' + column.type));
      names.push_back(quote(keep->second));
      values.push_back(quote(column.name));
    }
    if (!names.empty())
      add("INSERT INTO " + after + " (" + join(names, ", ") + ") SELECT " + join(values, ", ") +
          " FROM " + before);
    if (old.options.contains("autoincrement") && now.options.contains("autoincrement")) {
      const std::string new_name = catalog::quote_literal(now.name);
      const std::string old_name = catalog::quote_literal("architrave_old_" + old.name);
      add("DELETE FROM sqlite_sequence WHERE name = " + new_name);
      add("INSERT INTO sqlite_sequence (name, seq) SELECT " + new_name +
          ", seq FROM sqlite_sequence WHERE name = " + old_name);
    }
    add("DROP TABLE " + before);
  }

  static bool has_rowid_column(const Relation& table) {
    return std::ranges::any_of(table.indexes, [](const Index& index) {
      const auto found = index.options.find("rowid");
      return found != index.options.end() && found->second == "true";
    });
  }

  void make_what_depends() {
    for (const Relation& now : to_.relations) {
      const Relation* old = find(from_, now.name);
      for (const Index& index : now.indexes) {
        if (!index.constraint.empty()) continue;
        const bool there = old != nullptr && !gone_.contains(lower(old->name)) &&
                           !dropped_indexes_.contains(lower(index.name)) &&
                           std::ranges::any_of(old->indexes, [&](const Index& it) {
                             return same_index(*old, it, now, index);
                           });
        if (!there) add(index_text(now, index));
      }
    }
    for (const Relation& now : to_.relations) {
      const Relation* old = find(from_, now.name);
      const bool there = old != nullptr && old->is_view() && !dropped_.contains(lower(now.name));
      if (now.is_view() && !there) add(view_text(now));
    }
    for (const Relation& now : to_.relations) {
      const Relation* old = find(from_, now.name);
      for (const Trigger& trigger : now.triggers) {
        const bool there = old != nullptr && !dropped_triggers_.contains(lower(trigger.name)) &&
                           std::ranges::any_of(old->triggers, [&](const Trigger& each) {
                             return same_name(each.name, trigger.name);
                           });
        if (!there) add(trigger.definition);
      }
    }
  }

  const Catalog& from_;
  const Catalog& to_;
  const TransitionOptions& options_;
  Transition result_;
  // Names in lower case: tables that are dropped, made anew (by their old name), or get columns.
  std::set<std::string> gone_;
  std::set<std::string> rebuilt_;
  std::set<std::string> moved_;  // by their new name: what was kept comes back
  std::set<std::string> grown_;
  std::set<std::string> dropped_;  // with the views that went
  std::set<std::string> dropped_triggers_;
  std::set<std::string> dropped_indexes_;
};

}  // namespace

Transition transition(const Catalog& from, const Catalog& to, const TransitionOptions& options) {
  return Differ(from, to, options).run();
}

std::vector<catalog::Change> difference(Catalog a, Catalog b) {
  for (Catalog* catalog : {&a, &b}) make_comparable(*catalog);
  for (Relation& after : b.relations) {
    const Relation* before = find(a, after.name);
    if (before == nullptr || !after.is_table() || before->definition != after.definition) continue;
    // The same text: what SQLite numbers by the order of its parts is no difference.
    after.columns = before->columns;
    after.constraints = before->constraints;
    const auto behind_constraint = [](const Index& index) { return !index.constraint.empty(); };
    std::erase_if(after.indexes, behind_constraint);
    std::ranges::copy_if(before->indexes, std::back_inserter(after.indexes), behind_constraint);
    std::ranges::sort(after.indexes, {}, &Index::name);
  }
  std::vector<catalog::Change> changes = catalog::diff(a, b);
  // A table's text is told of where nothing else tells what has changed.
  std::set<std::string> told;
  for (const catalog::Change& each : changes)
    for (const Relation& table : b.relations) {
      const std::string name = object_of(table).name;
      if (each.object.name.starts_with(name + '.') ||
          (each.object.name == name && each.property != "definition"))
        told.insert(name);
    }
  std::erase_if(changes, [&](const catalog::Change& each) {
    return each.property == "definition" && each.object.kind == catalog::Kind::table &&
           told.contains(each.object.name);
  });
  return changes;
}

}  // namespace architrave::sqlite
