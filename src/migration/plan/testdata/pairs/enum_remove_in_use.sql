-- old
CREATE TYPE mood AS ENUM ('a', 'b', 'c');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'a', ms mood[] DEFAULT '{a,b}', CONSTRAINT m_ok CHECK (m <> 'c'::mood));
CREATE INDEX t_m ON t (m) WHERE m = 'a'::mood;
CREATE UNIQUE INDEX t_m2 ON t (m, id);
CREATE VIEW v AS SELECT id, m FROM t WHERE m = 'a'::mood;
CREATE MATERIALIZED VIEW mv AS SELECT m, count(*) FROM t GROUP BY m;
CREATE INDEX mv_m ON mv (m);
CREATE FUNCTION f(x mood DEFAULT 'a'::mood) RETURNS mood LANGUAGE sql AS 'select x';
CREATE FUNCTION g(x mood) RETURNS boolean LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT x = 'a'::mood; END;
INSERT INTO t VALUES (1, 'a', '{a}'), (2, 'b', NULL);
CREATE TYPE grade AS ENUM ('a', 'b', 'c'); CREATE TYPE holds AS (g grade, n int); CREATE TABLE held (h holds); INSERT INTO held VALUES ('(a,1)');
-- new
CREATE TYPE mood AS ENUM ('b', 'a');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'a', ms mood[] DEFAULT '{a,b}', CONSTRAINT m_ok CHECK (m <> 'b'::mood OR id > 0));
CREATE INDEX t_m ON t (m) WHERE m = 'a'::mood;
CREATE UNIQUE INDEX t_m2 ON t (m, id);
CREATE VIEW v AS SELECT id, m FROM t WHERE m = 'a'::mood;
CREATE MATERIALIZED VIEW mv AS SELECT m, count(*) FROM t GROUP BY m;
CREATE INDEX mv_m ON mv (m);
CREATE FUNCTION f(x mood DEFAULT 'a'::mood) RETURNS mood LANGUAGE sql AS 'select x';
CREATE FUNCTION g(x mood) RETURNS boolean LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT x = 'a'::mood; END;
INSERT INTO t VALUES (1, 'a', '{a}'), (2, 'b', NULL);
CREATE TYPE grade AS ENUM ('b', 'a'); CREATE TYPE holds AS (g grade, n int); CREATE TABLE held (h holds); INSERT INTO held VALUES ('(a,1)');
