-- Everything that a fix may stumble over: names that need quotes, objects that hang on each other
-- in unusual ways, owners, grants, comments with quotes, triggers that fire on DDL. Loads into
-- PostgreSQL 13 and newer.

CREATE ROLE nasty_owner;
CREATE ROLE "nasty Reader";
CREATE ROLE nasty_login LOGIN;

CREATE SCHEMA app AUTHORIZATION nasty_owner;
CREATE SCHEMA "Weird Schema";
CREATE SCHEMA "ext.dotted";
GRANT USAGE ON SCHEMA app TO "nasty Reader";
GRANT CREATE ON SCHEMA public TO PUBLIC;
COMMENT ON SCHEMA "Weird Schema" IS 'It''s "weird" \ and so on';
SET search_path = app;

-- An event trigger that fires on every statement that a proposal runs.
CREATE TABLE "Weird Schema".ddl_log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tag text, at timestamptz DEFAULT now());
CREATE FUNCTION "Weird Schema".log_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO "Weird Schema".ddl_log (tag) VALUES (tg_tag);
END $$;
CREATE EVENT TRIGGER "log every DDL" ON ddl_command_end EXECUTE FUNCTION "Weird Schema".log_ddl();
COMMENT ON EVENT TRIGGER "log every DDL" IS 'don''t drop';

-- Types.
CREATE TYPE app.mood AS ENUM ('sad', 'o''k', 'happy');
CREATE TYPE app."Pair Of" AS ("Left Side" integer, b text);
CREATE DOMAIN app.email AS character varying(255) CHECK (VALUE ~ '@');
CREATE DOMAIN app.stamp AS timestamp without time zone DEFAULT now();
CREATE COLLATION app.plain (LOCALE = 'C');

-- Tables with names that need quotes, reserved words and 63 bytes.
CREATE TABLE app."Order Items" (
  "Id" serial PRIMARY KEY,
  "select" integer,
  "Customer Id" integer NOT NULL,
  "Größe" character(10) DEFAULT 'x''y'::bpchar,
  "created at" timestamp DEFAULT (now() AT TIME ZONE 'utc'),
  "Updated.At" timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP,
  "uuid" varchar(36) DEFAULT md5('x'),
  "Payload" json DEFAULT '{"a": 1}',
  "Payloads" json[],
  "Price" money DEFAULT 0,
  total_price real DEFAULT 1.5,
  note varchar(255) DEFAULT 'none''s',
  kind varchar(255) COLLATE "C",
  state text DEFAULT 'new' CONSTRAINT "state is known" CHECK (state IN ('new', 'it''s', 'old')),
  opening time with time zone DEFAULT '10:00+01',
  proc regproc,
  tags integer[],
  mood app.mood DEFAULT 'o''k',
  pair app."Pair Of",
  mail app.email,
  seen app.stamp,
  nothing text DEFAULT 'NULL'
);
COMMENT ON TABLE app."Order Items" IS 'A comment with ''quotes'', "double", \backslash and
a second line';
COMMENT ON COLUMN app."Order Items"."Größe" IS E'tab\there';
ALTER TABLE app."Order Items" OWNER TO nasty_owner;
GRANT SELECT, INSERT ON app."Order Items" TO "nasty Reader" WITH GRANT OPTION;
GRANT SELECT ("Größe"), UPDATE (note) ON app."Order Items" TO PUBLIC;
COMMENT ON SEQUENCE app."Order Items_Id_seq" IS 'it''s counted';
GRANT USAGE ON SEQUENCE app."Order Items_Id_seq" TO "nasty Reader";
CREATE INDEX "Order Items select" ON app."Order Items" ("select");
CREATE INDEX "Order Items select again" ON app."Order Items" ("select") WITH (fillfactor = 70);
COMMENT ON INDEX app."Order Items select again" IS 'why''s that';
CREATE INDEX "Order Items lower" ON app."Order Items" (lower(note)) WHERE "select" > 0;
CREATE INDEX ON app."Order Items" USING btree (tags);
CREATE INDEX "note pattern" ON app."Order Items" (note text_pattern_ops);
CREATE STATISTICS app."order stats" (dependencies) ON "select", "Customer Id" FROM app."Order Items";
CLUSTER app."Order Items" USING "Order Items select again";

