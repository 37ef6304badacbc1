// What is lost on the way, and what has to make room first so that nothing is.
#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <set>
#include <utility>

#include "base/text.h"
#include "catalog/postgres/statements.h"
#include "catalog/postgres/transition.h"
#include "catalog/postgres/transitioning.h"

namespace architrave::postgres {

using namespace transitioning;

namespace {

// Types whose every value the other holds, by pg_type.typname. Source: the ranges in PostgreSQL's
// documentation, chapter 8; casts between them are exact.
constexpr std::array<std::pair<std::string_view, std::string_view>, 33> widenings = {{
    {"int2", "int4"},
    {"int2", "int8"},
    {"int4", "int8"},
    {"int2", "numeric"},
    {"int4", "numeric"},
    {"int8", "numeric"},
    {"int2", "float4"},
    {"int2", "float8"},
    {"int4", "float8"},
    {"float4", "float8"},
    {"varchar", "text"},
    {"bpchar", "text"},
    {"name", "text"},
    {"text", "varchar"},
    {"varchar", "varchar"},
    {"bpchar", "varchar"},
    {"bpchar", "bpchar"},
    {"date", "timestamp"},
    {"date", "timestamptz"},
    {"json", "text"},
    {"jsonb", "text"},
    {"jsonb", "json"},
    {"cidr", "inet"},
    {"numeric", "numeric"},
    {"uuid", "text"},
    {"timestamp", "timestamptz"},
    {"timestamptz", "timestamp"},
    {"bit", "varbit"},
    {"varbit", "varbit"},
    {"time", "interval"},
    {"int2", "oid"},
    {"bool", "text"},
    {"citext", "text"},
}};

// The numbers in a type's parentheses.
std::vector<int> modifiers(const std::string& type) {
  std::vector<int> list;
  const std::size_t open = type.find('(');
  if (open == std::string::npos) return list;
  const char* at = type.data() + open + 1;
  const char* end = type.data() + type.size();
  while (at < end) {
    int number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) break;
    list.push_back(number);
    at = next + 1;
  }
  return list;
}

bool is_same_type(const Column& column, const catalog::Type& type) {
  if (const auto many = type.properties.find("multirange_type_name");
      many != type.properties.end() &&
      many->second == qualified(column.type_schema, column.type_name))
    return true;
  return column.type_schema == type.schema &&
         (column.type_name == type.name || column.type_name == '_' + type.name);
}

// Whether values of the one hold values of the other.
bool contains(const catalog::Type& whole, const catalog::Type& part) {
  const std::string name = qualified(part.schema, part.name);
  return whole.base_type == name || whole.base_type == name + "[]" ||
         std::ranges::any_of(whole.attributes,
                             [&](const Column& column) { return is_same_type(column, part); });
}

// Types that are to be replaced, or hold values of one that is, and that rows hold.
std::vector<const catalog::Type*> types_to_put_aside(const Catalog& from, const Catalog& to,
                                                     const std::set<std::string>& in_use) {
  using List = std::vector<const catalog::Type*>;
  const auto has = [](const List& list, const catalog::Type& type) {
    return std::ranges::find(list, &type) != list.end();
  };
  const auto grow = [&](List& list, auto belongs) {
    for (bool more = true; more;) {
      more = false;
      for (const catalog::Type& type : from.types)
        if (!has(list, type) && belongs(type)) {
          list.push_back(&type);
          more = true;
        }
    }
  };
  List replaced;
  grow(replaced, [&](const catalog::Type& type) {
    const catalog::Type* now = to.type(type.schema, type.name);
    if (now == nullptr) return to.relation(type.schema, type.name) != nullptr;
    return must_replace(type, *now) || in_use.contains(to_string(object_of(type))) ||
           std::ranges::any_of(replaced, [&](const auto* part) { return contains(type, *part); });
  });
  if (replaced.empty()) return {};
  List held;
  grow(held, [&](const catalog::Type& type) {
    return std::ranges::any_of(held, [&](const auto* whole) { return contains(*whole, type); }) ||
           std::ranges::any_of(from.relations, [&](const Relation& relation) {
             return relation.is_table() &&
                    (relation.of_type == qualified(type.schema, type.name) ||
                     std::ranges::any_of(relation.columns, [&](const Column& column) {
                       return is_same_type(column, type);
                     }));
           });
  });
  std::erase_if(replaced, [&](const auto* type) { return !has(held, *type); });
  // A range's functions are known by what it is made of, so that goes after it.
  List wholes_first;
  while (!replaced.empty()) {
    const auto whole = std::ranges::find_if(replaced, [&](const auto* part) {
      return std::ranges::none_of(
          replaced, [&](const auto* other) { return other != part && contains(*other, *part); });
    });
    wholes_first.push_back(*whole);
    replaced.erase(whole);
  }
  return wholes_first;
}

// What a range has that is not renamed with it: the functions that make its values, and its
// multirange with those that make them.
Statements rename_range_parts(const catalog::Type& range, const std::string& aside) {
  Statements sql;
  const auto function = [&](const std::string& name, const std::string& arguments,
                            const std::string& now) {
    sql.push_back("ALTER FUNCTION " + name + '(' + arguments + ") RENAME TO " +
                  quote_identifier(now));
  };
  const std::string name = qualified(range.schema, range.name);
  const std::string bounds = range.base_type + ", " + range.base_type;
  function(name, bounds, aside);
  function(name, bounds + ", text", aside);
  const auto found = range.properties.find("multirange_type_name");
  if (found == range.properties.end()) return sql;
  const std::string many = aside + "_multirange";
  function(found->second, "", many);
  function(found->second, name, many);
  function(found->second, "VARIADIC " + name + "[]", many);
  sql.push_back("ALTER TYPE " + found->second + " RENAME TO " + quote_identifier(many));
  return sql;
}

// Whether a relation, or what it is made of, is another there: then it may have to be made anew.
bool changes(const Catalog& from, const Catalog& to, const Relation& relation,
             std::set<const Relation*>& seen) {
  if (!seen.insert(&relation).second) return false;
  const Relation* now = to.relation(relation.schema, relation.name);
  if (now == nullptr || must_replace(relation, *now) || relation.definition != now->definition ||
      !std::ranges::equal(relation.columns, now->columns, [](const Column& a, const Column& b) {
        return a.name == b.name && a.type == b.type;
      }))
    return true;
  const Object object = object_of(relation);
  return std::ranges::any_of(from.dependencies, [&](const catalog::Dependency& edge) {
    if (edge.object != object) return false;
    const auto needed = std::ranges::find(from.relations, edge.needs,
                                          [](const Relation& each) { return object_of(each); });
    return needed != from.relations.end() && changes(from, to, *needed, seen);
  });
}

// The types whose values are in columns, in arrays and in other types too.
using TypeNames = std::set<std::pair<std::string, std::string>>;
TypeNames held_in_columns(const Catalog& catalog) {
  TypeNames held;
  std::vector<const std::vector<Column>*> open;
  for (const Relation& table : catalog.relations)
    if (table.is_table()) open.push_back(&table.columns);
  while (!open.empty()) {
    const std::vector<Column>& columns = *open.back();
    open.pop_back();
    for (const Column& column : columns) {
      Column its = catalog::beneath_domains(catalog, column);
      if (its.type_category == "A")
        its = catalog::beneath_domains(catalog, catalog::element_of(std::move(its)));
      if (!held.emplace(its.type_schema, its.type_name).second) continue;
      if (const auto* attributes = catalog::attributes(catalog, its)) open.push_back(attributes);
    }
  }
  return held;
}

// Views that may have to be made anew though tables hold rows of theirs.
std::vector<const Relation*> views_to_put_aside(const Catalog& from, const Catalog& to,
                                                const TypeNames& held) {
  std::vector<const Relation*> views;
  for (const Relation& view : from.relations) {
    std::set<const Relation*> seen;
    if (view.is_view() && held.contains({view.schema, view.name}) &&
        (to.relation(view.schema, view.name) != nullptr ||
         to.type(view.schema, view.name) != nullptr) &&
        changes(from, to, view, seen))
      views.push_back(&view);
  }
  return views;
}

// Routines that are to be made anew though tables deal out their rows by them.
std::vector<const catalog::Routine*> routines_to_put_aside(const Catalog& from, const Catalog& to) {
  std::set<Object> asked;
  for (const Relation& table : from.relations) {
    if (table.partition_key.find('(') == table.partition_key.rfind('(')) continue;  // columns only
    const Object object = object_of(table);
    for (const catalog::Dependency& edge : from.dependencies)
      if (edge.object == object) asked.insert(edge.needs);
  }
  std::vector<const catalog::Routine*> routines;
  if (asked.empty()) return routines;
  for (const catalog::Routine& routine : from.routines) {
    const Object object = object_of(routine);
    if (!asked.contains(object)) continue;
    const auto now = std::ranges::find(
        to.routines, object, [](const catalog::Routine& each) { return object_of(each); });
    if (now != to.routines.end() && must_replace(routine, *now)) routines.push_back(&routine);
  }
  return routines;
}

std::string free_name(const Catalog& from, const Catalog& to, const std::string& schema,
                      const std::string& name) {
  for (int i = 0;; ++i) {
    std::string candidate = derived_name(name, "_before" + (i == 0 ? "" : std::to_string(i)));
    const auto taken = [&](const Catalog& catalog) {
      return catalog.relation(schema, candidate) != nullptr ||
             catalog.type(schema, candidate) != nullptr ||
             std::ranges::any_of(catalog.routines,
                                 [&](const catalog::Routine& routine) {
                                   return routine.schema == schema && routine.name == candidate;
                                 }) ||
             std::ranges::any_of(catalog.others, [&](const OtherObject& other) {
               return other.kind == Kind::collation && other.schema == schema &&
                      other.name == quote_identifier(candidate);
             });
    };
    if (!taken(from) && !taken(to)) return candidate;
  }
}

}  // namespace

