-- old
CREATE TABLE notes (code text PRIMARY KEY, id bigint NOT NULL, at timestamptz, kind int NOT NULL UNIQUE);
CREATE TABLE lines (note text REFERENCES notes, v text);
CREATE UNIQUE INDEX notes_at ON notes (at);
INSERT INTO notes SELECT 'c' || n, n, NULL, n FROM generate_series(1, 20000) n;
INSERT INTO lines SELECT 'c' || n, repeat('x', 40) FROM generate_series(1, 20000) n;
-- new
CREATE TABLE notes (code text NOT NULL UNIQUE, id bigint PRIMARY KEY, at timestamptz, kind bigint NOT NULL UNIQUE);
CREATE TABLE lines (note text REFERENCES notes (code), v text);
CREATE UNIQUE INDEX notes_at ON notes (at, id);
INSERT INTO notes SELECT 'c' || n, n, NULL, n FROM generate_series(1, 20000) n;
INSERT INTO lines SELECT 'c' || n, repeat('x', 40) FROM generate_series(1, 20000) n;