CREATE TABLE app.a23456789_123456789_123456789_123456789_123456789_123456789_123 (
  a23456789_123456789_123456789_123456789_123456789_123456789_abc integer REFERENCES app."Order Items",
  a23456789_123456789_123456789_123456789_123456789_123456789_def integer REFERENCES app."Order Items",
  created_at timestamp
);
CREATE TABLE app."user" ("user" serial, "table" serial NOT NULL, "group" smallserial, big bigserial, PRIMARY KEY ("user", "table"));
ALTER SEQUENCE app.user_user_seq OWNER TO CURRENT_USER;
CREATE TABLE app."größe_ü_ä_ö_größe_ü_ä_ö_größe_ü_ä_ö_grö" (id serial PRIMARY KEY, "größe_ü_ä_ö_größe_ü_ä_ö_größe_ü" integer REFERENCES app."Order Items");

-- A serial whose sequence lives elsewhere, is used twice, is shared, has odd settings.
CREATE SEQUENCE "Weird Schema"."Shared Seq" INCREMENT 5 START 100 CACHE 20 CYCLE;
CREATE TABLE app.shared_one (id bigint PRIMARY KEY DEFAULT nextval('"Weird Schema"."Shared Seq"'));
CREATE TABLE app.shared_two (id bigint PRIMARY KEY DEFAULT nextval('"Weird Schema"."Shared Seq"'), other bigint DEFAULT nextval('"Weird Schema"."Shared Seq"'));
ALTER SEQUENCE "Weird Schema"."Shared Seq" OWNED BY NONE;
CREATE TABLE app.counted (id serial PRIMARY KEY, n integer DEFAULT nextval('app.counted_id_seq'));
CREATE FUNCTION app.next_counted() RETURNS bigint LANGUAGE sql AS $$SELECT nextval('app.counted_id_seq')$$;
CREATE TABLE app.owned_elsewhere (id integer PRIMARY KEY DEFAULT nextval('app.owned_elsewhere_seq'::text::regclass));
CREATE TABLE app.small_sequence (id bigint PRIMARY KEY);
CREATE SEQUENCE app.small_sequence_id_seq AS integer OWNED BY app.small_sequence.id;
ALTER TABLE app.small_sequence ALTER id SET DEFAULT nextval('app.small_sequence_id_seq');
CREATE VIEW app.reads_a_sequence AS SELECT last_value FROM app.small_sequence_id_seq;

-- Partitions, with keys, indexes of the parent and of a leaf, and a foreign key on both sides.
CREATE TABLE app."Parted" (
  id bigserial,
  at timestamp NOT NULL,
  region text NOT NULL,
  item integer REFERENCES app."Order Items",
  amount_price real,
  other_at timestamp,
  code char(4),
  PRIMARY KEY (id, at, region)
) PARTITION BY RANGE (at);
CREATE TABLE app."Parted 2024" PARTITION OF app."Parted" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE app."Parted 2025" PARTITION OF app."Parted" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (region);
CREATE TABLE app."Parted 2025 eu" PARTITION OF app."Parted 2025" FOR VALUES IN ('e''u', 'uk');
CREATE INDEX "parted by region" ON app."Parted" (region, other_at);
CREATE INDEX "parted by region again" ON app."Parted" (region, other_at);
CREATE INDEX "parted leaf" ON app."Parted 2024" (region);
CREATE INDEX "parted leaf item" ON app."Parted 2024" (item);
CREATE TABLE app.refers_parted (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, parted_id bigint, parted_at timestamp, parted_region text, FOREIGN KEY (parted_id, parted_at, parted_region) REFERENCES app."Parted");
CREATE VIEW app.parted_view AS SELECT other_at, code FROM app."Parted";
CREATE TABLE app.listed (mood app.mood, v varchar(255), "Item Id" integer) PARTITION BY LIST (mood);
CREATE TABLE app.listed_sad PARTITION OF app.listed FOR VALUES IN ('sad');
CREATE TABLE app.hashed (id uuid NOT NULL, v json) PARTITION BY HASH (id);
CREATE TABLE app.hashed_0 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.hashed_1 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE app.expressed (at timestamp, v varchar(255)) PARTITION BY RANGE (date_trunc('day', at));
CREATE TABLE app.expressed_default PARTITION OF app.expressed DEFAULT;

