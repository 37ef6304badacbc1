// What a database is made of, as values in memory. No engine inside: engines fill a Catalog,
// everything above reads it.
//
// Conventions
//  - Names are stored raw ("Order Items"), never quoted. A string that holds SQL (a type, an
//    expression, a definition) is the server's own deparsed text, read with an empty search_path,
//    so that everything in it is qualified.
//  - A reference to another object is its schema and name; nothing holds an engine's number.
//  - Objects that belong to an extension or to the system are not in a Catalog at all.
//  - Lists are sorted by schema and name, but for what has an order of its own (columns, enum
//    labels, index keys, the columns of a constraint). Readers call sort(catalog).
//  - `field` is the definition and takes part in equality; `measured` is what was seen of size and
//    use at one moment and does not. An absent measurement means "not known", never zero.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "catalog/object.h"

namespace architrave::catalog {

using Options = std::map<std::string, std::string>;

// An access control list as the server writes its items: "grantee=privileges/grantor", where the
// privileges are PostgreSQL's letters, each followed by * if it may be passed on, and an empty
// grantee is PUBLIC. Absent: the owner's defaults for that kind of object. See acl.h.
using Acl = std::optional<std::vector<std::string>>;

struct ColumnStats {
  double null_fraction = 0;  // 0..1
  double distinct = 0;       // as pg_stats.n_distinct: > 0 a count, < 0 minus a share of rows
  std::int32_t width = 0;    // average bytes
  std::optional<double> correlation;  // of physical and logical order, -1..1

  static constexpr auto fields() {
    return std::tuple{field("null_fraction", &ColumnStats::null_fraction),
                      field("distinct", &ColumnStats::distinct),
                      field("width", &ColumnStats::width),
                      field("correlation", &ColumnStats::correlation)};
  }
};

struct Sequence {
  std::string schema;
  std::string name;
  std::string owner;
  std::string data_type;  // smallint, integer, bigint
  std::int64_t start = 1;
  std::int64_t increment = 1;
  std::int64_t minimum = 1;
  std::int64_t maximum = 0;
  std::int64_t cache = 1;
  bool cycle = false;
  bool unlogged = false;
  std::string owned_by_schema;  // OWNED BY schema.table.column; empty if by none
  std::string owned_by_table;
  std::string owned_by_column;
  Acl acl;
  std::string comment;
  std::optional<std::int64_t> last_value;  // measured

  static constexpr auto fields() {
    return std::tuple{field("schema", &Sequence::schema),
                      field("name", &Sequence::name),
                      field("owner", &Sequence::owner),
                      field("data_type", &Sequence::data_type),
                      field("start", &Sequence::start),
                      field("increment", &Sequence::increment),
                      field("minimum", &Sequence::minimum),
                      field("maximum", &Sequence::maximum),
                      field("cache", &Sequence::cache),
                      field("cycle", &Sequence::cycle),
                      field("unlogged", &Sequence::unlogged),
                      field("owned_by_schema", &Sequence::owned_by_schema),
                      field("owned_by_table", &Sequence::owned_by_table),
                      field("owned_by_column", &Sequence::owned_by_column),
                      field("acl", &Sequence::acl),
                      field("comment", &Sequence::comment),
                      measured("last_value", &Sequence::last_value)};
  }
};

struct Column {
  std::string name;
  std::string type;           // with its modifier and schema: "character varying(40)", "app.mood"
  std::string type_schema;    // of the type without array and modifier: "pg_catalog", "app"
  std::string type_name;      // "varchar", "mood", "_int4" for an array
  std::string type_category;  // pg_type.typcategory: A array, B boolean, D date/time, E enum,
                              // N numeric, S string, U user-defined, …
  bool not_null = false;
  std::string default_value;  // expression; for a generated column the generation expression
  std::string generated;      // "", "stored", "virtual"
  std::string identity;       // "", "always", "by default"
  std::optional<Sequence> identity_sequence;
  std::string collation;    // qualified; only where it is not the type's own
  std::string storage;      // plain, main, external, extended; only where not the type's own
  std::string compression;  // pglz, lz4; only where set
  std::optional<std::int32_t> statistics_target;
  Options options;  // n_distinct, n_distinct_inherited
  Options foreign_options;
  std::string not_null_constraint;  // PostgreSQL 18: its name, only where it was chosen
  // measured, PostgreSQL 18: its name beside that of a parent's, which no statement changes
  std::string not_null_own_name;
  bool not_null_no_inherit = false;  // PostgreSQL 18
  bool not_null_validated = true;    // PostgreSQL 18: false if old rows may have nulls
  bool inherited = false;            // comes from a parent and is not declared here
  Acl acl;
  std::string comment;
  std::optional<ColumnStats> stats;  // measured

