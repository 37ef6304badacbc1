#include "migration/plan/demands.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/lookup.h"
#include "catalog/postgres/partition_bounds.h"
#include "migration/plan/casts.h"
#include "migration/plan/sight.h"
#include "migration/plan/swap.h"
#include "sql/node.h"

namespace architrave::migration {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintType;
using catalog::Index;
using catalog::qualified;
using catalog::quote_identifier;
using catalog::Relation;
using catalog::RelationKind;

constexpr const char* mend = "mend or delete them first";

// Whether a value can become one of a type, by a cast or by way of its text.
constexpr const char* fits = "pg_temp.architrave_fits";
std::string make_fits(const std::string& type) {
  return fmt::format(
      "CREATE FUNCTION {}(value anyelement) RETURNS boolean LANGUAGE plpgsql AS $fits$\n"
      "BEGIN\n"
      "  BEGIN\n"
      "    PERFORM value::{};\n"
      "    RETURN true;\n"
      "  EXCEPTION WHEN cannot_coerce THEN NULL;\n"
      "  END;\n"
      "  PERFORM value::text::{};\n"
      "  RETURN true;\n"
      // What is about a value; all else, a type that is not there yet, says nothing of it.
      "EXCEPTION WHEN OTHERS THEN IF SQLSTATE ~ '^2[23]' THEN RETURN false; END IF; RAISE;\n"
      "END $fits$",
      fits, type, type);
}

bool same_keys(const Index& a, const Index& b) {
  return a.unique && b.unique && a.valid && a.predicate == b.predicate &&
         a.nulls_not_distinct == b.nulls_not_distinct &&
         std::ranges::equal(a.keys, b.keys, [](const auto& one, const auto& other) {
           return one.column == other.column && one.expression == other.expression;
         });
}

// SQLite: where a value is not of the type that a STRICT table holds, nor can be stored as one.
std::string breaks_strict(const std::string& type, const std::string& value) {
  const std::string kind = lower(type);
  if (kind == "blob") return fmt::format("typeof({}) <> 'blob'", value);
  std::string blob = fmt::format("typeof({}) = 'blob'", value);
  if (kind == "text") return blob;
  const std::string number = fmt::format("({} OR {} <> CAST({} AS NUMERIC)", blob, value, value);
  if (kind == "real") return number + ')';
  if (kind != "int" && kind != "integer") return {};
  return fmt::format("{} OR CAST({} AS NUMERIC) <> CAST({} AS INTEGER))", number, value, value);
}

bool is_strict(const Relation& table) { return table.options.contains("strict"); }

// SQLite: the column that is the row's number by another name.
bool is_row_number(const Relation& table, const Column& column) {
  return std::ranges::any_of(table.indexes, [&](const Index& index) {
    return index.options.contains("rowid") && index.keys.front().column == column.name;
  });
}

// SQLite: rows that have no partner already are let be, whatever else is said of the key.
bool same_reference(const Constraint& a, const Constraint& b) {
  return a.type == ConstraintType::foreign_key && b.type == a.type && a.columns == b.columns &&
         a.references_table == b.references_table && a.references_columns == b.references_columns;
}

bool is_kind_of_table(const Relation& relation) {
  return relation.kind == RelationKind::table || relation.kind == RelationKind::partitioned_table;
}

class Demanding {
 public:
  Demanding(const Catalog& from, const Catalog& to, const std::map<std::string, std::string>& fill,
            const OldNames* names)
      : from_(from), to_(to), fill_(fill), sight_(from, to, fill, names) {}

  std::vector<Demand> run() {
    for (const Relation& now : to_.relations) {
      const Relation* before = from_.relation(now.schema, now.name);
      if (before == nullptr || !is_kind_of_table(*before) || !is_kind_of_table(now)) continue;
      for (const Column& column : now.columns) demand_of_column(*before, now, column);
      for (const Index& index : now.indexes) demand_of_key(*before, now, index);
      for (const Constraint& constraint : now.constraints)
        demand_of_constraint(*before, now, constraint);
      demand_of_partitions(*before, now);
    }
    for (const catalog::Type& type : to_.types)
      if (type.kind == catalog::TypeKind::domain) demand_of_domain(type);
    for (Demand& demand : demands_) demand.as_text = !sight_.is_sqlite();
    return std::move(demands_);
  }

