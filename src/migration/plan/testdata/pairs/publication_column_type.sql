-- old
CREATE TABLE a (id int PRIMARY KEY, x int);
CREATE PUBLICATION p1 FOR TABLE a (id, x) WHERE (x > 5);
-- new
CREATE TABLE a (id bigint PRIMARY KEY, x bigint);
CREATE PUBLICATION p1 FOR TABLE a (id, x) WHERE (x > 5);
