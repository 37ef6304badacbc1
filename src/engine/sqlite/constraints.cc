#include "engine/sqlite/constraints.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "engine/sqlite/sqlite.h"
#include "engine/sqlite/tokens.h"

namespace architrave::sqlite {
namespace {

using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::IndexKey;
using catalog::Relation;

std::string quoted_list(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(quote(name));
  return join(quoted, ", ");
}

bool same_names(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::equal(a, b, same_name);
}

class Builder {
 public:
  Builder(TableParts& parts, catalog::Catalog& catalog)
      : parts_(parts), table_(*parts.relation), catalog_(catalog) {}

  void build() {
    for (const ConstraintText& text : parts_.text.constraints) {
      if (!text.name.empty()) taken_.insert(lower(text.name));
    }
    primary_key();
    uniques();
    foreign_keys();
    checks();
  }

 private:
  // The first of that type and those columns in the text which no constraint has taken yet.
  const ConstraintText* text_of(ConstraintType type, const std::vector<std::string>& columns) {
    for (const ConstraintText& text : parts_.text.constraints) {
      if (text.type == type && same_names(text.columns, columns) && used_.insert(&text).second) {
        return &text;
      }
    }
    return nullptr;
  }

  std::string name_for(const ConstraintText* text, const std::vector<std::string>& columns,
                       std::string_view suffix) {
    if (text != nullptr && !text->name.empty() && given_.insert(lower(text->name)).second) {
      return text->name;
    }
    std::string stem = table_.name;
    for (const std::string& column : columns) stem += "_" + column;
    stem += suffix;
    std::string name = stem;
    for (int number = 1; !taken_.insert(lower(name)).second; ++number) {
      name = stem + std::to_string(number);
    }
    return name;
  }

  Constraint& add(Constraint constraint, const ConstraintText* text) {
    constraint.definition = constraint_definition(constraint);
    if (text != nullptr && !text->on_conflict.empty()) {
      constraint.definition += " ON CONFLICT " + text->on_conflict;
    }
    table_.constraints.push_back(std::move(constraint));
    return table_.constraints.back();
  }

  void primary_key() {
    if (parts_.primary_key.empty()) return;
    Constraint key;
    key.type = ConstraintType::primary_key;
    for (const auto& [place, column] : parts_.primary_key) key.columns.push_back(column);
    const ConstraintText* text = text_of(ConstraintType::primary_key, key.columns);
    key.name = name_for(text, {}, "_pkey");
    auto index = std::ranges::find_if(table_.indexes, &Index::primary);
    if (index == table_.indexes.end()) {
      // No index was made for it, so the column is the rowid by another name and never null.
      for (Column& column : table_.columns) {
        if (column.name == key.columns.front()) column.not_null = true;
      }
      Index rowid;
      rowid.name = key.name;
      rowid.unique = rowid.primary = true;
      rowid.keys.emplace_back().column = key.columns.front();
      rowid.options["rowid"] = "true";
      index = table_.indexes.insert(table_.indexes.end(), std::move(rowid));
    }
    index->constraint = key.name;
    key.index = index->name;
    add(std::move(key), text);
  }

  void uniques() {
    for (Index& index : table_.indexes) {
      if (index.primary || !index.definition.empty()) continue;
      Constraint key;
      key.type = ConstraintType::unique;
      for (const IndexKey& part : index.keys) key.columns.push_back(part.column);
      const ConstraintText* text = text_of(ConstraintType::unique, key.columns);
      key.name = name_for(text, key.columns, "_key");
      key.index = index.name;
      index.constraint = key.name;
      add(std::move(key), text);
    }
  }

  void foreign_keys() {
    std::vector<const ConstraintText*> texts;
    for (const ConstraintText& text : parts_.text.constraints) {
      if (text.type == ConstraintType::foreign_key) texts.push_back(&text);
    }
    const bool matches = texts.size() == parts_.foreign_keys.size();
    if (!matches) {
      catalog_.unread.push_back({"the names of the foreign keys of " + table_.name,
                                 "its CREATE TABLE statement was not understood"});
    }
    for (std::size_t i = 0; i < parts_.foreign_keys.size(); ++i) {
      Constraint& key = parts_.foreign_keys[i];
      const ConstraintText* text = matches ? texts[i] : nullptr;
      if (text != nullptr) {
        key.deferrable = text->deferrable;
        key.deferred = text->deferred;
      }
      key.name = name_for(text, key.columns, "_fkey");
      add(std::move(key), text);
    }
  }

  void checks() {
    std::vector<std::string> columns;
    for (const Column& column : table_.columns) columns.push_back(column.name);
    for (const ConstraintText& text : parts_.text.constraints) {
      if (text.type != ConstraintType::check) continue;
      Constraint check;
      check.type = ConstraintType::check;
      check.expression = text.expression;
      check.columns = names_in(text.expression, columns);
      const bool single = check.columns.size() == 1;
      check.name = name_for(&text, single ? check.columns : std::vector<std::string>(), "_check");
      add(std::move(check), &text);
    }
  }

  TableParts& parts_;
  Relation& table_;
  catalog::Catalog& catalog_;
  std::set<const ConstraintText*> used_;
  std::set<std::string> taken_;  // names, folded
  std::set<std::string> given_;  // those of the text that a constraint has; SQLite allows twins
};

}  // namespace

void add_constraints(TableParts& parts, catalog::Catalog& catalog) {
  Builder(parts, catalog).build();
}

std::string constraint_definition(const Constraint& constraint) {
  switch (constraint.type) {
    case ConstraintType::primary_key:
      return "PRIMARY KEY (" + quoted_list(constraint.columns) + ")";
    case ConstraintType::unique:
      return "UNIQUE (" + quoted_list(constraint.columns) + ")";
    case ConstraintType::check:
      return "CHECK (" + constraint.expression + ")";
    case ConstraintType::exclusion:
      return {};  // SQLite has none
    case ConstraintType::foreign_key:
      break;
  }
  std::string text = "FOREIGN KEY (" + quoted_list(constraint.columns) + ") REFERENCES " +
                     quote(constraint.references_table);
  if (!constraint.references_columns.empty()) {
    text += " (" + quoted_list(constraint.references_columns) + ")";
  }
  auto action = [&](std::string_view event, std::string words) {
    if (words.empty() || words == "no action") return;
    for (char& c : words) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    text += " ON " + std::string(event) + " " + words;
  };
  action("UPDATE", constraint.on_update);
  action("DELETE", constraint.on_delete);
  if (constraint.match_full) text += " MATCH FULL";
  if (constraint.deferrable) {
    text += constraint.deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
  }
  return text;
}

}  // namespace architrave::sqlite
