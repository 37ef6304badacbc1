-- old
CREATE TABLE measures (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measures_rest PARTITION OF measures DEFAULT;
INSERT INTO measures VALUES (1, '2020-01-01');
-- new
CREATE TABLE measures (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measures_rest (id int NOT NULL, at date NOT NULL);
INSERT INTO measures_rest VALUES (1, '2020-01-01');
CREATE INDEX measures_id ON measures (id);
CREATE INDEX measures_rest_id_idx ON measures_rest (id);
