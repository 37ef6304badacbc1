#include "review/fixes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace architrave::review {

using catalog::quote_identifier;
using catalog::quote_literal;

bool is_machinery(const Catalog& catalog, const Relation& relation) {
  static constexpr std::string_view schemas[] = {
      "partman",         "cron",   "pgagent", "pgq",   "londiste", "repack",
      "pglogical",       "bdr",    "spock",   "tiger", "topology", "hdb_catalog",
      "graphile_worker", "pgboss", "pgmq"};
  if (std::ranges::find(schemas, relation.schema) != std::end(schemas) ||
      relation.schema.starts_with("_timescaledb_") || relation.schema.starts_with("tiger_"))
    return true;
  return relation.name.starts_with("template_") &&
         std::ranges::any_of(catalog.relations, [&](const Relation& table) {
           return table.kind == RelationKind::partitioned_table &&
                  relation.name == "template_" + table.schema + '_' + table.name;
         });
}

std::vector<const Relation*> own_tables(const Catalog& catalog) {
  std::vector<const Relation*> tables;
  for (const Relation& relation : catalog.relations)
    if ((relation.kind == RelationKind::table ||
         relation.kind == RelationKind::partitioned_table) &&
        !relation.is_partition() && !is_machinery(catalog, relation))
      tables.push_back(&relation);
  return tables;
}

std::optional<double> rows_of(const Relation& relation) {
  if (!relation.stats) return std::nullopt;
  if (relation.stats->live_rows.value_or(0) > 0)
    return static_cast<double>(*relation.stats->live_rows);
  if (relation.stats->rows >= 0) return relation.stats->rows;
  return std::nullopt;
}

std::optional<std::int64_t> bytes_of(const Look& look, const Relation& relation) {
  std::optional<std::int64_t> bytes;
  if (relation.stats && relation.kind != RelationKind::partitioned_table)
    bytes = relation.stats->bytes;
  for (const Relation* child : look.lookup.children(relation))
    if (const auto part = bytes_of(look, *child)) bytes = bytes.value_or(0) + *part;
  return bytes;
}

std::string too_few_counters(const Catalog& catalog, double days) {
  const catalog::Server& server = catalog.server;
  if (!server.has_workload) return "the source has no usage counters";
  if (!server.read_at) return "it is not known when the counters were read";
  const std::optional<double> since = server.stats_reset ? server.stats_reset : server.started_at;
  if (!since) return "it is not known since when the counters count";
  const double covered = (*server.read_at - *since) / 86400;
  if (covered >= days) return {};
  return fmt::format("the usage counters cover {:.1f} days, {:.0f} are needed", covered, days);
}

Subject subject(const catalog::Object& object) {
  return {std::string(catalog::to_string(object.kind)), object.name};
}

std::string name_of(const Relation& relation) {
  return catalog::qualified(relation.schema, relation.name);
}
std::string name_of(const Relation& relation, const Index& index) {
  return catalog::qualified(relation.schema, index.name);
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += quote_identifier(name);
  }
  return text;
}

std::vector<std::string> columns_of(const Index& index) {
  std::vector<std::string> columns;
  for (const IndexKey& key : index.keys) columns.push_back(key.column);
  return columns;
}

std::string Names::make(const std::string& schema, const std::vector<std::string>& parts,
                        std::string_view suffix) {
  constexpr std::size_t longest = 62;  // NAMEDATALEN - 1 looks like a name that was cut
  if (!filled_) {
    for (const Relation& relation : catalog_.relations) {
      taken_.insert(relation.object_name());
      for (const Index& index : relation.indexes) taken_.insert({relation.schema, index.name});
      for (const Constraint& constraint : relation.constraints)
        taken_.insert({relation.schema, constraint.name});
      for (const Column& column : relation.columns)
        if (column.identity_sequence)
          taken_.insert({column.identity_sequence->schema, column.identity_sequence->name});
    }
    for (const Sequence& sequence : catalog_.sequences)
      taken_.insert({sequence.schema, sequence.name});
    filled_ = true;
  }
  const std::string stem = join(parts, "_");
  for (int number = 0;; ++number) {
    const std::string end =
        number == 0 ? fmt::format("_{}", suffix) : fmt::format("_{}{}", suffix, number);
    std::size_t length = std::min(stem.size(), longest - end.size());
    // Not in the middle of a character.
    while (length < stem.size() && length > 0 &&
           (static_cast<unsigned char>(stem[length]) & 0xC0) == 0x80)
      --length;
    std::string name = stem.substr(0, length) + end;
    if (taken_.insert({schema, name}).second) return name;
  }
}

std::optional<double> seconds_for(const Look& look, const Relation& relation, double rate) {
  const auto bytes = bytes_of(look, relation);
  if (!bytes || *bytes == 0) return std::nullopt;
  return std::ceil(static_cast<double>(*bytes) / rate * 10) / 10;
}

