-- old
CREATE TYPE e AS ENUM ('a', 'b');
CREATE TABLE t (id int, e e); CREATE TABLE heir (e e DEFAULT 'a') INHERITS (t); INSERT INTO t VALUES (1, 'a'); INSERT INTO heir VALUES (2, 'b');
CREATE TABLE u (id int, e e DEFAULT 'a'); CREATE TABLE its (z int) INHERITS (u); INSERT INTO u VALUES (1, 'a'); INSERT INTO its VALUES (2, 'b', 3);
-- new
CREATE TYPE e AS ENUM ('b', 'a');
CREATE TABLE t (id int, e e DEFAULT 'b'); CREATE TABLE heir () INHERITS (t); INSERT INTO t VALUES (1, 'a'); INSERT INTO heir VALUES (2, 'b');
CREATE TABLE u (id int, e e); CREATE TABLE its (z int) INHERITS (u); CREATE TABLE hold (x u); INSERT INTO u VALUES (1, 'a'); INSERT INTO its VALUES (2, 'b', 3);