  static constexpr auto fields() {
    return std::tuple{field("name", &Column::name),
                      field("type", &Column::type),
                      field("type_schema", &Column::type_schema),
                      field("type_name", &Column::type_name),
                      field("type_category", &Column::type_category),
                      field("not_null", &Column::not_null),
                      field("default_value", &Column::default_value),
                      field("generated", &Column::generated),
                      field("identity", &Column::identity),
                      field("identity_sequence", &Column::identity_sequence),
                      field("collation", &Column::collation),
                      field("storage", &Column::storage),
                      field("compression", &Column::compression),
                      field("statistics_target", &Column::statistics_target),
                      field("options", &Column::options),
                      field("foreign_options", &Column::foreign_options),
                      field("not_null_constraint", &Column::not_null_constraint),
                      measured("not_null_own_name", &Column::not_null_own_name),
                      field("not_null_no_inherit", &Column::not_null_no_inherit),
                      field("not_null_validated", &Column::not_null_validated),
                      field("inherited", &Column::inherited),
                      field("acl", &Column::acl),
                      field("comment", &Column::comment),
                      measured("stats", &Column::stats)};
  }
};

enum class ConstraintType { primary_key, unique, foreign_key, check, exclusion };

struct Constraint {
  std::string name;
  ConstraintType type = ConstraintType::check;
  std::vector<std::string> columns;  // in key order; for a check those it names
  std::string expression;            // of a check, without CHECK and its parentheses
  std::string references_schema;     // of a foreign key
  std::string references_table;
  std::vector<std::string> references_columns;
  std::string on_update;  // "no action", "restrict", "cascade", "set null", "set default"
  std::string on_delete;
  bool match_full = false;
  bool deferrable = false;
  bool deferred = false;
  bool validated = true;
  bool guarded = true;  // measured: no trigger that keeps a foreign key is disabled
  bool no_inherit = false;
  bool inherited = false;  // made by a parent table's constraint, not by this table
  std::string index;       // name of the index behind a key or exclusion
  std::string definition;  // what follows ADD CONSTRAINT name
  std::string comment;

  static constexpr auto fields() {
    return std::tuple{field("name", &Constraint::name),
                      field("type", &Constraint::type),
                      field("columns", &Constraint::columns),
                      field("expression", &Constraint::expression),
                      field("references_schema", &Constraint::references_schema),
                      field("references_table", &Constraint::references_table),
                      field("references_columns", &Constraint::references_columns),
                      field("on_update", &Constraint::on_update),
                      field("on_delete", &Constraint::on_delete),
                      field("match_full", &Constraint::match_full),
                      field("deferrable", &Constraint::deferrable),
                      field("deferred", &Constraint::deferred),
                      field("validated", &Constraint::validated),
                      measured("guarded", &Constraint::guarded),
                      field("no_inherit", &Constraint::no_inherit),
                      field("inherited", &Constraint::inherited),
                      field("index", &Constraint::index),
                      field("definition", &Constraint::definition),
                      field("comment", &Constraint::comment)};
  }
};

struct IndexKey {
  std::string column;      // empty for an expression
  std::string expression;  // empty for a column
  std::string opclass;     // qualified where needed; only where not the type's default
  std::string collation;   // qualified; only where not the column's own
  bool descending = false;
  bool nulls_first = false;  // as stored: a descending key has it by default
  std::optional<std::int32_t> statistics_target;

