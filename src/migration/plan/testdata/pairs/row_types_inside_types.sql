-- old
CREATE TYPE c1 AS (a int); CREATE TABLE t1 (x c1, xs c1[]); CREATE TYPE c2 AS (t t1, u int); CREATE TABLE t2 (y c2[]);
CREATE VIEW v AS SELECT (((y[1]).t).x).a FROM t2;
INSERT INTO t1 VALUES (ROW(1), ARRAY[ROW(2)::c1]); INSERT INTO t2 VALUES (ARRAY[ROW(ROW(ROW(1), NULL)::t1, 2)::c2]);
-- new
CREATE TYPE c1 AS (a bigint, z text); CREATE TABLE t1 (x c1, xs c1[], q int); CREATE TYPE c2 AS (t t1, u bigint); CREATE TABLE t2 (y c2[]);
CREATE VIEW v AS SELECT (((y[1]).t).x).a FROM t2;
INSERT INTO t1 VALUES (ROW(1, NULL), ARRAY[ROW(2, NULL)::c1], NULL); INSERT INTO t2 VALUES (ARRAY[ROW(ROW(ROW(1, NULL), NULL, NULL)::t1, 2)::c2]);
