-- old
CREATE FUNCTION ok(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE DOMAIN a AS int; CREATE DOMAIN b AS int; CREATE TYPE comp AS (b b, n int); CREATE DOMAIN c AS int; CREATE TYPE span AS RANGE (subtype = c);
CREATE DOMAIN d AS int; CREATE DOMAIN ds AS d[]; CREATE DOMAIN e AS int CHECK (ok(VALUE)) NOT NULL; CREATE DOMAIN f AS text;
CREATE TABLE t (id int PRIMARY KEY, a a, l a[], b comp, c span, d ds, e e, es e[]); CREATE INDEX t_b ON t (((b).n));
CREATE MATERIALIZED VIEW m AS SELECT ARRAY['x'::f] AS f;
INSERT INTO t VALUES (1, 1, '{2}', ROW(3, 4), '[5,6)', '{7}', 8, '{9}');
-- new
CREATE FUNCTION ok(int, int DEFAULT 0) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > $2';
CREATE DOMAIN a AS int CHECK (VALUE > 0); CREATE DOMAIN b AS int NOT NULL; CREATE TYPE comp AS (b b, n int); CREATE DOMAIN c AS int CHECK (VALUE > 0); CREATE TYPE span AS RANGE (subtype = c);
CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE DOMAIN ds AS d[]; CREATE DOMAIN e AS int CHECK (ok(VALUE)); CREATE DOMAIN f AS text CHECK (VALUE > '');
CREATE TABLE t (id int PRIMARY KEY, a a, l a[], b comp, c span, d ds, e e, es e[]); CREATE INDEX t_b ON t (((b).n));
CREATE MATERIALIZED VIEW m AS SELECT ARRAY['x'::f] AS f;
INSERT INTO t VALUES (1, 1, '{2}', ROW(3, 4), '[5,6)', '{7}', 8, '{9}');
