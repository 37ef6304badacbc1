#include "sql/tree.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cctype>

namespace architrave::sql {

namespace {

using Descriptor = ProtobufCMessageDescriptor;
using Field = ProtobufCFieldDescriptor;

constexpr std::string_view place_fields[] = {"location", "stmt_location", "stmt_len"};
constexpr unsigned varint_type = 0;
constexpr unsigned fixed64_type = 1;
constexpr unsigned bytes_type = 2;

const Descriptor& message_of(const Field& field) {
  return *static_cast<const Descriptor*>(field.descriptor);
}
const ProtobufCEnumDescriptor& enum_of(const Field& field) {
  return *static_cast<const ProtobufCEnumDescriptor*>(field.descriptor);
}
// "Node" is one of all node types; a tree has the node itself in its place.
bool is_any_node(const Descriptor& message) {
  return message.short_name == std::string_view("Node");
}

// ---- From bytes.

std::uint64_t read_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; !bytes.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

Tree read_message(const Descriptor& message, std::string_view bytes);

Tree read_value(const Field& field, unsigned wire_type, std::string_view& bytes) {
  if (wire_type == bytes_type) {
    const auto length = std::min<std::uint64_t>(read_varint(bytes), bytes.size());
    const std::string_view inner = bytes.substr(0, length);
    bytes.remove_prefix(length);
    if (field.type == PROTOBUF_C_TYPE_MESSAGE) return read_message(message_of(field), inner);
    return Tree(std::string(inner));
  }
  if (wire_type == fixed64_type) {  // floating point: only planner nodes have it
    bytes.remove_prefix(std::min<std::size_t>(8, bytes.size()));
    return {};
  }
  const auto number = static_cast<std::int64_t>(read_varint(bytes));
  if (field.type == PROTOBUF_C_TYPE_BOOL) return Tree(number != 0);
  if (field.type == PROTOBUF_C_TYPE_ENUM) {
    const auto* word =
        protobuf_c_enum_descriptor_get_value(&enum_of(field), static_cast<int>(number));
    return word != nullptr ? Tree(word->name) : Tree(number);
  }
  return Tree(number);
}

Tree read_message(const Descriptor& message, std::string_view bytes) {
  const bool any = is_any_node(message);
  Tree tree;
  if (!any) tree.type = message.short_name;
  while (!bytes.empty()) {
    const std::uint64_t tag = read_varint(bytes);
    const Field* field =
        protobuf_c_message_descriptor_get_field(&message, static_cast<unsigned>(tag >> 3));
    if (field == nullptr) return {};
    Tree value = read_value(*field, static_cast<unsigned>(tag & 7), bytes);
    if (any) return value;
    if (std::ranges::find(place_fields, std::string_view(field->name)) != std::end(place_fields))
      continue;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
      tree.at(field->name).list.push_back(std::move(value));
    else
      tree.set(field->name, std::move(value));
  }
  return tree;
}

// ---- To bytes.

void write_varint(std::string& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>((value & 0x7f) | 0x80));
  bytes.push_back(static_cast<char>(value));
}

void write_bytes(std::string& bytes, unsigned id, std::string_view content) {
  write_varint(bytes, (id << 3) | bytes_type);
  write_varint(bytes, content.size());
  bytes += content;
}

// False if the tree has what the message has not.
bool write_message(std::string& bytes, const Descriptor& message, const Tree& tree);

bool write_value(std::string& bytes, const Field& field, const Tree& tree) {
  switch (field.type) {
    case PROTOBUF_C_TYPE_MESSAGE: {
      std::string inner;
      if (!write_message(inner, message_of(field), tree)) return false;
      write_bytes(bytes, field.id, inner);
      return true;
    }
    case PROTOBUF_C_TYPE_STRING:
      write_bytes(bytes, field.id, tree.text());
      return true;
    case PROTOBUF_C_TYPE_ENUM: {
      const auto* word = protobuf_c_enum_descriptor_get_value_by_name(
          &enum_of(field), std::string(tree.text()).c_str());
      if (word == nullptr) return false;
      write_varint(bytes, field.id << 3 | varint_type);
      write_varint(bytes, static_cast<std::uint64_t>(word->value));
      return true;
    }
    default:
      write_varint(bytes, field.id << 3 | varint_type);
      write_varint(bytes, tree.flag() ? 1 : static_cast<std::uint64_t>(tree.number()));
      return true;
  }
}

bool write_message(std::string& bytes, const Descriptor& message, const Tree& tree) {
  if (is_any_node(message)) {
    if (tree.type.empty()) return tree.empty();  // a gap in a list
    for (unsigned i = 0; i < message.n_fields; ++i)
      if (message_of(message.fields[i]).short_name == tree.type)
        return write_value(bytes, message.fields[i], tree);
    return false;
  }
  for (const auto& [name, value] : tree.fields) {
    const Field* field = protobuf_c_message_descriptor_get_field_by_name(&message, name.c_str());
    if (field == nullptr) return false;
    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
      if (!write_value(bytes, *field, value)) return false;
      continue;
    }
    for (const Tree& each : value.list)
      if (!write_value(bytes, *field, each)) return false;
  }
  return true;
}

}  // namespace

