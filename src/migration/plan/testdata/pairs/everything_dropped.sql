-- old
CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('a'); CREATE DOMAIN s.d AS text; CREATE TABLE s.p (id serial PRIMARY KEY, e s.e DEFAULT 'a', d s.d);
CREATE TABLE s.c (id int PRIMARY KEY, p int REFERENCES s.p); ALTER TABLE s.p ADD c int REFERENCES s.c;
CREATE VIEW s.v AS SELECT * FROM s.p; CREATE MATERIALIZED VIEW s.m AS SELECT * FROM s.v;
CREATE FUNCTION s.f(s.e) RETURNS s.p LANGUAGE sql AS 'select * from s.p limit 1';
CREATE TABLE s.part (id int, k int) PARTITION BY LIST (k); CREATE TABLE s.part1 PARTITION OF s.part FOR VALUES IN (1) PARTITION BY RANGE (id); CREATE TABLE s.part11 PARTITION OF s.part1 DEFAULT;
CREATE INDEX ON s.part (id);
CREATE FUNCTION s.tf() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$;
CREATE TRIGGER tg BEFORE INSERT ON s.p FOR EACH ROW EXECUTE FUNCTION s.tf();
CREATE TABLE s.q (id int PRIMARY KEY, open boolean); CREATE VIEW s.open AS SELECT id FROM s.q WHERE open;
CREATE POLICY its_view ON s.q USING (id IN (SELECT id FROM s.open));
CREATE FUNCTION s.good(s.q) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'select true'; ALTER TABLE s.q ADD CHECK (s.good(q));
-- new
CREATE TABLE keep (id int);
