-- old
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (1), (2);
CREATE TABLE events (id bigserial, region text NOT NULL, at date NOT NULL DEFAULT current_date,
  v text COLLATE "C" CHECK (v <> ''), owner int REFERENCES owners, tags text[],
  PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN ('eu', 'us');
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY HASH (id);
CREATE TABLE events_rest_0 PARTITION OF events_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE events_rest_1 PARTITION OF events_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1);
COMMENT ON TABLE events IS 'all'; COMMENT ON TABLE events_1 IS 'near';
GRANT SELECT ON events_1 TO app_reader;
CREATE INDEX events_v ON events (lower(v)) WHERE v IS NOT NULL;
CREATE INDEX events_1_own ON events_1 (owner);
CREATE VIEW w AS SELECT * FROM events;
CREATE VIEW near AS SELECT * FROM events_1;
CREATE FUNCTION rowf(events) RETURNS text LANGUAGE sql AS 'SELECT $1.v';
INSERT INTO events (at, region, v, owner, tags)
  SELECT date '2020-01-01' + (n % 300)::int, (ARRAY['eu', 'us', 'jp'])[1 + n % 3], 'a' || n, 1 + n % 2, '{x}'
  FROM generate_series(1, 30000) n;
CREATE TABLE child (id int PRIMARY KEY, e_id bigint, e_region text,
  FOREIGN KEY (e_id, e_region) REFERENCES events ON DELETE CASCADE);
INSERT INTO child SELECT id, id, region FROM events WHERE id < 100;
-- new
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (1), (2);
CREATE TABLE events (id bigserial, region text NOT NULL, at date NOT NULL DEFAULT current_date,
  v text COLLATE "C" CHECK (v <> ''), owner int REFERENCES owners, tags text[],
  PRIMARY KEY (at, id, region)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (MINVALUE) TO (DATE '2020-07-01') PARTITION BY LIST (region);
CREATE TABLE events_1_eu PARTITION OF events_1 FOR VALUES IN ('eu');
CREATE TABLE events_rest PARTITION OF events_1 DEFAULT;
CREATE TABLE events_d PARTITION OF events DEFAULT;
COMMENT ON TABLE events IS 'all'; COMMENT ON TABLE events_1 IS 'early';
GRANT SELECT ON events_d TO app_reader;
CREATE INDEX events_v ON events (lower(v)) WHERE v IS NOT NULL;
CREATE INDEX events_1_own ON events_1 (owner);
CREATE VIEW w AS SELECT * FROM events;
CREATE VIEW near AS SELECT * FROM events_1;
CREATE FUNCTION rowf(events) RETURNS text LANGUAGE sql AS 'SELECT $1.v';
CREATE TABLE child (id int PRIMARY KEY, e_id bigint, e_region text);
INSERT INTO events (at, region, v, owner, tags)
  SELECT date '2020-01-01' + (n % 300)::int, (ARRAY['eu', 'us', 'jp'])[1 + n % 3], 'a' || n, 1 + n % 2, '{x}'
  FROM generate_series(1, 30000) n;
