-- old
CREATE TABLE p (id int);
CREATE TABLE c (x int, y int) INHERITS (p);
INSERT INTO c VALUES (1, 2, 3);
-- new
CREATE TABLE p (id int, x int);
CREATE TABLE c (y int) INHERITS (p);
INSERT INTO c VALUES (1, 2, 3);
