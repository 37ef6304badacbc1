-- old
CREATE TABLE p (id int PRIMARY KEY, a text, CONSTRAINT ok CHECK (id > 0));
CREATE TABLE c (b int, PRIMARY KEY (id)) INHERITS (p);
INSERT INTO c VALUES (1, 'a', 2);
-- new
CREATE TABLE p (id int PRIMARY KEY, a text, CONSTRAINT ok CHECK (id > 0));
CREATE TABLE c (id int NOT NULL, a text, b int, PRIMARY KEY (id));
INSERT INTO c VALUES (1, 'a', 2);
