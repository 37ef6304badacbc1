-- Every kind of object that a PostgreSQL database can hold. A line that ends in --@15+ is for
-- servers of that major version and newer, in --@<14 for those before it. The roles that it names
-- (ek_owner, ek_reader, ek_granter, "Ek Weird") must exist.
CREATE SCHEMA app AUTHORIZATION ek_owner;
CREATE SCHEMA "Odd Schema";
COMMENT ON SCHEMA app IS 'it''s the \ app';
GRANT USAGE ON SCHEMA app TO ek_reader, "Ek Weird", ek_granter;
GRANT CREATE ON SCHEMA app TO ek_granter WITH GRANT OPTION;
CREATE EXTENSION IF NOT EXISTS plpgsql;

-- Types.
CREATE TYPE app.mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE TYPE app.empty_enum AS ENUM ();
COMMENT ON TYPE app.mood IS 'how it feels';
GRANT USAGE ON TYPE app.mood TO ek_reader;
REVOKE USAGE ON TYPE app.mood FROM PUBLIC;
CREATE TYPE app.pair AS (a integer, b text COLLATE "C");
COMMENT ON TYPE app.pair IS 'a pair';
COMMENT ON COLUMN app.pair.a IS 'first';
CREATE DOMAIN app.positive AS integer DEFAULT 1 NOT NULL CONSTRAINT is_positive CHECK (VALUE > 0);
ALTER DOMAIN app.positive ADD CONSTRAINT is_small CHECK (VALUE < 1000000) NOT VALID;
COMMENT ON DOMAIN app.positive IS 'above zero';
COMMENT ON CONSTRAINT is_positive ON DOMAIN app.positive IS 'strictly';
CREATE DOMAIN app.code AS character varying(10) COLLATE "C";
CREATE DOMAIN app.codes AS app.code[];
CREATE FUNCTION app.day_diff(date, date) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::float8';
CREATE TYPE app.days AS RANGE (SUBTYPE = date, SUBTYPE_DIFF = app.day_diff);
CREATE TYPE app.texts AS RANGE (SUBTYPE = text, COLLATION = "C", SUBTYPE_OPCLASS = pg_catalog.text_pattern_ops);
CREATE TYPE app.spans AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = app.many_spans); --@14+
CREATE TYPE app.unfinished;
CREATE TYPE app.tiny;
CREATE FUNCTION app.tiny_in(cstring) RETURNS app.tiny LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION app.tiny_out(app.tiny) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE app.tiny (INPUT = app.tiny_in, OUTPUT = app.tiny_out, INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4, CATEGORY = 'N', DEFAULT = '7');
COMMENT ON TYPE app.tiny IS 'a base type';

-- Sequences.
CREATE SEQUENCE app.numbers AS smallint INCREMENT BY -2 MINVALUE -100 MAXVALUE 50 START WITH 10 CACHE 5 CYCLE;
CREATE SEQUENCE app.plain_numbers;
CREATE UNLOGGED SEQUENCE app.fast_numbers; --@15+
COMMENT ON SEQUENCE app.numbers IS 'downwards';
GRANT USAGE ON SEQUENCE app.numbers TO ek_reader;

