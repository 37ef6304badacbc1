-- old
CREATE TABLE t (a text, b text NOT NULL DEFAULT 'x', c text COLLATE "C", d int, e numeric(10,2), f varchar(10), g bytea);
ALTER TABLE t ALTER a SET STORAGE EXTERNAL;
ALTER TABLE t ALTER d SET STATISTICS 500;
ALTER TABLE t ALTER d SET (n_distinct = 5);
INSERT INTO t VALUES ('a', 'b', 'c', 1, 2.5, 'f', 'g');
-- new
CREATE TABLE t (a text COMPRESSION pglz, b text, c text COLLATE "POSIX" NOT NULL, d int NOT NULL DEFAULT 4, e numeric(12,3), f text, g bytea, h timestamptz DEFAULT now());
ALTER TABLE t ALTER g SET STORAGE MAIN;
ALTER TABLE t ALTER e SET STATISTICS 0;
COMMENT ON COLUMN t.a IS 'a';
INSERT INTO t VALUES ('a', 'b', 'c', 1, 2.5, 'f', 'g');