-- Inheritance.
CREATE TABLE app.base (id serial, at timestamp, name varchar(255), code char(3));
CREATE TABLE app.derived (at timestamp, extra json) INHERITS (app.base);
CREATE TABLE app.derived_twice () INHERITS (app.derived);
CREATE INDEX ON app.derived (name);
CREATE INDEX ON app.derived (name, id);
ALTER TABLE app.base ADD CONSTRAINT named CHECK (name <> '') NOT VALID;

-- Columns that views use, at several depths, with everything that a view can carry.
CREATE TABLE app.viewed (id integer PRIMARY KEY, at timestamp DEFAULT now(), at2 timestamp, code char(8), doc json, note varchar(255), price double precision, "Odd Col" timestamp);
CREATE VIEW app.plain_view AS SELECT id, at, code FROM app.viewed;
CREATE VIEW app."View On View" WITH (security_barrier = true) AS SELECT v.id, v.at AS "At" FROM app.plain_view v;
COMMENT ON VIEW app."View On View" IS 'it''s a view';
COMMENT ON COLUMN app."View On View"."At" IS 'when''s that';
GRANT SELECT ON app."View On View" TO "nasty Reader" WITH GRANT OPTION;
GRANT SELECT (id), UPDATE (id) ON app.plain_view TO PUBLIC;
GRANT ALL ON app.plain_view TO PUBLIC;
ALTER VIEW app.plain_view OWNER TO nasty_owner;
ALTER VIEW app.plain_view ALTER COLUMN code SET DEFAULT 'x';
CREATE VIEW app.checked_view AS SELECT id, note FROM app.viewed WHERE id > 0 WITH CASCADED CHECK OPTION;
CREATE RULE "no delete" AS ON DELETE TO app.checked_view DO INSTEAD NOTHING;
COMMENT ON RULE "no delete" ON app.checked_view IS 'never''s';
CREATE FUNCTION app.on_view() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER "instead of it" INSTEAD OF UPDATE ON app."View On View" FOR EACH ROW EXECUTE FUNCTION app.on_view();
COMMENT ON TRIGGER "instead of it" ON app."View On View" IS 'trigger''s';
CREATE MATERIALIZED VIEW app."Mat View" AS SELECT at, count(*) AS n, max(doc::text) AS doc FROM app.viewed GROUP BY at;
CREATE UNIQUE INDEX "mat view at" ON app."Mat View" (at);
CREATE INDEX "mat view n" ON app."Mat View" (n) WHERE n > 1;
CREATE INDEX "mat view n again" ON app."Mat View" (n) WHERE n > 1;
COMMENT ON MATERIALIZED VIEW app."Mat View" IS 'it''s stored';
CREATE MATERIALIZED VIEW app.unpopulated AS SELECT "Odd Col", price FROM app.viewed WITH NO DATA;
CREATE VIEW app.on_mat AS SELECT at FROM app."Mat View";
CREATE FUNCTION app.takes_row(app.plain_view) RETURNS integer LANGUAGE sql AS $$SELECT 1$$;
CREATE FUNCTION app.returns_rows() RETURNS SETOF app.viewed LANGUAGE sql AS $$SELECT * FROM app.viewed$$;
CREATE RECURSIVE VIEW app.counting (n, at) AS SELECT 1, at2 FROM app.viewed UNION ALL SELECT n + 1, at FROM counting WHERE n < 3;
CREATE TABLE app.row_typed (id integer PRIMARY KEY, v app.viewed);