  static constexpr auto fields() {
    return std::tuple{field("column", &IndexKey::column),
                      field("expression", &IndexKey::expression),
                      field("opclass", &IndexKey::opclass),
                      field("collation", &IndexKey::collation),
                      field("descending", &IndexKey::descending),
                      field("nulls_first", &IndexKey::nulls_first),
                      field("statistics_target", &IndexKey::statistics_target)};
  }
};

struct IndexStats {
  std::int64_t bytes = 0;
  std::int64_t pages = 0;             // as the planner believes (relpages)
  double rows = 0;                    // as the planner believes (reltuples)
  std::optional<std::int64_t> scans;  // since the counters were last reset
  std::optional<std::int64_t> tuples_read;
  std::optional<double> last_scan;  // Unix time; PostgreSQL 16 and newer

  static constexpr auto fields() {
    return std::tuple{field("bytes", &IndexStats::bytes),
                      field("pages", &IndexStats::pages),
                      field("rows", &IndexStats::rows),
                      field("scans", &IndexStats::scans),
                      field("tuples_read", &IndexStats::tuples_read),
                      field("last_scan", &IndexStats::last_scan)};
  }
};

struct Index {
  std::string name;  // in its relation's schema
  std::string method = "btree";
  bool unique = false;
  bool primary = false;
  bool nulls_not_distinct = false;
  bool valid = true;
  bool clustered = false;
  bool inherited = false;  // attached to a partitioned parent's index
  std::string whole;       // measured: the name of that index, in the parent's schema
  std::string constraint;  // the constraint that owns it, if one does
  std::vector<IndexKey> keys;
  std::vector<std::string> include;
  std::string predicate;   // WHERE, without the word
  Options options;         // fillfactor, …
  std::string tablespace;  // only where not the default
  std::string definition;  // CREATE INDEX …
  std::string comment;
  std::optional<IndexStats> stats;  // measured

  static constexpr auto fields() {
    return std::tuple{field("name", &Index::name),
                      field("method", &Index::method),
                      field("unique", &Index::unique),
                      field("primary", &Index::primary),
                      field("nulls_not_distinct", &Index::nulls_not_distinct),
                      field("valid", &Index::valid),
                      field("clustered", &Index::clustered),
                      field("inherited", &Index::inherited),
                      measured("whole", &Index::whole),
                      field("constraint", &Index::constraint),
                      field("keys", &Index::keys),
                      field("include", &Index::include),
                      field("predicate", &Index::predicate),
                      field("options", &Index::options),
                      field("tablespace", &Index::tablespace),
                      field("definition", &Index::definition),
                      field("comment", &Index::comment),
                      measured("stats", &Index::stats)};
  }
};

struct Trigger {
  std::string name;
  std::string function_schema;
  std::string function_name;
  bool row = false;                 // FOR EACH ROW
  std::string timing;               // "before", "after", "instead of"
  std::vector<std::string> events;  // "insert", "update", "delete", "truncate"
  bool has_when = false;
  std::string enabled;     // "origin" (the default), "disabled", "replica", "always"
  bool inherited = false;  // cloned from a partitioned parent
  std::string definition;  // CREATE TRIGGER …
  std::string comment;