bool keeps_values(const Column& from, const Column& to) {
  const std::vector<int> old_size = modifiers(from.type);
  const std::vector<int> new_size = modifiers(to.type);
  // To text everything can go.
  if (to.type_name == "text" && from.type_category != "A") return true;
  if (from.type_category == "E" && to.type_category == "E") return true;  // or it says so
  const bool known =
      from.type_name == to.type_name ||
      std::ranges::find(widenings, std::pair<std::string_view, std::string_view>(
                                       from.type_name, to.type_name)) != widenings.end();
  if (!known) return false;
  if (new_size.empty()) return true;
  if (old_size.empty()) return false;
  if (old_size.size() == 2 && new_size.size() == 2)  // numeric: digits before and after the point
    return new_size[0] - new_size[1] >= old_size[0] - old_size[1] && new_size[1] >= old_size[1];
  return new_size[0] >= old_size[0];
}

bool keeps_values(const Catalog& from, const Column& a, const Catalog& to, const Column& b) {
  if (keeps_values(a, b)) return true;
  if ((a.type_category == "A") != (b.type_category == "A")) return false;
  const auto plain = [](const Catalog& catalog, const Column& column) {
    const Column base = catalog::beneath_domains(catalog, column);
    return base.type_category == "A" && !base.type_name.empty()
               ? catalog::beneath_domains(catalog, catalog::element_of(base))
               : base;
  };
  // What a domain's checks refuse, no statement takes.
  if (plain(from, a).type == plain(to, b).type) return true;
  const std::vector<Column>* old_ones = catalog::attributes(from, a);
  const std::vector<Column>* new_ones = catalog::attributes(to, b);
  return old_ones != nullptr && new_ones != nullptr &&
         std::ranges::all_of(*old_ones, [&](const Column& each) {
           const auto now = std::ranges::find(*new_ones, each.name, &Column::name);
           return now != new_ones->end() && keeps_values(from, each, to, *now);
         });
}

