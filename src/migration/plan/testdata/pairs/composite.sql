-- old
CREATE TYPE addr AS (street text, zip int);
CREATE TABLE t (id int, a addr, aa addr[]);
CREATE VIEW v AS SELECT (a).street FROM t;
CREATE FUNCTION f(addr) RETURNS text LANGUAGE sql AS 'select ($1).street';
INSERT INTO t VALUES (1, ROW('x', 5), NULL);
-- new
CREATE TYPE addr AS (street text, zip int, city text);
COMMENT ON COLUMN addr.city IS 'where';
CREATE TABLE t (id int, a addr, aa addr[]);
CREATE VIEW v AS SELECT (a).street, (a).city FROM t;
CREATE FUNCTION f(addr) RETURNS text LANGUAGE sql AS 'select ($1).street';
INSERT INTO t VALUES (1, ROW('x', 5, NULL), NULL);
