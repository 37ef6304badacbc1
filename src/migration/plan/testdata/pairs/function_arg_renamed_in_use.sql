-- old
CREATE FUNCTION chk(a int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'select a > 0';
CREATE TABLE t (id int, a int CHECK (chk(a)), b boolean GENERATED ALWAYS AS (chk(a)) STORED);
CREATE INDEX t_c ON t (chk(a));
CREATE DOMAIN d AS int CHECK (chk(VALUE));
CREATE TABLE u (x d DEFAULT 3);
CREATE VIEW v AS SELECT x, chk(x) FROM u;
INSERT INTO t (id, a) VALUES (1, 1); INSERT INTO u VALUES (5);
-- new
CREATE FUNCTION chk(value int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'select value > 0';
CREATE TABLE t (id int, a int CHECK (chk(a)), b boolean GENERATED ALWAYS AS (chk(a)) STORED);
CREATE INDEX t_c ON t (chk(a));
CREATE DOMAIN d AS int CHECK (chk(VALUE));
CREATE TABLE u (x d DEFAULT 3);
CREATE VIEW v AS SELECT x, chk(x) FROM u;
INSERT INTO t (id, a) VALUES (1, 1); INSERT INTO u VALUES (5);
