-- old
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (1), (2);
CREATE TABLE events (id bigserial, at date NOT NULL DEFAULT current_date,
  v text COLLATE "C" CHECK (v <> ''),
  n numeric(8,2) NOT NULL DEFAULT 1, owner int REFERENCES owners, tags text[], PRIMARY KEY (id, at));
COMMENT ON TABLE events IS 'all'; COMMENT ON COLUMN events.v IS 'value';
CREATE UNIQUE INDEX events_uv ON events (id, at);
CREATE INDEX events_v ON events (lower(v)) WHERE v IS NOT NULL;
CREATE STATISTICS events_s ON at, owner FROM events;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON events USING (n > 0);
CREATE VIEW w AS SELECT * FROM events;
CREATE MATERIALIZED VIEW mw AS SELECT owner, count(*) FROM events GROUP BY owner;
CREATE FUNCTION cnt() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.events';
CREATE FUNCTION rowf(events) RETURNS text LANGUAGE sql AS 'SELECT $1.v';
INSERT INTO events (at, v, n, owner, tags)
  SELECT date '2020-01-01' + (n % 300)::int, 'a' || n, 2, 1 + n % 2, '{x}' FROM generate_series(1, 20000) n;
CREATE TABLE child (id int PRIMARY KEY, e_id bigint, e_at date,
  FOREIGN KEY (e_id, e_at) REFERENCES events ON DELETE CASCADE);
INSERT INTO child SELECT id, id, at FROM events;
-- new
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (1), (2);
CREATE TABLE events (id bigserial, at date NOT NULL DEFAULT current_date,
  v text COLLATE "C" CHECK (v <> ''),
  n numeric(8,2) NOT NULL DEFAULT 1, owner int REFERENCES owners, tags text[], PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (MINVALUE) TO (DATE '2020-07-01');
CREATE TABLE events_d PARTITION OF events DEFAULT;
COMMENT ON TABLE events IS 'all'; COMMENT ON COLUMN events.v IS 'value';
CREATE UNIQUE INDEX events_uv ON events (id, at);
CREATE INDEX events_v ON events (lower(v)) WHERE v IS NOT NULL;
CREATE STATISTICS events_s ON at, owner FROM events;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON events USING (n > 0);
CREATE VIEW w AS SELECT * FROM events;
CREATE MATERIALIZED VIEW mw AS SELECT owner, count(*) FROM events GROUP BY owner;
CREATE FUNCTION cnt() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.events';
CREATE FUNCTION rowf(events) RETURNS text LANGUAGE sql AS 'SELECT $1.v';
CREATE TABLE child (id int PRIMARY KEY, e_id bigint, e_at date,
  FOREIGN KEY (e_id, e_at) REFERENCES events ON DELETE CASCADE);
