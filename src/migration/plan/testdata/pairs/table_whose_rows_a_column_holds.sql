-- old
CREATE TABLE g (id serial PRIMARY KEY, n text); CREATE TABLE addr (id serial PRIMARY KEY, g int REFERENCES g, zip int NOT NULL CHECK (zip > 0), gone int); CREATE INDEX addr_zip ON addr (zip);
CREATE TABLE cust (id int PRIMARY KEY, home addr, past addr[], a int REFERENCES addr); CREATE FUNCTION fmt(addr) RETURNS text LANGUAGE sql AS 'SELECT ($1).zip::text'; CREATE VIEW v AS SELECT fmt(home) FROM cust;
INSERT INTO g (n) VALUES ('x'); INSERT INTO addr (g, zip) VALUES (1, 10), (1, 11); INSERT INTO cust SELECT 1, addr, ARRAY[addr], 1 FROM addr WHERE id = 1;
GRANT SELECT ON addr TO app_reader; COMMENT ON COLUMN addr.zip IS 'z'; ALTER TABLE addr ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON addr USING (zip > 0);
CREATE TABLE grows (a int); CREATE TABLE holds (g grows); INSERT INTO grows VALUES (1); INSERT INTO holds VALUES (ROW(1));
CREATE TYPE person AS (id int, name text, born date); CREATE TABLE p OF person (PRIMARY KEY (id)); CREATE TABLE l (p person, q p); INSERT INTO p VALUES (1, 'a', '2000-01-01'); INSERT INTO l VALUES (ROW(1, 'a', NULL), ROW(2, 'b', NULL));
-- new
CREATE TABLE g (id serial PRIMARY KEY, n text); CREATE TABLE addr (id bigserial PRIMARY KEY, g int REFERENCES g, zip text NOT NULL CHECK (zip > ''), since date DEFAULT '2020-01-01'); CREATE INDEX addr_zip ON addr (zip);
CREATE TABLE cust (id int PRIMARY KEY, home addr, past addr[], a bigint REFERENCES addr); CREATE FUNCTION fmt(addr) RETURNS text LANGUAGE sql AS 'SELECT ($1).zip::text'; CREATE VIEW v AS SELECT fmt(home) FROM cust;
INSERT INTO g (n) VALUES ('x'); INSERT INTO addr (g, zip) VALUES (1, '10'), (1, '11'); INSERT INTO cust SELECT 1, addr, ARRAY[addr], 1 FROM addr WHERE id = 1;
GRANT SELECT ON addr TO app_reader; COMMENT ON COLUMN addr.zip IS 'z'; ALTER TABLE addr ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON addr USING (zip <> '');
CREATE TABLE grows (a int, b text DEFAULT 'new'); CREATE TABLE holds (g grows); INSERT INTO grows VALUES (1); INSERT INTO holds VALUES (ROW(1, 'new'));
CREATE TYPE person AS (id bigint, name text, mail text); CREATE TABLE p OF person (PRIMARY KEY (id)); CREATE TABLE l (p person, q p); INSERT INTO p VALUES (1, 'a', NULL); INSERT INTO l VALUES (ROW(1, 'a', NULL), ROW(2, 'b', NULL));
