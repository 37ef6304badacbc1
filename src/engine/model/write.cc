#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "engine/model/schema.h"

namespace architrave::model {

namespace {

std::string list(const std::vector<std::string>& columns) {
  std::vector<std::string> parts;
  for (const std::string& each : columns) parts.push_back(quoted(each));
  return '(' + join(parts, ", ") + ')';
}

std::string constraint(std::string_view name) {
  return name.empty() ? std::string() : "CONSTRAINT " + quoted(name) + ' ';
}

// Whose a type, an operator class or a function is. A model file need not say so; the server must
// know it all the same.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> providers = {
    {{"citext", "citext"},
     {"hstore", "hstore"},
     {"ltree", "ltree"},
     {"vector", "vector"},
     {"halfvec", "vector"},
     {"geometry", "postgis"},
     {"geography", "postgis"},
     {"gin_trgm_ops", "pg_trgm"},
     {"gist_trgm_ops", "pg_trgm"},
     {"uuid_generate_v1", "uuid-ossp"},
     {"uuid_generate_v4", "uuid-ossp"},
     {"gen_random_bytes", "pgcrypto"}}};

class Writer {
 public:
  explicit Writer(const Schema& schema)
      : schema_(schema), sqlite_(schema.engine == Engine::sqlite) {
    script_.engine = schema.engine;
  }

  Script write() && {
    if (!sqlite_) write_schemas();
    for (const Extension& each : schema_.extensions) write_extension(each);
    if (!sqlite_) write_needed_extensions();
    for (const Enumeration& each : schema_.enumerations) write_enumeration(each);
    if (!sqlite_) write_needed_sequences();
    for (const Table& each : schema_.tables) write_table(each);
    for (const Table& each : schema_.tables)
      for (const Index& index : each.indexes) write_index(each, index);
    if (!sqlite_) {
      for (const Table& each : schema_.tables) write_foreign_keys(each);
      for (const Table& each : schema_.tables) write_comments(each);
    }
    return std::move(script_);
  }

 private:
  void put(std::string statement, Place place) {
    statement += ";\n";
    script_.places.resize(
        script_.places.size() + static_cast<std::size_t>(std::ranges::count(statement, '\n')),
        place);
    script_.text += statement;
  }

  void write_schemas() {
    std::set<std::string> names(schema_.schemas.begin(), schema_.schemas.end());
    for (const Table& each : schema_.tables) names.insert(each.name.schema);
    for (const Enumeration& each : schema_.enumerations) names.insert(each.name.schema);
    for (const Extension& each : schema_.extensions) names.insert(each.schema);
    for (const std::string& name : names)
      if (!name.empty() && name != "public") put("CREATE SCHEMA IF NOT EXISTS " + quoted(name), {});
  }

  void write_extension(const Extension& each) {
    put("CREATE EXTENSION IF NOT EXISTS " + quoted(each.name) +
            (each.schema.empty() ? "" : " WITH SCHEMA " + quoted(each.schema)) +
            (each.version.empty() ? "" : " VERSION " + quoted(each.version)),
        each.place);
  }

  void write_needed_extensions() {
    std::set<std::string_view> made;
    for (const Extension& each : schema_.extensions) made.insert(each.name);
    for (const auto& [word, extension] : providers)
      for (const Table& table : schema_.tables)
        if (mentions(table, word) && made.insert(extension).second)
          write_extension(
              {.name = std::string(extension), .schema = {}, .version = {}, .place = table.place});
  }

  // nextval('app.numbers'::regclass): a model can say where a column takes from, and not what that
  // is.
  void write_needed_sequences() {
    static constexpr std::string_view call = "nextval('";
    for (const Table& table : schema_.tables)
      for (const Column& each : table.columns) {
        const std::size_t begin = each.default_value.find(call);
        if (begin == std::string::npos) continue;
        const std::size_t name = begin + call.size();
        const std::size_t end = each.default_value.find('\'', name);
        if (end != std::string::npos && end > name)
          put("CREATE SEQUENCE IF NOT EXISTS " + each.default_value.substr(name, end - name),
              table.place);
      }
  }

  static bool mentions(const Table& table, std::string_view word) {
    const auto in = [&](const std::string& text) { return contains_word(lower(text), word); };
    return std::ranges::any_of(
               table.columns,
               [&](const Column& each) { return in(each.type) || in(each.default_value); }) ||
           std::ranges::any_of(table.indexes, [&](const Index& each) {
             return std::ranges::any_of(each.keys, in);
           });
  }

