-- old
CREATE COLLATION c1 FROM "C";
CREATE TABLE t (a text COLLATE c1, b text);
CREATE INDEX t_a ON t (a);
CREATE VIEW v AS SELECT a COLLATE "C" AS x, a FROM t;
INSERT INTO t VALUES ('x', 'y');
-- new
CREATE COLLATION c1 (provider = icu, locale = 'und');
CREATE COLLATION c2 (provider = icu, locale = 'de', deterministic = false);
CREATE TABLE t (a text COLLATE c1, b text COLLATE c2);
CREATE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b);
CREATE VIEW v AS SELECT a COLLATE "C" AS x, a FROM t;
COMMENT ON COLLATION c2 IS 'de';
INSERT INTO t VALUES ('x', 'y');
