-- old
CREATE TYPE mood AS ENUM ('a','b','c');
CREATE DOMAIN code AS varchar(2);
CREATE TABLE p (id int PRIMARY KEY, t int NOT NULL, UNIQUE (t, id));
INSERT INTO p SELECT n, n % 3 FROM generate_series(1, 30) n;
CREATE TABLE k (id int PRIMARY KEY, value text, part int, number int,
  c1 char(2) NOT NULL UNIQUE, c2 uuid NOT NULL UNIQUE, c3 date NOT NULL UNIQUE, c4 timestamptz NOT NULL UNIQUE,
  c5 numeric(4,3) NOT NULL UNIQUE, c6 code NOT NULL UNIQUE, c7 inet NOT NULL UNIQUE,
  c8 bytea NOT NULL UNIQUE, c9 jsonb NOT NULL UNIQUE, c10 smallint NOT NULL UNIQUE, c11 time NOT NULL UNIQUE,
  c12 real NOT NULL UNIQUE, c13 macaddr NOT NULL UNIQUE, c14 interval NOT NULL UNIQUE,
  tenant int, p_id int NOT NULL REFERENCES p UNIQUE, q_id int NOT NULL, UNIQUE (tenant, q_id),
  FOREIGN KEY (tenant, q_id) REFERENCES p (t, id));
INSERT INTO k SELECT n, 'v', 1, 1, 'c' || to_hex(n), gen_random_uuid(), date '2020-01-01' + n,
  now() + n * interval '1 hour', n * 0.1, to_hex(n + 200), '1.1.1.1'::inet + n, int8send(n), to_jsonb(n), n,
  time '00:00' + n * interval '1 s', n, lpad(to_hex(n), 12, 'a')::macaddr, n * interval '1 day', n % 3, 31 - n, n
  FROM generate_series(1, 15) n;
CREATE TABLE m (id int PRIMARY KEY, m mood NOT NULL UNIQUE);
INSERT INTO m VALUES (1, 'b'), (2, 'a'), (3, 'c');
CREATE TABLE b (id int PRIMARY KEY, m boolean NOT NULL UNIQUE);
INSERT INTO b VALUES (1, true), (2, false);
CREATE TABLE s (id int PRIMARY KEY, boss int NOT NULL REFERENCES s);
INSERT INTO s VALUES (1, 1), (2, 1), (3, 2);
CREATE TABLE j (a int REFERENCES p NOT NULL, b int REFERENCES p, PRIMARY KEY (a, b));
INSERT INTO j SELECT x, y FROM generate_series(1, 20) x, generate_series(1, 20) y;
CREATE TABLE f (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL, FOREIGN KEY (a, b) REFERENCES p (t, id));
INSERT INTO f VALUES (1, 0, 3), (2, 1, 4);
CREATE TABLE w (a text PRIMARY KEY, x int); INSERT INTO w VALUES ('q', 1), ('r', 2);
-- new
CREATE TYPE mood AS ENUM ('a','b','c');
CREATE DOMAIN code AS varchar(2);
CREATE TABLE p (id int PRIMARY KEY, t int NOT NULL, UNIQUE (t, id));
CREATE TABLE k (id int PRIMARY KEY, value text, part int, number int,
  tenant int);
CREATE TABLE m (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
CREATE TABLE s (id int PRIMARY KEY);
CREATE TABLE j (b int REFERENCES p NOT NULL);
CREATE TABLE f (id int PRIMARY KEY);
CREATE TABLE w (x int);