std::string lost_values(const Column& from, const Column& to) {
  return from.type_name == "json" && to.type_name == "jsonb"
             ? "how its values are written (blanks, order, keys that come twice)"
             : "values that " + to.type + " does not hold";
}

std::string lost_attribute(const Catalog& from, const Column& a, const Catalog& to,
                           const Column& b) {
  const std::vector<Column>* old_ones = catalog::attributes(from, a);
  const std::vector<Column>* new_ones = catalog::attributes(to, b);
  if (old_ones == nullptr || new_ones == nullptr) return {};
  for (const Column& each : *old_ones) {
    const auto now = std::ranges::find(*new_ones, each.name, &Column::name);
    if (now == new_ones->end()) return quote_identifier(each.name);
    if (const std::string deeper = lost_attribute(from, each, to, *now); !deeper.empty())
      return quote_identifier(each.name) + '.' + deeper;
  }
  return {};
}

bool rewrites(const Column& from, const Column& to) {
  if (from.type == to.type) return false;  // another collation concerns indexes alone
  const std::vector<int> old_size = modifiers(from.type);
  const std::vector<int> new_size = modifiers(to.type);
  const bool is_text = from.type_name == "varchar" || from.type_name == "text";
  if (is_text && to.type_name == "text") return false;
  if (is_text && to.type_name == "varchar")
    return !new_size.empty() && (old_size.empty() || new_size[0] < old_size[0]);
  if (from.type_name == "cidr" && to.type_name == "inet") return false;
  if (from.type_name != to.type_name) return true;
  if (from.type_name == "numeric") {
    if (new_size.empty()) return false;
    return old_size.size() != 2 || new_size.size() != 2 || old_size[1] != new_size[1] ||
           new_size[0] < old_size[0];
  }
  const bool by_length = from.type_name == "varbit" || from.type_name == "timestamp" ||
                         from.type_name == "timestamptz" || from.type_name == "time" ||
                         from.type_name == "timetz" || from.type_name == "interval";
  if (by_length) return !new_size.empty() && (old_size.empty() || new_size[0] < old_size[0]);
  return true;
}

