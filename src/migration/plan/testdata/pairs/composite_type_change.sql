-- old
CREATE TYPE pair AS (a int, b text);
CREATE TABLE t (id int, p pair);
CREATE FUNCTION f() RETURNS SETOF pair LANGUAGE sql AS 'select 1, ''x''::text';
INSERT INTO t VALUES (1, ROW(1, 'x'));
-- new
CREATE TYPE pair AS (a bigint, b text);
CREATE TABLE t (id int, p pair);
CREATE FUNCTION f() RETURNS SETOF pair LANGUAGE sql AS 'select 1::bigint, ''x''::text';
INSERT INTO t VALUES (1, ROW(1, 'x'));
