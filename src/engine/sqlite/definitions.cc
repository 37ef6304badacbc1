#include "engine/sqlite/definitions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "engine/sqlite/tokens.h"

namespace architrave::sqlite {
namespace {

using catalog::ConstraintType;

// Goes to the name behind CREATE … KIND [IF NOT EXISTS] and over it.
void skip_head(Cursor& cursor, std::string_view kind) {
  while (!cursor.at_end() && !cursor.accept(kind)) cursor.next();
  if (cursor.accept("IF", "NOT")) cursor.accept("EXISTS");
  cursor.name();
  if (cursor.accept(".")) cursor.name();
}

// "( a COLLATE nocase DESC, b )": the names.
std::vector<std::string> column_list(Cursor& cursor, bool* autoincrement = nullptr) {
  std::vector<std::string> columns;
  if (!cursor.accept("(")) return columns;
  bool first = true;
  while (!cursor.at_end() && !cursor.accept(")")) {
    if (cursor.accept(",")) {
      first = true;
    } else if (first) {
      columns.push_back(cursor.name());
      first = false;
    } else {
      if (cursor.is("AUTOINCREMENT") && autoincrement != nullptr) *autoincrement = true;
      cursor.skip();
    }
  }
  return columns;
}

// [ON CONFLICT word]
std::string on_conflict(Cursor& cursor) {
  return cursor.accept("ON", "CONFLICT") ? lower(cursor.name()) : std::string();
}

class TableParser {
 public:
  explicit TableParser(std::string_view sql) : cursor_(sql) {}

  TableText parse() {
    if (cursor_.is("VIRTUAL", 1)) {
      skip_head(cursor_, "TABLE");
      if (cursor_.accept("USING")) table_.module = lower(cursor_.name());
      return std::move(table_);
    }
    skip_head(cursor_, "TABLE");
    if (!cursor_.accept("(")) return std::move(table_);
    while (!cursor_.at_end() && !cursor_.is(")")) {
      if (cursor_.accept(",")) {
        column_ = nullptr;
      } else if (in_constraints_ || starts_table_constraint()) {
        in_constraints_ = true;
        column_ = nullptr;
        constraint();
      } else if (column_ == nullptr) {
        table_.columns.push_back({cursor_.name(), {}, {}});
        column_ = &table_.columns.back();
        name_.clear();
      } else {
        constraint();
      }
    }
    return std::move(table_);
  }

 private:
  // Only at the beginning of an item: within a column the same words constrain the column.
  bool starts_table_constraint() const {
    if (column_ != nullptr) return false;
    for (const char* word : {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}) {
      if (cursor_.is(word)) return true;
    }
    return false;
  }

  ConstraintText& add(ConstraintType type) {
    ConstraintText constraint;
    constraint.type = type;
    constraint.name = std::exchange(name_, {});
    if (column_ != nullptr) constraint.columns = {column_->name};
    table_.constraints.push_back(std::move(constraint));
    return table_.constraints.back();
  }

  void references(ConstraintText& key) {
    cursor_.name();
    column_list(cursor_);
    while (true) {
      if (cursor_.accept("MATCH")) {
        cursor_.name();
      } else if (cursor_.accept("ON", "DELETE") || cursor_.accept("ON", "UPDATE")) {
        if (!cursor_.accept("SET", "NULL") && !cursor_.accept("SET", "DEFAULT") &&
            !cursor_.accept("NO", "ACTION")) {
          cursor_.next();
        }
      } else if (cursor_.is("DEFERRABLE") || (cursor_.is("NOT") && cursor_.is("DEFERRABLE", 1))) {
        key.deferrable = !cursor_.accept("NOT");
        cursor_.next();
        key.deferred = cursor_.accept("INITIALLY", "DEFERRED") && key.deferrable;
        cursor_.accept("INITIALLY", "IMMEDIATE");
      } else {
        return;
      }
    }
  }

