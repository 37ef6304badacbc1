-- old
CREATE TYPE row_t AS (a int, b text);
CREATE TABLE t OF row_t (PRIMARY KEY (a), b WITH OPTIONS DEFAULT 'x');
INSERT INTO t VALUES (1, 'q');
CREATE TABLE u (a int, b text, c int);
CREATE TABLE w (a int, k int) PARTITION BY LIST (k);
CREATE TYPE w_t AS (a int, k int);
CREATE TABLE w1 OF w_t;
-- new
CREATE TYPE row_t AS (a int, b text);
CREATE TABLE t (a int NOT NULL, b text, PRIMARY KEY (a));
INSERT INTO t VALUES (1, 'q');
CREATE TABLE u OF row_t;
CREATE TABLE w (a int, k int) PARTITION BY LIST (k);
CREATE TYPE w_t AS (a int, k int);
CREATE TABLE w1 PARTITION OF w FOR VALUES IN (1);
