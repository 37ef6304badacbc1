#include "engine/model/dbml.h"

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <set>

#include "base/text.h"
#include "engine/model/dbml_file.h"
#include "engine/model/meaning.h"

namespace architrave::model {

namespace {

using dbml::Body;
using dbml::Contents;
using dbml::Endpoint;
using dbml::Field;
using dbml::Keys;
using dbml::Reference;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> serials = {
    {{"serial", "integer"},
     {"serial4", "integer"},
     {"bigserial", "bigint"},
     {"serial8", "bigint"},
     {"smallserial", "smallint"},
     {"serial2", "smallint"}}};

const auto* serial(std::string_view type) {
  return std::ranges::find(serials, lower(type), [](const auto& each) { return each.first; });
}

class Translator : private Meaning {
 public:
  Translator(const std::vector<File>& files, Contents contents)
      : Meaning(files), contents_(std::move(contents)) {}

  Result<Schema> run(std::string_view engine) {
    choose_engine(engine);
    for (Body& each : contents_.tables) {
      insert_partials(each);
      if (sqlite() && each.name.schema == "main") each.name.schema.clear();
      meant.tables.push_back(table(each));
    }
    meant.enumerations = sqlite() ? std::vector<Enumeration>() : contents_.enumerations;
    for (Body& each : contents_.tables)
      for (const Field& field : each.fields)
        for (Reference reference : field.references) {
          reference.right = {{each.name.schema, each.name.name}, {field.name}, field.place};
          // Of [ref: > other.id] this column stands on the left; one that says - holds the key
          // itself.
          if (reference.relation == "<" || reference.relation == ">")
            std::swap(reference.left, reference.right);
          connect(std::move(reference));
        }
    for (const Reference& each : contents_.references) connect(each);
    return result();
  }

 private:
  void choose_engine(std::string_view engine) {
    const std::string said = lower(contents_.database);
    if (engine == "sqlite" || (engine.empty() && said == "sqlite"))
      meant.engine = Engine::sqlite;
    else if (engine.empty() && !said.empty() && !said.starts_with("postgres"))
      wrong({.file = 0, .line = 1, .column = 1},
            "this DBML is for " + contents_.database + ", which can't be read yet",
            "--engine postgresql reads it as PostgreSQL's all the same", "source.unsupported");
  }

  // The table's own come first, then those of the partial that stands last.
  void insert_partials(Body& table) {
    std::set<std::string> names;
    for (const Field& each : table.fields)
      if (each.partial.empty()) names.insert(each.name);
    std::vector<Field> fields;
    for (Field& each : table.fields | std::views::reverse) {
      if (each.partial.empty()) {
        fields.push_back(std::move(each));
        continue;
      }
      const auto found = contents_.partials.find(each.partial);
      if (found == contents_.partials.end()) {
        wrong(each.place, "there is no TablePartial " + each.partial);
        continue;
      }
      const Body& partial = found->second;
      for (const Field& field : partial.fields | std::views::reverse)
        if (names.insert(field.name).second) fields.push_back(field);
      table.indexes.insert(table.indexes.end(), partial.indexes.begin(), partial.indexes.end());
      table.checks.insert(table.checks.end(), partial.checks.begin(), partial.checks.end());
      if (table.note.empty()) table.note = partial.note;
    }
    std::ranges::reverse(fields);
    table.fields = std::move(fields);
  }

  std::string type(const Field& field) const {
    Name name{.schema = field.type.path.size() > 1 ? field.type.path.front() : std::string(),
              .name = field.type.path.back()};
    if (name.schema == "public") name.schema.clear();
    const bool declared = std::ranges::find(contents_.enumerations, name, &Enumeration::name) !=
                          contents_.enumerations.end();
    if (declared) return sqlite() ? std::string("TEXT") : quoted(name) + field.type.rest;
    // The name that is quoted may be a type of several words.
    if (name.schema.empty()) return name.name + field.type.rest;
    return (field.type.quoted.front() ? quoted(name.schema) : name.schema) + '.' +
           (field.type.quoted.back() ? quoted(name.name) : name.name) + field.type.rest;
  }

  Table table(const Body& body) {
    Table table;
    table.name = body.name;
    table.place = body.place;
    table.comment = body.note;
    table.checks = body.checks;
    for (const Field& each : body.fields) {
      const std::string own = type(each);
      table.columns.push_back({.name = each.name,
                               .type = own,
                               .not_null = each.not_null,
                               .default_value = each.default_value,
                               .identity = each.increment && serial(own) == serials.end(),
                               .comment = each.note});
      if (each.primary) table.primary_key.columns.push_back(each.name);
      if (each.unique) table.uniques.push_back({{}, {each.name}});
      for (const std::string& check : each.checks) table.checks.push_back({{}, check});
    }
    for (const Keys& each : body.indexes) index(table, each);
    return table;
  }