namespace {

// What a B-tree on these columns takes: per row a line pointer (4 bytes), the tuple's header (8)
// and its keys, in pages filled to 90 %. Without deduplication, so an upper bound.
std::optional<std::int64_t> index_bytes(const Relation& relation, const NewIndex& index) {
  const auto rows = rows_of(relation);
  if (!rows || index.method != "btree" || !index.predicate.empty()) return std::nullopt;
  double width = 0;
  for (const std::string& key : index.keys) {
    const auto column = std::ranges::find_if(
        relation.columns, [&](const Column& each) { return quote_identifier(each.name) == key; });
    if (column == relation.columns.end() || !column->stats) return std::nullopt;
    width += column->stats->width;
  }
  const double tuple = 4 + 8 + std::ceil(width / 8) * 8;
  return static_cast<std::int64_t>(*rows * tuple / 0.9);
}

std::string with_concurrently(const std::string& definition) {
  const auto at = definition.find(" INDEX ");
  std::string text = definition;
  return at == std::string::npos ? text : text.insert(at + 7, "CONCURRENTLY ");
}

}  // namespace

namespace {

// SQLite's words are not PostgreSQL's, so everything is quoted; a schema it takes before the
// index's name alone, and one that is not "main" a catalog does not hold.
std::string quoted(const std::string& name) { return '"' + replace_all(name, "\"", "\"\"") + '"'; }

Impact sqlite_impact() {
  Impact impact;
  impact.lock = Lock::exclusive;
  impact.blocks = "writes";  // of the whole file
  return impact;
}

Proposal create_sqlite_index(const Relation& relation, const NewIndex& index) {
  std::vector<std::string> keys = index.keys;
  for (std::string& key : keys)
    for (const Column& column : relation.columns)
      if (key == quote_identifier(column.name)) key = quoted(column.name);
  Proposal proposal;
  proposal.up = {
      fmt::format("CREATE {}INDEX {} ON {} ({}){}", index.unique ? "UNIQUE " : "",
                  quoted(index.name), quoted(relation.name), join(keys, ", "),
                  index.predicate.empty() ? "" : fmt::format(" WHERE {}", index.predicate))};
  proposal.down = {fmt::format("DROP INDEX {}", quoted(index.name))};
  proposal.impact = sqlite_impact();
  return proposal;
}

bool is_sqlite(const Look& look) { return look.catalog.server.engine == "sqlite"; }

}  // namespace

namespace {
// The query that the index is for: rows by its keys.
std::string look_up(const Relation& relation, const NewIndex& index) {
  std::string query = "SELECT * FROM " + name_of(relation) + " WHERE ";
  for (std::size_t i = 0; i < index.keys.size(); ++i)
    query += fmt::format("{}{} = ${}", i > 0 ? " AND " : "", index.keys[i], i + 1);
  if (!index.predicate.empty()) query += fmt::format(" AND ({})", index.predicate);
  return query;
}
}  // namespace

Proposal create_index(const Look& look, const Relation& relation, const NewIndex& index,
                      std::string why) {
  if (is_sqlite(look)) {
    Proposal proposal = create_sqlite_index(relation, index);
    proposal.kind = "create_index";
    proposal.title = fmt::format("Index {} ({})", name_of(relation), join(index.keys, ", "));
    proposal.why = std::move(why);
    return proposal;
  }
  const bool partitioned = relation.kind == RelationKind::partitioned_table;
  const std::string name = catalog::qualified(relation.schema, index.name);
  const std::string concurrently = partitioned ? "" : "CONCURRENTLY ";
  Proposal proposal;
  proposal.kind = "create_index";
  proposal.title = fmt::format("Index {} ({})", name_of(relation), join(index.keys, ", "));
  proposal.why = std::move(why);
  proposal.up.push_back(fmt::format(
      "CREATE {}INDEX {}{} ON {}{} ({}){}", index.unique ? "UNIQUE " : "", concurrently,
      quote_identifier(index.name), name_of(relation),
      index.method == "btree" ? "" : fmt::format(" USING {}", index.method), join(index.keys, ", "),
      index.predicate.empty() ? "" : fmt::format(" WHERE {}", index.predicate)));
  if (!index.comment.empty())
    proposal.up.push_back(
        fmt::format("COMMENT ON INDEX {} IS {}", name, quote_literal(index.comment)));
  proposal.down.push_back(fmt::format("DROP INDEX {}{}", concurrently, name));
  proposal.transactional = partitioned;
  proposal.impact.lock = partitioned ? Lock::share : Lock::share_update_exclusive;
  proposal.impact.seconds_estimate = seconds_for(look, relation, Rates::build);
  proposal.impact.bytes = index_bytes(relation, index);
  proposal.effort = partitioned ? 2 : 1;
  proposal.risk = partitioned || index.unique ? 2 : 1;
  if (index.method == "btree") proposal.probes.push_back({look_up(relation, index)});
  return proposal;
}

