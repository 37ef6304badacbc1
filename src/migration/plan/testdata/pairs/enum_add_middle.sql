-- old
CREATE TYPE mood AS ENUM ('a', 'c');
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'a');
INSERT INTO t VALUES (1, 'a'), (2, 'c');
-- new
CREATE TYPE mood AS ENUM ('z', 'a', 'b', 'c', 'd');
COMMENT ON TYPE mood IS 'how';
CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'b', CHECK (m <> 'd'::mood));
CREATE INDEX t_m ON t (m) WHERE m = 'b'::mood;
CREATE VIEW v AS SELECT id FROM t WHERE m = 'b'::mood;
INSERT INTO t VALUES (1, 'a'), (2, 'c');
