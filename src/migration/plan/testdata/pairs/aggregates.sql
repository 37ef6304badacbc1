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
CREATE FUNCTION latter(anyelement, anyelement) RETURNS anyelement IMMUTABLE LANGUAGE sql AS 'select $2';
CREATE AGGREGATE last_of(ORDER BY anyelement) (SFUNC = latter, STYPE = anyelement);
REVOKE ALL ON FUNCTION last_of(anyelement) FROM PUBLIC; GRANT EXECUTE ON FUNCTION last_of(anyelement) TO app_reader;
CREATE AGGREGATE nth_of(int ORDER BY anyelement) (SFUNC = latter, STYPE = anyelement);
GRANT EXECUTE ON FUNCTION nth_of(int, anyelement) TO app_reader;
