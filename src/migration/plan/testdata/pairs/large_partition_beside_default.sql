-- old
CREATE TABLE events (id int NOT NULL, at date, v text CHECK (v <> ''), UNIQUE (id, at)) PARTITION BY RANGE (at);
ALTER TABLE events ALTER id SET NOT NULL, ALTER at SET NOT NULL;
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01') PARTITION BY LIST (id);
CREATE TABLE events_2a PARTITION OF events_2 DEFAULT;
CREATE TABLE events_rest PARTITION OF events DEFAULT;
COMMENT ON TABLE events_rest IS 'two years and more';
CREATE INDEX events_rest_own ON events_rest (v);
INSERT INTO events SELECT n, date '2020-06-01' + n % 1200, 'a' || n FROM generate_series(1, 90000) n;
-- new
CREATE TABLE events (id int NOT NULL, at date, v text CHECK (v <> ''), UNIQUE (id, at)) PARTITION BY RANGE (at);
ALTER TABLE events ALTER id SET NOT NULL, ALTER at SET NOT NULL;
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_1b PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01') PARTITION BY LIST (id);
CREATE TABLE events_2a PARTITION OF events_2 DEFAULT;
CREATE TABLE events_rest PARTITION OF events DEFAULT;
COMMENT ON TABLE events_rest IS 'the rest';
CREATE INDEX events_1b_own ON events_1b (v);
INSERT INTO events SELECT n, date '2020-06-01' + n % 1200, 'a' || n FROM generate_series(1, 90000) n;