  static constexpr auto fields() {
    return std::tuple{field("name", &Trigger::name),
                      field("function_schema", &Trigger::function_schema),
                      field("function_name", &Trigger::function_name),
                      field("row", &Trigger::row),
                      field("timing", &Trigger::timing),
                      field("events", &Trigger::events),
                      field("has_when", &Trigger::has_when),
                      field("enabled", &Trigger::enabled),
                      field("inherited", &Trigger::inherited),
                      field("definition", &Trigger::definition),
                      field("comment", &Trigger::comment)};
  }
};

// A rewrite rule (CREATE RULE); a view's own _RETURN rule is the view's definition instead.
struct RewriteRule {
  std::string name;
  std::string enabled;     // as Trigger::enabled
  std::string definition;  // CREATE RULE …
  std::string comment;

  static constexpr auto fields() {
    return std::tuple{field("name", &RewriteRule::name), field("enabled", &RewriteRule::enabled),
                      field("definition", &RewriteRule::definition),
                      field("comment", &RewriteRule::comment)};
  }
};

struct Policy {
  std::string name;
  bool permissive = true;
  std::string command;             // "all", "select", "insert", "update", "delete"
  std::vector<std::string> roles;  // empty: PUBLIC
  std::string using_expression;
  std::string check_expression;
  std::string comment;

  static constexpr auto fields() {
    return std::tuple{field("name", &Policy::name),
                      field("permissive", &Policy::permissive),
                      field("command", &Policy::command),
                      field("roles", &Policy::roles),
                      field("using", &Policy::using_expression),
                      field("check", &Policy::check_expression),
                      field("comment", &Policy::comment)};
  }
};

struct RelationStats {
  std::int64_t bytes = 0;        // heap with its TOAST table, without indexes
  std::int64_t total_bytes = 0;  // with indexes
  std::int64_t pages = 0;        // relpages
  std::int64_t all_visible_pages = 0;
  double rows = -1;  // reltuples; -1 if never analyzed
  // From the statistics collector, since its counters were last reset:
  std::optional<std::int64_t> live_rows;
  std::optional<std::int64_t> dead_rows;
  std::optional<std::int64_t> sequential_scans;
  std::optional<std::int64_t> sequential_rows_read;
  std::optional<std::int64_t> index_scans;
  std::optional<std::int64_t> inserted;
  std::optional<std::int64_t> updated;
  std::optional<std::int64_t> hot_updated;
  std::optional<std::int64_t> deleted;
  std::optional<std::int64_t> modified_since_analyze;
  std::optional<double> last_vacuum;  // Unix time, by hand or automatic, the later
  std::optional<double> last_analyze;
  std::optional<std::int64_t> frozen_age;  // age(relfrozenxid), transactions
  std::optional<std::int64_t> multixact_age;

  static constexpr auto fields() {
    return std::tuple{field("bytes", &RelationStats::bytes),
                      field("total_bytes", &RelationStats::total_bytes),
                      field("pages", &RelationStats::pages),
                      field("all_visible_pages", &RelationStats::all_visible_pages),
                      field("rows", &RelationStats::rows),
                      field("live_rows", &RelationStats::live_rows),
                      field("dead_rows", &RelationStats::dead_rows),
                      field("sequential_scans", &RelationStats::sequential_scans),
                      field("sequential_rows_read", &RelationStats::sequential_rows_read),
                      field("index_scans", &RelationStats::index_scans),
                      field("inserted", &RelationStats::inserted),
                      field("updated", &RelationStats::updated),
                      field("hot_updated", &RelationStats::hot_updated),
                      field("deleted", &RelationStats::deleted),
                      field("modified_since_analyze", &RelationStats::modified_since_analyze),
                      field("last_vacuum", &RelationStats::last_vacuum),
                      field("last_analyze", &RelationStats::last_analyze),
                      field("frozen_age", &RelationStats::frozen_age),
                      field("multixact_age", &RelationStats::multixact_age)};
  }
};

enum class RelationKind { table, partitioned_table, foreign_table, view, materialized_view };

// Everything that can stand in FROM: tables of all kinds and views.
struct Relation {
  std::string schema;
  std::string name;
  RelationKind kind = RelationKind::table;
  std::string owner;
  bool unlogged = false;
  std::vector<Column> columns;
  std::vector<Constraint> constraints;
  std::vector<Index> indexes;
  std::vector<Trigger> triggers;
  std::vector<RewriteRule> rules;
  std::vector<Policy> policies;
  bool row_security = false;
  bool force_row_security = false;
  std::vector<ObjectName> parents;  // INHERITS, or the one table this is a partition of
  std::string partition_key;        // of a partitioned table: "RANGE (created_at)"
  std::string partition_bound;      // of a partition: "FOR VALUES FROM … TO …", "DEFAULT"
  std::string of_type;              // qualified; CREATE TABLE … OF
  std::string access_method;        // only where not heap
  std::string tablespace;           // only where not the default
  Options options;                  // reloptions; of a view security_barrier, check_option, …
  Options toast_options;
  std::string replica_identity;  // "" the default, "full", "nothing", or an index's name
  std::string definition;        // of a view its query; of a SQLite object its CREATE statement
  bool populated = true;         // of a materialized view
  std::string foreign_server;
  Options foreign_options;
  Acl acl;
  std::string comment;
  std::optional<RelationStats> stats;  // measured

