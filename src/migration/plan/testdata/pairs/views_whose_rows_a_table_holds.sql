-- old
CREATE TABLE t (id int, a text, b int);
CREATE VIEW v1 AS SELECT * FROM t;
CREATE VIEW v2 AS SELECT id, a FROM v1;
CREATE TABLE hold (r v2);
INSERT INTO hold VALUES (ROW(1, 'x'));
CREATE TABLE b (id int, a text);
CREATE VIEW w AS SELECT id, a FROM b;
CREATE TABLE holds_too (x w);
INSERT INTO holds_too VALUES ('(1,3)');
-- new
CREATE TABLE t (id int, b bigint, d text);
CREATE VIEW v1 AS SELECT * FROM t;
CREATE VIEW v2 AS SELECT id, d AS a, b FROM v1;
CREATE TABLE hold (r v2);
INSERT INTO hold VALUES (ROW(1, 'x', NULL));
CREATE TABLE b (id int, a text, n int);
CREATE VIEW w AS SELECT id, n FROM b;
CREATE TABLE holds_too (x w);
INSERT INTO holds_too VALUES ('(1,3)');
