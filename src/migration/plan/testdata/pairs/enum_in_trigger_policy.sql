-- old
CREATE TYPE mood AS ENUM ('a', 'b', 'c');
CREATE TABLE t (id int, m mood, g boolean GENERATED ALWAYS AS (m = 'a'::mood) STORED);
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$;
CREATE TRIGGER tt BEFORE UPDATE OF m ON t FOR EACH ROW WHEN (NEW.m = 'a'::mood) EXECUTE FUNCTION tf();
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (m <> 'b'::mood);
INSERT INTO t VALUES (1, 'a');
-- new
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE t (id int, m mood, g boolean GENERATED ALWAYS AS (m = 'a'::mood) STORED);
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$;
CREATE TRIGGER tt BEFORE UPDATE OF m ON t FOR EACH ROW WHEN (NEW.m = 'a'::mood) EXECUTE FUNCTION tf();
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (m <> 'b'::mood);
INSERT INTO t VALUES (1, 'a');
