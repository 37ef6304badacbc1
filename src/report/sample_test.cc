#include "report/sample_test.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "base/process.h"

namespace architrave::report {

using namespace catalog;

namespace {

Column column(const std::string& name, const std::string& type, bool not_null = true) {
  Column out;
  out.name = name;
  out.type = type;
  out.type_schema = "pg_catalog";
  out.type_name = type;
  out.not_null = not_null;
  return out;
}

void add_key(Relation& table, ConstraintType type, const std::vector<std::string>& columns) {
  Constraint key;
  key.type = type;
  key.name = table.name + (type == ConstraintType::primary_key ? "_pkey" : "_key");
  key.columns = columns;
  key.index = key.name;
  table.constraints.push_back(key);
  Index index;
  index.name = key.name;
  index.unique = true;
  index.primary = type == ConstraintType::primary_key;
  index.constraint = key.name;
  for (const std::string& each : columns) index.keys.emplace_back().column = each;
  table.indexes.push_back(index);
}

void add_reference(Relation& table, const std::vector<std::string>& columns, const Relation& parent,
                   const std::vector<std::string>& references, const std::string& on_delete) {
  Constraint key;
  key.type = ConstraintType::foreign_key;
  key.name = table.name + '_' + columns.front() + "_fkey";
  key.columns = columns;
  key.references_schema = parent.schema;
  key.references_table = parent.name;
  key.references_columns = references;
  key.on_update = "no action";
  key.on_delete = on_delete;
  table.constraints.push_back(key);
}

Relation table(const std::string& schema, const std::string& name, std::vector<Column> columns) {
  Relation out;
  out.schema = schema;
  out.name = name;
  out.columns = std::move(columns);
  return out;
}

RelationStats stats(std::int64_t bytes, std::int64_t total_bytes, std::int64_t rows) {
  RelationStats out;
  out.bytes = bytes;
  out.total_bytes = total_bytes;
  out.rows = static_cast<double>(rows);
  out.live_rows = rows;
  out.dead_rows = rows / 10;
  out.sequential_scans = 12;
  out.sequential_rows_read = rows * 12;
  out.index_scans = 4000;
  out.inserted = rows;
  out.updated = 17;
  out.deleted = 0;
  return out;
}

Relation customers() {
  Relation out =
      table("app", "customers",
            {column("id", "bigint"), column("email", "character varying(320)"),
             column("mood", "app.mood", false), column("joined at", "timestamp(3) with time zone"),
             column("tags", "text[]", false)});
  out.columns[0].identity = "always";
  out.columns[1].comment = "as \"typed\" by 100% of them; C:\\mail\nsecond line";
  out.columns[2].type_schema = "app";
  out.columns[2].type_name = "mood";
  out.columns[3].default_value = "now()";
  out.comment = "Who buys.\nIt's one row a person.";
  add_key(out, ConstraintType::primary_key, {"id"});
  add_key(out, ConstraintType::unique, {"email"});
  Index index;
  index.name = "customers_tags_idx";
  index.method = "gin";
  index.keys.emplace_back().column = "tags";
  index.predicate = "(tags IS NOT NULL)";
  out.indexes.push_back(index);
  Index expression;
  expression.name = "customers_lower_idx";
  expression.keys.emplace_back().expression = "lower((email)::text)";
  out.indexes.push_back(expression);
  out.stats = stats(90'000'000, 131'000'000, 890'112);
  return out;
}

Relation orders(const Relation& customer) {
  Relation out = table(
      "app", "orders",
      {column("id", "bigint"), column("customer_id", "bigint"), column("replaces", "bigint", false),
       column("total", "numeric(10,2)"), column("at", "timestamp without time zone")});
  out.columns[3].default_value = "0.00";
  add_key(out, ConstraintType::primary_key, {"id"});
  add_reference(out, {"customer_id"}, customer, {"id"}, "cascade");
  add_reference(out, {"replaces"}, out, {"id"}, "set null");
  out.stats = stats(1'773'200'000, 2'400'000'000, 12'400'000);
  return out;
}

}  // namespace

Catalog sample_catalog() {
  Catalog out;
  out.server.engine = "postgresql";
  out.server.version = "15.20";
  out.server.database = "shop";
  out.server.has_workload = true;
  out.server.commits = 912'000'123;
  out.server.blocks_hit = 987;
  out.server.blocks_read = 13;
  out.server.database_bytes = 2'700'000'000;
  out.schemas = {{"Odd Schema", "", {}, ""}, {"app", "", {}, ""}};
  out.extensions = {{"pg_trgm", "app", "1.5", "", "1.6"}};
  out.settings["random_page_cost"] = {"4", "4", "", "4", "default"};
  out.settings["wal_level"] = {"replica", "replica", "", "replica", "default"};
  Type mood;
  mood.schema = "app";
  mood.name = "mood";
  mood.labels = {"happy", "so so", "sad \"very\""};
  out.types = {mood};

  const Relation customer = customers();
  const Relation order = orders(customer);
  Relation line = table("app", "order_lines",
                        {column("order_id", "bigint"), column("no", "integer"),
                         column("price", "double precision", false)});
  add_key(line, ConstraintType::primary_key, {"order_id", "no"});
  add_reference(line, {"order_id"}, order, {"id"}, "cascade");
  Relation profile =
      table("app", "profiles", {column("customer_id", "bigint"), column("bio", "text")});
  add_key(profile, ConstraintType::primary_key, {"customer_id"});
  add_reference(profile, {"customer_id"}, customer, {"id"}, "cascade");
  Relation shipment = table("app", "shipments",
                            {column("order_id", "bigint"), column("line_no", "integer", false)});
  add_reference(shipment, {"order_id", "line_no"}, line, {"order_id", "no"}, "no action");

  Relation odd = table("Odd Schema", "a \"b\" \\ 100% |c| <d>",
                       {column("2nd name", "text"), column("PK", "boolean"),
                        column("größe", "\"Odd Schema\".\"T y\""),
                        column("select", "bit varying(3)"), column("x² %", "interval")});
  odd.columns[2].type_schema = "Odd Schema";
  odd.columns[2].type_name = "T y";
  Relation event = table("Odd Schema", "event", {column("at", "date")});
  event.kind = RelationKind::partitioned_table;
  event.partition_key = "RANGE (at)";
  Relation part = table("Odd Schema", "event_2026", {column("at", "date")});
  part.parents = {{"Odd Schema", "event"}};
  part.partition_bound = "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')";
  Relation view = table("app", "v", {column("id", "bigint")});
  view.kind = RelationKind::view;
  out.relations = {customer, order, line, profile, shipment, odd, event, part, view};
  sort(out);
  return out;
}

namespace {

Proposal index_proposal() {
  Proposal out;
  out.kind = "create_index";
  out.title = "Index app.orders (customer_id)";
  out.why = "Deleting a customer reads all orders without it.";
  out.up = {"CREATE INDEX CONCURRENTLY orders_customer_id_idx ON app.orders (customer_id)"};
  out.down = {"DROP INDEX CONCURRENTLY app.orders_customer_id_idx"};
  out.transactional = false;
  out.impact = {Lock::share_update_exclusive, false, "", 41.5, 268'000'000};
  out.proof.claims = {{ClaimKind::loads, "up", "1 statement ran", true},
                      {ClaimKind::cheaper, "EXPLAIN DELETE FROM app.customers WHERE id = $1",
                       "cost 218,331 before, 12.4 after", true},
                      {ClaimKind::reverses, "down", "the catalog equals the one before", true}};
  out.id = proposal_id(out);
  return out;
}

Proposal key_proposal() {
  Proposal out;
  out.kind = "add_constraint";
  out.title = "Give app.shipments a primary key";
  out.why = "Logical replication cannot carry its updates.";
  out.up = {"ALTER TABLE app.shipments ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY",
            "ALTER TABLE app.shipments ADD PRIMARY KEY (id)"};
  out.down = {"ALTER TABLE app.shipments DROP COLUMN id"};
  out.impact = {Lock::access_exclusive, true, "", std::nullopt, std::nullopt};
  out.effort = 2;
  out.risk = 3;
  out.proof.claims = {{ClaimKind::loads, "", "not tried: no server", std::nullopt}};
  out.id = proposal_id(out);
  return out;
}

Proposal refuted_proposal() {
  Proposal out;
  out.kind = "alter_type";
  out.title = "Make app.orders.at a timestamptz";
  out.why = "It says which moment it means.";
  out.up = {"ALTER TABLE app.orders ALTER COLUMN at TYPE timestamptz"};
  out.down = {"ALTER TABLE app.orders ALTER COLUMN at TYPE timestamp"};
  out.proof.claims = {{ClaimKind::loads, "up", "ERROR: a view depends on it", false}};
  out.id = proposal_id(out);
  return out;
}

Finding finding(std::string rule, Severity severity, Area area, Subject object, std::string message,
                const Proposal* fix = nullptr) {
  Finding out;
  out.rule = std::move(rule);
  out.severity = severity;
  out.area = area;
  out.object = std::move(object);
  out.message = std::move(message);
  if (fix != nullptr) out.proposal = fix->id;
  return out;
}

}  // namespace

Report sample_report(const Catalog& catalog) {
  Report out;
  out.tool_version = "0.1.0";
  out.command = "assess";
  out.generated_at = 1'795'224'600;
  out.source = {"live", "postgresql", "15.20", "postgresql://reader@db.example.com/shop"};
  out.catalog = &catalog;
  out.counts = count(catalog);
  out.verdict = "A sound schema with one table that nothing identifies.";
  out.score = 71;
  out.proof_note = "tried in a PostgreSQL 15.20 sandbox";
  out.scores = {{"keys", 48, 1, 0, 0, true, "1 table without a primary key"},
                {"indexes", 82, 0, 1, 0, true, "1 foreign key without an index"},
                {"types", 90, 0, 1, 0, true, "timestamps without time zone"},
                {"security", 100, 0, 0, 0, true, ""},
                {"performance", 100, 0, 0, 0, false, "pg_stat_statements is not installed"}};

  const Proposal index = index_proposal(), key = key_proposal(), type = refuted_proposal();
  out.review.proposals = {key, index, type};
  Finding no_key = finding("no-primary-key", Severity::error, Area::keys,
                           {"table", "app.shipments"}, "app.shipments has no primary key.", &key);
  no_key.file = "db/schema, v1:2.sql";
  no_key.line = 12;
  no_key.evidence = {{"rows", std::int64_t{950}}, {"has_unique", false}};
  Finding no_index =
      finding("fk-without-index", Severity::warning, Area::indexes,
              {"constraint", "app.orders.orders_customer_id_fkey"},
              "The foreign key app.orders (customer_id) has no index: 100% of it is read.", &index);
  no_index.evidence = {
      {"rows", std::int64_t{12'400'000}}, {"share", 0.25}, {"columns", std::string("customer_id")}};
  const Finding no_zone = finding("timestamp-without-time-zone", Severity::warning, Area::types,
                                  {"column", "app.orders.at"},
                                  "app.orders.at does not say which moment it means.", &type);
  out.review.findings = {no_key, no_index, no_zone};
  for (int i = 1; i <= 7; ++i) {
    const std::string name = "\"Odd Schema\".\"T|" + std::to_string(i) + "\"";
    out.review.findings.push_back(finding("reserved-word", Severity::info, Area::naming,
                                          {"table", name},
                                          name + " must be <quoted> *wherever* it is used."));
  }
  out.review.skipped = {{"slow-query", "pg_stat_statements is not installed"}};
  out.actions = {{"Give 1 table a primary key",
                  "Replication cannot carry its updates.",
                  "no-primary-key",
                  Severity::error,
                  1,
                  {key.id},
                  3,
                  2},
                 {"Index 1 foreign key",
                  "Deletes of parents read all of its table.",
                  "fk-without-index",
                  Severity::warning,
                  1,
                  {index.id},
                  1,
                  1},
                 {"Say which moment 1 column means",
                  "",
                  "timestamp-without-time-zone",
                  Severity::warning,
                  1,
                  {type.id},
                  2,
                  3}};
  out.problems = {{"db/schema.sql", 211, "CREATE EXTENSION timescaledb",
                   "extension \"timescaledb\" is not available", "install it, or go on without"}};
  out.notes = {"2 functions were read without their bodies: permission denied"};
  return out;
}

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(ARCHITRAVE_SOURCE_DIR) + "/src/report/testdata/" + name;
  const char* update = std::getenv("ARCHITRAVE_UPDATE");
  if (update != nullptr && std::string_view(update) == "1") {
    ASSERT_TRUE(write_file(path, text).has_value());
    return;
  }
  const Result<std::string> golden = read_file(path);
  ASSERT_TRUE(golden.has_value()) << "run with ARCHITRAVE_UPDATE=1 to write " << path;
  EXPECT_EQ(*golden, text) << "run with ARCHITRAVE_UPDATE=1 if " << name << " ought to change";
}

std::string complaints(const std::string& schema, const std::string& text) {
  const std::string path = testing::TempDir() + "architrave_schema_test.json";
  EXPECT_TRUE(write_file(path, text).has_value());
  static constexpr const char* program =
      "import json, sys, jsonschema\n"
      "schema, document = (json.load(open(name, encoding='utf-8')) for name in sys.argv[1:])\n"
      "jsonschema.Draft202012Validator.check_schema(schema)\n"
      "for error in jsonschema.Draft202012Validator(schema).iter_errors(document):\n"
      "    print(error.json_path, error.message[:300])\n";
  const auto finished =
      run({.arguments = {"python3", "-c", program,
                         std::string(ARCHITRAVE_SOURCE_DIR) + '/' + schema, path}});
  if (!finished) return describe(finished.error());
  return finished->code == 0 ? finished->output : "python3 failed: " + finished->output;
}
bool has_validator() {
  static const bool has = [] {
    const auto finished = run({.arguments = {"python3", "-c", "import jsonschema"}});
    return finished && finished->code == 0;
  }();
  return has;
}

}  // namespace architrave::report
