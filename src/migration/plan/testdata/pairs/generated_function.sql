-- old
CREATE FUNCTION full_name(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ select a || b $$;
CREATE TABLE t (a text, b text, n text GENERATED ALWAYS AS (full_name(a, b)) STORED, CHECK (full_name(a, b) <> ''));
CREATE INDEX t_n ON t (full_name(a, b));
CREATE VIEW v AS SELECT full_name(a, b) AS n FROM t;
INSERT INTO t VALUES ('a', 'b');
-- new
CREATE FUNCTION full_name(first text, last text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ select first || ' ' || last $$;
CREATE TABLE t (a text, b text, n text GENERATED ALWAYS AS (full_name(a, b)) STORED, CHECK (full_name(a, b) <> ''));
CREATE INDEX t_n ON t (full_name(a, b));
CREATE VIEW v AS SELECT full_name(a, b) AS n FROM t;
INSERT INTO t VALUES ('a', 'b');
