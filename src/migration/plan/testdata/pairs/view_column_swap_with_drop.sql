-- old
CREATE TABLE a (id int PRIMARY KEY, old_name text, gone int);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
CREATE VIEW v AS SELECT a.*, b.id AS b_id FROM a JOIN b ON b.a = a.id;
CREATE VIEW w AS SELECT v.gone FROM v;
-- new
CREATE TABLE a (id int PRIMARY KEY, new_name text);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
CREATE VIEW v AS SELECT a.*, b.id AS b_id FROM a JOIN b ON b.a = a.id;
