-- old
CREATE TABLE t (a int NOT NULL, b text, n text) PARTITION BY RANGE (a, b);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE, MINVALUE) TO (10, 'k');
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10, 'k') TO (20, MAXVALUE);
CREATE TABLE t_3 PARTITION OF t FOR VALUES FROM (30, MINVALUE) TO (MAXVALUE, MAXVALUE);
INSERT INTO t SELECT i, chr(97 + i % 26), i::text FROM generate_series(1, 20) i;
INSERT INTO t VALUES (10, 'a', 'low'), (10, 'k', 'at'), (10, 'z', 'high'), (30, '', 'third'), (31, 'x', 'third');
-- new
CREATE TABLE t (a int NOT NULL, b text, n text) PARTITION BY RANGE (a, b);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE, MINVALUE) TO (10, MINVALUE);
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10, MINVALUE) TO (30, 'x');
CREATE TABLE t_3 PARTITION OF t FOR VALUES FROM (30, 'x') TO (MAXVALUE, MAXVALUE);
INSERT INTO t SELECT i, chr(97 + i % 26), i::text FROM generate_series(1, 20) i;
INSERT INTO t VALUES (10, 'a', 'low'), (10, 'k', 'at'), (10, 'z', 'high'), (30, '', 'third'), (31, 'x', 'third');
