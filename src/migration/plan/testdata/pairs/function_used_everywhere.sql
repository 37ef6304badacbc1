-- old
CREATE FUNCTION dflt() RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION chk(a int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'select a > 0';
CREATE TABLE t (id int DEFAULT dflt(), a int CHECK (chk(a)), b boolean GENERATED ALWAYS AS (chk(a)) STORED);
CREATE INDEX t_c ON t (chk(a)) WHERE chk(id);
CREATE VIEW v AS SELECT chk(a) AS c FROM t;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (chk(id));
CREATE FUNCTION user_f() RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT chk(2); END;
CREATE DOMAIN d AS int CHECK (chk(VALUE)) DEFAULT dflt();
INSERT INTO t (id, a) VALUES (1, 1);
-- new
CREATE FUNCTION dflt() RETURNS bigint LANGUAGE sql AS 'select 1::bigint';
CREATE FUNCTION chk(a int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'begin return a > 0; end';
CREATE TABLE t (id bigint DEFAULT dflt(), a int CHECK (chk(a)), b boolean GENERATED ALWAYS AS (chk(a)) STORED);
CREATE INDEX t_c ON t (chk(a)) WHERE chk(id::int);
CREATE VIEW v AS SELECT chk(a) AS c FROM t;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (chk(id::int));
CREATE FUNCTION user_f() RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT chk(2); END;
CREATE DOMAIN d AS int CHECK (chk(VALUE)) DEFAULT 3;
INSERT INTO t (id, a) VALUES (1, 1);