 private:
  // Whether it can be asked of rows as they are, which a query then finds.
  void look(Demand& demand, const Relation& now, const std::vector<std::string>& columns) const {
    const Sight::Known known = sight_.known(now, columns);
    demand.pending = known != Sight::Known::as_it_is && demand.advice != mend;
    demand.not_yet = known == Sight::Known::not_yet;
  }
  bool is_new(const Relation& now, const std::vector<std::string>& columns) const {
    return sight_.known(now, columns) != Sight::Known::as_it_is;
  }
  std::string none_in() const {
    return sight_.is_sqlite() ? "NOT EXISTS (SELECT 1 FROM" : "NOT EXISTS (SELECT FROM";
  }
  // What they get can be said of new columns, and of those that are filled.
  std::string advice(const Relation& before, const Relation& now,
                     const std::vector<std::string>& columns, std::string_view how = {}) const {
    for (const std::string& column : columns) {
      const std::string name = qualified(now.schema, now.name) + '.' + quote_identifier(column);
      const Column* its = now.column(column);
      if (its != nullptr && !its->generated.empty()) continue;
      const bool is_filled = fill_.contains(name);
      if (is_filled || before.column(column) == nullptr)
        return fmt::format("say {} they get, --fill \"{}=…\"{}", is_filled ? "what else" : "what",
                           name, how);
    }
    return mend;
  }

  void demand_of_column(const Relation& before, const Relation& now, const Column& column) {
    const Column* old_one = before.column(column.name);
    if (old_one == nullptr || !column.generated.empty() || column.inherited) return;
    const std::string table = sight_.table(now);
    const std::string name = sight_.column(now, column.name);
    if (column.not_null && column.not_null_validated && !old_one->not_null &&
        !fill_.contains(object_of(now, column).name) && !is_row_number(now, column)) {
      Demand& demand = demands_.emplace_back();
      demand.object = to_string(object_of(now, column));
      demand.misfit = "{} without a value";
      for (const std::string& each : key_of(before))
        if (each != column.name) demand.shown.push_back(sight_.column(now, each));
      demand.rows = fmt::format("FROM {} WHERE {} IS NULL", table, name);
      demand.finds = "SELECT * " + demand.rows;
      demand.advice =
          fmt::format("say what they get, --fill \"{}=…\"", object_of(now, column).name);
    }
    if (sight_.is_sqlite()) {
      demand_of_storage(before, now, column);
      return;
    }
    const catalog::Type* type = to_.type(column.type_schema, column.type_name);
    const catalog::Type* old_type = from_.type(old_one->type_schema, old_one->type_name);
    const bool loses_label = type != nullptr && old_type != nullptr &&
                             std::ranges::any_of(old_type->labels, [&](const auto& label) {
                               return std::ranges::find(type->labels, label) == type->labels.end();
                             });
    if (old_one->type == column.type && !loses_label) return;
    Demand& demand = demands_.emplace_back();
    demand.object = to_string(object_of(now, column));
    demand.misfit = fmt::format("{{}} whose value {} can't hold", column.type);
    demand.count = "sum(count(*))";
    demand.shown = {name};
    std::string misfits = fmt::format("NOT {}({})", fits, name);
    if (type != nullptr && !type->labels.empty() && !column.type.ends_with("[]")) {
      std::vector<std::string> labels;
      for (const std::string& label : type->labels) labels.push_back(quote_literal(label));
      misfits = fmt::format("{}::text NOT IN ({})", name, join(labels, ", "));
      demand.finds = fmt::format("SELECT * FROM {} WHERE {}", table, misfits);
    } else {
      demand.preludes = {make_fits(column.type)};
      demand.probe = fmt::format("SELECT count({}::{}) FROM {}", name, column.type, table);
      if (const std::string misfit =
              cannot_cast(*old_one, column, name, from_.server.version_number);
          !misfit.empty())
        demand.rows_by_reading =
            fmt::format("FROM {} WHERE {} IS NOT NULL AND {}", table, name, misfit);
    }
    demand.rows =
        fmt::format("FROM {} WHERE {} IS NOT NULL AND {} GROUP BY {}", table, name, misfits, name);
    demand.advice = mend;
  }

