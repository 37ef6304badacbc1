-- old
CREATE TYPE row_t AS (a int, b text);
CREATE TABLE t OF row_t (PRIMARY KEY (a), b WITH OPTIONS DEFAULT 'x');
INSERT INTO t VALUES (1, 'q');
-- new
CREATE TYPE row_t AS (a int, b text);
CREATE TABLE t (a int NOT NULL, b text, PRIMARY KEY (a));
INSERT INTO t VALUES (1, 'q');
