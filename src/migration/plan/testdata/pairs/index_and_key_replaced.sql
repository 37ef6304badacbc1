-- old
CREATE TABLE t (id int NOT NULL, at date NOT NULL, v text, PRIMARY KEY (id), CONSTRAINT t_u UNIQUE (at, id) DEFERRABLE);
CREATE INDEX i ON t (at);
COMMENT ON INDEX i IS 'by day';
CREATE INDEX g ON t USING gist (to_tsvector('simple', v) tsvector_ops (siglen = 100));
CREATE INDEX f ON t (v) WITH (fillfactor = 50);
CREATE VIEW w AS SELECT id, at, v FROM t GROUP BY id;
INSERT INTO t SELECT n, date '2020-01-01' + n, 'v' || n FROM generate_series(1, 500) n;
-- new
CREATE TABLE t (id int NOT NULL, at date NOT NULL, v text, PRIMARY KEY (id, at), CONSTRAINT t_u UNIQUE (id, v));
CREATE INDEX i ON t (at DESC, id) WHERE v IS NOT NULL;
COMMENT ON INDEX i IS 'by day';
CREATE INDEX g ON t USING gist (to_tsvector('simple', v) tsvector_ops (siglen = 200));
CREATE INDEX f ON t (v) WITH (deduplicate_items = off, fillfactor = 50);
CREATE TABLE n (id int, at date, FOREIGN KEY (id, at) REFERENCES t);
INSERT INTO t SELECT n, date '2020-01-01' + n, 'v' || n FROM generate_series(1, 500) n;
