-- old
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners SELECT generate_series(1, 10);
CREATE TABLE events (id int, at date NOT NULL, owner int, v text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (v);
CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES IN ('a');
CREATE TABLE events_2b PARTITION OF events_2 FOR VALUES IN ('b');
INSERT INTO events SELECT n, date '2020-01-01' + n % 700, 1 + n % 10, CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END FROM generate_series(1, 2000) n;
-- new
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners SELECT generate_series(1, 10);
CREATE TABLE events (id int, at date NOT NULL, owner int, v text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (v);
CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES IN ('a');
CREATE TABLE events_2b PARTITION OF events_2 FOR VALUES IN ('b');
INSERT INTO events SELECT n, date '2020-01-01' + n % 700, 1 + n % 10, CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END FROM generate_series(1, 2000) n;
CREATE INDEX events_owner ON events (owner);
COMMENT ON INDEX events_owner IS 'asked for by owner';
CREATE UNIQUE INDEX events_u ON events (id, at, v);
CREATE INDEX events_2_own ON events_2 (owner, at);
