#include "migration/plan/renames.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ranges>
#include <set>
#include <utility>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/postgres/statements.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Kind;
using catalog::Object;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;

constexpr double likely = 0.6;

// Every object that can be named on the command line, with what renames it.
struct Named {
  Object object;
  std::string head;  // "ALTER TABLE app.orders RENAME COLUMN total TO "
  std::string own;   // its own name, quoted
  std::string rest;  // of its qualified name, before the own one: "app.orders."
};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

std::vector<Named> named_objects(const Catalog& catalog) {
  std::vector<Named> all;
  const auto add = [&](Object object, std::string head, const std::string& own) {
    std::string rest = object.name.substr(0, object.name.size() - own.size());
    all.push_back({std::move(object), std::move(head), own, std::move(rest)});
  };
  for (const auto& each : catalog.schemas) {
    const std::string name = quote_identifier(each.name);
    add({Kind::schema, name}, "ALTER SCHEMA " + name + " RENAME TO ", name);
  }
  for (const auto& each : catalog.types)
    add(object_of(each),
        std::string(each.kind == catalog::TypeKind::domain ? "ALTER DOMAIN " : "ALTER TYPE ") +
            qualified(each.schema, each.name) + " RENAME TO ",
        quote_identifier(each.name));
  for (const auto& each : catalog.sequences)
    add(object_of(each), "ALTER SEQUENCE " + qualified(each.schema, each.name) + " RENAME TO ",
        quote_identifier(each.name));
  for (const Relation& each : catalog.relations) {
    const Object object = object_of(each);
    const std::string alter = "ALTER " + upper(to_string(object.kind)) + ' ' + object.name;
    add(object, alter + " RENAME TO ", quote_identifier(each.name));
    for (const Column& column : each.columns)
      add(object_of(each, column),
          alter + " RENAME COLUMN " + quote_identifier(column.name) + " TO ",
          quote_identifier(column.name));
    for (const auto& part : each.constraints)
      add(object_of(each, part),
          alter + " RENAME CONSTRAINT " + quote_identifier(part.name) + " TO ",
          quote_identifier(part.name));
    for (const auto& part : each.indexes)
      if (part.constraint.empty())
        add(object_of(each, part),
            "ALTER INDEX " + qualified(each.schema, part.name) + " RENAME TO ",
            quote_identifier(part.name));
  }
  return all;
}

// How alike two tables are: the share of columns of the same name and type.
double likeness(const Relation& a, const Relation& b) {
  if (a.kind != b.kind) return 0;
  if (a.is_view()) return a.definition == b.definition ? 1 : 0;
  std::size_t same = 0;
  for (const Column& column : a.columns) {
    const Column* other = b.column(column.name);
    same += other != nullptr && other->type == column.type ? 1 : 0;
  }
  const std::size_t all = a.columns.size() + b.columns.size() - same;
  return all == 0 ? 0 : static_cast<double>(same) / static_cast<double>(all);
}

double likeness(const Relation& a, const Column& x, const Relation& b, const Column& y) {
  if (x.type != y.type) return 0;
  double score = 0.6;
  const auto place = [](const Relation& relation, const Column& column) {
    return &column - relation.columns.data();
  };
  if (place(a, x) == place(b, y)) score += 0.2;
  if (x.not_null == y.not_null) score += 0.05;
  if (x.default_value == y.default_value) score += 0.05;
  // A word in common: total -> total_cents.
  if (x.name.find(y.name) != std::string::npos || y.name.find(x.name) != std::string::npos)
    score += 0.1;
  return score;
}

// The best partner first, and each once.
void take_best(std::vector<LikelyRename>& found) {
  std::ranges::stable_sort(found, [](const LikelyRename& a, const LikelyRename& b) {
    return a.confidence > b.confidence;
  });
  std::set<std::string> seen;
  std::erase_if(found, [&](const LikelyRename& each) {
    const std::string before = "- " + to_string(each.before);
    const std::string after = "+ " + to_string(each.after);
    if (seen.contains(before) || seen.contains(after)) return true;
    seen.insert({before, after});
    return false;
  });
}

