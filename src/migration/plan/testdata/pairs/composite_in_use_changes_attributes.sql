-- old
CREATE TYPE addr AS (street text, zip int, gone text);
CREATE TYPE pers AS (n text, a addr, l addr[]);
CREATE TABLE t (id int, a addr, p pers, l addr[]);
CREATE INDEX t_zip ON t (((a).zip));
CREATE VIEW v AS SELECT id, (a).street, (p).a FROM t;
INSERT INTO t VALUES (1, ROW('s', 1, 'x'), ROW('n', ROW('s', 1, 'x')::addr, ARRAY[ROW('y', 2, 'z')::addr]),
                      ARRAY[ROW('y', 2, 'z')::addr, NULL]), (2, NULL, NULL, '{}');
-- new
CREATE TYPE addr AS (street text, zip text, city text);
CREATE TYPE pers AS (n text, a addr, l addr[]);
CREATE TABLE t (id int, a addr, p pers, l addr[]);
CREATE INDEX t_zip ON t (((a).zip));
CREATE VIEW v AS SELECT id, (a).street, (p).a FROM t;
INSERT INTO t VALUES (1, ROW('s', '1', 'x'), NULL, NULL);
