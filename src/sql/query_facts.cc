#include "sql/query_facts.h"

#include <pg_query.h>

#include <algorithm>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/text.h"
#include "sql/expression_text.h"

namespace architrave::sql {

namespace {

using Json = nlohmann::json;

// A column of a table that is read.
struct Target {
  std::size_t relation = 0;
  std::string column;
};

// What a FROM item offers: its columns, each with the table's column behind it if there is one.
using Columns = std::vector<std::pair<std::string, std::optional<Target>>>;

struct Item {
  std::string alias;
  Columns columns;
  std::optional<std::size_t> relation;  // a table itself
};

struct Scope {
  std::vector<Item> items;
  std::map<std::string, Columns, std::less<>> tables;  // WITH
  const Scope* outer = nullptr;
};

constexpr int deepest = 100;  // of views in views, and of nesting

const Json nothing;

const Json& at(const Json& node, const char* key) {
  const auto found = node.is_object() ? node.find(key) : node.end();
  return found == node.end() ? nothing : *found;
}

// The one node inside of {"SelectStmt": {…}}.
std::pair<std::string_view, const Json*> kind_of(const Json& node) {
  if (!node.is_object() || node.size() != 1) return {"", &nothing};
  return {node.begin().key(), &node.begin().value()};
}

const Json& as(const Json& node, const char* kind) { return at(node, kind); }

std::string text_at(const Json& node, const char* key) {
  const Json& value = at(node, key);
  return value.is_string() ? value.get<std::string>() : "";
}

std::string operator_of(const Json& expression) {
  const Json& name = at(expression, "name");
  return name.empty() ? "" : text_at(as(name.back(), "String"), "sval");
}

bool is_constant(const Json& node) {
  const auto [kind, value] = kind_of(node);
  if (kind == "A_Const") return true;
  if (kind == "TypeCast") return is_constant(at(*value, "arg"));
  if (kind == "List") return std::ranges::all_of(at(*value, "items"), is_constant);
  return false;
}

class Reader {
 public:
  Reader(const Names& names, QueryFacts& facts) : names_(names), facts_(facts) {}

  void statement(const Json& node, const Scope* outer) {
    const auto [kind, value] = kind_of(node);
    if (kind == "SelectStmt") {
      select(*value, outer);
    } else if (kind == "InsertStmt") {
      write(Write::Kind::insert, at(*value, "relation"));
      Scope scope{.items = {}, .tables = {}, .outer = outer};
      with(at(*value, "withClause"), scope);
      statement(at(*value, "selectStmt"), &scope);
    } else if (kind == "UpdateStmt") {
      change(*value, Write::Kind::update, "fromClause", outer);
    } else if (kind == "DeleteStmt") {
      change(*value, Write::Kind::remove, "usingClause", outer);
    } else if (kind == "DeclareCursorStmt" || kind == "ExplainStmt" || kind == "CopyStmt" ||
               kind == "CreateTableAsStmt" || kind == "PrepareStmt") {
      statement(at(*value, "query"), outer);
    }
  }

 private:
  void write(Write::Kind kind, const Json& relation) {
    facts_.writes.push_back(
        {kind, text_at(relation, "schemaname"), text_at(relation, "relname"), {}});
  }

  // UPDATE and DELETE: the table that changes is read like one of FROM.
  void change(const Json& node, Write::Kind kind, const char* more, const Scope* outer) {
    Scope scope{.items = {}, .tables = {}, .outer = outer};
    with(at(node, "withClause"), scope);
    write(kind, at(node, "relation"));
    table(at(node, "relation"), scope);
    for (const Json& item : at(node, more)) from(item, scope);
    predicate(at(node, "whereClause"), scope);
    for (const Json& each : at(node, "targetList")) {
      const Json& target = as(each, "ResTarget");
      facts_.writes.back().columns.push_back(text_at(target, "name"));
      visit(at(target, "val"), scope);
    }
    visit(at(node, "returningList"), scope);
  }

  void with(const Json& clause, Scope& scope) {
    for (const Json& each : at(clause, "ctes")) {
      const Json& table = as(each, "CommonTableExpr");
      const std::string name = text_at(table, "ctename");
      if (at(clause, "recursive") == true) scope.tables[name] = {};
      const auto [kind, query] = kind_of(at(table, "ctequery"));
      Columns columns;
      if (kind == "SelectStmt")
        columns = select(*query, &scope);
      else
        statement(at(table, "ctequery"), &scope);
      rename(columns, at(table, "aliascolnames"));
      scope.tables[name] = std::move(columns);
    }
  }

