#include "migration/lint/types.h"

#include "base/quoting.h"

namespace architrave::migration::lint {

using sql::Node;

void each_column(
    const Statement& statement,
    const std::function<void(std::string_view name, const TypeName& type, int location)>& visit) {
  const auto column = [&](Node definition, std::string_view name) {
    const Node type = definition["typeName"];
    if (type) visit(name, type_name(type), static_cast<int>(type["location"].number()));
  };
  const Node node = statement.node;
  const Node table = node.is("CreateForeignTableStmt") ? node["base"] : node;
  for (const Node each : table["tableElts"])
    if (each.is("ColumnDef")) column(each, each["colname"].text());
  for (const Node each : node["cmds"]) {
    const std::string_view what = each["subtype"].text();
    if (what == "AT_AddColumn") column(each["def"], each["def"]["colname"].text());
    if (what == "AT_AlterColumnType") column(each["def"], each["name"].text());
  }
}

void types(const Statement& statement, Finder& finder, bool (*wrong)(const TypeName&),
           const char* why, const char* instead) {
  each_column(statement, [&](std::string_view name, const TypeName& type, int location) {
    if (wrong(type))
      finder.find("column " + quote_identifier(name) + " is " + describe(type) + why, instead, {},
                  location);
  });
}

std::string type_of(const Statement& statement) {
  return quoted(sql::dotted(statement.node["typeName"]));
}

bool alters_domain_by(const Statement& statement, std::string_view letter,
                      std::string_view number) {
  const std::string_view what = statement.node["subtype"].text();
  return what == letter || what == number;
}

std::string tables_of_domain(const Statement& statement) {
  return "every table with a column of domain " + quoted(sql::dotted(statement.node["typeName"])) +
         " is read under SHARE: writes wait";
}

}  // namespace architrave::migration::lint