  // Of a table that takes nothing else into the column from now on.
  void demand_of_storage(const Relation& before, const Relation& now, const Column& column) {
    const Column& old_one = *before.column(column.name);
    const bool same_type = lower(old_one.type) == lower(column.type);
    const bool counts = is_row_number(now, column);
    if ((!is_strict(now) || (is_strict(before) && same_type)) &&
        (!counts || is_row_number(before, old_one)))
      return;
    const std::string name = sight_.column(now, column.name);
    const std::string misfits = breaks_strict(column.type, name);
    if (misfits.empty()) return;
    Demand& demand = demands_.emplace_back();
    demand.object = to_string(object_of(now, column));
    demand.misfit = fmt::format("{{}} whose value {} can't hold", column.type);
    demand.shown = {name};
    demand.rows =
        fmt::format("FROM {} WHERE {} IS NOT NULL AND {}", sight_.table(now), name, misfits);
    demand.finds = "SELECT * " + demand.rows;
    demand.advice = mend;
  }

  // SQLite's, where it is not by bytes.
  std::string collation_of(const Relation& table, const catalog::IndexKey& key) const {
    if (!key.collation.empty()) return key.collation;
    const Column* column = table.column(key.column);
    return column == nullptr ? "" : column->collation;
  }

  void demand_of_key(const Relation& before, const Relation& now, const Index& index) {
    if (!index.unique || !index.valid || index.inherited) return;
    std::vector<std::string> columns;
    std::vector<std::string> keys;
    std::vector<std::string> alike;  // what two rows have the same of
    for (const catalog::IndexKey& key : index.keys) {
      if (!key.column.empty()) columns.push_back(key.column);
      keys.push_back(key.column.empty() ? '(' + key.expression + ')' : sight_.quote(key.column));
      const std::string collation = sight_.is_sqlite() ? collation_of(now, key) : std::string();
      alike.push_back(keys.back() +
                      (collation.empty() ? "" : " COLLATE " + sight_.quote(collation)));
    }
    const auto collates_alike = [&](const Index& each) {
      return !sight_.is_sqlite() ||
             std::ranges::equal(each.keys, index.keys, [&](const auto& a, const auto& b) {
               return lower(collation_of(before, a)) == lower(collation_of(now, b));
             });
    };
    if (!is_new(now, columns) && std::ranges::any_of(before.indexes, [&](const Index& each) {
          return same_keys(each, index) && collates_alike(each);
        }))
      return;
    std::vector<std::string> asked = columns;
    for (const Column& column : now.columns)
      if (contains_word(index.predicate + ' ' + join(keys, " "), column.name))
        asked.push_back(column.name);
    std::vector<std::string> where;
    if (!index.predicate.empty()) where.push_back('(' + index.predicate + ')');
    if (!index.nulls_not_distinct)
      for (const std::string& key : keys) where.push_back(key + " IS NOT NULL");
    Demand& demand = demands_.emplace_back();
    demand.object = index.constraint.empty()
                        ? to_string(object_of(now, index))
                        : to_string(object_of(now, Constraint{.name = index.constraint}));
    demand.misfit = "{} with a key that another has, too";
    demand.count = "sum(count(*))";
    demand.shown = keys;
    demand.rows = fmt::format(
        "FROM {}{} GROUP BY {} HAVING count(*) > 1", sight_.named_rows(now, asked, true),
        where.empty() ? "" : " WHERE " + join(where, " AND "), join(alike, ", "));
    demand.finds = fmt::format("SELECT {}, count(*) {}", join(keys, ", "), demand.rows);
    demand.advice = advice(before, now, columns, ", another value for each");
    look(demand, now, asked);
  }