  // One constraint of a column or of the table, or one token of what is none.
  void constraint() {
    if (cursor_.accept("CONSTRAINT")) {
      name_ = cursor_.name();
      return;
    }
    if (cursor_.accept("PRIMARY", "KEY")) {
      ConstraintText& key = add(ConstraintType::primary_key);
      if (cursor_.is("(")) key.columns = column_list(cursor_, &table_.autoincrement);
      if (!cursor_.accept("ASC")) cursor_.accept("DESC");
      key.on_conflict = on_conflict(cursor_);
      if (cursor_.accept("AUTOINCREMENT")) table_.autoincrement = true;
    } else if (cursor_.accept("UNIQUE")) {
      ConstraintText& key = add(ConstraintType::unique);
      if (cursor_.is("(")) key.columns = column_list(cursor_);
      key.on_conflict = on_conflict(cursor_);
    } else if (cursor_.accept("CHECK")) {
      ConstraintText& check = add(ConstraintType::check);
      check.expression = cursor_.parenthesized();
      on_conflict(cursor_);
    } else if (cursor_.accept("FOREIGN", "KEY")) {
      ConstraintText& key = add(ConstraintType::foreign_key);
      key.columns = column_list(cursor_);
      if (cursor_.accept("REFERENCES")) references(key);
    } else if (cursor_.accept("REFERENCES")) {
      references(add(ConstraintType::foreign_key));
    } else if (cursor_.accept("DEFAULT")) {
      if (!cursor_.accept("+")) cursor_.accept("-");
      cursor_.skip();
      name_.clear();
    } else if (cursor_.accept("COLLATE")) {
      if (column_ != nullptr) column_->collation = cursor_.name();
      name_.clear();
    } else if (cursor_.accept("AS")) {
      std::string expression = cursor_.parenthesized();
      if (column_ != nullptr) column_->generated = std::move(expression);
      name_.clear();
    } else {
      if (cursor_.is("NULL")) name_.clear();  // its name was that of a NOT NULL
      cursor_.skip();
    }
  }

  Cursor cursor_;
  TableText table_;
  ColumnText* column_ = nullptr;  // the column whose definition the cursor is in
  bool in_constraints_ = false;
  std::string name_;  // of the constraint that follows
};

}  // namespace

TableText parse_table(std::string_view sql) { return TableParser(sql).parse(); }

IndexText parse_index(std::string_view sql) {
  IndexText index;
  Cursor cursor(sql);
  skip_head(cursor, "INDEX");
  if (cursor.accept("ON")) cursor.name();
  if (!cursor.accept("(")) return index;
  while (!cursor.at_end()) {
    const std::size_t first = cursor.place();
    std::size_t last = first;  // behind the key itself
    bool in_key = true;
    while (!cursor.at_end() && !cursor.is(",") && !cursor.is(")")) {
      // An order or a collation ends the key only where nothing but these follows it.
      const bool order = cursor.is("ASC") || cursor.is("DESC");
      const bool collation = cursor.is("COLLATE");
      if (!order && !collation) in_key = true;
      if (order || collation) in_key = false;
      cursor.skip();
      if (collation && !cursor.at_end()) cursor.next();
      if (in_key) last = cursor.place();
    }
    index.keys.push_back(cursor.between(first, last));
    if (!cursor.accept(",")) break;
  }
  cursor.accept(")");
  if (cursor.accept("WHERE")) {
    const std::size_t first = cursor.place();
    while (!cursor.at_end() && !cursor.is(";")) cursor.next();
    index.predicate = cursor.between(first, cursor.place());
  }
  return index;
}

TriggerText parse_trigger(std::string_view sql) {
  TriggerText trigger{"before", {}, false};  // SQLite's default
  Cursor cursor(sql);
  skip_head(cursor, "TRIGGER");
  if (cursor.accept("AFTER")) trigger.timing = "after";
  if (cursor.accept("INSTEAD", "OF")) trigger.timing = "instead of";
  cursor.accept("BEFORE");
  trigger.event = lower(cursor.name());
  while (!cursor.at_end() && !cursor.is("BEGIN") && !cursor.is("WHEN")) cursor.skip();
  trigger.has_when = cursor.is("WHEN");
  return trigger;
}

std::string view_query(std::string_view sql) {
  Cursor cursor(sql);
  skip_head(cursor, "VIEW");
  cursor.parenthesized();
  if (!cursor.accept("AS")) return {};
  const std::size_t first = cursor.place();
  while (!cursor.at_end()) cursor.next();
  return cursor.between(first, cursor.place());
}

std::vector<std::string> names_in(std::string_view expression,
                                  const std::vector<std::string>& names) {
  std::set<std::string> found;
  for (const Token& token : tokenize(expression)) {
    if (token.kind == Token::Kind::word || token.kind == Token::Kind::quoted) {
      found.insert(lower(unquote(expression.substr(token.begin, token.end - token.begin))));
    }
  }
  std::vector<std::string> result;
  std::ranges::copy_if(names, std::back_inserter(result),
                       [&](const std::string& name) { return found.contains(lower(name)); });
  return result;
}

}  // namespace architrave::sqlite