  bool is_table() const {
    return kind == RelationKind::table || kind == RelationKind::partitioned_table ||
           kind == RelationKind::foreign_table;
  }
  bool is_view() const { return !is_table(); }
  bool is_partition() const { return !partition_bound.empty(); }
  const Column* column(std::string_view column_name) const;
  const Constraint* primary_key() const;
  ObjectName object_name() const { return {schema, name}; }

  static constexpr auto fields() {
    return std::tuple{field("schema", &Relation::schema),
                      field("name", &Relation::name),
                      field("kind", &Relation::kind),
                      field("owner", &Relation::owner),
                      field("unlogged", &Relation::unlogged),
                      field("columns", &Relation::columns),
                      field("constraints", &Relation::constraints),
                      field("indexes", &Relation::indexes),
                      field("triggers", &Relation::triggers),
                      field("rules", &Relation::rules),
                      field("policies", &Relation::policies),
                      field("row_security", &Relation::row_security),
                      field("force_row_security", &Relation::force_row_security),
                      field("parents", &Relation::parents),
                      field("partition_key", &Relation::partition_key),
                      field("partition_bound", &Relation::partition_bound),
                      field("of_type", &Relation::of_type),
                      field("access_method", &Relation::access_method),
                      field("tablespace", &Relation::tablespace),
                      field("options", &Relation::options),
                      field("toast_options", &Relation::toast_options),
                      field("replica_identity", &Relation::replica_identity),
                      field("definition", &Relation::definition),
                      field("populated", &Relation::populated),
                      field("foreign_server", &Relation::foreign_server),
                      field("foreign_options", &Relation::foreign_options),
                      field("acl", &Relation::acl),
                      field("comment", &Relation::comment),
                      measured("stats", &Relation::stats)};
  }
};

enum class TypeKind { enumeration, domain, composite, range, base, shell };

struct Type {
  std::string schema;
  std::string name;
  TypeKind kind = TypeKind::enumeration;
  std::string owner;
  std::vector<std::string> labels;      // enumeration, in order
  std::string base_type;                // domain: with modifier; range: the subtype
  bool not_null = false;                // domain
  std::string default_value;            // domain
  std::string collation;                // domain, range; qualified, only where not the type's own
  std::vector<Constraint> constraints;  // domain checks
  std::vector<Column> attributes;       // composite
  Options properties;  // range: subtype_opclass, canonical, subtype_diff, multirange_type_name;
                       // base: what CREATE TYPE takes (input, output, internallength, …)
  Acl acl;
  std::string comment;

