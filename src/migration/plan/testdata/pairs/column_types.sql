-- old
CREATE TABLE t (id int PRIMARY KEY, a text, b int, c timestamp, d varchar(20), e json, f int[], g boolean, h char(3), i date, j interval);
INSERT INTO t VALUES (1, '5', 7, '2020-01-01', 'abc', '{"a": 1}', '{1,2}', true, 'abc', '2020-01-01', '1 day');
-- new
CREATE TABLE t (id bigint PRIMARY KEY, a int, b text, c timestamptz, d varchar(5), e jsonb, f bigint[], g int, h text, i timestamp, j interval hour to minute);
INSERT INTO t VALUES (1, '5', 7, '2020-01-01', 'abc', '{"a": 1}', '{1,2}', 1, 'abc', '2020-01-01', '1 day');
