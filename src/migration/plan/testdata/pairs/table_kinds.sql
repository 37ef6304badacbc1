-- old
CREATE TABLE a (id int PRIMARY KEY);
CREATE UNLOGGED TABLE b (id int);
CREATE TABLE c (id int) WITH (fillfactor = 70, autovacuum_enabled = off);
ALTER TABLE c SET (toast.autovacuum_enabled = off);
INSERT INTO b VALUES (1);
-- new
CREATE UNLOGGED TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int);
CREATE TABLE c (id int, d text) WITH (fillfactor = 90, toast_tuple_target = 256);
COMMENT ON TABLE c IS 'see';
COMMENT ON COLUMN c.id IS 'id';
INSERT INTO b VALUES (1);