  static constexpr auto fields() {
    return std::tuple{field("schema", &Type::schema),
                      field("name", &Type::name),
                      field("kind", &Type::kind),
                      field("owner", &Type::owner),
                      field("labels", &Type::labels),
                      field("base_type", &Type::base_type),
                      field("not_null", &Type::not_null),
                      field("default_value", &Type::default_value),
                      field("collation", &Type::collation),
                      field("constraints", &Type::constraints),
                      field("attributes", &Type::attributes),
                      field("properties", &Type::properties),
                      field("acl", &Type::acl),
                      field("comment", &Type::comment)};
  }
};

enum class RoutineKind { function, procedure, aggregate, window };

struct Routine {
  std::string schema;
  std::string name;
  std::string arguments;  // identity arguments: "integer, text"
  RoutineKind kind = RoutineKind::function;
  std::string owner;
  std::string language;
  std::string returns;     // "" for a procedure
  std::string volatility;  // "immutable", "stable", "volatile"
  std::string parallel;    // "safe", "restricted", "unsafe"
  bool strict = false;
  bool security_definer = false;
  bool leakproof = false;
  Options settings;        // SET search_path = …
  std::string definition;  // CREATE OR REPLACE FUNCTION … / CREATE AGGREGATE …
  Acl acl;
  std::string comment;
  std::optional<std::int64_t> calls;    // measured
  std::optional<double> total_seconds;  // measured

  static constexpr auto fields() {
    return std::tuple{field("schema", &Routine::schema),
                      field("name", &Routine::name),
                      field("arguments", &Routine::arguments),
                      field("kind", &Routine::kind),
                      field("owner", &Routine::owner),
                      field("language", &Routine::language),
                      field("returns", &Routine::returns),
                      field("volatility", &Routine::volatility),
                      field("parallel", &Routine::parallel),
                      field("strict", &Routine::strict),
                      field("security_definer", &Routine::security_definer),
                      field("leakproof", &Routine::leakproof),
                      field("settings", &Routine::settings),
                      field("definition", &Routine::definition),
                      field("acl", &Routine::acl),
                      field("comment", &Routine::comment),
                      measured("calls", &Routine::calls),
                      measured("total_seconds", &Routine::total_seconds)};
  }
};

struct Schema {
  std::string name;
  std::string owner;
  Acl acl;
  std::string comment;

  static constexpr auto fields() {
    return std::tuple{field("name", &Schema::name), field("owner", &Schema::owner),
                      field("acl", &Schema::acl), field("comment", &Schema::comment)};
  }
};

struct Extension {
  std::string name;
  std::string schema;
  std::string version;
  std::string comment;            // only where it is not the extension's own
  std::string available_version;  // measured: the newest that the server has; may be empty

  static constexpr auto fields() {
    return std::tuple{field("name", &Extension::name), field("schema", &Extension::schema),
                      field("version", &Extension::version), field("comment", &Extension::comment),
                      measured("available_version", &Extension::available_version)};
  }
};

// Every other kind: operators, operator classes and families, casts, collations, conversions, text
// search objects, event triggers, publications, subscriptions, statistics objects, languages,
// foreign data wrappers, servers, user mappings, access methods, transforms, default privileges.
// Rules look into them seldom, so they are the statement that makes them.
struct OtherObject {
  Kind kind = Kind::cast;
  std::string schema;  // "" for kinds that live in no schema
  std::string name;    // what follows DROP <KIND>, without the schema: "=== (text, text)" for an
                       // operator, "(text AS app.mood)" for a cast
  std::string owner;
  std::vector<std::string>
      definition;                 // the statements that make it, without owner, grants, comment
  std::vector<std::string> drop;  // the statements that unmake it
  Options properties;             // what rules do look at, for example a statistics object's table
  Acl acl;
  std::string comment;

