#include "engine/model/prisma.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"
#include "engine/model/meaning.h"
#include "engine/model/prisma_file.h"
#include "engine/model/prisma_values.h"

namespace architrave::model {

namespace {

using prisma::Argument;
using prisma::Attribute;
using prisma::Block;
using prisma::Field;
using prisma::Value;
using Arity = Field::Arity;

std::string text_of(const Value* value) { return value == nullptr ? std::string() : value->text; }

// A list's values; a single one stands for itself.
std::vector<const Value*> items_of(const Value* value) {
  std::vector<const Value*> all;
  if (value != nullptr && value->kind != Value::Kind::list) return {value};
  if (value != nullptr)
    for (const Argument& each : value->items) all.push_back(&each.value);
  return all;
}

std::string mapped(const Field& field) {
  const Attribute* map = field.find("map");
  return map == nullptr ? field.name : text_of(map->find("name", true));
}

Name mapped(const Block& block) {
  const Attribute* map = block.find("map");
  const Attribute* schema = block.find("schema");
  return {.schema = schema == nullptr ? std::string() : text_of(schema->find("map", true)),
          .name = map == nullptr ? block.name : text_of(map->find("name", true))};
}

const Field* field_of(const Block& model, std::string_view name) {
  const auto found = std::ranges::find(model.fields, name, &Field::name);
  return found == model.fields.end() ? nullptr : &*found;
}

// PostgreSQL's 63 bytes, of which the suffix takes its own; SQLite has no such limit.
std::string limited(std::string name, std::string_view suffix, Engine engine) {
  if (engine == Engine::postgresql && name.size() + suffix.size() > 63) {
    std::size_t end = 63 - suffix.size();
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    name.resize(end);
  }
  return name.append(suffix);
}

std::string action(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> actions = {
      {{"Cascade", "CASCADE"},
       {"Restrict", "RESTRICT"},
       {"NoAction", "NO ACTION"},
       {"SetNull", "SET NULL"},
       {"SetDefault", "SET DEFAULT"}}};
  const auto* const found = std::ranges::find(actions, name, [](const auto& p) { return p.first; });
  return found == actions.end() ? std::string() : std::string(found->second);
}

class Translator : private Meaning {
 public:
  Translator(const std::vector<File>& files, const std::vector<Block>& blocks)
      : Meaning(files), blocks_(blocks) {}

  Result<Schema> run() {
    configure();
    for (const Block& each : blocks_) index(each);
    for (const Block& each : blocks_) {
      if (each.kind == "enum") enumeration(each);
      if (each.kind == "type")
        wrong(each.place, "composite types are MongoDB's: " + each.name + " can't be a table");
      if (each.kind == "model") model(each);
    }
    for (const Block& each : blocks_)
      if (each.kind == "model") join_tables(each);
    return result();
  }

 private:
  void configure() {
    for (const Block& each : blocks_) {
      if (each.kind != "datasource") continue;
      const std::string provider = text_of(each.setting("provider"));
      if (provider == "sqlite")
        meant.engine = Engine::sqlite;
      else if (provider != "postgresql" && provider != "postgres")
        wrong(each.place, "a Prisma schema of the provider " + provider + " can't be read yet",
              "those of postgresql and sqlite can", "source.unsupported");
      for (const char* name : {"relationMode", "referentialIntegrity"})
        if (text_of(each.setting(name)) == "prisma") foreign_keys_ = false;
      for (const Value* one : items_of(each.setting("schemas"))) meant.schemas.push_back(one->text);
      for (const Value* one : items_of(each.setting("extensions"))) extension(*one);
    }
  }

  void extension(const Value& value) {
    Extension one{.name = value.text, .schema = {}, .version = {}, .place = value.place};
    for (const Argument& each : value.items) {
      if (each.name == "map") one.name = each.value.text;
      if (each.name == "schema") one.schema = each.value.text;
      if (each.name == "version") one.version = each.value.text;
    }
    meant.extensions.push_back(std::move(one));
  }

  void index(const Block& block) {
    if (block.kind == "datasource" || block.kind == "generator") return;
    if (!named_.emplace(block.name, &block).second)
      wrong(block.place, block.name + " is declared twice");
  }
  const Block* block(std::string_view name, std::string_view kind) const {
    const auto found = named_.find(name);
    return found == named_.end() || found->second->kind != kind ? nullptr : found->second;
  }
  // The model or view that a relation field leads to.
  const Block* target(const Field& field) const {
    if (field.unsupported) return nullptr;
    const Block* model = block(field.type, "model");
    return model != nullptr ? model : block(field.type, "view");
  }