void add_old_name(Rename& rename, const Catalog& from) {
  const int version = from.server.version_number;
  for (const Relation& table : from.relations) {
    if (object_of(table) != rename.object) continue;
    // Before PostgreSQL 15 a view reads with its owner's rights, past the policies of who asks.
    if (table.row_security && version < 150000) return;
    const std::string& old_name = rename.object.name;
    rename.keep_old_name = {
        "CREATE VIEW " + old_name + (version >= 150000 ? " WITH (security_invoker = true)" : "") +
        " AS SELECT * FROM " + (table.schema.empty() ? "" : quote_identifier(table.schema) + '.') +
        rename.to};
    for (std::string& grant :
         postgres::grants("TABLE " + old_name, 'r', table.owner, table.acl, version))
      rename.keep_old_name.push_back(std::move(grant));
    rename.drop_old_name = "DROP VIEW " + old_name;
  }
}

}  // namespace

std::string room_for_old_name(const catalog::Catalog& to, const std::string& old_name,
                              const std::vector<std::string>& renames) {
  const auto aside = [&](const char* kind, const std::string& name) -> std::string {
    const bool is_renamed = std::ranges::any_of(renames, [&](const std::string& text) {
      const std::string target = text.substr(text.find('=') + 1);
      return target == catalog::quote_identifier(name) || target == old_name;
    });
    if (is_renamed) return {};
    return fmt::format("ALTER {} IF EXISTS {} RENAME TO {}", kind, old_name,
                       catalog::quote_identifier(derived_name(name, "__new")));
  };
  for (const catalog::Relation& relation : to.relations) {
    if (catalog::qualified(relation.schema, relation.name) == old_name)
      return aside("TABLE", relation.name);
    for (const catalog::Index& index : relation.indexes)
      if (catalog::qualified(relation.schema, index.name) == old_name)
        return aside("INDEX", index.name);
  }
  return {};
}

Result<Rename> parse_rename(const std::string& text, const Catalog& from) {
  const std::size_t equals = text.find('=');
  const std::string example = "--rename app.orders.total=amount";
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return fail("plan.rename", "a rename is OLD=NEW: " + text, "--rename", example);
  const std::string old_name = text.substr(0, equals);
  std::string new_name = text.substr(equals + 1);
  for (const Named& each : named_objects(from)) {
    const std::string schema = from.server.engine == "sqlite" ? "main." : "public.";
    if (each.object.name != old_name && each.object.name != schema + old_name) continue;
    std::string rest = each.rest;
    if (each.object.name != old_name) rest = rest.substr(schema.size());
    if (!rest.empty() && new_name.starts_with(rest)) new_name = new_name.substr(rest.size());
    if (new_name.find('"') == std::string::npos) {
      if (new_name.find('.') != std::string::npos)
        return fail("plan.rename", "a rename keeps an object where it is: " + text, "--rename",
                    example);
      new_name = quote_identifier(new_name);
    }
    Rename rename{each.object, new_name, each.rest + new_name, each.head + new_name, {}};
    rename.back = each.head + each.own;
    // The head names the object by its old name; the way back, by the new one.
    const std::size_t at = rename.back.rfind(each.own, each.head.size() - 1);
    rename.back = rename.back.substr(0, at) + new_name + rename.back.substr(at + each.own.size());
    if (each.object.kind == Kind::table) add_old_name(rename, from);
    return rename;
  }
  return fail("plan.rename", "there is no " + old_name + " to rename", "--rename", example);
}

