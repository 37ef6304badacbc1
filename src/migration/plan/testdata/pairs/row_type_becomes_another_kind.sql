-- old
CREATE TYPE a AS (n int); CREATE TABLE t (x a, xs a[]); CREATE TYPE whole AS (a a); CREATE TABLE u (x whole); INSERT INTO t VALUES (ROW(1), ARRAY[ROW(2)::a]); INSERT INTO u VALUES (ROW(ROW(3)));
CREATE VIEW v AS SELECT 1 AS n; CREATE TABLE holds_v (x v); INSERT INTO holds_v VALUES (ROW(1));
CREATE VIEW w AS SELECT 1 AS n; CREATE TABLE holds_w (x w); INSERT INTO holds_w VALUES (ROW(1));
-- new
CREATE TABLE a (n int); CREATE TABLE t (x a, xs a[]); CREATE TYPE whole AS (a a); CREATE TABLE u (x whole); INSERT INTO t VALUES (ROW(1), ARRAY[ROW(2)::a]); INSERT INTO u VALUES (ROW(ROW(3)));
CREATE TYPE v AS (n int); CREATE TABLE holds_v (x v); INSERT INTO holds_v VALUES (ROW(1));
CREATE TABLE w (n int); CREATE TABLE holds_w (x w); INSERT INTO holds_w VALUES (ROW(1));
