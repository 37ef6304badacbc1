-- old
CREATE TYPE addr AS (street text, zip text);
CREATE TYPE pers AS (n text, a addr);
CREATE TABLE t (id int, a addr, l addr[], p pers);
CREATE TABLE heir () INHERITS (t);
INSERT INTO t VALUES (1, ROW('s', '1'), ARRAY[ROW('y', '2')::addr], ROW('n', ROW('s', '3')::addr));
INSERT INTO heir VALUES (2, ROW('s', '4'), NULL, NULL);
-- new
CREATE TYPE addr AS (street text);
CREATE TYPE pers AS (n text, a addr);
CREATE TABLE t (id int, a addr, l addr[], p pers);
CREATE TABLE heir () INHERITS (t);
