-- old
CREATE TABLE t (id int, a int, b int GENERATED ALWAYS AS (a + 1) STORED, c int, e text);
CREATE INDEX t_b ON t (b);
CREATE VIEW v AS SELECT b, c FROM t;
INSERT INTO t (id, a, c) VALUES (1, 2, 4);
-- new
CREATE TABLE t (id int, a int, b int GENERATED ALWAYS AS (a + 2) STORED, c int GENERATED ALWAYS AS (a * 2) STORED, e text, f text GENERATED ALWAYS AS (lower(e)) STORED);
CREATE INDEX t_b ON t (b);
CREATE INDEX t_f ON t (f);
CREATE VIEW v AS SELECT b, c FROM t;
INSERT INTO t (id, a) VALUES (1, 2);