  static constexpr auto fields() {
    return std::tuple{field("kind", &OtherObject::kind),
                      field("schema", &OtherObject::schema),
                      field("name", &OtherObject::name),
                      field("owner", &OtherObject::owner),
                      field("definition", &OtherObject::definition),
                      field("drop", &OtherObject::drop),
                      field("properties", &OtherObject::properties),
                      field("acl", &OtherObject::acl),
                      field("comment", &OtherObject::comment)};
  }
};

// A role of the server. Roles are not part of a schema: they take no part in equality, but who may
// log in as what matters to security rules.
struct Role {
  std::string name;
  bool superuser = false;
  bool login = false;
  bool inherit = true;
  bool create_role = false;
  bool create_database = false;
  bool replication = false;
  bool bypass_row_security = false;
  std::int32_t connection_limit = -1;
  std::optional<double> valid_until;  // Unix time
  std::vector<std::string> member_of;

  static constexpr auto fields() {
    return std::tuple{field("name", &Role::name),
                      field("superuser", &Role::superuser),
                      field("login", &Role::login),
                      field("inherit", &Role::inherit),
                      field("create_role", &Role::create_role),
                      field("create_database", &Role::create_database),
                      field("replication", &Role::replication),
                      field("bypass_row_security", &Role::bypass_row_security),
                      field("connection_limit", &Role::connection_limit),
                      field("valid_until", &Role::valid_until),
                      field("member_of", &Role::member_of)};
  }
};

struct Setting {
  std::string value;       // as SHOW prints it, with its unit
  std::string raw;         // as stored, in `unit`
  std::string unit;        // "", "8kB", "kB", "ms", "s", …
  std::string boot_value;  // the compiled-in default, raw
  std::string source;      // "default", "configuration file", "database", …

  static constexpr auto fields() {
    return std::tuple{field("value", &Setting::value), field("raw", &Setting::raw),
                      field("unit", &Setting::unit), field("boot_value", &Setting::boot_value),
                      field("source", &Setting::source)};
  }
};

// The server and the database as a whole. All of it is seen, none of it is schema.
struct Server {
  std::string engine;               // "postgresql", "sqlite"
  std::string version;              // "15.20"
  std::int32_t version_number = 0;  // 150020; SQLite: 3040001
  std::string database;
  std::string encoding;
  std::string collation;
  std::string role;  // whom the catalog was read as
  bool superuser = false;
  bool has_workload = false;  // false when read from a file: its counters mean nothing
  std::optional<std::int64_t> database_bytes;
  std::optional<double> read_at;  // Unix time; absent for a file
  std::optional<double> started_at;
  std::optional<double> stats_reset;  // when the counters below were last reset
  std::optional<std::int64_t> commits;
  std::optional<std::int64_t> rollbacks;
  std::optional<std::int64_t> blocks_hit;
  std::optional<std::int64_t> blocks_read;
  std::optional<std::int64_t> temp_bytes;
  std::optional<std::int64_t> deadlocks;
  std::optional<std::int64_t> connections;
  std::optional<std::int64_t> frozen_age;  // age(datfrozenxid)
  std::optional<std::int64_t> multixact_age;
  std::optional<bool> in_recovery;
  std::optional<std::int64_t> archived_count;
  std::optional<std::int64_t> archive_failed_count;
  std::optional<double> last_archived_at;
  std::optional<double> last_archive_failure_at;
  std::optional<bool> data_checksums;
  std::optional<std::int64_t> checkpoints_timed;      // begun by checkpoint_timeout
  std::optional<std::int64_t> checkpoints_requested;  // begun by max_wal_size, or by hand
  std::optional<double> checkpoints_since;            // when these two were last reset

