-- old
CREATE TABLE t (id int, a text);
CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'select $1.a';
CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql AS 'select * from t';
CREATE FUNCTION h(x t.id%TYPE) RETURNS int LANGUAGE sql AS 'select x';
CREATE TABLE keeps (r t, rs t[]);
-- new
CREATE TABLE t (id bigint, a text, b int);
CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'select $1.a || $1.b';
CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql AS 'select * from t';