  static void rename(Columns& columns, const Json& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i == columns.size()) columns.emplace_back();
      columns[i].first = text_at(as(names[i], "String"), "sval");
    }
  }

  Columns select(const Json& node, const Scope* outer) {
    if (++depth_ > deepest) {
      --depth_;
      return {};
    }
    Scope scope{.items = {}, .tables = {}, .outer = outer};
    with(at(node, "withClause"), scope);
    Columns columns;
    if (text_at(node, "op").starts_with("SETOP") && text_at(node, "op") != "SETOP_NONE") {
      columns = select(at(node, "larg"), &scope);
      select(at(node, "rarg"), &scope);
      list(at(node, "sortClause"), Use::order, scope, nothing, columns);
    } else {
      for (const Json& item : at(node, "fromClause")) from(item, scope);
      predicate(at(node, "whereClause"), scope);
      const Json& targets = at(node, "targetList");
      columns = outputs(targets, scope);
      list(at(node, "groupClause"), Use::group, scope, targets, columns);
      if (const Json& distinct = at(node, "distinctClause"); !distinct.empty())
        list(distinct.front().empty() ? targets : distinct, Use::group, scope, targets, columns);
      for (const Json& each : at(node, "windowClause")) window(as(each, "WindowDef"), scope);
      list(at(node, "sortClause"), Use::order, scope, targets, columns);
      visit(at(node, "havingClause"), scope);
      for (const Json& row : at(node, "valuesLists")) visit(row, scope);
    }
    --depth_;
    return columns;
  }

  Columns outputs(const Json& targets, const Scope& scope) {
    Columns columns;
    for (const Json& each : targets) {
      const Json& target = as(each, "ResTarget");
      const Json& value = at(target, "val");
      std::string name = text_at(target, "name");
      if (const Json& fields = at(as(value, "ColumnRef"), "fields"); !fields.empty()) {
        if (fields.back().contains("A_Star")) {
          star(fields, scope, columns);
          continue;
        }
        if (name.empty()) name = text_at(as(fields.back(), "String"), "sval");
      }
      if (name.empty() && value.contains("FuncCall"))
        name = text_at(as(at(value["FuncCall"], "funcname").back(), "String"), "sval");
      smallest_or_largest(value, scope);
      visit(value, scope);
      columns.emplace_back(name, resolve(value, scope));
    }
    return columns;
  }

  // min() and max() read one end of an index.
  void smallest_or_largest(const Json& value, const Scope& scope) {
    const Json& call = as(value, "FuncCall");
    if (call.is_null() || at(call, "args").size() != 1) return;
    const std::string name = text_at(as(at(call, "funcname").back(), "String"), "sval");
    if (name != "min" && name != "max") return;
    if (const auto target = resolve(call["args"][0], scope))
      add(*target, {.relation = 0,
                    .column = {},
                    .expression = {},
                    .use = Use::order,
                    .op = {},
                    .predicate = {},
                    .list = lists_++});
  }

  void star(const Json& fields, const Scope& scope, Columns& columns) {
    const std::string alias =
        fields.size() > 1 ? text_at(as(fields[fields.size() - 2], "String"), "sval") : "";
    for (const Item& item : scope.items) {
      if (!alias.empty() && item.alias != alias) continue;
      if (item.relation) facts_.relations[*item.relation].whole_row = true;
      for (const auto& column : item.columns) columns.push_back(column);
    }
  }

  void window(const Json& definition, const Scope& scope) {
    list(at(definition, "partitionClause"), Use::group, scope, nothing, {});
    list(at(definition, "orderClause"), Use::order, scope, nothing, {});
  }

  // A list to group or order by; an item may be a number or a name of the select list.
  void list(const Json& items, Use use, const Scope& scope, const Json& targets,
            const Columns& columns) {
    if (items.empty()) return;
    const int number = lists_++;
    int place = 0;
    for (const Json& item : items) {
      const Json& sort = as(item, "SortBy");
      const Json& bare = sort.is_null() ? item : at(sort, "node");
      const Json& node = bare.contains("ResTarget") ? at(bare["ResTarget"], "val") : bare;
      const std::string direction = text_at(sort, "sortby_dir");
      const std::string nulls = text_at(sort, "sortby_nulls");
      ColumnUse made{.relation = 0,
                     .column = {},
                     .expression = {},
                     .use = use,
                     .op = {},
                     .predicate = {},
                     .list = number,
                     .place = place++,
                     .descending = direction == "SORTBY_DESC",
                     .nulls_first = nulls == "SORTBY_NULLS_FIRST" ||
                                    (nulls != "SORTBY_NULLS_LAST" && direction == "SORTBY_DESC")};
      if (const auto target = listed(node, scope, targets, columns))
        add(*target, made);
      else
        key_expression(node, scope, made);
      visit(node, scope);
    }
  }