namespace {

// The partitioned table with another key in `to` that this is a part of there and here, or null:
// the rows of one go by all of the other's bounds, not from part to part of the same name.
const Relation* repartitioned_whole(const Catalog& from, const Relation& part, const Catalog& to) {
  const Relation* whole = nullptr;
  std::set<catalog::ObjectName> above;
  for (const Relation* each = to.relation(part.object_name());
       each != nullptr && each->is_partition(); each = to.relation(each->parents.front()))
    above.insert(each->parents.front());
  for (const Relation* each = &part; each->is_partition();) {
    each = from.relation(each->parents.front());
    if (each == nullptr) break;
    const Relation* now = to.relation(each->object_name());
    if (now != nullptr && now->kind == each->kind && now->partition_key != each->partition_key &&
        (above.contains(now->object_name()) || to.relation(part.object_name()) == nullptr))
      whole = each;
  }
  return whole;
}

// Those of a table that the new one has as well, and that hold what they were given.
std::vector<const Column*> copied_columns(const Relation& before, const Relation& now) {
  std::vector<const Column*> columns;
  for (const Column& column : now.columns)
    if (column.generated.empty() && before.column(column.name) != nullptr)
      columns.push_back(&column);
  return columns;
}

}  // namespace

std::vector<std::string> copy_rows(const Catalog& from, const Catalog& to, const Aside& aside) {
  const Relation* before = from.relation(aside.rows_in);
  const auto now = std::ranges::find(to.relations, aside.object,
                                     [](const Relation& each) { return object_of(each); });
  if (before == nullptr || now == to.relations.end() || copied_columns(*before, *now).empty())
    return {};
  std::string columns;
  std::string values;
  ValueChange change(from, to);
  for (const Column* column : copied_columns(*before, *now)) {
    const Column& was = *before->column(column->name);
    const std::string name = quote_identifier(column->name);
    const char* between = columns.empty() ? "" : ", ";
    columns += between + name;
    values += between;
    if (was.type == column->type)
      values += name;
    else if (catalog::same_attributes(from, was, to, *column))
      values += name + (was.type_category == "A" ? "::text[]::" : "::text::") + column->type;
    else
      values += change.of(name, was, *column);
  }
  const bool has_heirs = std::ranges::any_of(from.relations, [&](const Relation& other) {
    return !other.is_partition() &&
           std::ranges::find(other.parents, aside.rows_in) != other.parents.end();
  });
  Statements statements = std::move(change.before);
  statements.push_back("INSERT INTO " + aside.object.name + " (" + columns +
                       ") OVERRIDING SYSTEM VALUE SELECT " + values + " FROM " +
                       (has_heirs ? "ONLY " : "") +
                       qualified(aside.rows_in.schema, aside.rows_in.name));
  std::ranges::move(change.after, std::back_inserter(statements));
  return statements;
}

