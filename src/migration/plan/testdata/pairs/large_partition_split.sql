-- old
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (1), (2);
CREATE TABLE events (id int NOT NULL, at date NOT NULL, v text CHECK (v <> ''), owner int REFERENCES owners,
  PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2022-01-01');
CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
COMMENT ON TABLE events_1 IS 'two years';
GRANT SELECT ON events_1 TO app_reader;
CREATE INDEX events_v ON events (lower(v)) WHERE v IS NOT NULL;
CREATE INDEX events_1_own ON events_1 (owner);
CREATE VIEW w AS SELECT * FROM events;
INSERT INTO events SELECT n, date '2019-06-01' + n % 1200, 'a' || n, 1 + n % 2 FROM generate_series(1, 40000) n;
-- new
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (1), (2);
CREATE TABLE events (id int NOT NULL, at date NOT NULL, v text CHECK (v <> ''), owner int REFERENCES owners,
  PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
COMMENT ON TABLE events_1 IS 'one year';
GRANT SELECT ON events_2 TO app_reader;
CREATE INDEX events_v ON events (lower(v)) WHERE v IS NOT NULL;
CREATE INDEX events_2_own ON events_2 (owner);
CREATE VIEW w AS SELECT * FROM events;
INSERT INTO events SELECT n, date '2019-06-01' + n % 1200, 'a' || n, 1 + n % 2 FROM generate_series(1, 40000) n;
