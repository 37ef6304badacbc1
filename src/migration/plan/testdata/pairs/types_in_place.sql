-- old
CREATE TABLE t (id int PRIMARY KEY, v varchar(10), i int, r real, c char(5), j json, d date, n numeric(10,4), u uuid, b boolean, ts timestamp, e interval, y bytea, f double precision, vc varchar(10) COLLATE "C", o oid, s smallint DEFAULT 3 CHECK (s < 10));
CREATE INDEX t_v ON t (v varchar_pattern_ops); CREATE INDEX t_i ON t (i) WHERE i > 3;
CREATE VIEW seen AS SELECT v, i FROM t;
INSERT INTO t SELECT g, repeat('x', g), g, 0.1 * g, 'a', '{"a": [1, 2], "b": 1}', '2024-02-29', 1.2345, '00000000-0000-0000-0000-00000000000a', g % 2 = 0, '2024-01-01 02:03:04.567', '1 mon 2 days 03:04:05.6', '\x0001ff', 0.1, 'é', 7, g FROM generate_series(1, 9) g;
INSERT INTO t (id) VALUES (10);
-- new
CREATE TABLE t (id bigint PRIMARY KEY, v text, i bigint, r double precision, c text, j jsonb, d timestamp, n numeric, u text, b text, ts text, e text, y text, f text, vc text COLLATE "C", o bigint, s int DEFAULT 3 CHECK (s < 10));
CREATE INDEX t_v ON t (v text_pattern_ops); CREATE INDEX t_i ON t (i) WHERE i > 3;
CREATE VIEW seen AS SELECT v, i FROM t;
INSERT INTO t SELECT g, repeat('x', g), g, 0.1 * g, 'a', '{"a": [1, 2], "b": 1}', '2024-02-29', 1.2345, '00000000-0000-0000-0000-00000000000a', g % 2 = 0, '2024-01-01 02:03:04.567', '1 mon 2 days 03:04:05.6', '\x0001ff', 0.1, 'é', 7, g FROM generate_series(1, 9) g;
INSERT INTO t (id) VALUES (10);
