-- old
CREATE FUNCTION ok(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'select length(x) > 1';
CREATE DOMAIN d AS text CHECK (ok(VALUE));
CREATE TABLE t (x d);
INSERT INTO t VALUES ('abcd');
-- new
CREATE FUNCTION ok(x text, n int DEFAULT 2) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'select length(x) > n';
CREATE DOMAIN d AS text CHECK (ok(VALUE));
CREATE TABLE t (x d);
INSERT INTO t VALUES ('abcd');
