-- old
CREATE TYPE mood AS ENUM ('sad', 'ok', 'never');
CREATE TABLE notes (id int PRIMARY KEY, body text NOT NULL, feels mood);
INSERT INTO notes SELECT n, 'note ' || n, 'ok' FROM generate_series(1, 30000) n;
-- new
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE TABLE notes (id int PRIMARY KEY, body text NOT NULL, feels mood, size int GENERATED ALWAYS AS (length(body)) STORED);
INSERT INTO notes SELECT n, 'note ' || n, 'ok' FROM generate_series(1, 30000) n;
