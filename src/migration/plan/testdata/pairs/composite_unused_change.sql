-- old
CREATE TYPE pair AS (a int, b text);
CREATE TYPE outerp AS (p pair, n int);
CREATE FUNCTION f() RETURNS pair LANGUAGE sql AS 'select 1, ''x''::text';
-- new
CREATE TYPE pair AS (b text, a bigint);
CREATE TYPE outerp AS (p pair, n int);
CREATE FUNCTION f() RETURNS pair LANGUAGE sql AS 'select ''x''::text, 1::bigint';