  std::optional<Target> listed(const Json& node, const Scope& scope, const Json& targets,
                               const Columns& columns) {
    const Json& number = at(at(as(node, "A_Const"), "ival"), "ival");
    if (number.is_number_integer()) {
      const auto place = number.get<std::size_t>();
      return place >= 1 && place <= columns.size() ? columns[place - 1].second : std::nullopt;
    }
    const Json& fields = at(as(node, "ColumnRef"), "fields");
    if (fields.size() == 1) {
      const std::string name = text_at(as(fields[0], "String"), "sval");
      for (std::size_t i = 0; i < columns.size() && (i < targets.size() || targets.is_null()); ++i)
        if (columns[i].first == name && columns[i].second) return columns[i].second;
    }
    return resolve(node, scope);
  }

  void from(const Json& node, Scope& scope) {
    const auto [kind, value] = kind_of(node);
    if (kind == "RangeVar") {
      table(*value, scope);
    } else if (kind == "RangeSubselect") {
      const Json& alias = at(*value, "alias");
      // LATERAL sees what stands before it.
      Columns columns = select(as(at(*value, "subquery"), "SelectStmt"),
                               at(*value, "lateral") == true ? &scope : with_tables(scope));
      rename(columns, at(alias, "colnames"));
      scope.items.push_back({text_at(alias, "aliasname"), std::move(columns), {}});
    } else if (kind == "JoinExpr") {
      const std::size_t before = scope.items.size();
      from(at(*value, "larg"), scope);
      const std::size_t middle = scope.items.size();
      from(at(*value, "rarg"), scope);
      for (const Json& column : at(*value, "usingClause"))
        join_using(text_at(as(column, "String"), "sval"), scope, before, middle);
      if (at(*value, "isNatural") == true) natural(scope, before, middle);
      predicate(at(*value, "quals"), scope);
    } else {
      visit(node, scope);
      const Json& alias = at(*value, "alias");
      if (!alias.is_null()) scope.items.push_back({text_at(alias, "aliasname"), {}, {}});
    }
  }

  // A subquery of FROM does not see its neighbours, but what WITH has made.
  const Scope* with_tables(const Scope& scope) {
    kept_.push_back({.items = {}, .tables = scope.tables, .outer = scope.outer});
    return &kept_.back();
  }

  void table(const Json& node, Scope& scope) {
    const std::string schema = text_at(node, "schemaname");
    const std::string name = text_at(node, "relname");
    const Json& alias = at(node, "alias");
    Item item{alias.is_null() ? name : text_at(alias, "aliasname"), {}, {}};
    const Columns* made = schema.empty() ? find_table(name, scope) : nullptr;
    if (made != nullptr) {
      item.columns = *made;
    } else if (const Known* known = names_(schema, name)) {
      if (!known->view.empty()) {
        item.columns = view(*known);
      } else {
        item.relation = facts_.relations.size();
        facts_.relations.push_back({known->schema, name});
        for (const std::string& column : known->columns)
          item.columns.emplace_back(column, Target{*item.relation, column});
      }
    } else {
      const std::string written = schema.empty() ? name : schema + "." + name;
      if (std::ranges::find(facts_.missing, written) == facts_.missing.end())
        facts_.missing.push_back(written);
    }
    rename(item.columns, at(alias, "colnames"));
    scope.items.push_back(std::move(item));
  }

  Columns view(const Known& known) {
    const PgQueryParseResult parsed = pg_query_parse(known.view.c_str());
    Json tree;
    if (parsed.error == nullptr) tree = Json::parse(parsed.parse_tree, nullptr, false);
    pg_query_free_parse_result(parsed);
    const Json& statements = at(tree, "stmts");
    Columns columns;
    if (!statements.empty()) columns = select(as(at(statements[0], "stmt"), "SelectStmt"), nullptr);
    for (std::size_t i = 0; i < columns.size() && i < known.columns.size(); ++i)
      columns[i].first = known.columns[i];
    return columns;
  }

  static const Columns* find_table(std::string_view name, const Scope& scope) {
    for (const Scope* each = &scope; each != nullptr; each = each->outer)
      if (const auto found = each->tables.find(name); found != each->tables.end())
        return &found->second;
    return nullptr;
  }