bool can_drop(const Relation& relation, const Index& index) {
  return !index.primary && index.constraint.empty() && !index.inherited &&
         relation.replica_identity != index.name &&
         relation.kind != RelationKind::partitioned_table && !relation.is_partition();
}

std::vector<std::string> statements_of(const Relation& relation, const Index& index) {
  const std::string name = name_of(relation, index);
  std::vector<std::string> statements = {with_concurrently(index.definition)};
  for (std::size_t i = 0; i < index.keys.size(); ++i)
    if (index.keys[i].statistics_target)
      statements.push_back(fmt::format("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}", name,
                                       i + 1, *index.keys[i].statistics_target));
  if (index.clustered)
    statements.push_back(fmt::format("ALTER TABLE {} CLUSTER ON {}", name_of(relation),
                                     quote_identifier(index.name)));
  if (relation.replica_identity == index.name)
    statements.push_back(fmt::format("ALTER TABLE {} REPLICA IDENTITY USING INDEX {}",
                                     name_of(relation), quote_identifier(index.name)));
  if (!index.comment.empty())
    statements.push_back(
        fmt::format("COMMENT ON INDEX {} IS {}", name, quote_literal(index.comment)));
  return statements;
}

Proposal drop_index(const Look& look, const Relation& relation, const Index& index,
                    std::string why) {
  Proposal proposal;
  proposal.kind = "drop_index";
  proposal.title = fmt::format("Drop index {}", name_of(relation, index));
  proposal.why = std::move(why);
  if (is_sqlite(look)) {
    proposal.up = {fmt::format("DROP INDEX {}", quoted(index.name))};
    proposal.down = {index.definition};
    proposal.impact = sqlite_impact();
  } else {
    proposal.up = {fmt::format("DROP INDEX CONCURRENTLY {}", name_of(relation, index))};
    proposal.down = statements_of(relation, index);
    proposal.transactional = false;
    proposal.impact.lock = Lock::share_update_exclusive;
  }
  if (index.stats) proposal.impact.bytes = -index.stats->bytes;
  return proposal;
}

Proposal alter_table(const Relation& relation, std::string kind, std::string action,
                     std::string undo, Lock lock) {
  Proposal proposal;
  proposal.kind = std::move(kind);
  proposal.up = {fmt::format("ALTER TABLE {} {}", name_of(relation), action)};
  proposal.down = {fmt::format("ALTER TABLE {} {}", name_of(relation), undo)};
  proposal.impact.lock = lock;
  return proposal;
}

Proposal add_constraint(const Look& look, const Relation& relation, const std::string& name,
                        const std::string& definition, std::string why) {
  const std::string table = name_of(relation);
  const bool foreign = definition.starts_with("FOREIGN KEY");
  // A partitioned table takes no unvalidated foreign key before PostgreSQL 18.
  const bool at_once = foreign && relation.kind == RelationKind::partitioned_table;
  Proposal proposal;
  proposal.kind = "add_constraint";
  proposal.title = fmt::format("Add constraint {} to {}", quote_identifier(name), table);
  proposal.why = std::move(why);
  proposal.up = {fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}{}", table, quote_identifier(name),
                             definition, at_once ? "" : " NOT VALID")};
  if (!at_once)
    proposal.up.push_back(
        fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", table, quote_identifier(name)));
  proposal.down = {fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", table, quote_identifier(name))};
  // Two transactions, so that the strong lock is gone while the rows are read.
  proposal.transactional = at_once;
  proposal.impact.lock = foreign ? Lock::share_row_exclusive : Lock::access_exclusive;
  proposal.impact.seconds_estimate = seconds_for(look, relation, Rates::scan);
  proposal.risk = 2;
  return proposal;
}

std::vector<std::string> statements_of(const Relation& relation, const Constraint& constraint) {
  std::vector<std::string> statements = {
      fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", name_of(relation),
                  quote_identifier(constraint.name), constraint.definition)};
  if (!constraint.comment.empty())
    statements.push_back(fmt::format("COMMENT ON CONSTRAINT {} ON {} IS {}",
                                     quote_identifier(constraint.name), name_of(relation),
                                     quote_literal(constraint.comment)));
  return statements;
}

Proposal set_comment(const std::string& what, const std::string& before, const std::string& after) {
  Proposal proposal;
  proposal.kind = "comment";
  proposal.title = fmt::format("Say what {} is for", what);
  proposal.up = {fmt::format("COMMENT ON {} IS {}", what, quote_literal(after))};
  proposal.down = {
      fmt::format("COMMENT ON {} IS {}", what, before.empty() ? "NULL" : quote_literal(before))};
  proposal.impact.lock = Lock::share_update_exclusive;
  return proposal;
}

}  // namespace architrave::review
