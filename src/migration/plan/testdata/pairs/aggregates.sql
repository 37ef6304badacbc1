-- old
CREATE AGGREGATE agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE FUNCTION st(a int, b int) RETURNS int LANGUAGE sql AS 'select a + b';
CREATE AGGREGATE agg2(int) (SFUNC = st, STYPE = int);
CREATE TABLE t (a int); CREATE VIEW v AS SELECT agg(a), agg2(a) FROM t;
-- new
CREATE AGGREGATE agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = '5', PARALLEL = SAFE);
CREATE FUNCTION st(x int, y int) RETURNS int LANGUAGE sql AS 'select x + y';
CREATE AGGREGATE agg2(int) (SFUNC = st, STYPE = int);
CREATE TABLE t (a int); CREATE VIEW v AS SELECT agg(a), agg2(a) FROM t;
COMMENT ON AGGREGATE agg(int) IS 'sum';