  void enumeration(const Block& block) {
    if (sqlite()) return;  // kept as text
    Enumeration one{.name = mapped(block), .labels = {}, .place = block.place};
    for (const Field& each : block.fields) one.labels.push_back(mapped(each));
    meant.enumerations.push_back(std::move(one));
  }

  void known(const std::vector<Attribute>& attributes, std::initializer_list<const char*> names,
             std::string_view sign) {
    for (const Attribute& each : attributes)
      if (each.name.find('.') == std::string::npos &&
          std::ranges::find(names, each.name) == names.end())
        wrong(each.place, "there is no attribute " + std::string(sign) + each.name);
  }

  void model(const Block& block) {
    known(block.attributes,
          {"id", "unique", "index", "map", "schema", "ignore", "fulltext", "shardKey"}, "@@");
    Table table;
    table.name = mapped(block);
    table.place = block.place;
    for (const Field& each : block.fields) {
      known(each.attributes,
            {"id", "unique", "default", "map", "relation", "updatedAt", "ignore", "shardKey"}, "@");
      if (target(each) == nullptr) table.columns.push_back(column(each));
    }
    for (const Field& each : block.fields) {
      if (const Attribute* id = each.find("id"))
        table.primary_key = {key_name(table, *id), {mapped(each)}};
      if (const Attribute* unique = each.find("unique"))
        table.indexes.push_back(field_index(block, table, each, *unique));
    }
    for (const Attribute& each : block.attributes) {
      if (each.name == "id") {
        table.primary_key = {key_name(table, each), {}};
        for (const Value* one : fields_of(each))
          table.primary_key.columns.push_back(column_name(block, *one));
      } else if (each.name == "unique" || each.name == "index") {
        table.indexes.push_back(block_index(block, table, each));
      }
    }
    if (foreign_keys_)
      for (const Field& each : block.fields) foreign_key(block, table, each);
    meant.tables.push_back(std::move(table));
  }

  std::string key_name(const Table& table, const Attribute& attribute) const {
    if (sqlite()) return {};  // where Prisma does not name it
    const Value* map = attribute.find("map");
    return map != nullptr ? map->text : limited(table.name.name, "_pkey", meant.engine);
  }

  std::string type(const Field& field) {
    if (field.unsupported) return field.type;
    if (const Block* own = block(field.type, "enum"))
      return sqlite() ? std::string("TEXT") : quoted(mapped(*own));
    for (const Attribute& each : field.attributes) {
      const std::size_t dot = each.name.find('.');
      if (dot == std::string::npos) continue;
      std::optional<std::string> native = prisma::native_type(each.name.substr(dot + 1), each);
      if (native && !sqlite()) return std::move(*native);
      wrong(each.place,
            "there is no native type " + each.name + " of " + (sqlite() ? "SQLite" : "PostgreSQL"));
    }
    std::optional<std::string> scalar = prisma::scalar_type(field.type, meant.engine);
    if (!scalar)
      wrong(field.place,
            field.name + " has the type " + field.type +
                ", which is neither a scalar nor an enum or model that is declared",
            "a schema of several files is given as their folder");
    return scalar.value_or(std::string());
  }

  Column column(const Field& field) {
    Column one;
    one.name = mapped(field);
    one.type = type(field);
    one.not_null = field.arity == Arity::required;
    if (const Attribute* attribute = field.find("default"))
      if (const Value* value = attribute->find("value", true)) set_default(one, field, *value);
    if (field.arity == Arity::list) one.type += "[]";
    return one;
  }

  void set_default(Column& column, const Field& field, const Value& value) {
    static constexpr std::array<std::string_view, 6> by_client = {"uuid", "cuid",  "nanoid",
                                                                  "ulid", "cuid2", "auto"};
    if (value.is_call("autoincrement")) {
      column.identity = sqlite();
      if (!sqlite()) column.type = prisma::serial_type(column.type);
    } else if (value.is_call("dbgenerated")) {
      if (!value.items.empty()) column.default_value = value.items.front().value.text;
      if (trim(column.default_value).empty()) column.default_value.clear();
    } else if (value.is_call("now")) {
      column.default_value = "CURRENT_TIMESTAMP";
    } else if (value.kind == Value::Kind::call) {
      if (std::ranges::find(by_client, value.text) == by_client.end())
        wrong(value.place, "there is no default " + value.text + "()");
    } else if (value.kind == Value::Kind::list) {
      std::vector<std::string> parts;
      for (const Argument& each : value.items) parts.push_back(constant(field, each.value));
      column.default_value = "ARRAY[" + join(parts, ", ") + "]::" + column.type + "[]";
    } else {
      column.default_value = constant(field, value);
    }
  }