  void demand_of_constraint(const Relation& before, const Relation& now,
                            const Constraint& constraint) {
    if (!constraint.validated || constraint.inherited) return;
    std::vector<std::string> columns = constraint.columns;
    if (!is_new(now, columns) &&
        std::ranges::any_of(before.constraints, [&](const Constraint& each) {
          return (each.definition == constraint.definition && each.validated) ||
                 (sight_.is_sqlite() && same_reference(each, constraint));
        }))
      return;
    Demand demand;
    demand.object = to_string(object_of(now, constraint));
    demand.misfit = "broken by {}";
    demand.shown = sight_.quoted(columns);
    demand.advice = advice(before, now, columns);
    look(demand, now, columns);
    switch (constraint.type) {
      case ConstraintType::check:
        demand.rows = fmt::format("FROM {} WHERE NOT ({})",
                                  sight_.named_rows(now, columns, constraint.no_inherit),
                                  constraint.expression);
        break;
      case ConstraintType::foreign_key:
        demand.rows = orphans(now, constraint);
        if (from_.relation(constraint.references_schema, constraint.references_table) == nullptr)
          demand.not_yet = true;
        demand.misfit = "{} without a partner in " +
                        qualified(constraint.references_schema, constraint.references_table);
        break;
      case ConstraintType::exclusion:
        demand.rows = conflicts(now, constraint);
        demand.misfit = "{} in conflict with another";
        break;
      case ConstraintType::primary_key:
      case ConstraintType::unique:
        break;  // their indexes
    }
    if (demand.rows.empty()) return;
    demand.finds = "SELECT * " + demand.rows;
    demands_.push_back(std::move(demand));
  }

  std::string orphans(const Relation& now, const Constraint& key) const {
    const Relation* other = to_.relation(key.references_schema, key.references_table);
    if (other == nullptr) return {};
    std::vector<std::string> there = key.references_columns;
    if (const Constraint* its_key = other->primary_key(); there.empty() && its_key != nullptr)
      there = its_key->columns;
    std::vector<std::string> given;
    std::vector<std::string> equal;
    for (std::size_t i = 0; i < key.columns.size() && i < there.size(); ++i) {
      const std::string its = "its." + sight_.quote(key.columns[i]);
      given.push_back(its + " IS NOT NULL");
      equal.push_back("other." + sight_.quote(there[i]) + " = " + its);
    }
    const bool any = key.match_full && !sight_.is_sqlite();  // which takes it for MATCH SIMPLE
    return fmt::format("FROM {} AS its WHERE ({}) AND {} {} AS other WHERE {})",
                       sight_.rows(now, key.columns, true), join(given, any ? " OR " : " AND "),
                       none_in(), sight_.rows(*other, there, true), join(equal, " AND "));
  }

  // Nothing where the constraint is on more than columns.
  std::string conflicts(const Relation& now, const Constraint& constraint) const {
    sql::TreeReader reader;
    if (!reader.parse("ALTER TABLE t ADD " + constraint.definition) || reader.statements().empty())
      return {};
    std::vector<std::string> both;
    for (const sql::Node command : reader.statements().front().node["cmds"])
      for (const sql::Node pair : command["def"]["exclusions"]) {
        std::string column;
        std::vector<std::string> words;
        for (const sql::Node part : pair["items"]) {
          if (part.is("IndexElem")) column = part["name"].text();
          for (const sql::Node word : part["items"])
            words.push_back(word.is("String") && words.empty() && part["items"].size() > 1
                                ? quote_identifier(std::string(word["sval"].text()))
                                : std::string(word["sval"].text()));
        }
        if (column.empty() || words.empty()) return {};
        const std::string name = quote_identifier(column);
        both.push_back(fmt::format("other.{} OPERATOR({}) its.{}", name, join(words, "."), name));
      }
    if (both.empty()) return {};
    const auto index = std::ranges::find(now.indexes, constraint.index, &Index::name);
    const std::string rows = sight_.rows(now, constraint.columns, true, true);
    std::string only;
    if (index != now.indexes.end() && !index->predicate.empty())
      only = '(' + index->predicate + ") AND ";
    return fmt::format(
        "FROM {} AS its WHERE {}EXISTS (SELECT FROM {} AS other WHERE {}(other.tableoid, "
        "other.ctid) <> (its.tableoid, its.ctid) AND {})",
        rows, only, rows, only, join(both, " AND "));
  }