  void join_using(const std::string& column, const Scope& scope, std::size_t before,
                  std::size_t middle) {
    for (std::size_t i = before; i < scope.items.size(); ++i)
      if (const auto target = in_item(scope.items[i], column)) {
        add(*target, {.relation = 0, .column = {}, .expression = {}, .use = Use::join});
        add(*target, {});
      }
    (void)middle;
  }

  void natural(const Scope& scope, std::size_t before, std::size_t middle) {
    std::set<std::string> left;
    for (std::size_t i = before; i < middle; ++i)
      for (const auto& column : scope.items[i].columns) left.insert(column.first);
    std::set<std::string> both;
    for (std::size_t i = middle; i < scope.items.size(); ++i)
      for (const auto& column : scope.items[i].columns)
        if (left.contains(column.first)) both.insert(column.first);
    for (const std::string& column : both) join_using(column, scope, before, middle);
  }

  static std::optional<Target> in_item(const Item& item, std::string_view column) {
    for (const auto& [name, target] : item.columns)
      if (name == column) return target;
    return {};
  }

  std::optional<Target> resolve(const Json& node, const Scope& scope) {
    const Json& fields = at(as(node, "ColumnRef"), "fields");
    if (fields.empty() || !fields.back().contains("String")) return {};
    const std::string column = text_at(as(fields.back(), "String"), "sval");
    const std::string alias =
        fields.size() > 1 ? text_at(as(fields[fields.size() - 2], "String"), "sval") : "";
    for (const Scope* each = &scope; each != nullptr; each = each->outer)
      for (const Item& item : each->items) {
        if (!alias.empty() && item.alias != alias) continue;
        const bool has = std::ranges::any_of(
            item.columns, [&](const auto& offered) { return offered.first == column; });
        if (has) return in_item(item, column);
      }
    return {};
  }

  void add(const Target& target, ColumnUse use) {
    use.relation = target.relation;
    use.column = target.column;
    facts_.uses.push_back(std::move(use));
  }

  // A use of something computed from the columns of one table: what an expression index holds.
  bool key_expression(const Json& node, const Scope& scope, ColumnUse use) {
    if (node.contains("ColumnRef") || is_constant(node)) return false;
    std::optional<Target> first;
    bool same = true;
    use.expression = expression_text(node, [&](const Json& column) -> std::string {
      const auto target = resolve(column, scope);
      if (!target || (first && first->relation != target->relation)) same = false;
      if (!first) first = target;
      return target ? target->column : "";
    });
    if (use.expression.empty() || !first || !same) return false;
    add(*first, std::move(use));
    return true;
  }

  // One side of a comparison as a key: a column, or an expression of columns.
  void compared(const Json& key, const Json& other, Use use, const std::string& op,
                const Scope& scope) {
    ColumnUse made{.relation = 0, .column = {}, .expression = {}, .use = use, .op = op};
    const auto target = resolve(key, scope);
    const auto opposite = resolve(other, scope);
    if (target && opposite && (use == Use::equal || use == Use::in_list)) {
      made.use = Use::join;
      made.partner = opposite->relation;
      made.partner_column = opposite->column;
    }
    if (target && is_constant(other) && use == Use::equal)
      made.predicate = expression_text(key, [&](const Json&) { return target->column; }) + " = " +
                       expression_text(other, [](const Json&) { return ""; });
    if (target)
      add(*target, made);
    else
      key_expression(key, scope, made);
  }

  void predicate(const Json& node, const Scope& scope) {
    if (node.is_null()) return;
    conjunct(node, scope);
    visit(node, scope);
  }

  void conjunct(const Json& node, const Scope& scope) {
    const auto [kind, value] = kind_of(node);
    if (kind == "BoolExpr") {
      const bool negated = text_at(*value, "boolop") == "NOT_EXPR";
      for (const Json& each : at(*value, "args")) {
        if (!negated)
          conjunct(each, scope);
        else if (const auto target = resolve(each, scope))
          truth(*target, each, "NOT ");
      }
    } else if (kind == "A_Expr") {
      comparison(*value, scope);
    } else if (kind == "ColumnRef") {
      if (const auto target = resolve(node, scope)) truth(*target, node, "");
    } else if (kind == "NullTest") {
      if (const auto target = resolve(at(*value, "arg"), scope)) {
        const bool is_null = text_at(*value, "nulltesttype") == "IS_NULL";
        const std::string column =
            expression_text(at(*value, "arg"), [&](const Json&) { return target->column; });
        add(*target, {.relation = 0,
                      .column = {},
                      .expression = {},
                      .use = is_null ? Use::null_test : Use::output,
                      .op = {},
                      .predicate = column + (is_null ? " IS NULL" : " IS NOT NULL")});
      }
    } else if (kind == "SubLink") {
      sublink(*value, scope);
    }
  }