  std::string constant(const Field& field, const Value& value) {
    if (value.kind != Value::Kind::word) {
      if (value.kind == Value::Kind::string || value.kind == Value::Kind::number)
        return prisma::literal_of(value, field.type, meant.engine);
      wrong(value.place, "this is no value that a column can have by default");
      return {};
    }
    if (const Block* own = block(field.type, "enum")) {
      if (const Field* label = field_of(*own, value.text)) return literal(mapped(*label));
      wrong(value.place, "the enum " + own->name + " has no value " + value.text);
      return {};
    }
    if (value.text != "true" && value.text != "false")
      wrong(value.place, value.text + " is no value of the type " + field.type);
    return value.text;
  }

  // The column of a field that is named in an attribute, which may say more: a(sort: Desc).
  std::string column_name(const Block& model, const Value& value) {
    const Field* field = field_of(model, value.text);
    if (field == nullptr || target(*field) != nullptr) {
      wrong(value.place, "the model " + model.name + " has no field " + value.text +
                             (field == nullptr ? "" : " that is a column"));
      return {};
    }
    return mapped(*field);
  }

  std::vector<const Value*> fields_of(const Attribute& attribute) {
    std::vector<const Value*> fields = items_of(attribute.find("fields", true));
    if (fields.empty())
      wrong(attribute.place, "@@" + attribute.name + " wants a list of fields",
            "@@" + attribute.name + "([first, second])");
    return fields;
  }

  std::string index_key(const std::string& column, const std::vector<Argument>& items) const {
    std::string key = quoted(column);
    std::string order;
    for (const Argument& each : items) {
      if (each.name == "sort" && each.value.text == "Desc") order = " DESC";
      if (each.name != "ops" || sqlite()) continue;
      key += ' ' + (each.value.is_call("raw") && !each.value.items.empty()
                        ? each.value.items.front().value.text
                        : prisma::operator_class(each.value.text));
    }
    return key + order;
  }

  void finish_index(Index& index, const Table& table, const Attribute& attribute,
                    const std::vector<std::string>& columns) {
    const Value* map = attribute.find("map");
    // Once the name in the database, of indexes alone.
    if (map == nullptr && attribute.name == "index") map = attribute.find("name");
    index.unique = attribute.name == "unique";
    index.place = attribute.place;
    index.method = lower(text_of(attribute.find("type")));
    index.name = map != nullptr ? map->text
                                : limited(table.name.name + '_' + join(columns, "_"),
                                          index.unique ? "_key" : "_idx", meant.engine);
  }

  Index field_index(const Block& block, const Table& table, const Field& field,
                    const Attribute& attribute) {
    Index one;
    one.keys = {index_key(mapped(field), attribute.arguments)};
    if (const Value* where = attribute.find("where")) one.predicate = predicate(block, *where);
    finish_index(one, table, attribute, {mapped(field)});
    return one;
  }

  Index block_index(const Block& block, const Table& table, const Attribute& attribute) {
    Index one;
    std::vector<std::string> columns;
    for (const Value* each : fields_of(attribute)) {
      columns.push_back(column_name(block, *each));
      one.keys.push_back(index_key(columns.back(), each->items));
    }
    if (const Value* where = attribute.find("where")) one.predicate = predicate(block, *where);
    finish_index(one, table, attribute, columns);
    return one;
  }

  // raw("…"), or {field: value, other: {not: null}}.
  std::string predicate(const Block& block, const Value& where) {
    if (where.is_call("raw") && !where.items.empty())
      return '(' + where.items.front().value.text + ')';
    std::vector<std::string> parts;
    for (const Argument& each : where.items) {
      const Value named{
          .kind = Value::Kind::word, .text = each.name, .items = {}, .place = where.place};
      const std::string column = quoted(column_name(block, named));
      const bool negated = each.value.kind == Value::Kind::object && !each.value.items.empty();
      const Value& value = negated ? each.value.items.front().value : each.value;
      const Field* field = field_of(block, each.name);
      if (value.kind == Value::Kind::word && value.text == "null")
        parts.push_back(column + (negated ? " IS NOT NULL" : " IS NULL"));
      else if (field != nullptr)
        parts.push_back(column + (negated ? " != " : " = ") + constant(*field, value));
    }
    if (parts.empty()) wrong(where.place, "this says nothing about which rows the index holds");
    return '(' + join(parts, " AND ") + ')';
  }