std::vector<Aside> put_aside(const Catalog& from, const Catalog& to,
                             const std::set<std::string>& in_use) {
  std::vector<Aside> asides;
  const std::vector<const catalog::Type*> made_room = types_to_put_aside(from, to, in_use);
  for (const catalog::Type* type : made_room) {
    const std::string aside = free_name(from, to, type->schema, type->name);
    Statements statements;
    if (type->kind == catalog::TypeKind::range) statements = rename_range_parts(*type, aside);
    statements.push_back(
        std::string("ALTER ") + (type->kind == catalog::TypeKind::domain ? "DOMAIN " : "TYPE ") +
        qualified(type->schema, type->name) + " RENAME TO " + quote_identifier(aside));
    asides.push_back({object_of(*type), std::move(statements), {}, {}});
  }
  const TypeNames held = held_in_columns(from);
  for (const Relation* view : views_to_put_aside(from, to, held)) {
    Statements statements;
    // Of its rows' type alone, it holds on to nothing.
    if (view->kind == RelationKind::view)
      statements.push_back(
          replace_all(create_empty_view(*view), "CREATE VIEW ", "CREATE OR REPLACE VIEW "));
    statements.push_back("ALTER " + writing::upper_words(kind_of(*view)) + ' ' +
                         qualified(view->schema, view->name) + " RENAME TO " +
                         quote_identifier(free_name(from, to, view->schema, view->name)));
    asides.push_back({object_of(*view), std::move(statements), {}, {}});
  }
  for (const catalog::Routine* routine : routines_to_put_aside(from, to))
    asides.push_back({object_of(*routine),
                      {"ALTER " + writing::upper_words(object_of(*routine).kind) + ' ' +
                       object_of(*routine).name + " RENAME TO " +
                       quote_identifier(free_name(from, to, routine->schema, routine->name))},
                      {},
                      {}});
  for (const OtherObject& other : from.others) {
    if (other.kind != Kind::collation) continue;
    const std::string name = quote_identifier(other.schema) + '.' + other.name;
    const auto now = std::ranges::find_if(to.others, [&](const OtherObject& each) {
      return each.kind == other.kind && each.schema == other.schema && each.name == other.name;
    });
    const bool is_used = std::ranges::any_of(from.relations, [&](const Relation& relation) {
      return relation.is_table() && std::ranges::find(relation.columns, name, &Column::collation) !=
                                        relation.columns.end();
    });
    if (now == to.others.end() || !must_replace(other, *now) || !is_used) continue;
    std::string plain = other.name;
    std::erase(plain, '"');
    asides.push_back({{other.kind, name},
                      {"ALTER COLLATION " + name + " RENAME TO " +
                       quote_identifier(free_name(from, to, other.schema, plain))},
                      {},
                      {}});
  }
  const auto changes_key = [&](const Relation& table, const Relation& now) {
    return !table.partition_key.empty() &&
           std::ranges::any_of(table.columns, [&](const Column& column) {
             const Column* same = now.column(column.name);
             return same != nullptr && mentions(table.partition_key, column) &&
                    (changes_type(column, *same) ||
                     std::ranges::any_of(made_room, [&](const catalog::Type* type) {
                       return is_same_type(column, *type);
                     }));
           });
  };
  const auto stays_plain = [&](const Relation& table, const Relation& now) {
    return !now.is_partition() && table.kind == RelationKind::table && table.kind == now.kind;
  };
  const auto has_heirs = [&](const Relation& table) {
    return std::ranges::any_of(from.relations, [&](const Relation& other) {
      return std::ranges::find(other.parents, table.object_name()) != other.parents.end();
    });
  };
  // No statement makes a column of its own its parent's, nor one of the parent's its own as well.
  const auto becomes_heir = [&](const Relation& table, const Relation& now) {
    return stays_plain(table, now) && !has_heirs(table) &&
           std::ranges::any_of(now.columns, [&](const Column& column) {
             const Column* was = table.column(column.name);
             if (was == nullptr) return false;
             return was->inherited ? !column.inherited && table.parents == now.parents
                                   : column.inherited;
           });
  };
  // No statement writes values anew while columns hold the table's rows.
  const auto writes_held_rows = [&](const Relation& table, const Relation& now) {
    if (table.is_partition() || !stays_plain(table, now)) return false;
    if (in_use.contains(to_string(object_of(table)))) return true;
    return held.contains({table.schema, table.name}) &&
           std::ranges::any_of(now.columns, [&](const Column& column) {
             const Column* was = table.column(column.name);
             if (was == nullptr) return !column.default_value.empty() || !column.identity.empty();
             return changes_type(*was, column) || must_replace(*was, column) ||
                    std::ranges::any_of(made_room, [&](const catalog::Type* type) {
                      return is_same_type(*was, *type);
                    });
           });
  };
  const auto has_rows = [](const Relation* table) {
    return table != nullptr && table->is_table() && table->kind != RelationKind::foreign_table;
  };
  const auto goes_aside = [&](const auto& self, const Relation& table) -> bool {
    const Relation* now = to.relation(table.object_name());
    if (!has_rows(&table) || !has_rows(now)) return false;
    if (must_replace(table, *now) || changes_key(table, *now) || becomes_heir(table, *now) ||
        writes_held_rows(table, *now))
      return true;
    // Its heirs are the new one's, and no statement makes their columns so.
    return !table.is_partition() && stays_plain(table, *now) &&
           std::ranges::any_of(table.parents, [&](const catalog::ObjectName& name) {
             const Relation* parent = from.relation(name);
             return parent != nullptr &&
                    std::ranges::find(now->parents, name) != now->parents.end() &&
                    self(self, *parent);
           });
  };
  // What no table is any more can't be made while columns hold rows of the table of its name.
  const auto gives_name_away = [&](const Relation& table) {
    const Relation* now = to.relation(table.object_name());
    return table.is_table() && !table.is_partition() && held.contains({table.schema, table.name}) &&
           (now != nullptr ? !now->is_table() : to.type(table.schema, table.name) != nullptr);
  };
  for (const Relation& table : from.relations) {
    const Relation* now = to.relation(table.schema, table.name);
    const bool with_whole =
        has_rows(&table) && has_rows(now) && repartitioned_whole(from, table, to) != nullptr;
    const bool for_another_kind = gives_name_away(table);
    if (!with_whole && !for_another_kind && !goes_aside(goes_aside, table)) continue;
    const std::string aside = free_name(from, to, table.schema, table.name);
    const std::string make_room = "ALTER TABLE " + qualified(table.schema, table.name) +
                                  " RENAME TO " + quote_identifier(aside);
    if (with_whole) {
      asides.push_back({object_of(table), {make_room}, {}, {}, {}});
      continue;
    }
    if (for_another_kind) {
      asides.push_back({object_of(table), {make_room}, {table.schema, aside}, {}, {}});
      continue;
    }
    std::vector<Loss> losses;
    for (const Column& column : table.columns) {
      const Column* its = now->column(column.name);
      if (!column.generated.empty() || column.inherited) continue;
      if (its == nullptr)
        losses.push_back({object_of(table, column), "its values"});
      else if (its->generated.empty() && its->type != column.type &&
               !keeps_values(from, column, to, *its))
        losses.push_back({object_of(table, column), "values that " + its->type + " does not hold"});
    }
    const std::string name = qualified(table.schema, table.name);
    Statements statements;
    // Another takes its place; and what is done to the parent has nothing to do with it any more.
    for (const catalog::ObjectName& parent : table.parents) {
      const std::string whole = qualified(parent.schema, parent.name);
      if (table.is_partition())
        statements.push_back("ALTER TABLE " + whole + " DETACH PARTITION " + name);
      else if (const Relation* above = from.relation(parent);
               above != nullptr && !goes_aside(goes_aside, *above))
        statements.push_back("ALTER TABLE " + name + " NO INHERIT " + whole);
    }
    statements.push_back(make_room);
    asides.push_back(
        {object_of(table), std::move(statements), {table.schema, aside}, std::move(losses), {}});
    if (copied_columns(table, *now).empty()) continue;
    std::vector<std::string>& copied = asides.back().copied;
    const auto named = [&](Relation relation, std::string its_name) {
      relation.name = std::move(its_name);
      return to_string(object_of(relation));
    };
    copied.push_back(named(table, aside));
    for (const Relation& part : from.relations)
      if (repartitioned_whole(from, part, to) == &table)
        copied.push_back(named(part, to.relation(part.object_name()) == nullptr
                                         ? part.name
                                         : free_name(from, to, part.schema, part.name)));
  }
  return asides;
}

}  // namespace architrave::postgres
