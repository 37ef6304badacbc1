-- old
CREATE TABLE a (id int PRIMARY KEY, x int); CREATE INDEX i ON a (x);
CREATE TABLE b (id int PRIMARY KEY, y text);
CREATE VIEW i2 AS SELECT 1 AS one;
-- new
CREATE TABLE b (id int PRIMARY KEY, x int); CREATE INDEX i ON b (x);
CREATE TABLE a (id int PRIMARY KEY, y text);
CREATE INDEX i2 ON a (y);