  void foreign_key(const Block& block, Table& table, const Field& field) {
    const Attribute* relation = field.find("relation");
    const Block* parent = target(field);
    const Value* fields = relation == nullptr ? nullptr : relation->find("fields");
    if (parent == nullptr || parent->kind != "model" || fields == nullptr) return;
    ForeignKey key;
    key.parent = mapped(*parent);
    key.place = field.place;
    bool required = false;
    for (const Value* each : items_of(fields)) {
      key.columns.push_back(column_name(block, *each));
      const Field* own = field_of(block, each->text);
      required = required || (own != nullptr && own->arity == Arity::required);
    }
    for (const Value* each : items_of(relation->find("references")))
      key.parent_columns.push_back(column_name(*parent, *each));
    if (key.parent_columns.size() != key.columns.size() || key.columns.empty())
      wrong(relation->place, "fields and references name different numbers of fields");
    const Value* map = relation->find("map");
    key.name = map != nullptr
                   ? map->text
                   : limited(table.name.name + '_' + join(key.columns, "_"), "_fkey", meant.engine);
    key.on_delete = referential(*relation, "onDelete", required ? "Restrict" : "SetNull");
    key.on_update = referential(*relation, "onUpdate", "Cascade");
    table.foreign_keys.push_back(std::move(key));
  }

  std::string referential(const Attribute& relation, std::string_view name, const char* otherwise) {
    const Value* said = relation.find(name);
    std::string sql = action(said == nullptr ? otherwise : said->text);
    if (sql.empty()) wrong(said->place, "there is no referential action " + said->text);
    return sql;
  }

  // Two lists that lead to each other, and no fields that hold the keys.
  void join_tables(const Block& model) {
    for (const Field& field : model.fields) {
      const Block* other = target(field);
      if (field.arity != Arity::list || other == nullptr || other->kind != "model") continue;
      const std::string name = relation_name(field);
      for (const Field& opposite : other->fields) {
        const bool leads_back = target(opposite) == &model && opposite.arity == Arity::list &&
                                relation_name(opposite) == name;
        // Met twice, once from each side.
        const bool first = other == &model ? field.name < opposite.name : model.name < other->name;
        if (leads_back && first) join_table(model, *other, name, field.place);
      }
    }
  }

  static std::string relation_name(const Field& field) {
    const Attribute* relation = field.find("relation");
    return relation == nullptr ? std::string() : text_of(relation->find("name", true));
  }

  void join_table(const Block& a, const Block& b, const std::string& relation, Place place) {
    Table table;
    table.name = {mapped(a).schema, '_' + (relation.empty() ? a.name + "To" + b.name : relation)};
    table.place = place;
    for (const auto& [name, block] : {std::pair{"A", &a}, std::pair{"B", &b}}) {
      const Field* id = id_of(*block);
      if (id == nullptr) {
        wrong(place, "a join table wants a key of one field, which " + block->name + " has not");
        return;
      }
      table.columns.push_back({.name = name,
                               .type = type(*id),
                               .not_null = true,
                               .default_value = {},
                               .identity = false,
                               .comment = {}});
      if (foreign_keys_)
        table.foreign_keys.push_back(
            {.name = limited(table.name.name + '_' + name, "_fkey", meant.engine),
             .columns = {name},
             .parent = mapped(*block),
             .parent_columns = {mapped(*id)},
             .on_delete = "CASCADE",
             .on_update = "CASCADE",
             .place = place});
    }
    if (sqlite())
      table.indexes.push_back({.name = table.name.name + "_AB_unique",
                               .unique = true,
                               .method = {},
                               .keys = {"\"A\"", "\"B\""},
                               .predicate = {},
                               .comment = {},
                               .place = place});
    else
      table.primary_key = {table.name.name + "_AB_pkey", {"A", "B"}};
    table.indexes.push_back({.name = table.name.name + "_B_index",
                             .unique = false,
                             .method = {},
                             .keys = {"\"B\""},
                             .predicate = {},
                             .comment = {},
                             .place = place});
    meant.tables.push_back(std::move(table));
  }

  static const Field* id_of(const Block& model) {
    for (const Field& each : model.fields)
      if (each.find("id") != nullptr) return &each;
    const Attribute* id = model.find("id");
    if (id == nullptr) return nullptr;
    const std::vector<const Value*> fields = items_of(id->find("fields", true));
    return fields.size() == 1 ? field_of(model, fields.front()->text) : nullptr;
  }

  const std::vector<Block>& blocks_;
  std::map<std::string, const Block*, std::less<>> named_;
  bool foreign_keys_ = true;
};

}  // namespace

Result<Schema> read_prisma(const std::vector<File>& files) {
  Result<std::vector<Block>> blocks = prisma::parse(files);
  if (!blocks) return fail(blocks);
  return Translator(files, *blocks).run();
}

}  // namespace architrave::model