  void index(Table& table, const Keys& keys) {
    for (const std::string& each : keys.columns)
      if (std::ranges::find(table.columns, each, &Column::name) == table.columns.end())
        wrong(keys.place, "the table " + table.name.name + " has no column " + each);
    if (keys.primary) {
      table.primary_key = {keys.name, keys.columns};
      return;
    }
    std::string name = keys.name;
    if (name.empty() && sqlite())
      name = table.name.name + '_' + join(keys.columns, "_") + "_idx" +
             (table.indexes.empty() ? "" : std::to_string(table.indexes.size()));
    table.indexes.push_back({.name = std::move(name),
                             .unique = keys.unique,
                             .method = keys.method,
                             .keys = keys.keys,
                             .predicate = {},
                             .comment = keys.note,
                             .place = keys.place});
  }

  // By the alias, or the name with its schema; null, after saying so, where there is none.
  Table* find(const Endpoint& end) {
    std::string schema = end.path.size() > 1 ? end.path[end.path.size() - 2] : std::string();
    if (schema == "public" || (sqlite() && schema == "main")) schema.clear();
    const std::string& name = end.path.back();
    for (std::size_t each = 0; each < meant.tables.size(); ++each) {
      Table& table = meant.tables[each];
      const bool is_alias = end.path.size() == 1 && each < contents_.tables.size() &&
                            !contents_.tables[each].alias.empty() &&
                            contents_.tables[each].alias == name;
      if (!is_alias && table.name != Name{schema, name}) continue;
      for (const std::string& column : end.columns)
        if (std::ranges::find(table.columns, column, &Column::name) == table.columns.end()) {
          wrong(end.place, "the table " + name + " has no column " + column);
          return nullptr;
        }
      return &table;
    }
    wrong(end.place, "there is no table " + (schema.empty() ? name : schema + '.' + name));
    return nullptr;
  }

  void connect(Reference reference) {
    // The left side becomes the parent.
    if (reference.relation == ">") std::swap(reference.left, reference.right);
    Table* parent = find(reference.left);
    Table* child = find(reference.right);
    if (parent == nullptr || child == nullptr) return;
    if (reference.left.columns.size() != reference.right.columns.size() &&
        reference.relation != "<>")
      return wrong(reference.place,
                   "the two sides of the reference name different numbers of columns");
    if (reference.relation == "<>") return join_table(*parent, *child, reference);
    child->foreign_keys.push_back({.name = reference.name,
                                   .columns = reference.right.columns,
                                   .parent = parent->name,
                                   .parent_columns = reference.left.columns,
                                   .on_delete = reference.on_delete,
                                   .on_update = reference.on_update,
                                   .place = reference.place});
  }

  void join_table(const Table& left, const Table& right, const Reference& reference) {
    Table table;
    table.name = {left.name.schema, left.name.name + '_' + right.name.name};
    table.place = reference.place;
    for (const auto& [side, columns] :
         {std::pair{&left, &reference.left.columns}, {&right, &reference.right.columns}}) {
      ForeignKey key{.name = {},
                     .columns = {},
                     .parent = side->name,
                     .parent_columns = *columns,
                     .on_delete = reference.on_delete,
                     .on_update = reference.on_update,
                     .place = reference.place};
      for (const std::string& each : *columns) {
        const auto column = std::ranges::find(side->columns, each, &Column::name);
        const auto* const counted = serial(column->type);
        key.columns.push_back(side->name.name + '_' + each);
        table.columns.push_back(
            {.name = key.columns.back(),
             .type = counted == serials.end() ? column->type : std::string(counted->second),
             .not_null = false,
             .default_value = {},
             .identity = false,
             .comment = {}});
        table.primary_key.columns.push_back(key.columns.back());
      }
      table.foreign_keys.push_back(std::move(key));
    }
    meant.tables.push_back(std::move(table));
  }

  Contents contents_;
};

}  // namespace

Result<Schema> read_dbml(const std::vector<File>& files, std::string_view engine) {
  Result<Contents> contents = dbml::parse(files);
  if (!contents) return fail(contents);
  return Translator(files, std::move(*contents)).run(engine);
}

}  // namespace architrave::model
