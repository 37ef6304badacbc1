-- old
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (1), (2);
CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY (START 100) PRIMARY KEY, above bigint REFERENCES notes,
  owner int NOT NULL DEFAULT 1 REFERENCES owners ON DELETE CASCADE, n serial, title varchar(40), body text NOT NULL CHECK (body <> ''));
COMMENT ON COLUMN notes.body IS 'what is said';
CREATE INDEX notes_title ON notes (lower(title));
CREATE VIEW titles AS SELECT id, title FROM notes;
GRANT SELECT ON notes TO app_reader;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR SELECT TO app_reader USING (owner = 1);
CREATE TABLE marks (note bigint REFERENCES notes, v text);
INSERT INTO notes (above, owner, title, body) SELECT CASE WHEN n > 9 THEN 100 END, 1 + n % 2, 'title ' || n, 'body ' || n FROM generate_series(1, 20000) n;
INSERT INTO marks SELECT id, 'x' FROM notes WHERE id < 200;
-- new
CREATE TABLE owners (id int PRIMARY KEY);
INSERT INTO owners VALUES (1), (2);
CREATE DOMAIN grade AS int CHECK (VALUE BETWEEN 1 AND 6);
CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY (START 100) PRIMARY KEY, above bigint REFERENCES notes,
  owner int NOT NULL DEFAULT 1 REFERENCES owners ON DELETE CASCADE, n serial, title varchar(40), body text NOT NULL CHECK (body <> ''),
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED, marked grade);
COMMENT ON COLUMN notes.body IS 'what is said';
CREATE INDEX notes_title ON notes (lower(title));
CREATE INDEX notes_words ON notes USING gin (words);
CREATE VIEW titles AS SELECT id, title FROM notes;
GRANT SELECT ON notes TO app_reader;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR SELECT TO app_reader USING (owner = 1);
CREATE TABLE marks (note bigint REFERENCES notes, v text);
INSERT INTO notes (above, owner, title, body) SELECT CASE WHEN n > 9 THEN 100 END, 1 + n % 2, 'title ' || n, 'body ' || n FROM generate_series(1, 20000) n;
INSERT INTO marks SELECT id, 'x' FROM notes WHERE id < 200;