-- Routines.
CREATE FUNCTION app.add(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 5 AS 'SELECT a + b';
CREATE FUNCTION app.add(a text, VARIADIC rest text[]) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = app, "Odd Schema" SET work_mem = '5MB' AS $$SELECT a || array_to_string(rest, ', ')$$;
CREATE FUNCTION app.outs(IN x integer, OUT y integer, INOUT z app.mood) LANGUAGE plpgsql AS $$BEGIN y := x; END$$;
CREATE FUNCTION app.rows() RETURNS TABLE (id integer, name text) LANGUAGE sql ROWS 5 AS 'SELECT 1, ''a''';
CREATE FUNCTION app.nothing() RETURNS void LANGUAGE plpgsql AS $body$BEGIN RAISE NOTICE '$$ and %', 'it''s \n'; END$body$;
CREATE PROCEDURE app.work(IN a integer, INOUT b integer) LANGUAGE plpgsql AS $$BEGIN b := a; END$$;
CREATE FUNCTION app.standard(a integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN a + 1; --@14+
CREATE FUNCTION app.on_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE FUNCTION app.on_event() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
COMMENT ON FUNCTION app.add(integer, integer) IS 'adds';
COMMENT ON PROCEDURE app.work(integer, integer) IS 'works';
REVOKE ALL ON FUNCTION app.add(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.add(integer, integer) TO ek_reader WITH GRANT OPTION;
ALTER FUNCTION app.rows() OWNER TO ek_owner;
CREATE AGGREGATE app.total(integer) (SFUNC = app.add, STYPE = integer, INITCOND = '0', PARALLEL = SAFE);
CREATE AGGREGATE app.how_many(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0', COMBINEFUNC = int8pl, MSFUNC = int8inc, MINVFUNC = int8dec, MSTYPE = bigint, MINITCOND = '0');
CREATE AGGREGATE app.middle(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE app.smallest(integer) (SFUNC = int4smaller, STYPE = integer, SORTOP = <);
COMMENT ON AGGREGATE app.how_many(*) IS 'counts';
COMMENT ON AGGREGATE app.middle(float8 ORDER BY anyelement) IS 'in the middle';
ALTER AGGREGATE app.total(integer) OWNER TO ek_owner;
GRANT EXECUTE ON FUNCTION app.how_many() TO ek_reader;

-- Operators and their classes.
CREATE OPERATOR app.=== (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text, COMMUTATOR = OPERATOR(app.===), NEGATOR = OPERATOR(app.!==), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR app.!== (FUNCTION = textne, LEFTARG = text, RIGHTARG = text, NEGATOR = OPERATOR(app.===));
CREATE OPERATOR app.!! (FUNCTION = int4abs, RIGHTARG = integer);
COMMENT ON OPERATOR app.=== (text, text) IS 'the same';
CREATE OPERATOR FAMILY app.int_family USING btree;
CREATE OPERATOR CLASS app.int_class FOR TYPE integer USING btree FAMILY app.int_family AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
ALTER OPERATOR FAMILY app.int_family USING btree ADD OPERATOR 1 < (integer, bigint), FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint);
CREATE OPERATOR CLASS app.hash_class FOR TYPE app.mood USING hash AS OPERATOR 1 = (anyenum, anyenum), FUNCTION 1 hashenum(anyenum);
COMMENT ON OPERATOR CLASS app.int_class USING btree IS 'integers';
CREATE FUNCTION app.to_mood(integer) RETURNS app.mood LANGUAGE sql IMMUTABLE AS $$SELECT 'sad'::app.mood$$;
CREATE CAST (integer AS app.mood) WITH FUNCTION app.to_mood(integer) AS ASSIGNMENT;
CREATE CAST (app.mood AS json) WITH INOUT;
COMMENT ON CAST (integer AS app.mood) IS 'numbers feel';

-- Collations, conversions, text search.
CREATE COLLATION app.plain FROM "C";
CREATE COLLATION app.posix (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
CREATE COLLATION app.natural (PROVIDER = icu, LOCALE = 'en-u-kn-true', DETERMINISTIC = false);
COMMENT ON COLLATION app.natural IS 'with numbers';
CREATE DEFAULT CONVERSION app.to_latin FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE TEXT SEARCH TEMPLATE app.any_template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY app.simple_words (TEMPLATE = pg_catalog.simple, ACCEPT = false);
CREATE TEXT SEARCH PARSER app.words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH CONFIGURATION app.english (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION app.english ADD MAPPING FOR asciiword, word WITH app.simple_words, pg_catalog.simple;
COMMENT ON TEXT SEARCH CONFIGURATION app.english IS 'search';
COMMENT ON TEXT SEARCH DICTIONARY app.simple_words IS 'dictionary';

-- Foreign data.
CREATE FOREIGN DATA WRAPPER other_data OPTIONS (debug 'true');
CREATE SERVER far_away TYPE 'kind' VERSION '1.0' FOREIGN DATA WRAPPER other_data OPTIONS (host 'far''away');
CREATE USER MAPPING FOR ek_reader SERVER far_away OPTIONS ("user" 'me', password 'hush');
CREATE USER MAPPING FOR PUBLIC SERVER far_away;
GRANT USAGE ON FOREIGN SERVER far_away TO ek_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER other_data TO ek_reader;
COMMENT ON SERVER far_away IS 'over the hills';
CREATE FOREIGN TABLE app.remote (id integer OPTIONS (column_name 'ID') NOT NULL, name text DEFAULT 'x', CONSTRAINT named CHECK (name <> '')) SERVER far_away OPTIONS (table_name 'T');

-- Tables.
CREATE TABLE app.customers (
  id integer GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5 CACHE 3) PRIMARY KEY,
  serial_id serial,
  "Mixed Case" text DEFAULT 'it''s',
  email app.code NOT NULL,
  feeling app.mood DEFAULT 'happy'::app.mood,
  feelings app.mood[] DEFAULT '{}',
  a_pair app.pair,
  amount numeric(12, 2) DEFAULT 0 CHECK (amount >= 0),
  doubled numeric GENERATED ALWAYS AS (amount * 2) STORED,
  tripled numeric GENERATED ALWAYS AS (amount * 3) VIRTUAL, --@18+
  number smallint DEFAULT nextval('app.numbers'),
  added integer DEFAULT app.add(1, 2),
  sorted text COLLATE app.natural,
  fixed text STORAGE EXTERNAL COLLATE "C", --@16+
  packed text COMPRESSION pglz, --@14+
  during app.days,
  at timestamp with time zone DEFAULT now(),
  bits bit(3), stamp timestamp(3) without time zone, span interval day to second(2),
  "order" integer,
  CONSTRAINT "Named Check" CHECK ("order" IS NULL OR "order" > 0) NO INHERIT,
  CONSTRAINT customers_email_key UNIQUE (email) INCLUDE ("order") WITH (fillfactor = 80) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&) WHERE (amount > 0)
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE app.customers DROP COLUMN bits;
ALTER TABLE app.customers ALTER COLUMN sorted SET STORAGE MAIN;
ALTER TABLE app.customers ALTER COLUMN amount SET STATISTICS 500;
ALTER TABLE app.customers ALTER COLUMN amount SET (n_distinct = -0.5, n_distinct_inherited = 3);
ALTER TABLE app.customers ADD CONSTRAINT later CHECK (number > -200) NOT VALID;
ALTER TABLE app.customers ADD COLUMN "named null" integer CONSTRAINT must_be NOT NULL; --@18+
COMMENT ON TABLE app.customers IS E'line one\nline two';
COMMENT ON COLUMN app.customers."Mixed Case" IS 'odd name';
COMMENT ON CONSTRAINT customers_pkey ON app.customers IS 'the key';
COMMENT ON INDEX app.customers_pkey IS 'its index';
ALTER TABLE app.customers OWNER TO ek_owner;
GRANT SELECT, INSERT ON app.customers TO ek_reader;
GRANT SELECT ON app.customers TO ek_granter WITH GRANT OPTION;
SET SESSION AUTHORIZATION ek_granter;
GRANT SELECT ON app.customers TO "Ek Weird";
RESET SESSION AUTHORIZATION;
GRANT UPDATE ("Mixed Case", email) ON app.customers TO ek_reader;
REVOKE DELETE ON app.customers FROM ek_owner;
CREATE INDEX customers_expr ON app.customers (lower("Mixed Case") text_pattern_ops, email DESC NULLS LAST, sorted COLLATE "C") WHERE amount > 10;
CREATE UNIQUE INDEX customers_nulls ON app.customers ("order") NULLS NOT DISTINCT; --@15+
CREATE INDEX customers_brin ON app.customers USING brin (at) WITH (pages_per_range = 16);
CREATE INDEX customers_class ON app.customers (id app.int_class);
CREATE INDEX customers_sum ON app.customers ((amount + 1), number) INCLUDE (email) WITH (fillfactor = 60);
ALTER INDEX app.customers_sum ALTER COLUMN 1 SET STATISTICS 77;
COMMENT ON INDEX app.customers_expr IS 'by expression';
ALTER TABLE app.customers CLUSTER ON customers_pkey;
CREATE STATISTICS app.customer_stats (ndistinct, dependencies) ON email, amount FROM app.customers;
ALTER STATISTICS app.customer_stats SET STATISTICS 42;
CREATE STATISTICS app.expression_stats ON lower(email), (amount + 1) FROM app.customers; --@14+
COMMENT ON STATISTICS app.customer_stats IS 'together';

CREATE UNLOGGED TABLE "Odd Schema"."Order ""Items""" (
  customer_id integer REFERENCES app.customers ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE,
  "Line" bigint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME "Odd Schema"."Line Numbers"),
  a integer, b integer, c app.positive, t app.tiny,
  PRIMARY KEY (customer_id, "Line"),
  UNIQUE (b, a)
);
CREATE UNLOGGED TABLE app.full_match (a integer, b integer, CONSTRAINT both_keys FOREIGN KEY (b, a) REFERENCES "Odd Schema"."Order ""Items""" (b, a) MATCH FULL NOT VALID);
CREATE TABLE app.no_columns ();
CREATE TABLE app.typed OF app.pair (a WITH OPTIONS NOT NULL DEFAULT 5, PRIMARY KEY (a));
ALTER TABLE app.full_match REPLICA IDENTITY FULL;
ALTER TABLE app.no_columns REPLICA IDENTITY NOTHING;
CREATE TABLE app.replicated (id integer NOT NULL, other integer);
CREATE UNIQUE INDEX replicated_id ON app.replicated (id);
ALTER TABLE app.replicated REPLICA IDENTITY USING INDEX replicated_id;

-- Inheritance, partitions.
CREATE TABLE app.parent (id integer NOT NULL, name text DEFAULT 'p', CONSTRAINT named_parent CHECK (name <> ''));
CREATE TABLE app.parent_two (id integer, extra integer DEFAULT 1);
CREATE TABLE app.child (own integer) INHERITS (app.parent, app.parent_two);
ALTER TABLE app.child ALTER COLUMN name SET DEFAULT 'c', ALTER COLUMN extra DROP DEFAULT, ALTER COLUMN extra SET NOT NULL;
CREATE TABLE app.doubted (id integer, label text);
CREATE TABLE app.doubted_early () INHERITS (app.doubted);
ALTER TABLE app.doubted ADD CONSTRAINT since_then CHECK (id > 0) NOT VALID;
ALTER TABLE app.doubted ADD CONSTRAINT for_itself CHECK (id < 9) NO INHERIT NOT VALID;
ALTER TABLE app.doubted ADD CONSTRAINT label_there NOT NULL label NOT VALID; --@18+
ALTER TABLE app.doubted ADD NOT NULL id NO INHERIT; --@18+
CREATE TABLE app.doubted_late (own integer NOT NULL NO INHERIT) INHERITS (app.doubted); --@18+
CREATE TABLE app.doubted_last () INHERITS (app.doubted_early);
ALTER TABLE app.doubted_last VALIDATE CONSTRAINT since_then;
CREATE TABLE app.events (id bigint NOT NULL, at timestamp with time zone NOT NULL, customer_id integer, kind text DEFAULT 'none', payload jsonb, CHECK (id > 0)) PARTITION BY RANGE (at, lower(kind));
CREATE TABLE app.events_2024 PARTITION OF app.events FOR VALUES FROM ('2024-01-01 00:00+00', MINVALUE) TO ('2025-01-01 00:00+00', MINVALUE) PARTITION BY LIST (kind);
CREATE TABLE app.events_2024_a PARTITION OF app.events_2024 (kind DEFAULT 'a' NOT NULL, CONSTRAINT mine CHECK (id < 100000)) FOR VALUES IN ('a', NULL) WITH (fillfactor = 50);
CREATE TABLE app.events_2024_rest PARTITION OF app.events_2024 DEFAULT;
CREATE TABLE app.events_odd (payload jsonb, kind text, customer_id integer, at timestamp with time zone NOT NULL, id bigint NOT NULL, CONSTRAINT events_id_check CHECK (id > 0));
CREATE UNIQUE INDEX my_own_name ON app.events_odd (id, at, kind);
ALTER TABLE app.events_odd ADD CONSTRAINT own_fk FOREIGN KEY (customer_id) REFERENCES app.customers;
ALTER TABLE app.events ATTACH PARTITION app.events_odd DEFAULT;
CREATE INDEX events_kind ON app.events (kind);
CREATE INDEX events_kind_lower ON app.events (lower(kind)) WHERE kind IS NOT NULL;
CREATE INDEX local_only ON app.events_2024_a (id);
ALTER TABLE app.events ADD CONSTRAINT events_customer FOREIGN KEY (customer_id) REFERENCES app.customers;
CREATE TABLE app.hashed (id integer PRIMARY KEY, v text) PARTITION BY HASH (id);
CREATE TABLE app.hashed_0 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.hashed_1 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE app.to_hashed (id integer REFERENCES app.hashed);

-- Views, rules, triggers, policies.
CREATE VIEW app.happy WITH (security_barrier) AS SELECT id, email, feeling FROM app.customers WHERE feeling = 'happy' WITH LOCAL CHECK OPTION;
CREATE VIEW app.grouped AS SELECT c.*, count(*) AS n FROM app.customers c JOIN "Odd Schema"."Order ""Items""" i ON i.customer_id = c.id GROUP BY c.id;
CREATE VIEW app.invoker WITH (security_invoker = true) AS SELECT 1 AS one; --@15+
ALTER VIEW app.happy ALTER COLUMN email SET DEFAULT 'nobody';
COMMENT ON VIEW app.happy IS 'the happy ones';
COMMENT ON COLUMN app.happy.email IS 'where';
GRANT SELECT (id) ON app.happy TO ek_reader;
CREATE RECURSIVE VIEW app.counting (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 5;
CREATE MATERIALIZED VIEW app.summary AS SELECT feeling, sum(amount) AS total FROM app.customers GROUP BY feeling;
CREATE UNIQUE INDEX summary_feeling ON app.summary (feeling);
CREATE MATERIALIZED VIEW app.a_later_summary WITH (fillfactor = 75) AS SELECT count(*) FROM app.summary WITH NO DATA;
CREATE MATERIALIZED VIEW app.another AS SELECT total FROM app.summary;
COMMENT ON MATERIALIZED VIEW app.summary IS 'sums';
CREATE RULE no_delete AS ON DELETE TO app.parent WHERE old.id = 1 DO INSTEAD NOTHING;
CREATE RULE view_insert AS ON INSERT TO app.grouped DO INSTEAD INSERT INTO app.parent (id) VALUES (new.id);
ALTER TABLE app.parent DISABLE RULE no_delete;
COMMENT ON RULE no_delete ON app.parent IS 'stay';
CREATE TRIGGER before_change BEFORE INSERT OR UPDATE OF email, "Mixed Case" ON app.customers FOR EACH ROW WHEN (new.amount > 5) EXECUTE FUNCTION app.on_change('x', 'it''s');
CREATE TRIGGER after_all AFTER DELETE ON app.customers REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.on_change();
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON app.customers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.on_change();
CREATE TRIGGER on_truncate AFTER TRUNCATE ON app.customers EXECUTE FUNCTION app.on_change();
CREATE TRIGGER instead INSTEAD OF UPDATE ON app.happy FOR EACH ROW EXECUTE FUNCTION app.on_change();
CREATE TRIGGER cloned AFTER INSERT ON app.events FOR EACH ROW EXECUTE FUNCTION app.on_change();
ALTER TABLE app.customers DISABLE TRIGGER after_all;
ALTER TABLE app.customers ENABLE ALWAYS TRIGGER before_change;
ALTER TABLE app.customers ENABLE REPLICA TRIGGER on_truncate;
ALTER TABLE app.events_2024_a DISABLE TRIGGER cloned;
COMMENT ON TRIGGER before_change ON app.customers IS 'watch';
ALTER TABLE app.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.customers FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone ON app.customers USING (true);
CREATE POLICY "Only Mine" ON app.customers AS RESTRICTIVE FOR UPDATE TO ek_reader, "Ek Weird" USING (email = CURRENT_USER) WITH CHECK (app.add(1, 1) = 2 AND EXISTS (SELECT FROM app.happy));
COMMENT ON POLICY everyone ON app.customers IS 'all';

-- Circles.
CREATE FUNCTION app.of_parent(app.parent) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE TABLE app.circle (id integer, v integer);
CREATE FUNCTION app.circle_default(r app.circle DEFAULT NULL) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE app.circle ALTER COLUMN v SET DEFAULT app.circle_default(NULL), ADD CONSTRAINT circle_check CHECK (app.circle_default(circle) > 0);
CREATE VIEW app.round AS SELECT 1 AS id, 'x'::text AS name;
CREATE FUNCTION app.of_round() RETURNS SETOF app.round LANGUAGE sql STABLE AS 'SELECT 1, ''x''::text';
CREATE OR REPLACE VIEW app.round AS SELECT r.id, r.name FROM app.of_round() r;
CREATE TABLE app.left_side (id integer PRIMARY KEY, other integer);
CREATE TABLE app.right_side (id integer PRIMARY KEY, other integer REFERENCES app.left_side);
ALTER TABLE app.left_side ADD FOREIGN KEY (other) REFERENCES app.right_side;
CREATE DOMAIN app.looped AS integer;
CREATE FUNCTION app.check_looped(app.looped) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
ALTER DOMAIN app.looped ADD CONSTRAINT looped_check CHECK (app.check_looped(VALUE));

-- Languages, access methods, transforms, publications, subscriptions, privileges, event triggers.
CREATE LANGUAGE my_language HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
COMMENT ON LANGUAGE my_language IS 'like plpgsql';
CREATE FUNCTION app.in_my_language() RETURNS integer LANGUAGE my_language AS $$BEGIN RETURN 1; END$$;
CREATE ACCESS METHOD my_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE app.in_my_heap (a integer) USING my_heap;
CREATE FUNCTION app.from_sql(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR app.pair LANGUAGE my_language (FROM SQL WITH FUNCTION app.from_sql(internal));
CREATE PUBLICATION all_of_it FOR ALL TABLES WITH (publish = 'insert, delete');
CREATE PUBLICATION some_of_it FOR TABLE app.replicated, app.left_side;
CREATE PUBLICATION parts FOR TABLE app.right_side (id, other) WHERE (id > 5); --@15+
CREATE PUBLICATION schemas FOR TABLES IN SCHEMA "Odd Schema" WITH (publish_via_partition_root = true); --@15+
COMMENT ON PUBLICATION some_of_it IS 'a part';
CREATE SUBSCRIPTION incoming CONNECTION 'host=nowhere user=me password=hush dbname=x' PUBLICATION one, two WITH (connect = false, slot_name = NONE);
ALTER DEFAULT PRIVILEGES FOR ROLE ek_owner IN SCHEMA app GRANT SELECT ON TABLES TO ek_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE ek_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE ek_owner GRANT USAGE ON SEQUENCES TO ek_reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE ek_owner REVOKE ALL ON TABLES FROM ek_owner;
CREATE EVENT TRIGGER watching ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION app.on_event();
CREATE EVENT TRIGGER sleeping ON sql_drop EXECUTE FUNCTION app.on_event();
ALTER EVENT TRIGGER sleeping DISABLE;
COMMENT ON EVENT TRIGGER sleeping IS 'zzz';
