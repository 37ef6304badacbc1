-- old
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE events (id int, at date NOT NULL, price numeric(8,2), twice numeric GENERATED ALWAYS AS (id * 2) STORED,
  v varchar(80) CHECK (v <> ''), feels mood, PRIMARY KEY (id, at)) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (20000);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (20000) TO (50000) PARTITION BY LIST (at);
CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES IN ('2020-01-05', '2020-01-06');
CREATE TABLE events_2b PARTITION OF events_2 DEFAULT;
CREATE INDEX events_price ON events (price);
CREATE INDEX events_1_own ON events_1 (feels);
CREATE VIEW cheap AS SELECT id, price FROM events WHERE price < 10;
INSERT INTO events (id, at, price, v, feels)
  SELECT n, date '2020-01-01' + n % 700, n % 100, CASE n % 3 WHEN 0 THEN 'a' ELSE 'b' END,
         (ARRAY['sad', 'ok'])[1 + n % 2]::mood FROM generate_series(1, 40000) n;
CREATE TABLE notes (id int PRIMARY KEY, event int, at date, FOREIGN KEY (event, at) REFERENCES events);
INSERT INTO notes SELECT id, id, at FROM events WHERE id < 100;
-- new
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE events (id bigint, at date NOT NULL, price numeric(12,4), twice numeric GENERATED ALWAYS AS (id * 2) STORED,
  v varchar(80) CHECK (v <> ''), feels text, PRIMARY KEY (id, at)) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (20000);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (20000) TO (50000) PARTITION BY LIST (at);
CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES IN ('2020-01-05', '2020-01-06');
CREATE TABLE events_2b PARTITION OF events_2 DEFAULT;
CREATE INDEX events_price ON events (price);
CREATE INDEX events_1_own ON events_1 (feels);
CREATE VIEW cheap AS SELECT id, price FROM events WHERE price < 10;
INSERT INTO events (id, at, price, v, feels)
  SELECT n, date '2020-01-01' + n % 700, n % 100, CASE n % 3 WHEN 0 THEN 'a' ELSE 'b' END,
         (ARRAY['sad', 'ok'])[1 + n % 2] FROM generate_series(1, 40000) n;
CREATE TABLE notes (id int PRIMARY KEY, event bigint, at date, FOREIGN KEY (event, at) REFERENCES events);
INSERT INTO notes SELECT id, id, at FROM events WHERE id < 100;
