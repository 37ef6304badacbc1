-- old
CREATE TABLE a (id int, n text); CREATE TABLE b (id int, m text);
CREATE TABLE c () INHERITS (a, b);
CREATE TABLE p1 (id int); CREATE TABLE p2 (x int);
CREATE TABLE heir (own int) INHERITS (p1);
CREATE TABLE p3 (id int); CREATE TABLE other_heir () INHERITS (p3);
-- new
CREATE TABLE a (id int, n text); CREATE TABLE b (id int, m text, q int);
CREATE TABLE c (own int) INHERITS (a, b);
CREATE TABLE d () INHERITS (c);
CREATE TABLE p1 (x int); CREATE TABLE p2 (id int);
CREATE TABLE heir (own int) INHERITS (p2);
CREATE TABLE p4 (id int); CREATE TABLE other_heir () INHERITS (p4);
