-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'never');
COMMENT ON TYPE mood IS 'how it feels';
CREATE TABLE people (id int PRIMARY KEY, feels mood NOT NULL DEFAULT 'ok', was mood, CHECK (feels <> was));
CREATE INDEX people_feels ON people (feels, id);
CREATE TABLE pets (id int PRIMARY KEY, feels mood);
CREATE VIEW happy AS SELECT id FROM people WHERE feels = 'happy';
CREATE FUNCTION same(mood, mood) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2';
INSERT INTO people (id, feels) SELECT n, (ARRAY['sad', 'ok', 'happy'])[1 + n % 3]::mood FROM generate_series(1, 30000) n;
INSERT INTO pets VALUES (1, 'ok');
-- new
CREATE TYPE mood AS ENUM ('happy', 'sad', 'ok');
COMMENT ON TYPE mood IS 'how it feels';
CREATE TABLE people (id int PRIMARY KEY, feels mood NOT NULL DEFAULT 'ok', was mood, CHECK (feels <> was));
CREATE INDEX people_feels ON people (feels, id);
CREATE TABLE pets (id int PRIMARY KEY, feels mood);
CREATE VIEW happy AS SELECT id FROM people WHERE feels = 'happy';
CREATE FUNCTION same(mood, mood) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2';
INSERT INTO people (id, feels) SELECT n, (ARRAY['sad', 'ok', 'happy'])[1 + n % 3]::mood FROM generate_series(1, 30000) n;
INSERT INTO pets VALUES (1, 'ok');
