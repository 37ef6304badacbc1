-- old
CREATE EXTENSION btree_gist; CREATE TABLE r (id int, at daterange, PRIMARY KEY (id, at)); CREATE TABLE x (id int, at daterange); INSERT INTO r VALUES (1,'[2020-01-01,2021-01-01)');
-- new
CREATE EXTENSION btree_gist; CREATE TABLE r (id int, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS)); CREATE TABLE x (id int, at daterange, FOREIGN KEY (id, PERIOD at) REFERENCES r (id, PERIOD at));