  static constexpr auto fields() {
    return std::tuple{field("engine", &Server::engine),
                      field("version", &Server::version),
                      field("version_number", &Server::version_number),
                      field("database", &Server::database),
                      field("encoding", &Server::encoding),
                      field("collation", &Server::collation),
                      field("role", &Server::role),
                      field("superuser", &Server::superuser),
                      field("has_workload", &Server::has_workload),
                      field("database_bytes", &Server::database_bytes),
                      field("read_at", &Server::read_at),
                      field("started_at", &Server::started_at),
                      field("stats_reset", &Server::stats_reset),
                      field("commits", &Server::commits),
                      field("rollbacks", &Server::rollbacks),
                      field("blocks_hit", &Server::blocks_hit),
                      field("blocks_read", &Server::blocks_read),
                      field("temp_bytes", &Server::temp_bytes),
                      field("deadlocks", &Server::deadlocks),
                      field("connections", &Server::connections),
                      field("frozen_age", &Server::frozen_age),
                      field("multixact_age", &Server::multixact_age),
                      field("in_recovery", &Server::in_recovery),
                      field("archived_count", &Server::archived_count),
                      field("archive_failed_count", &Server::archive_failed_count),
                      field("last_archived_at", &Server::last_archived_at),
                      field("last_archive_failure_at", &Server::last_archive_failure_at),
                      field("data_checksums", &Server::data_checksums),
                      field("checkpoints_timed", &Server::checkpoints_timed),
                      field("checkpoints_requested", &Server::checkpoints_requested),
                      field("checkpoints_since", &Server::checkpoints_since)};
  }
};

// `object` can't be made before `needs`. Only edges between objects of one catalog that are not
// plain from the structure (a column's table, an index's relation) are kept.
struct Dependency {
  Object object;
  Object needs;

  static constexpr auto fields() {
    return std::tuple{field("object", &Dependency::object), field("needs", &Dependency::needs)};
  }
};

// Something that is there and could not be read, and why.
struct Unread {
  std::string what;
  std::string why;

  static constexpr auto fields() {
    return std::tuple{field("what", &Unread::what), field("why", &Unread::why)};
  }
};

struct Catalog {
  Server server;  // measured
  std::vector<Schema> schemas;
  std::vector<Extension> extensions;
  std::vector<Type> types;
  std::vector<Sequence> sequences;  // without those behind identity columns
  std::vector<Relation> relations;
  std::vector<Routine> routines;
  std::vector<OtherObject> others;
  std::vector<Role> roles;                  // measured
  std::map<std::string, Setting> settings;  // measured
  std::vector<Dependency> dependencies;     // measured: it follows from the rest
  std::vector<Unread> unread;               // measured

  const Relation* relation(std::string_view schema, std::string_view name) const;
  const Relation* relation(const ObjectName& name) const {
    return relation(name.schema, name.name);
  }
  const Type* type(std::string_view schema, std::string_view name) const;
  const Routine* routine(std::string_view schema, std::string_view name) const;  // first overload

  static constexpr auto fields() {
    return std::tuple{measured("server", &Catalog::server),
                      field("schemas", &Catalog::schemas),
                      field("extensions", &Catalog::extensions),
                      field("types", &Catalog::types),
                      field("sequences", &Catalog::sequences),
                      field("relations", &Catalog::relations),
                      field("routines", &Catalog::routines),
                      field("others", &Catalog::others),
                      measured("roles", &Catalog::roles),
                      measured("settings", &Catalog::settings),
                      measured("dependencies", &Catalog::dependencies),
                      measured("unread", &Catalog::unread)};
  }
};

// Puts every list into the order that the conventions above promise. Look-ups by name
// (Catalog::relation and its like) are binary searches and need it.
void sort(Catalog& catalog);

// Gives the objects of `to` the measurements that the objects of the same names have in `from`, and
// the server and settings of `from`: what a definition would look like in production.
void copy_measurements(const Catalog& from, Catalog& to);

// How many there are of what people count first.
struct Counts {
  std::int64_t schemas = 0;
  std::int64_t tables = 0;
  std::int64_t columns = 0;  // of tables
  std::int64_t indexes = 0;
  std::int64_t foreign_keys = 0;
  std::int64_t views = 0;  // plain and materialized
  std::int64_t functions = 0;
};
Counts count(const Catalog& catalog);

}  // namespace architrave::catalog
