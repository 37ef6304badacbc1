-- old
CREATE TABLE p (id int PRIMARY KEY, a text NOT NULL);
CREATE TABLE c (b int, PRIMARY KEY (id)) INHERITS (p);
CREATE TABLE d (a text, x int) INHERITS (p);
INSERT INTO c VALUES (1, 'a', 2);
CREATE TABLE one (id serial, n int);
CREATE TABLE two (LIKE one INCLUDING ALL);
-- new
CREATE TABLE p (id bigint PRIMARY KEY, a text);
CREATE TABLE c (id bigint NOT NULL, a text NOT NULL, b int, PRIMARY KEY (id));
CREATE TABLE d (a text, x int) INHERITS (p);
INSERT INTO c VALUES (1, 'a', 2);
CREATE TABLE one (id serial, n int);
CREATE TABLE two (LIKE one INCLUDING ALL);
CREATE TABLE three (LIKE one INCLUDING ALL);
