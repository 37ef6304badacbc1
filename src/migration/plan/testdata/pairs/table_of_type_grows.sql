-- old
CREATE TYPE row_t AS (a int, b text);
CREATE TABLE t OF row_t (PRIMARY KEY (a));
INSERT INTO t VALUES (1, 'q');
-- new
CREATE TYPE row_t AS (a int, b text, c date);
CREATE TABLE t OF row_t (PRIMARY KEY (a));
INSERT INTO t VALUES (1, 'q');
