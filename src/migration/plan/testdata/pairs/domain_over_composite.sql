-- old
CREATE TYPE pt AS (x int, y int); CREATE TYPE seg AS (a pt, b pt, tag text); CREATE DOMAIN pts AS pt[]; CREATE DOMAIN place AS pt CHECK ((VALUE).x > 0);
CREATE DOMAIN pct AS numeric(5,2) CHECK (VALUE >= 0); CREATE TABLE t (id int PRIMARY KEY, s seg, many seg[], d pts, p place, ps place[], n pct, ns pct[]);
CREATE INDEX t_x ON t (((p).x)); CREATE VIEW v AS SELECT id, (s).a AS a, n FROM t;
INSERT INTO t VALUES (1, ((1,2),(3,4),'k'), ARRAY[((1,2),(3,4),'k')::seg], ARRAY[(5,6)::pt], ROW(7,8), ARRAY[ROW(9,10)::place], 1.5, '{2.5}');
-- new
CREATE TYPE pt AS (x bigint, y int, z int); CREATE TYPE seg AS (a pt, b pt); CREATE DOMAIN pts AS pt[]; CREATE DOMAIN place AS pt CHECK ((VALUE).x > 0);
CREATE DOMAIN pct AS numeric(7,3) CHECK (VALUE >= 0); CREATE TABLE t (id int PRIMARY KEY, s seg, many seg[], d pts, p place, ps place[], n pct, ns pct[]);
CREATE INDEX t_x ON t (((p).x)); CREATE VIEW v AS SELECT id, (s).a AS a, n FROM t;
INSERT INTO t VALUES (1, ((1,2,0),(3,4,0)), ARRAY[((1,2,0),(3,4,0))::seg], ARRAY[(5,6,0)::pt], ROW(7,8,0), ARRAY[ROW(9,10,0)::place], 1.5, '{2.5}');
