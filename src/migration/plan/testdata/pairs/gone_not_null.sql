-- old
CREATE TYPE mood AS ENUM ('calm', 'glad');
CREATE TABLE t (id bigint PRIMARY KEY, a text NOT NULL, b numeric(3,1) NOT NULL, c mood NOT NULL,
  d timestamptz NOT NULL, e time NOT NULL, f uuid NOT NULL, g int[] NOT NULL, h boolean NOT NULL, kept int);
INSERT INTO t SELECT i, 'x', 1, 'glad', now(), '12:00', gen_random_uuid(), '{1}', true, i FROM generate_series(1, 20) i;
-- new
CREATE TYPE mood AS ENUM ('calm', 'glad');
CREATE TABLE t (kept int);
