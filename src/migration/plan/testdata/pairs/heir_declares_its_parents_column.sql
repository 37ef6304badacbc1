-- old
CREATE TABLE base (id int NOT NULL, created timestamptz DEFAULT '2020-01-01', kind text); CREATE TABLE child (extra int, PRIMARY KEY (id)) INHERITS (base);
INSERT INTO base VALUES (1, '2020-01-01', 'a'); INSERT INTO child VALUES (2, '2020-01-02', 'b', 3); CREATE TABLE ref (c int REFERENCES child); INSERT INTO ref VALUES (2); CREATE VIEW v AS SELECT * FROM child;
-- new
CREATE TABLE base (id int NOT NULL, created timestamptz DEFAULT '2020-01-01', kind text); CREATE TABLE child (extra int, created timestamptz DEFAULT '2000-01-01', PRIMARY KEY (id)) INHERITS (base);
INSERT INTO base VALUES (1, '2020-01-01', 'a'); INSERT INTO child (id, created, kind, extra) VALUES (2, '2020-01-02', 'b', 3); CREATE TABLE ref (c int REFERENCES child); INSERT INTO ref VALUES (2); CREATE VIEW v AS SELECT * FROM child;
