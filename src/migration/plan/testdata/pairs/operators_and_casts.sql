-- old
CREATE TYPE m AS (x int);
CREATE FUNCTION m_eq(m, m) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'select $1.x = $2.x';
CREATE OPERATOR === (LEFTARG = m, RIGHTARG = m, FUNCTION = m_eq);
CREATE FUNCTION m_int(m) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1.x';
CREATE CAST (m AS int) WITH FUNCTION m_int(m);
CREATE TABLE t (a m, b m);
CREATE VIEW v AS SELECT a === b AS same FROM t;
-- new
CREATE TYPE m AS (x int);
CREATE FUNCTION m_eq(m, m) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'select $1.x = $2.x';
CREATE OPERATOR === (LEFTARG = m, RIGHTARG = m, FUNCTION = m_eq, COMMUTATOR = ===, RESTRICT = eqsel);
COMMENT ON OPERATOR === (m, m) IS 'same';
CREATE FUNCTION m_int(m) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1.x';
CREATE CAST (m AS int) WITH FUNCTION m_int(m) AS IMPLICIT;
CREATE TABLE t (a m, b m);
CREATE VIEW v AS SELECT a === b AS same FROM t;
