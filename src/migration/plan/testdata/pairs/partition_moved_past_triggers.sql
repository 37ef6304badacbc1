-- old
-- What watches over rows that come and go has no say in rows that only move.
CREATE TABLE journal (what text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO journal VALUES (tg_op || '' '' || tg_table_name); RETURN NULL; END';
CREATE TABLE measures (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measures_old PARTITION OF measures FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measures_new PARTITION OF measures FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE measures_rest PARTITION OF measures DEFAULT;
INSERT INTO measures SELECT i, date '2020-01-01' + 30 * i FROM generate_series(0, 35) i;
CREATE TRIGGER of_old AFTER DELETE ON measures_old FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER of_new BEFORE INSERT ON measures_new FOR EACH ROW EXECUTE FUNCTION note();
ALTER TABLE measures_new ENABLE ALWAYS TRIGGER of_new;
CREATE RULE of_rest AS ON DELETE TO measures_rest DO INSTEAD NOTHING;
-- new
CREATE TABLE journal (what text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO journal VALUES (tg_op || '' '' || tg_table_name); RETURN NULL; END';
CREATE TABLE measures (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measures_old PARTITION OF measures FOR VALUES FROM ('2020-01-01') TO ('2020-07-01');
CREATE TABLE measures_new PARTITION OF measures FOR VALUES FROM ('2020-07-01') TO ('2022-07-01');
CREATE TABLE measures_rest PARTITION OF measures DEFAULT;
INSERT INTO measures SELECT i, date '2020-01-01' + 30 * i FROM generate_series(0, 35) i;
CREATE TRIGGER of_old AFTER DELETE ON measures_old FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER of_new BEFORE INSERT ON measures_new FOR EACH ROW EXECUTE FUNCTION note();
ALTER TABLE measures_new ENABLE ALWAYS TRIGGER of_new;
CREATE RULE of_rest AS ON DELETE TO measures_rest DO INSTEAD NOTHING;
