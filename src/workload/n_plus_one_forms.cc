// The batched and the joined form of a statement that is sent once for each row.

#include <algorithm>
#include <array>
#include <set>

#include "base/quoting.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "sql/tree.h"
#include "workload/n_plus_one.h"

namespace architrave::workload {

namespace {

using sql::Tree;

struct Table {
  std::string schema;
  std::string name;
  std::string alias;
};

std::string_view string_of(const Tree& node) { return node["sval"].text(); }

std::vector<Table> tables_of(const Tree& select) {
  std::vector<Table> tables;
  for (const Tree& each : select["from_clause"].list)
    sql::walk(each, [&](const Tree& node) {
      if (node.is("RangeVar"))
        tables.push_back({std::string(node["schemaname"].text()),
                          std::string(node["relname"].text()),
                          std::string(node["alias"]["aliasname"].text())});
      return !node.is("SelectStmt");
    });
  return tables;
}

// "orders" and "order", "categories" and "category", "boxes" and "box".
std::string singular(const std::string& name) {
  if (name.ends_with("ies")) return name.substr(0, name.size() - 3) + "y";
  for (const char* ending : {"ses", "xes", "ches", "shes"})
    if (name.ends_with(ending)) return name.substr(0, name.size() - 2);
  return name.ends_with("s") ? name.substr(0, name.size() - 1) : name;
}

const catalog::Relation* relation(const catalog::Catalog* catalog, const Table& table) {
  if (catalog == nullptr) return nullptr;
  for (const catalog::Relation& each : catalog->relations)
    if (each.name == table.name && (table.schema.empty() || each.schema == table.schema))
      return &each;
  return nullptr;
}

bool has_column(const catalog::Relation& relation, std::string_view column) {
  return std::ranges::any_of(relation.columns,
                             [&](const catalog::Column& each) { return each.name == column; });
}

// What a SELECT gives out: names of columns, and whether all of a table's.
struct Output {
  std::set<std::string, std::less<>> columns;
  std::string first;  // the key, mostly
  bool star = false;
};
Output output_of(const Tree& select) {
  Output output;
  for (const Tree& each : select["target_list"].list) {
    const Tree& fields = each["val"]["fields"];
    if (fields.size() == 0) continue;
    const Tree& last = fields[fields.size() - 1];
    if (last.is("AStar")) output.star = true;
    const std::string_view alias = each["name"].text();
    if (!last.is("String")) continue;
    const auto [column, is_new] = output.columns.emplace(alias.empty() ? string_of(last) : alias);
    if (output.columns.size() == 1 && is_new && !output.star) output.first = *column;
  }
  return output;
}

bool aggregates(const Tree& select) {
  static const std::set<std::string, std::less<>> names = {"count",
                                                           "sum",
                                                           "avg",
                                                           "min",
                                                           "max",
                                                           "array_agg",
                                                           "string_agg",
                                                           "json_agg",
                                                           "jsonb_agg",
                                                           "bool_and",
                                                           "bool_or",
                                                           "every",
                                                           "json_object_agg",
                                                           "jsonb_object_agg"};
  bool found = false;
  sql::walk(select["target_list"], [&](const Tree& node) {
    if (node.is("FuncCall") && node["funcname"].size() > 0 &&
        names.contains(string_of(node["funcname"][node["funcname"].size() - 1])))
      found = true;
    return !node.is("SubLink");
  });
  return found;
}

const Tree& without_cast(const Tree& node) {
  return node.is("TypeCast") ? without_cast(node["arg"]) : node;
}

// The repeated statement: SELECT … WHERE column = $n AND ….
struct Child {
  Tree select;
  std::size_t conjunct = 0;  // of the conjuncts of WHERE
  Tree column_ref;
  std::string column;
  Table table;  // nameless if it is not known
};

std::vector<Tree> conjuncts(const Tree& select) {
  const Tree& where = select["where_clause"];
  if (where.is("BoolExpr") && where["boolop"].text() == "AND_EXPR") return where["args"].list;
  return {where};
}
void set_conjunct(Tree& select, std::size_t number, Tree tree) {
  Tree& where = *select.find("where_clause");
  if (where.is("BoolExpr") && where["boolop"].text() == "AND_EXPR")
    where.at("args").list[number] = std::move(tree);
  else
    where = std::move(tree);
}

bool read_child(const std::string& text, std::uint32_t parameter, const catalog::Catalog* catalog,
                Child& child) {
  auto statements = sql::parse(text);
  if (!statements || statements->size() != 1 || !statements->front().is("SelectStmt")) return false;
  child.select = std::move(statements->front());
  // Rows that are locked are about to be written one by one.
  if (child.select["locking_clause"].size() > 0 || !child.select["where_clause"]) return false;
  int mentions = 0;
  sql::walk(child.select, [&](const Tree& node) {
    if (node.is("ParamRef") && node["number"].number() == parameter) ++mentions;
    return true;
  });
  if (mentions != 1) return false;
  const std::vector<Tree> all = conjuncts(child.select);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Tree& each = all[i];
    if (!each.is("AExpr") || each["kind"].text() != "AEXPR_OP" || each["name"].size() != 1 ||
        string_of(each["name"][0]) != "=")
      continue;
    const Tree* left = &each["lexpr"];
    const Tree* right = &each["rexpr"];
    if (without_cast(*left).is("ParamRef")) std::swap(left, right);
    if (without_cast(*right)["number"].number() != parameter ||
        !without_cast(*right).is("ParamRef") || !left->is("ColumnRef"))
      continue;
    child.conjunct = i;
    child.column_ref = *left;
    const Tree& fields = (*left)["fields"];
    if (!fields[fields.size() - 1].is("String")) return false;
    child.column = string_of(fields[fields.size() - 1]);
    const std::string qualifier(fields.size() > 1 ? string_of(fields[fields.size() - 2]) : "");
    const std::vector<Table> tables = tables_of(child.select);
    for (const Table& table : tables) {
      const catalog::Relation* known = relation(catalog, table);
      const bool meant = !qualifier.empty()
                             ? qualifier == (table.alias.empty() ? table.name : table.alias)
                             : tables.size() == 1 || (known && has_column(*known, child.column));
      if (meant) child.table = table;
    }
    return true;
  }
  return false;
}

Tree column_ref(std::string_view qualifier, const std::string& column) {
  const std::string text = "SELECT " + std::string(qualifier) + '.' + quote_identifier(column);
  return sql::parse(text)->front()["target_list"][0]["val"];
}

Tree equality(const Tree& left, Tree right) {
  Tree tree = sql::parse("SELECT 1 = 1")->front()["target_list"][0]["val"];
  tree.set("lexpr", left);
  tree.set("rexpr", std::move(right));
  return tree;
}

std::string batched(const Child& child, std::uint32_t parameter) {
  const Tree& select = child.select;
  const std::string list = "$" + std::to_string(parameter);
  Tree any = sql::parse("SELECT 1 = ANY(" + list + ")")->front()["target_list"][0]["val"];
  any.set("lexpr", child.column_ref);
  const bool cut = select["limit_count"] || select["limit_offset"] ||
                   select["distinct_clause"].size() > 0 || select["group_clause"].size() > 0 ||
                   select["having_clause"] || select["window_clause"].size() > 0 ||
                   select["with_clause"];
  if (!cut) {
    Tree whole = select;
    set_conjunct(whole, child.conjunct, std::move(any));
    const Output output = output_of(select);
    // The rows come back together: the column says which is whose.
    Tree target = sql::parse("SELECT x")->front()["target_list"][0];
    target.set("val", child.column_ref);
    if (!output.star && !output.columns.contains(child.column))
      whole.at("target_list").list.push_back(target);
    if (aggregates(select)) whole.set("group_clause", Tree(std::vector<Tree>{child.column_ref}));
    return sql::to_sql(whole).value_or("");
  }
  // Each key keeps its own LIMIT, DISTINCT or groups.
  if (child.table.name.empty()) return {};
  Tree one = select;
  set_conjunct(one, child.conjunct, equality(child.column_ref, column_ref("key", child.column)));
  const auto inner = sql::to_sql(one);
  if (!inner) return {};
  const std::string column = quote_identifier(child.column);
  return "SELECT key." + column + ", child.* FROM (SELECT DISTINCT " + column + " FROM " +
         qualified(child.table.schema, child.table.name) + " WHERE " + column + " = ANY(" + list +
         ")) AS key CROSS JOIN LATERAL (" + *inner + ") AS child";
}

// SELECT … WHERE id = $1, or LIMIT 1: no rows to go through one by one.
bool looks_up_one(const Tree& select) {
  if (select["limit_count"] || aggregates(select)) return aggregates(select);
  return std::ranges::any_of(conjuncts(select), [](const Tree& each) {
    const Tree& fields = each["lexpr"]["fields"];
    return each.is("AExpr") && each["name"].size() == 1 && string_of(each["name"][0]) == "=" &&
           fields.size() > 0 && string_of(fields[fields.size() - 1]) == "id";
  });
}

// The column of the parent's result that holds the child's values; "" if there is none.
std::string parent_column(const Child& child, const Tree& parent, const catalog::Catalog* catalog) {
  const Output output = output_of(parent);
  const auto given = [&](const std::string& column) {
    return output.columns.contains(column) || output.star;
  };
  const catalog::Relation* from = relation(catalog, child.table);
  for (const Table& table : tables_of(parent)) {
    const catalog::Relation* to = relation(catalog, table);
    if (from != nullptr && to != nullptr) {
      const auto key = [](const catalog::Relation& a, const catalog::Relation& b,
                          auto&& visit) -> std::string {
        for (const catalog::Constraint& each : a.constraints)
          if (each.type == catalog::ConstraintType::foreign_key && each.columns.size() == 1 &&
              each.references_table == b.name && each.references_schema == b.schema)
            if (std::string column = visit(each); !column.empty()) return column;
        return {};
      };
      std::string column = key(*from, *to, [&](const catalog::Constraint& each) {
        return each.columns[0] == child.column ? each.references_columns.at(0) : std::string();
      });
      if (column.empty())
        column = key(*to, *from, [&](const catalog::Constraint& each) {
          return each.references_columns.at(0) == child.column ? each.columns[0] : std::string();
        });
      if (!column.empty() && given(column)) return column;
    }
    // The same table once more, row by row, or the rows below each.
    if (table.name == child.table.name && output.columns.contains(child.column))
      return output.first.empty() ? child.column : output.first;
    // Without foreign keys, by the usual names.
    const std::string one = singular(table.name);
    if (child.column == one + "_id" || child.column == table.name + "_id" ||
        child.column == one + "id") {
      if (output.columns.contains(child.column)) return child.column;
      if (given("id")) return "id";
    }
  }
  std::string named = singular(child.table.name) + '_' + child.column;  // product_code
  if (!child.table.name.empty() && output.columns.contains(named)) return named;
  std::string reference = singular(child.table.name) + "_id";
  const bool is_key = child.column == "id" || child.column == reference;
  if (is_key && !child.table.name.empty()) {
    if (output.columns.contains(reference)) return reference;
    // A star gives it out where the table has it; without a schema, the names have to do.
    for (const Table& table : tables_of(parent)) {
      const catalog::Relation* known = relation(catalog, table);
      const bool has_it = known != nullptr ? has_column(*known, reference)
                                           : catalog == nullptr && !looks_up_one(parent);
      if (output.star && has_it && table.name != child.table.name) return reference;
    }
  }
  return {};
}

std::string joined(const Child& child, std::uint32_t parameter, const Tree& parent,
                   const std::string& column) {
  std::int64_t taken = 0;
  sql::walk(parent, [&](const Tree& node) {
    if (node.is("ParamRef")) taken = std::max(taken, node["number"].number());
    return true;
  });
  Tree inner = child.select;
  set_conjunct(inner, child.conjunct, equality(child.column_ref, column_ref("parent", column)));
  // The parent has $1 to $n already; the child's follow, without the one that is gone.
  sql::walk(inner, [&](Tree& node) {
    if (node.is("ParamRef")) {
      const std::int64_t number = node["number"].number();
      node.set("number", Tree(taken + number - (number > parameter ? 1 : 0)));
    }
    return true;
  });
  const auto outer_text = sql::to_sql(parent);
  const auto inner_text = sql::to_sql(inner);
  if (!outer_text || !inner_text) return {};
  return "SELECT parent.*, child.* FROM (" + *outer_text + ") AS parent LEFT JOIN LATERAL (" +
         *inner_text + ") AS child ON true";
}

}  // namespace

bool write_forms(NPlusOne& found, std::uint32_t parameter, const catalog::Catalog* catalog,
                 bool& related) {
  Child child;
  related = false;
  if (!read_child(found.text, parameter, catalog, child)) return false;
  found.key = (child.table.name.empty() ? "" : child.table.name + '.') + child.column + " = $" +
              std::to_string(parameter);
  found.batched = batched(child, parameter);
  if (found.parent_text.empty()) return true;
  const auto parent = sql::parse(found.parent_text);
  if (!parent || parent->size() != 1 || !parent->front().is("SelectStmt")) return true;
  const std::string column = parent_column(child, parent->front(), catalog);
  related = !column.empty();
  if (related) found.joined = joined(child, parameter, parent->front(), column);
  return true;
}

}  // namespace architrave::workload