-- Columns in everything else: generated, checks, exclusions, policies, triggers, statistics.
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE TABLE app.busy (
  id integer PRIMARY KEY,
  a char(5),
  b char(5) GENERATED ALWAYS AS (a) STORED,
  during tsrange,
  room integer,
  at timestamp,
  at_check timestamp CHECK (at_check > '2000-01-01'),
  at_policy timestamp,
  at_trigger timestamp,
  at_when timestamp,
  at_stats timestamp,
  at_rule timestamp,
  at_publication timestamp,
  at_exclude timestamp,
  at_index timestamp,
  at_target timestamp,
  at_storage varchar(255),
  json_gin json,
  CONSTRAINT "no overlap" EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0) DEFERRABLE INITIALLY DEFERRED,
  EXCLUDE USING gist (at_exclude WITH =)
);
ALTER TABLE app.busy ALTER at_target SET STATISTICS 500, ALTER at_target SET (n_distinct = -0.5), ALTER at_storage SET STORAGE EXTERNAL;
CREATE INDEX ON app.busy (date_trunc('day', at_index));
CREATE STATISTICS app.busy_stats (ndistinct) ON at_stats, room FROM app.busy;
ALTER TABLE app.busy ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "p one" ON app.busy FOR SELECT TO "nasty Reader" USING (at_policy > now());
CREATE POLICY "p two" ON app.busy FOR SELECT TO "nasty Reader" USING (room = 1);
COMMENT ON POLICY "p two" ON app.busy IS 'policy''s';
CREATE POLICY everything ON app.busy AS RESTRICTIVE FOR ALL USING (true) WITH CHECK (true);
CREATE POLICY unused ON app.viewed FOR INSERT WITH CHECK (id > 0);
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN NEW.at := now(); RETURN NEW; END$$;
CREATE TRIGGER "touch of" BEFORE UPDATE OF at_trigger ON app.busy FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER "touch when" BEFORE UPDATE ON app.busy FOR EACH ROW WHEN (NEW.at_when IS NULL) EXECUTE FUNCTION app.touch();
CREATE CONSTRAINT TRIGGER "touch later" AFTER UPDATE ON app.busy DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.busy DISABLE TRIGGER "touch when", ENABLE ALWAYS TRIGGER "touch of";
CREATE RULE "busy rule" AS ON UPDATE TO app.busy WHERE NEW.at_rule IS NOT NULL DO ALSO DELETE FROM app.viewed WHERE id = NEW.id;
CREATE PUBLICATION nasty_publication FOR TABLE app.busy, app.viewed;

-- Functions.
CREATE FUNCTION app."Definer Function"("a b" integer DEFAULT 1, VARIADIC rest text[] DEFAULT '{}') RETURNS integer LANGUAGE sql SECURITY DEFINER AS $$SELECT 1$$;
GRANT EXECUTE ON FUNCTION app."Definer Function"(integer, text[]) TO "nasty Reader";
CREATE FUNCTION app.outs(OUT a integer, INOUT b text) LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN a := 1; END$$;
CREATE PROCEDURE app.definer_procedure(INOUT x integer) LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN x := 1; END$$;
CREATE FUNCTION app.tabled(x app.mood[]) RETURNS TABLE (a integer) LANGUAGE sql SECURITY DEFINER SET work_mem = '8MB' AS $$SELECT 1$$;
CREATE FUNCTION app.default_id() RETURNS text LANGUAGE sql AS $$SELECT 'x'::text$$;
CREATE TABLE app.function_default (id varchar(255) PRIMARY KEY DEFAULT app.default_id(), v json DEFAULT row_to_json(ROW(1)));