  // The condition under which a row has a place in one of the table's partitions.
  std::optional<std::string> placed(const Relation& table) const {
    std::vector<std::string> places;
    for (const Relation& each : to_.relations) {
      if (!each.is_partition() || each.parents.front() != table.object_name()) continue;
      auto place = postgres::belongs(to_, table, each.partition_bound);
      if (!place) return {};
      if (each.kind == RelationKind::partitioned_table) {
        const auto below = placed(each);
        if (!below) return {};
        place = fmt::format("({}) AND ({})", *place, *below);
      }
      places.push_back('(' + *place + ')');
    }
    return places.empty() ? "false" : join(places, " OR ");
  }

  void demand_of_partitions(const Relation& before, const Relation& now) {
    const Relation* parent = &now;
    if (now.is_partition()) {
      // One that joins a table; what was a part of it is looked at with the whole.
      parent = to_.relation(now.parents.front());
      if (before.is_partition() || parent == nullptr) return;
    } else if (now.kind != RelationKind::partitioned_table) {
      return;
    }
    const auto place = placed(*parent);
    if (!place || *place == "true" || place->starts_with("(true)")) return;
    std::string gone;  // with their rows, which are kept aside
    for (const Relation& each : from_.relations)
      if (each.is_partition() && to_.relation(each.schema, each.name) == nullptr)
        gone += fmt::format(" AND tableoid <> {}::regclass", quote_literal(sight_.table(each)));
    Demand& demand = demands_.emplace_back();
    demand.object = to_string(object_of(now));
    demand.misfit = "{} that no partition takes";
    std::vector<std::string> columns;
    for (const Column& column : parent->columns)
      if (contains_word(parent->partition_key, column.name)) columns.push_back(column.name);
    demand.shown = sight_.quoted(columns);
    demand.rows = fmt::format("FROM {} WHERE ({}) IS NOT TRUE{}",
                              sight_.named_rows(now, columns, false, !gone.empty()), *place, gone);
    demand.finds = "SELECT * " + demand.rows;
    demand.advice = "give them one, or a default, or delete them first";
    look(demand, now, columns);
  }

  void demand_of_domain(const catalog::Type& domain) {
    const catalog::Type* before = from_.type(domain.schema, domain.name);
    if (before == nullptr || before->kind != domain.kind) return;
    for (const Constraint& check : domain.constraints) {
      if (!check.validated ||
          std::ranges::find(before->constraints, check.definition, &Constraint::definition) !=
              before->constraints.end())
        continue;
      each_value_of(domain, [&](const Relation& table, const Column& column,
                                const std::string& value, const std::string& elements) {
        const std::string name = sight_.column(table, column.name);
        Demand& demand = demands_.emplace_back();
        demand.object = fmt::format("constraint {} of type {}", quote_identifier(check.name),
                                    qualified(domain.schema, domain.name));
        demand.misfit = "broken by {}" + (" of " + qualified(table.schema, table.name));
        demand.shown = {name};
        // Its checks speak of VALUE.
        demand.rows =
            elements.empty()
                ? fmt::format("FROM (SELECT {}, {} AS value FROM {}) AS its WHERE NOT ({})", name,
                              value, sight_.table(table), check.expression)
                : fmt::format(
                      "FROM {} WHERE EXISTS (SELECT FROM (SELECT {} AS value FROM {}) AS "
                      "its WHERE NOT ({}))",
                      sight_.table(table), value, elements, check.expression);
        demand.finds = fmt::format("SELECT {} {}", name, demand.rows);
        demand.advice = mend;
      });
    }
  }

