-- old
CREATE TABLE t (code text PRIMARY KEY);
INSERT INTO t SELECT 'c' || n FROM generate_series(1, 40000) n;
-- new
CREATE TABLE t (code text PRIMARY KEY, id bigserial CONSTRAINT "is There" NOT NULL);
INSERT INTO t SELECT 'c' || n FROM generate_series(1, 40000) n;