Tree Tree::node(std::string type, std::vector<std::pair<std::string, Tree>> fields) {
  Tree tree;
  tree.type = std::move(type);
  tree.fields = std::move(fields);
  return tree;
}

bool Tree::empty() const {
  return type.empty() && list.empty() && fields.empty() &&
         std::holds_alternative<std::monostate>(value);
}

const Tree& Tree::operator[](std::string_view field) const {
  static const Tree nothing;
  for (const auto& [name, tree] : fields)
    if (name == field) return tree;
  return nothing;
}

Tree* Tree::find(std::string_view field) {
  for (auto& [name, tree] : fields)
    if (name == field) return &tree;
  return nullptr;
}

Tree& Tree::at(std::string_view field) {
  if (Tree* found = find(field)) return *found;
  return fields.emplace_back(std::string(field), Tree()).second;
}

// An absent field is not there, so that trees which mean the same are equal.
void Tree::set(std::string_view field, Tree tree) {
  if (tree.empty())
    erase(field);
  else
    at(field) = std::move(tree);
}

void Tree::erase(std::string_view field) {
  std::erase_if(fields, [&](const auto& each) { return each.first == field; });
}

std::string_view Tree::text() const {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string_view() : *text;
}
std::int64_t Tree::number() const {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}
bool Tree::flag() const {
  const auto* flag = std::get_if<bool>(&value);
  return flag != nullptr && *flag;
}

Result<std::vector<Tree>> parse(std::string_view text) {
  const std::string copy(text);
  PgQueryProtobufParseResult result = pg_query_parse_protobuf(copy.c_str());
  if (result.error != nullptr) {
    auto failed = fail("sql.syntax", result.error->message,
                       "offset " + std::to_string(std::max(0, result.error->cursorpos - 1)));
    pg_query_free_protobuf_parse_result(result);
    return failed;
  }
  const Tree tree = read_message(pg_query__parse_result__descriptor,
                                 {result.parse_tree.data, result.parse_tree.len});
  pg_query_free_protobuf_parse_result(result);
  std::vector<Tree> statements;
  for (const Tree& each : tree["stmts"].list) statements.push_back(each["stmt"]);
  return statements;
}

namespace {

// Fields in one order, so that trees made by hand compare equal to parsed ones.
Tree in_order(Tree tree) {
  for (Tree& each : tree.list) each = in_order(std::move(each));
  for (auto& each : tree.fields) each.second = in_order(std::move(each.second));
  std::ranges::sort(tree.fields, {}, [](const auto& each) { return each.first; });
  return tree;
}

}  // namespace

Result<std::string> to_sql(const Tree& statement) {
  const Tree whole = Tree::node(
      "ParseResult",
      {{"version", Tree(std::int64_t{PG_VERSION_NUM})},
       {"stmts", Tree(std::vector<Tree>{Tree::node("RawStmt", {{"stmt", statement}})})}});
  std::string bytes;
  if (!write_message(bytes, pg_query__parse_result__descriptor, whole))
    return fail("sql.deparse", "the tree has a node or field that SQL has not");
  PgQueryDeparseResult result = pg_query_deparse_protobuf({bytes.size(), bytes.data()});
  if (result.error != nullptr) {
    auto failed = fail("sql.deparse", result.error->message);
    pg_query_free_deparse_result(result);
    return failed;
  }
  std::string text = result.query;
  pg_query_free_deparse_result(result);
  const auto again = parse(text);
  if (!again || again->size() != 1 || in_order(again->front()) != in_order(statement))
    return fail("sql.deparse", "the statement can't be written so that it reads the same", text);
  return text;
}

std::string lay_out(std::string_view sql) {
  static constexpr std::string_view clauses[] = {
      "FROM",      "WHERE", "GROUP BY",  "HAVING", "ORDER BY", "LIMIT", "OFFSET",
      "UNION ALL", "UNION", "LEFT JOIN", "JOIN",   "AND",      "SELECT"};
  std::string out;
  int depth = 0;
  char quote = 0;
  bool between = false;  // BETWEEN … AND is one
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == ' ' && depth == 0) {
      const std::string_view rest = sql.substr(i + 1);
      if (rest.starts_with("BETWEEN ")) between = true;
      const auto* clause = std::ranges::find_if(clauses, [&](std::string_view each) {
        return rest.starts_with(each) && rest.substr(each.size()).starts_with(' ');
      });
      if (clause != std::end(clauses) && *clause == "AND" && between) {
        between = false;
      } else if (clause != std::end(clauses) && !out.ends_with("LEFT") &&
                 !out.ends_with("DISTINCT FROM")) {
        const bool inner = *clause == "AND" || *clause == "JOIN" || *clause == "LEFT JOIN";
        out += inner ? "\n  " : "\n";
        continue;
      }
    }
    out.push_back(c);
  }
  return out;
}

}  // namespace architrave::sql