  // Those in arrays, in composite types and under other domains as well: with the expression that
  // is the value, and what takes the arrays apart that it is in.
  template <class F>
  void each_value_of(const catalog::Type& domain, F f) const {
    for (const Relation& table : from_.relations) {
      if (!is_kind_of_table(table)) continue;
      for (const Column& column : table.columns)
        if (!column.inherited)
          each_value_in(domain, column, sight_.column(table, column.name), {},
                        [&](const std::string& value, const std::string& elements) {
                          f(table, column, value, elements);
                        });
    }
  }

  template <class F>
  void each_value_in(const catalog::Type& domain, const Column& column, const std::string& value,
                     const std::string& elements, const F& f) const {
    if (column.type_schema == domain.schema && column.type_name == domain.name) {
      f(value, elements);
    } else if (column.type_category == "A") {
      const bool nested = !elements.empty();
      const std::string element = "element" + (nested ? std::to_string(elements.size()) : "");
      Column its = catalog::element_of(catalog::beneath_domains(from_, column));
      its.type_category = "C";
      each_value_in(
          domain, its, element,
          fmt::format("{}{}unnest({}) AS {}", elements, nested ? ", " : "", value, element), f);
    } else if (const auto* attributes = catalog::attributes(from_, column)) {
      for (const Column& each : *attributes)
        each_value_in(domain, each, fmt::format("({}).{}", value, quote_identifier(each.name)),
                      elements, f);
    }
  }

  const Catalog& from_;
  const Catalog& to_;
  const std::map<std::string, std::string>& fill_;
  const Sight sight_;
  std::vector<Demand> demands_;
};

constexpr std::size_t most_examples = 5;

}  // namespace

std::vector<Demand> demands(const Catalog& from, const Catalog& to,
                            const std::map<std::string, std::string>& fill, const OldNames* names) {
  return Demanding(from, to, fill, names).run();
}

Demand by_reading(Demand demand) {
  demand.preludes.clear();
  demand.rows = demand.rows_by_reading + " GROUP BY " + join(demand.shown, ", ");
  demand.finds = "SELECT * " + demand.rows_by_reading;
  return demand;
}

std::vector<std::string> questions(const Demand& demand) {
  std::vector<std::string> list = demand.preludes;
  std::string sql = "SELECT " + demand.count + " OVER ()";
  std::string order;
  for (std::size_t i = 0; i < demand.shown.size(); ++i) {
    sql += demand.as_text ? ", CAST(" + demand.shown[i] + " AS text)" : ", " + demand.shown[i];
    order += (i == 0 ? " ORDER BY " : ", ") + std::to_string(i + 2);
  }
  list.push_back(fmt::format("{} {}{} LIMIT {}", sql, demand.rows, order, most_examples));
  return list;
}

std::optional<std::string> misfits(const Demand& demand, const engine::Attempt& answer,
                                   bool as_they_are) {
  if (!answer.ok() || answer.rows.empty()) return {};
  const auto& first = answer.rows.front();
  std::vector<std::string> example;
  for (std::size_t i = 0; i < demand.shown.size() && i + 1 < first.size(); ++i)
    example.push_back(demand.shown[i] + " = " +
                      (first[i + 1] ? quote_literal(*first[i + 1]) : "NULL"));
  const std::string text = first.front().value_or("0");
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  std::string said = replace_all(demand.misfit, "{}", plural(count, "row"));
  if (!example.empty()) said += " (" + join(example, ", ") + (count > 1 ? ", for one)" : ")");
  said += ": " + demand.advice;
  if (!as_they_are) return said;
  std::string finds = demand.finds;
  if (finds.empty()) {
    std::vector<std::string> values;
    for (const auto& row : answer.rows)
      if (row.size() > 1 && row[1]) values.push_back(quote_literal(*row[1]));
    finds = fmt::format("SELECT * {}WHERE {}::text IN ({})",
                        demand.rows.substr(0, demand.rows.find("WHERE ")), demand.shown.front(),
                        join(values, ", "));
  }
  return said + ". Find them: " + finds;
}

}  // namespace architrave::migration