  void truth(const Target& target, const Json& column, const std::string& negation) {
    add(target, {.relation = 0,
                 .column = {},
                 .expression = {},
                 .use = Use::truth,
                 .op = {},
                 .predicate = negation +
                              expression_text(column, [&](const Json&) { return target.column; })});
  }

  void sublink(const Json& node, const Scope& scope) {
    if (const auto target = resolve(at(node, "testexpr"), scope))
      if (text_at(node, "subLinkType") == "ANY_SUBLINK")
        add(*target, {.relation = 0, .column = {}, .expression = {}, .use = Use::join});
  }

  void comparison(const Json& node, const Scope& scope) {
    const std::string kind = text_at(node, "kind");
    const std::string op = operator_of(node);
    const Json& left = at(node, "lexpr");
    const Json& right = at(node, "rexpr");
    if (kind == "AEXPR_OP") {
      static const std::map<std::string, Use, std::less<>> uses = {
          {"=", Use::equal},     {"<", Use::range},     {">", Use::range},
          {"<=", Use::range},    {">=", Use::range},    {"@>", Use::contains},
          {"<@", Use::contains}, {"&&", Use::contains}, {"?", Use::contains},
          {"?|", Use::contains}, {"?&", Use::contains}, {"@@", Use::match},
          {"@?", Use::contains}, {"~", Use::pattern},   {"~*", Use::pattern}};
      const auto found = uses.find(op);
      if (found == uses.end()) return;
      compared(left, right, found->second, op, scope);
      compared(right, left, found->second, op, scope);
    } else if ((kind == "AEXPR_IN" && op == "=") || (kind == "AEXPR_OP_ANY" && op == "=")) {
      compared(left, right, Use::in_list, op, scope);
    } else if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_BETWEEN_SYM") {
      compared(left, right, Use::range, op, scope);
    } else if (kind == "AEXPR_LIKE" && op == "~~") {
      const std::string pattern = text_at(at(as(right, "A_Const"), "sval"), "sval");
      const bool prefix = !pattern.empty() && pattern.front() != '%' && pattern.front() != '_';
      compared(left, right, prefix ? Use::prefix : Use::pattern, op, scope);
    } else if (kind == "AEXPR_ILIKE" && op == "~~*") {
      compared(left, right, Use::pattern, op, scope);
    }
  }

  // Every column that is named, and what stands in subqueries.
  void visit(const Json& node, const Scope& scope) {
    if (node.is_array()) {
      for (const Json& each : node) visit(each, scope);
      return;
    }
    if (!node.is_object()) return;
    if (node.contains("ColumnRef")) {
      if (const auto target = resolve(node, scope)) add(*target, {});
      return;
    }
    if (node.contains("SelectStmt")) {
      select(node["SelectStmt"], &scope);
      return;
    }
    if (node.contains("SubLink")) {
      const Json& link = node["SubLink"];
      const Columns columns = select(as(at(link, "subselect"), "SelectStmt"), &scope);
      // x IN (SELECT y …) compares y as it compares x.
      if (text_at(link, "subLinkType") == "ANY_SUBLINK" && columns.size() == 1 && columns[0].second)
        add(*columns[0].second, {.relation = 0, .column = {}, .expression = {}, .use = Use::join});
      visit(at(link, "testexpr"), scope);
      return;
    }
    if (node.contains("FuncCall")) {
      const Json& call = node["FuncCall"];
      if (const Json& over = at(call, "over"); !over.is_null()) window(over, scope);
    }
    for (const Json& each : node) visit(each, scope);
  }

  const Names& names_;
  QueryFacts& facts_;
  std::deque<Scope> kept_;
  int lists_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<QueryFacts> query_facts(std::string_view query, const Names& names) {
  const std::string text(query);
  const PgQueryParseResult parsed = pg_query_parse(text.c_str());
  Json tree;
  std::string complaint;
  if (parsed.error != nullptr)
    complaint = parsed.error->message;
  else
    tree = Json::parse(parsed.parse_tree, nullptr, false);
  pg_query_free_parse_result(parsed);
  if (!complaint.empty()) return fail("sql.parse", complaint);
  QueryFacts facts;
  Reader reader(names, facts);
  for (const Json& each : at(tree, "stmts")) reader.statement(at(each, "stmt"), nullptr);
  return facts;
}

}  // namespace architrave::sql
