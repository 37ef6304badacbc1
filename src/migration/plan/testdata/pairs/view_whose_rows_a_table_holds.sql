-- old
CREATE TABLE b (id int, a text);
CREATE VIEW v AS SELECT id, a FROM b;
CREATE TABLE t (id int, x v);
INSERT INTO t VALUES (1, '(1,3)');
-- new
CREATE TABLE b (id int, a text, n int);
CREATE VIEW v AS SELECT id, n FROM b;
CREATE TABLE t (id int, x v);
INSERT INTO t VALUES (1, '(1,3)');
