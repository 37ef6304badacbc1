-- old
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners SELECT generate_series(1, 10);
CREATE TABLE events (id int, at date NOT NULL, owner int REFERENCES owners, v text CHECK (v <> ''), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX events_v ON events (v);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2 (id int, at date, owner int, v text);
CREATE INDEX events_2_own ON events_2 (owner);
INSERT INTO events_2 SELECT n, date '2021-01-01' + n % 300, 1 + n % 10, 'a' FROM generate_series(1, 2000) n;
-- new
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners SELECT generate_series(1, 10);
CREATE TABLE events (id int, at date NOT NULL, owner int REFERENCES owners, v text CHECK (v <> ''), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX events_v ON events (v);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX events_2_own ON events_2 (owner);
INSERT INTO events_2 SELECT n, date '2021-01-01' + n % 300, 1 + n % 10, 'a' FROM generate_series(1, 2000) n;
