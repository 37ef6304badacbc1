-- old
CREATE TABLE t (a int, b int, c text);
CREATE STATISTICS s1 ON a, b FROM t;
CREATE STATISTICS s2 (mcv) ON a, c FROM t;
CREATE STATISTICS s3 ON (a + b) FROM t;
-- new
CREATE TABLE t (a bigint, b int);
CREATE STATISTICS s1 (ndistinct, dependencies) ON a, b FROM t;
ALTER STATISTICS s1 SET STATISTICS 400;
COMMENT ON STATISTICS s1 IS 's';
CREATE STATISTICS s3 ON (a + b), (a * 2) FROM t;
