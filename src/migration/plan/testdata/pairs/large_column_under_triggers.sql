-- old
CREATE TABLE log (id int, what text);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := '2020-02-02'; RETURN NEW; END $$;
CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (NEW.id, TG_OP); RETURN NULL; END $$;
CREATE TABLE t (id int PRIMARY KEY, changed_at date, size int NOT NULL, note text);
INSERT INTO t SELECT n, '2019-01-01', n, 'note ' || n FROM generate_series(1, 20000) n;
CREATE TRIGGER update_changed_at BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER noted AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note_it();
-- new
CREATE TABLE log (id int, what text);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := '2020-02-02'; RETURN NEW; END $$;
CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (NEW.id, TG_OP); RETURN NULL; END $$;
CREATE TABLE t (id int PRIMARY KEY, changed_at timestamp, size bigint NOT NULL, note text, nr bigint GENERATED ALWAYS AS IDENTITY,
  token uuid NOT NULL DEFAULT gen_random_uuid());
INSERT INTO t (id, changed_at, size, note) SELECT n, '2019-01-01', n, 'note ' || n FROM generate_series(1, 20000) n;
CREATE TRIGGER update_changed_at BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER noted AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note_it();
