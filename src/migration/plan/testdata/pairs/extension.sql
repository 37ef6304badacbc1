-- old
CREATE EXTENSION citext;
CREATE TABLE t (id int, name citext);
INSERT INTO t VALUES (1, 'A');
-- new
CREATE SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext;
CREATE EXTENSION hstore SCHEMA ext;
CREATE TABLE t (id int, name text, tags ext.hstore);
CREATE INDEX t_name ON t USING gin (name ext.gin_trgm_ops);
INSERT INTO t VALUES (1, 'A');
