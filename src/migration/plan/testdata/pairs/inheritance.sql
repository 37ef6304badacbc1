-- old
CREATE TABLE p (id int, a text);
CREATE TABLE c (b int) INHERITS (p);
CREATE TABLE d (id int, a text, x int);
INSERT INTO c VALUES (1, 'a', 2);
INSERT INTO d VALUES (5, 'a', 2);
CREATE TABLE q (id int DEFAULT 1);
CREATE TABLE r (id int DEFAULT 2) INHERITS (q);
INSERT INTO r VALUES (7);
-- new
CREATE TABLE p (id int NOT NULL, a text DEFAULT 'z', n int, CHECK (id > 0));
CREATE TABLE c (b int, own text) INHERITS (p);
CREATE TABLE d (x int) INHERITS (p);
INSERT INTO c VALUES (1, 'a', NULL, 2);
INSERT INTO d VALUES (5, 'a', NULL, 2);
CREATE TABLE q (id text DEFAULT '1' NOT NULL);
CREATE TABLE r (id text DEFAULT '2') INHERITS (q);
INSERT INTO r VALUES ('7');