Result<Rename> RenameQueue::next(const Catalog& now) {
  for (;;) {
    auto parsed = parse_rename(pending_.front(), now);
    if (!parsed) return parsed;
    const auto holder =
        std::find_if(pending_.begin() + 1, pending_.end(), [&](const std::string& other) {
          const auto its = parse_rename(other, now);
          return its && its->object == Object{parsed->object.kind, parsed->renamed};
        });
    if (holder == pending_.end()) {
      pending_.erase(pending_.begin());
    } else if (!waiting_.contains(parsed->renamed)) {
      waiting_.insert(parsed->object.name);
      std::rotate(pending_.begin(), holder, holder + 1);
      continue;
    } else {
      const std::string third = "architrave_renaming_" + std::to_string(thirds_.size() + 1);
      parsed = parse_rename(parsed->renamed + '=' + third, now);
      if (!parsed) return parsed;
      *holder = parsed->renamed + holder->substr(holder->find('='));
      thirds_.insert(parsed->renamed);
    }
    // Under a name that another takes, or that was nobody's, no view is kept.
    if (thirds_.contains(parsed->object.name) ||
        std::ranges::any_of(pending_, [&](const std::string& other) {
          const auto its = parse_rename(other, now);
          return its && its->renamed == parsed->object.name;
        }))
      parsed->old_name_is_free = false;
    if (!parsed->old_name_is_free) parsed->keep_old_name.clear();
    return parsed;
  }
}

// Schema, table and column.
std::vector<std::string> OldNames::find(const Relation& now, const std::string& column) const {
  std::string schema = quote_identifier(now.schema);
  std::string table = quote_identifier(now.name);
  std::string own = quote_identifier(column);
  for (const Rename& rename : renames_ | std::views::reverse) {
    const std::string in_schema = schema + '.';
    const std::string in_table = in_schema + table + '.';
    const Object& object = rename.object;
    if (object.kind == Kind::schema && rename.renamed == schema)
      schema = object.name;
    else if (object.kind == Kind::column && rename.renamed == in_table + own)
      own = object.name.substr(in_table.size());
    else if (object.kind != Kind::column && rename.renamed == in_schema + table)
      table = object.name.substr(in_schema.size());
  }
  const auto bare = [](const std::string& name) {
    if (!name.starts_with('"')) return name;
    return replace_all(name.substr(1, name.size() - 2), "\"\"", "\"");
  };
  return {bare(schema), bare(table), bare(own)};
}

catalog::ObjectName OldNames::table(const Relation& now) const {
  const std::vector<std::string> names = find(now, {});
  return {names[0], names[1]};
}
std::string OldNames::column(const Relation& now, const std::string& name) const {
  return find(now, name)[2];
}

std::vector<LikelyRename> likely_renames(const Catalog& from, const Catalog& to) {
  std::vector<LikelyRename> tables;
  std::vector<LikelyRename> columns;
  const auto add = [](std::vector<LikelyRename>& list, Object before, Object after,
                      const std::string& new_name, double confidence) {
    if (confidence < likely) return;
    std::string option = "--rename " + before.name + '=' + quote_identifier(new_name);
    list.push_back({std::move(before), std::move(after), confidence, std::move(option)});
  };
  std::vector<const Relation*> gone;
  std::vector<const Relation*> fresh;
  for (const Relation& each : from.relations)
    if (to.relation(each.schema, each.name) == nullptr) gone.push_back(&each);
  for (const Relation& each : to.relations)
    if (from.relation(each.schema, each.name) == nullptr) fresh.push_back(&each);
  for (const Relation* a : gone)
    for (const Relation* b : fresh)
      if (a->schema == b->schema)
        add(tables, object_of(*a), object_of(*b), b->name, likeness(*a, *b));
  for (const Relation& a : from.relations) {
    const Relation* b = to.relation(a.schema, a.name);
    if (b == nullptr || !a.is_table()) continue;
    for (const Column& x : a.columns) {
      if (b->column(x.name) != nullptr) continue;
      for (const Column& y : b->columns)
        if (a.column(y.name) == nullptr)
          add(columns, object_of(a, x), object_of(*b, y), y.name, likeness(a, x, *b, y));
    }
  }
  take_best(tables);
  take_best(columns);
  tables.insert(tables.end(), columns.begin(), columns.end());
  return tables;
}

}  // namespace architrave::migration
