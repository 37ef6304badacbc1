-- old
CREATE TABLE a (id int, n text); CREATE TABLE b (id int, m text);
CREATE TABLE c () INHERITS (a, b);
-- new
CREATE TABLE a (id int, n text); CREATE TABLE b (id int, m text, q int);
CREATE TABLE c (own int) INHERITS (a, b);
CREATE TABLE d () INHERITS (c);