-- Keys: duplicates, cycles, types that differ, nullable and composite, actions that can't work.
CREATE TABLE app.parents (id bigint PRIMARY KEY, code varchar(20) NOT NULL UNIQUE DEFERRABLE, other integer NOT NULL, UNIQUE (other), UNIQUE (id, other));
CREATE UNIQUE INDEX parents_code_again ON app.parents (code);
CREATE TABLE app.children (
  id integer PRIMARY KEY,
  parent_id integer CONSTRAINT "odd fk" REFERENCES app.parents (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  parent_code varchar(10) REFERENCES app.parents (code) ON UPDATE CASCADE,
  a bigint, b integer,
  required bigint NOT NULL REFERENCES app.parents (id) ON DELETE SET NULL,
  sibling_id integer,
  viewed_id integer,
  FOREIGN KEY (a, b) REFERENCES app.parents (id, other) MATCH SIMPLE
);
ALTER TABLE app.children ADD CONSTRAINT "same fk" FOREIGN KEY (parent_id) REFERENCES app.parents (id) ON DELETE CASCADE;
ALTER TABLE app.children ADD CONSTRAINT not_valid_fk FOREIGN KEY (sibling_id) REFERENCES app.children (id) NOT VALID;
COMMENT ON CONSTRAINT "same fk" ON app.children IS 'again''s';
ALTER TABLE app.parents ADD COLUMN child_id integer REFERENCES app.children;
CREATE TABLE app.replicated (a integer NOT NULL, b integer NOT NULL, at timestamp NOT NULL);
CREATE UNIQUE INDEX replicated_a ON app.replicated (a);
CREATE UNIQUE INDEX replicated_a_b ON app.replicated (a, b) INCLUDE (at);
ALTER TABLE app.replicated REPLICA IDENTITY USING INDEX replicated_a;
CREATE TABLE app.no_key_text (a text, b text);
CREATE TABLE app.no_key_unique (a integer NOT NULL, "deleted_at" timestamptz, email text, UNIQUE (a), CONSTRAINT "email once" UNIQUE (email));
CREATE TABLE app.refers_no_key (a integer REFERENCES app.no_key_unique (a), no_key_unique_id integer);
CREATE TABLE app.no_key_id (id integer NOT NULL, "ID" integer);
CREATE TABLE app.link (parent_id bigint NOT NULL REFERENCES app.parents, child_id integer NOT NULL REFERENCES app.children);
CREATE INDEX ON app.link (parent_id);
CREATE TABLE app.of_type OF app."Pair Of" ("Left Side" WITH OPTIONS PRIMARY KEY);
CREATE TABLE app.subscribers (id integer PRIMARY KEY, email text, deleted boolean NOT NULL DEFAULT false);
CREATE UNIQUE INDEX "subscriber email" ON app.subscribers (email);
CREATE INDEX ON app.subscribers (deleted);
CREATE INDEX ON app.subscribers (id);
CREATE INDEX ON app.subscribers (id, email);
CREATE UNLOGGED TABLE app.unlogged_parent (id serial PRIMARY KEY);
CREATE UNLOGGED TABLE app.unlogged_child (id serial PRIMARY KEY, parent_id integer REFERENCES app.unlogged_parent);
CREATE TABLE app.storage_options (id integer PRIMARY KEY, v text) WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false, fillfactor = 100);

-- Foreign tables.
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER "far away" FOREIGN DATA WRAPPER nothing;
CREATE USER MAPPING FOR PUBLIC SERVER "far away" OPTIONS ("user" 'me', password 'it''s');
CREATE FOREIGN TABLE app.far (id integer, at timestamp, v varchar(255)) SERVER "far away";

-- Other schemas' tables with the same names, and grants by others.
CREATE TABLE "Weird Schema"."Order Items" (id serial PRIMARY KEY, app_id integer REFERENCES app."Order Items", "at" timestamp);
CREATE TABLE "ext.dotted"."t.able" (id serial PRIMARY KEY, "col.umn" timestamp, parent_id integer REFERENCES "Weird Schema"."Order Items");
CREATE INDEX "in.dex" ON "ext.dotted"."t.able" ("col.umn");
CREATE INDEX "in.dex2" ON "ext.dotted"."t.able" ("col.umn");
CREATE TABLE "ext.dotted"."quo""te" ("i""d" serial PRIMARY KEY, "a""t" timestamp DEFAULT now(), "c" char(4) DEFAULT 'a"b');
GRANT ALL ON "ext.dotted"."quo""te" TO PUBLIC;
SET ROLE nasty_owner;
CREATE TABLE app.granted (id integer PRIMARY KEY);
GRANT SELECT ON app.granted TO "nasty Reader" WITH GRANT OPTION;
SET ROLE "nasty Reader";
GRANT SELECT ON app.granted TO PUBLIC;
RESET ROLE;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO "nasty Reader";
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT USAGE ON SEQUENCES TO "nasty Reader";
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
