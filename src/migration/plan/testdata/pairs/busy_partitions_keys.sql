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
ALTER TABLE events ADD PRIMARY KEY (id, at, v);
COMMENT ON CONSTRAINT events_pkey ON events IS 'what an event is';
ALTER TABLE events ADD CONSTRAINT "events u" UNIQUE (v, at, id) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE notes (id int, at date, v text, FOREIGN KEY (id, at, v) REFERENCES events);
