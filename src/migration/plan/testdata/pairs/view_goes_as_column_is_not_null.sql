-- old
CREATE TABLE t (id int, v text);
CREATE VIEW w AS SELECT id, v FROM t;
INSERT INTO t VALUES (1, 'a');
-- new
CREATE TABLE t (id int NOT NULL, v text);
INSERT INTO t VALUES (1, 'a');