  void write_enumeration(const Enumeration& each) {
    std::vector<std::string> labels;
    for (const std::string& label : each.labels) labels.push_back(literal(label));
    put("CREATE TYPE " + quoted(each.name) + " AS ENUM (" + join(labels, ", ") + ')', each.place);
  }

  std::string column(const Table& table, const Column& each) const {
    std::string text = quoted(each.name) + ' ' + each.type;
    if (each.not_null) text += " NOT NULL";
    if (!each.default_value.empty()) text += " DEFAULT " + each.default_value;
    if (is_whole_key(table, each)) text += " PRIMARY KEY";
    if (sqlite_ && std::ranges::any_of(table.uniques, [&](const Key& key) {
          return key.name.empty() && key.columns == std::vector{each.name};
        }))
      text += " UNIQUE";
    if (each.identity && !sqlite_) text += " GENERATED BY DEFAULT AS IDENTITY";
    if (each.identity && is_whole_key(table, each)) text += " AUTOINCREMENT";
    return text;
  }

  // SQLite's is said beside the column, since it counts up in no other place.
  bool is_whole_key(const Table& table, const Column& each) const {
    const std::vector<std::string>& key = table.primary_key.columns;
    return sqlite_ && key.size() == 1 && key.front() == each.name;
  }

  static std::string foreign_key(const ForeignKey& each) {
    std::string text = constraint(each.name) + "FOREIGN KEY " + list(each.columns) +
                       " REFERENCES " + quoted(each.parent) + ' ' + list(each.parent_columns);
    if (!each.on_delete.empty()) text += " ON DELETE " + each.on_delete;
    if (!each.on_update.empty()) text += " ON UPDATE " + each.on_update;
    return text;
  }

  void write_table(const Table& each) {
    std::vector<std::string> parts;
    for (const Column& one : each.columns) parts.push_back(column(each, one));
    if (each.primary_key.columns.size() > (sqlite_ ? 1 : 0))
      parts.push_back(constraint(each.primary_key.name) + "PRIMARY KEY " +
                      list(each.primary_key.columns));
    for (const Key& key : each.uniques)
      if (!sqlite_ || !key.name.empty() || key.columns.size() > 1)
        parts.push_back(constraint(key.name) + "UNIQUE " + list(key.columns));
    for (const Check& check : each.checks)
      parts.push_back(constraint(check.name) + "CHECK (" + check.expression + ')');
    if (sqlite_)
      for (const ForeignKey& key : each.foreign_keys) parts.push_back(foreign_key(key));
    put("CREATE TABLE " + quoted(each.name) + " (\n  " + join(parts, ",\n  ") + "\n)", each.place);
  }

  void write_index(const Table& table, const Index& each) {
    std::string text = each.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
    if (!each.name.empty()) text += quoted(each.name) + ' ';
    text += "ON " + quoted(table.name);
    if (!each.method.empty() && !sqlite_) text += " USING " + quoted(lower(each.method));
    text += " (" + join(each.keys, ", ") + ')';
    if (!each.predicate.empty()) text += " WHERE " + each.predicate;
    put(std::move(text), each.place);
  }

  void write_foreign_keys(const Table& table) {
    for (const ForeignKey& each : table.foreign_keys)
      put("ALTER TABLE " + quoted(table.name) + " ADD " + foreign_key(each), each.place);
  }

  void write_comments(const Table& table) {
    const auto comment = [&](const std::string& on, const std::string& text, Place place) {
      if (!text.empty()) put("COMMENT ON " + on + " IS " + literal(text), place);
    };
    comment("TABLE " + quoted(table.name), table.comment, table.place);
    for (const Column& each : table.columns)
      comment("COLUMN " + quoted(table.name) + '.' + quoted(each.name), each.comment, table.place);
    for (const Index& each : table.indexes)
      if (!each.name.empty())
        comment("INDEX " + quoted(Name{table.name.schema, each.name}), each.comment, each.place);
  }

  const Schema& schema_;
  bool sqlite_;
  Script script_;
};

}  // namespace

std::string quoted(std::string_view name) {
  return '"' + replace_all(std::string(name), "\"", "\"\"") + '"';
}
std::string quoted(const Name& name) {
  return name.schema.empty() ? quoted(name.name) : quoted(name.schema) + '.' + quoted(name.name);
}
std::string literal(std::string_view text) {
  return '\'' + replace_all(std::string(text), "'", "''") + '\'';
}

Script write(const Schema& schema) { return Writer(schema).write(); }

}  // namespace architrave::model
